//! The scenario: a TOML file, checked, with every quantity in its unit.

mod context;
mod costs;
mod data_files;
mod designs;
mod differences;
mod embedded;
mod fields;
mod fleets;
mod interruptions;
mod jobs;
mod load;
mod model;
mod own_prices;
mod plan;
mod presets;
mod purchase;
mod read_answers;
mod read_costs;
mod read_distribution;
mod read_fleet;
mod read_interruptions;
mod read_jobs;
mod read_plan;
mod read_preset;
mod read_price;
mod read_purchase;
mod read_region;
mod read_retry;
mod read_scale_out;
mod read_scenario;
mod read_schedule;
mod read_start;
mod read_throughput;
mod read_trace;
mod read_traffic;
mod region;
mod resolved;
mod retry;
mod scale;
mod scale_out;
mod schedule;
mod set;
mod start_up;
mod throughput;
mod values;
mod warning;

pub use costs::*;
pub(crate) use differences::joined;
pub use differences::{Change, Difference, Resolved, differences};
pub use embedded::{DEFAULT, Embedded, SCENARIOS, STAGE_SCENARIOS, STARTER, USE_CASE_SCENARIOS, UnknownScenario};
pub use fleets::*;
pub use interruptions::{Failures, Fallback, Hazard, Interrupted, Interruptions, Outages, availability};
pub use jobs::{Checkpoint, JobClass, JobKind, MOST_JOBS};
pub use load::{Loaded, Overrides, ScenarioFile, load, load_text, load_traffic};
pub use model::*;
pub use plan::{Design, DesignFamily, Plan, PlanObjective};
pub use purchase::{Autoscaling, Commitment, Node, Purchase, Term, Terms, Upfront};
pub use read_answers::{ANSWERS, AnswersFile, flag_of, read_answers};
pub use read_trace::columns as trace_columns;
pub use region::{Nearest, Region};
pub use resolved::write_resolved;
pub use retry::Retry;
pub use scale_out::{
    Behavior, Hpa, InFlight, Keda, KedaMetric, KnativeKpa, MOST_STEPS, QueueDelay, RayServe, ScaleOut, SkyServe,
    WindowedConcurrency, common_step,
};
pub use schedule::{Calendar, Hours, Schedule};
pub(crate) use set::name_of;
pub use set::{Assignment, split_assignment};
pub use start_up::{Pull, StartPhase, StartUp, Supply};
pub use throughput::{Measured, Throughput};
pub use warning::{Caveat, Warning};

pub use crate::toml::{Problem, Problems};
pub use crate::unit::{QuantityError, parse_price, parse_rate, parse_span, parse_time_of_day, parse_usd};

pub(crate) use read_fleet::{IDLE_SELECTION, OVERFLOW, WHEN_ZERO};

use crate::toml::{place, problem, tree};
use crate::unit::quantity;
use read_scenario::report_duplicates;
