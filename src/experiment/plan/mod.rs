//! The fleet to buy: a space of designs searched for the cheapest that meets the objective.

mod answer;
mod bound;
mod foresight;
mod growth;
pub mod headroom;
mod in_flight;
mod label;
mod race;
mod regret;
mod resize;
mod review;
mod search;
mod sensitivity;
mod tally;
mod track;
mod usual;

pub use answer::{PlanAnswer, answer};
pub use foresight::{Foresight, LeastInstances, ServedRate, foresight};
pub use growth::{
    Commitments, GrowthPlan, Hardware, Holding, Late, MonthFigures, Months, Offer, Path, PlanGrowth, Step, plan_growth,
};
pub use label::{label, label_in_size};
pub use race::{End, Race, Rules};
pub use regret::{BestThere, Regret, regret};
pub use resize::{resized, size};
pub use review::{Candidate, GrowthQuestion, Review, ReviewQuestions, review};
pub use search::{CostOfPlanning, Examined, Search, search};
pub use sensitivity::{Effect, Factor, Flip, Sensitivity, SensitivityPlan, Setting, sensitivity};
pub use tally::Tally;
pub use track::{Archive, Forgetful, Simulation};
pub use usual::usual_plan;
