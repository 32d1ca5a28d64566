//! The lines of a bill in the handful of families that a chart can tell apart.

use plotters::style::RGBColor;

use crate::bill::Line;

use super::palette::{BLUE, GREEN, ORANGE, PALE_GREY, PURPLE, SKY_BLUE, SLATE, VERMILLION, YELLOW};

/// Lines that are drawn as one, in the order of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Instances paid all the time.
    Capacity,
    Execute,
    Idle,
    StartUp,
    Rounding,
    Resources,
    Requests,
    Transfer,
    Fees,
}

impl Family {
    pub const ALL: [Family; 9] = [
        Family::Capacity,
        Family::Execute,
        Family::Idle,
        Family::StartUp,
        Family::Rounding,
        Family::Resources,
        Family::Requests,
        Family::Transfer,
        Family::Fees,
    ];

    /// `None` for what is taken off the others.
    pub fn of(line: Line) -> Option<Family> {
        match line {
            Line::Instances | Line::Fallback | Line::MinInstances => Some(Family::Capacity),
            Line::ColdStart | Line::Allocate | Line::Pull | Line::Load | Line::Initialize => Some(Family::StartUp),
            Line::Execute => Some(Family::Execute),
            Line::Idle => Some(Family::Idle),
            Line::Rounding => Some(Family::Rounding),
            Line::Cpu | Line::Memory => Some(Family::Resources),
            Line::RequestFee => Some(Family::Requests),
            Line::Egress | Line::Storage => Some(Family::Transfer),
            Line::PlanFee | Line::Operations => Some(Family::Fees),
            Line::FreeTier | Line::Credits => None,
        }
    }

    /// What works is blue, what waits is warm, what is no instance is neither.
    pub fn color(self) -> RGBColor {
        match self {
            Family::Capacity => BLUE,
            Family::Execute => SKY_BLUE,
            Family::Idle => ORANGE,
            Family::StartUp => VERMILLION,
            Family::Rounding => YELLOW,
            Family::Resources => GREEN,
            Family::Requests => PURPLE,
            Family::Transfer => PALE_GREY,
            Family::Fees => SLATE,
        }
    }

    /// As people say it.
    pub fn spoken(self) -> &'static str {
        match self {
            Family::Capacity => "instances, paid by the hour",
            Family::Execute => "serving requests",
            Family::Idle => "idle",
            Family::StartUp => "cold starts",
            Family::Rounding => "rounding up",
            Family::Resources => "CPU and memory",
            Family::Requests => "fee per request",
            Family::Transfer => "storage and egress",
            Family::Fees => "fees and operations",
        }
    }
}
