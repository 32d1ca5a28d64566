//! The progress bar on standard error: simulated time of all replications.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::unit::Span;

/// Drawings a second at most.
const DRAWINGS_PER_S: u8 = 10;
const MICROSECOND: u64 = Span::MICROSECOND.nanos();

/// A bar that is shown only on a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// `what` is going on; it is done when this much time has been simulated this many times.
    #[must_use]
    pub fn new(what: &'static str, horizon: Span, replications: u32, quiet: bool) -> Progress {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(DRAWINGS_PER_S) };
        // In microseconds, so that a long horizon times many replications fits.
        let total = (horizon.nanos() / MICROSECOND).saturating_mul(u64::from(replications));
        let bar = ProgressBar::with_draw_target(Some(total.max(1)), target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar:.cyan/dim} {percent:>3}%  {eta} left") {
            bar.set_style(style.progress_chars("━━─"));
        }
        Progress { bar }
    }

    /// Tells that this many nanoseconds more have been simulated; from any thread.
    pub fn advance(&self, nanos: u64) {
        self.bar.inc(nanos / MICROSECOND);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
