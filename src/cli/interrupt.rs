//! Ctrl-C: the program ends with status 130, at once, but for files being written: those are taken away first.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::exit::{Failure, INTERRUPTED};

static ASKED: AtomicBool = AtomicBool::new(false);
/// Held while there are files that must not be left half written.
static WRITING: Mutex<()> = Mutex::new(());

/// While a question is asked, which may hide the cursor.
static PROMPTING: AtomicBool = AtomicBool::new(false);
/// The terminal's code for it.
const SHOW_CURSOR: &str = "\u{1b}[?25h\n";

type End = Box<dyn Fn() + Send + Sync>;
/// What is done instead, the first time.
static INSTEAD: OnceLock<End> = OnceLock::new();

/// From now on Ctrl-C does this and nothing else, and only when it comes again ends the program.
pub fn instead(end: impl Fn() + Send + Sync + 'static) {
    // Nothing else is ever done instead.
    let _ = INSTEAD.set(Box::new(end));
}

/// Until it is dropped, Ctrl-C leaves the terminal with a cursor.
pub struct Prompting;

impl Prompting {
    pub fn begin() -> Prompting {
        PROMPTING.store(true, Ordering::SeqCst);
        Prompting
    }
}

impl Drop for Prompting {
    fn drop(&mut self) {
        PROMPTING.store(false, Ordering::SeqCst);
    }
}

/// From now on Ctrl-C (and a request to terminate) ends the program as described above.
pub fn install() {
    let end = || {
        let again = ASKED.swap(true, Ordering::SeqCst);
        if let (Some(end), false) = (INSTEAD.get(), again) {
            return end();
        }
        if PROMPTING.load(Ordering::SeqCst) {
            let _ = io::stderr().write_all(SHOW_CURSOR.as_bytes());
        }
        let _files_are_gone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        std::process::exit(i32::from(INTERRUPTED));
    };
    // Without a handler the system ends the program, which is what is asked for anyway.
    let _ = ctrlc::set_handler(end);
}

/// Holds off the end of the program while files are written. Whoever holds it asks [`check`] before making them final,
/// and drops them before it.
pub fn hold_off() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// # Errors
/// [`Failure::Interrupted`] when the end was asked for.
pub fn check() -> Result<(), Failure> {
    if ASKED.load(Ordering::SeqCst) { Err(Failure::Interrupted) } else { Ok(()) }
}
