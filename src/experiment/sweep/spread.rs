//! How the values of an axis come about, and why they may not.

/// The most values of a range.
pub(super) const MOST_VALUES: u32 = 100_000;

/// How the values of an axis come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Each is written.
    Listed,
    /// A range in even steps.
    EvenSteps,
    /// A range in even ratios.
    EvenRatios,
}

/// Why `PATH=VALUES` is no axis; the message says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AxisError {
    #[error(
        "`{0}` is not a path and its values\n  help: write, for example, traffic.api.rate=1/s,2/s,4/s or traffic.api.rate=1/s..10/s:5:log; \
         quote a name that has a dot or a space"
    )]
    NotAnAxis(String),
    #[error("`{path}` has no value{between}\n  help: write values with commas between them, such as {path}=A,B,C")]
    NoValue { path: String, between: &'static str },
    #[error(
        "`{0}` has a quote or bracket that is not closed\n  help: close it; commas within quotes, brackets and braces do not part values"
    )]
    Unclosed(String),
    #[error("`{path}` has the value `{value}` twice\n  help: leave out one of them")]
    Repeated { path: String, value: String },
    #[error("`{0}` is a range in a list\n  help: give a range alone, or list its values")]
    RangeInList(String),
    #[error("`{0}` is a range without a number of values\n  help: write {0}:5, or {0}:5:log for even ratios")]
    NoCount(String),
    #[error("`{written}` is no number of values, from 2 to {most}\n  help: write FROM..TO:N or FROM..TO:N:log, such as {range}:5", most = MOST_VALUES)]
    BadCount { written: String, range: String },
    #[error(
        "`{written}` cannot follow a range\n  help: write {range}:{count} for even steps, or {range}:{count}:log for even ratios"
    )]
    BadScale { written: String, range: String, count: u32 },
    #[error(
        "`{end}`, an end of a range, is neither a number nor a quantity\n  help: {mend}, or list the values with commas between them"
    )]
    NoQuantity { end: String, mend: String },
    #[error("`{from}` and `{to}` are of different kinds\n  help: give both ends of a range the same kind of unit")]
    UnlikeEnds { from: String, to: String },
    #[error("a range from `{0}` to the same value\n  help: write {0} alone, or another end")]
    NoWidth(String),
    #[error(
        "a range of even ratios from `{from}` to `{to}`\n  help: both ends must be above zero; leave out :log for even steps"
    )]
    NoRatio { from: String, to: String },
}
