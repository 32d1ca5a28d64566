//! The lines of a bill.

/// A line of a bill. docs/BILLING.md has the formula of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// Dedicated instances, for the whole window.
    Instances,
    /// On-demand instances that stand in for spot ones.
    Fallback,
    /// Minimum instances with a price of their own, for the whole window.
    MinInstances,
    ColdStart,
    Allocate,
    Pull,
    Load,
    Initialize,
    Execute,
    Idle,
    Rounding,
    /// Processor cores, for the billed time of their instance.
    Cpu,
    /// Likewise.
    Memory,
    RequestFee,
    Egress,
    Storage,
    PlanFee,
    /// The effort of operating the fleet.
    Operations,
    /// At most zero: what free requests and free time take off.
    FreeTier,
    /// At most zero.
    Credits,
}

impl Line {
    /// In the order of a bill.
    pub const ALL: [Line; 20] = [
        Line::Instances,
        Line::Fallback,
        Line::MinInstances,
        Line::ColdStart,
        Line::Allocate,
        Line::Pull,
        Line::Load,
        Line::Initialize,
        Line::Execute,
        Line::Idle,
        Line::Rounding,
        Line::Cpu,
        Line::Memory,
        Line::RequestFee,
        Line::Egress,
        Line::Storage,
        Line::PlanFee,
        Line::Operations,
        Line::FreeTier,
        Line::Credits,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Line::Instances => "instances",
            Line::Fallback => "fallback",
            Line::MinInstances => "min-instances",
            Line::ColdStart => "cold-start",
            Line::Allocate => "allocate",
            Line::Pull => "pull",
            Line::Load => "load",
            Line::Initialize => "initialize",
            Line::Execute => "execute",
            Line::Idle => "idle",
            Line::Rounding => "rounding",
            Line::Cpu => "cpu",
            Line::Memory => "memory",
            Line::RequestFee => "request-fee",
            Line::Egress => "egress",
            Line::Storage => "storage",
            Line::PlanFee => "plan-fee",
            Line::Operations => "operations",
            Line::FreeTier => "free-tier",
            Line::Credits => "credits",
        }
    }

    /// As the name of a column: `min_instances_usd`.
    #[must_use]
    pub fn column(self) -> String {
        format!("{}_usd", self.name().replace('-', "_"))
    }
}
