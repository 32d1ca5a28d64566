//! The progress bar on standard error: simulated time of all replications.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Advance;
use crate::experiment::Watch;
use crate::unit::Span;

/// Drawings a second at most.
const DRAWINGS_PER_S: u8 = 10;
const MICROSECOND: u64 = Span::MICROSECOND.nanos();

/// A bar that is shown only on a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// `what` is going on.
    #[must_use]
    pub fn new(what: &'static str, quiet: bool) -> Progress {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(DRAWINGS_PER_S) };
        let bar = ProgressBar::with_draw_target(Some(0), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar:.cyan/dim} {percent:>3}%  {eta} left") {
            bar.set_style(style.progress_chars("━━─"));
        }
        Progress { bar }
    }
}

/// In microseconds, so that a long horizon times many replications fits.
impl Watch for Progress {
    fn planned(&self, nanos: u64) {
        self.bar.inc_length(nanos / MICROSECOND);
    }

    fn advanced(&self, advance: Advance) {
        self.bar.inc(advance.nanos / MICROSECOND);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
