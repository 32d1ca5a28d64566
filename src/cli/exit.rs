//! How the program ends: the exit codes, in one place.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::report;
use crate::report::folder::ClaimError;
use crate::report::work::OpenError;
use crate::trace::TraceError;

/// Why a command did not do what was asked. Its text is what is shown, once, on standard error.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot be understood, or asks for help or the version.
    Usage(clap::Error),
    /// The scenario, a trace or the command line is wrong; nothing was run.
    Wrong(String),
    /// The run failed.
    Failed(String),
    /// Ctrl-C.
    Interrupted,
    /// Nobody reads the output any more; nothing is wrong.
    OutputClosed,
}

/// 0 done; 1 the run failed; 2 the scenario, a trace or the command line is wrong; 130 interrupted.
#[must_use]
pub fn code(outcome: &Result<(), Failure>) -> ExitCode {
    ExitCode::from(match outcome {
        Ok(()) | Err(Failure::OutputClosed) => 0,
        // clap counts help and the version as errors with code 0.
        Err(Failure::Usage(error)) if !error.use_stderr() => 0,
        Err(Failure::Usage(_) | Failure::Wrong(_)) => 2,
        Err(Failure::Failed(_)) => 1,
        Err(Failure::Interrupted) => INTERRUPTED,
    })
}

/// 128 + the number of the signal that Ctrl-C sends, as shells have it.
pub(super) const INTERRUPTED: u8 = 130;

/// Shows the error, if there is one, on standard error; help and the version on standard output.
pub fn show(outcome: &Result<(), Failure>) {
    match outcome {
        Ok(()) | Err(Failure::OutputClosed | Failure::Interrupted) => {}
        Err(Failure::Usage(error)) => {
            // Where even this cannot be written there is nobody to tell.
            let _ = error.print();
        }
        Err(failure @ (Failure::Wrong(_) | Failure::Failed(_))) => {
            let _ = io::Write::write_fmt(&mut io::stderr(), format_args!("{failure}\n"));
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(error) => error.fmt(f),
            Failure::Wrong(message) | Failure::Failed(message) => f.write_str(message.trim_end()),
            Failure::Interrupted => f.write_str("interrupted"),
            Failure::OutputClosed => f.write_str("the output was closed"),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Failure {
        Failure::Usage(error)
    }
}

impl From<ClaimError> for Failure {
    fn from(error: ClaimError) -> Failure {
        Failure::Wrong(format!("error: {error}"))
    }
}

impl From<report::Error> for Failure {
    fn from(error: report::Error) -> Failure {
        Failure::Failed(format!("error: {error}"))
    }
}

/// A trace was readable when the scenario was checked; it no longer is.
impl From<TraceError> for Failure {
    fn from(error: TraceError) -> Failure {
        Failure::Failed(format!("error: {error}"))
    }
}

/// Of writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::OutputClosed
        } else {
            Failure::Failed(format!("error: cannot write to standard output: {error}"))
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        match error {
            OpenError::Claim(error) => error.into(),
            OpenError::Another { .. } => Failure::Wrong(format!("error: {error}")),
            OpenError::Failed(error) => error.into(),
        }
    }
}
