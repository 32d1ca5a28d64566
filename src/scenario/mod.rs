//! The scenario: a TOML file, checked, with every quantity in its unit.

mod context;
mod costs;
mod data_files;
mod embedded;
mod fields;
mod fleets;
mod load;
mod model;
mod own_prices;
mod read_costs;
mod read_distribution;
mod read_fleet;
mod read_price;
mod read_scenario;
mod read_start;
mod read_throughput;
mod read_trace;
mod read_traffic;
mod resolved;
mod scale;
mod set;
mod start_up;
mod throughput;
mod values;
mod warning;

pub use costs::*;
pub use embedded::{DEFAULT, Embedded, SCENARIOS, STARTER, UnknownScenario};
pub use fleets::*;
pub use load::{Loaded, Overrides, ScenarioFile, load, load_text, load_traffic};
pub use model::*;
pub use read_trace::columns as trace_columns;
pub use resolved::write_resolved;
pub use set::{Assignment, split_assignment};
pub use start_up::{Pull, StartPhase, StartUp, Supply};
pub use throughput::{Measured, Throughput};
pub use warning::{Caveat, Warning};

pub use crate::toml::{Problem, Problems};
pub use crate::unit::{QuantityError, parse_price, parse_rate, parse_span, parse_time_of_day, parse_usd};

use crate::toml::{place, problem, tree};
use crate::unit::quantity;
use read_scenario::report_duplicates;
