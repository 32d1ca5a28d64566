//! The progress bar on standard error: simulated time of all replications, or the cells of a sweep.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::engine::Advance;
use crate::experiment::Watch;
use crate::report::number;
use crate::unit::Span;

/// Drawings a second at most.
const DRAWINGS_PER_S: u8 = 10;
const MICROSECOND: u64 = Span::MICROSECOND.nanos();

/// Done, the end of it, and to do.
const BAR: &str = "━━─";

/// A bar that is shown only on a terminal.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// `what` is going on.
    #[must_use]
    pub fn new(what: &'static str, quiet: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(0), target(quiet)).with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar:.cyan/dim} {percent:>3}%  {eta} left") {
            bar.set_style(style.progress_chars(BAR));
        }
        Progress { bar }
    }
}

fn target(quiet: bool) -> ProgressDrawTarget {
    if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(DRAWINGS_PER_S) }
}

/// In microseconds, so that a long horizon times many replications fits.
impl Watch for Progress {
    fn planned(&self, nanos: u64) {
        self.bar.inc_length(nanos / MICROSECOND);
    }

    fn advanced(&self, advance: Advance) -> ControlFlow<()> {
        self.bar.inc(advance.nanos / MICROSECOND);
        ControlFlow::Continue(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A bar of cells: how many are done, requests a second, time left. Shown only on a terminal.
pub struct CellProgress {
    bar: ProgressBar,
    /// Simulated so far.
    requests: Arc<AtomicU64>,
}

impl CellProgress {
    #[must_use]
    pub fn new(quiet: bool) -> CellProgress {
        let bar = ProgressBar::with_draw_target(Some(0), target(quiet));
        let requests = Arc::new(AtomicU64::new(0));
        let template = "{pos} of {len} cells {wide_bar:.cyan/dim} {requests}{left}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let simulated = Arc::clone(&requests);
            let speed = move |state: &ProgressState, out: &mut dyn Write| {
                let seconds = state.elapsed().as_secs_f64();
                if seconds > 0.0 {
                    let requests = simulated.load(Ordering::Relaxed) as f64 / seconds;
                    let _ = write!(out, "{} requests/s", number::scaled(requests));
                }
            };
            bar.set_style(style.with_key("requests", speed).with_key("left", time_left).progress_chars(BAR));
        }
        CellProgress { bar, requests }
    }
}

/// The time of the cells so far, for those to come; nothing before the first one is done.
fn time_left(state: &ProgressState, out: &mut dyn Write) {
    let (done, all) = (state.pos(), state.len().unwrap_or(0));
    if done > 0 {
        let left = state.elapsed().mul_f64(all.saturating_sub(done) as f64 / done as f64);
        let _ = write!(out, ", {} left", HumanDuration(left));
    }
}

impl Watch for CellProgress {
    fn advanced(&self, advance: Advance) -> ControlFlow<()> {
        self.requests.fetch_add(advance.requests, Ordering::Relaxed);
        self.bar.tick();
        ControlFlow::Continue(())
    }

    fn cells(&self, count: u64) {
        self.bar.inc_length(count);
    }

    fn cell_done(&self) {
        self.bar.inc(1);
    }
}

impl Drop for CellProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
