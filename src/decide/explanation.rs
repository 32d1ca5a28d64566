//! What lies between the guide's formula and the simulation, in dollars a month.

use crate::bill::Line;

use super::FormulaCost;

/// What each of two fleets costs beyond the formula, at one volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What the formula says that the first costs less than the second, a month.
    pub formula_difference_usd: f64,
    /// What the first costs beyond the formula less what the second does: positive where it is the first that pays more for it. They sum
    /// to `formula_difference_usd` plus `simulated_difference_usd`.
    pub terms: Vec<(Overhead, f64)>,
    /// What the simulation says that the first costs more than the second: about nothing at a break-even point.
    pub simulated_difference_usd: f64,
}

/// What a bill has that the formula has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overhead {
    /// Dedicated instances beyond those that the formula counts: held for peaks, queues and the objective.
    Capacity,
    ColdStart,
    Idle,
    Rounding,
    /// Execution and fees beyond those of the formula: instances whose slots are not all in use, requests that another pool took
    /// or nobody served, and chance.
    Served,
}

impl Overhead {
    pub const ALL: [Overhead; 5] =
        [Overhead::Capacity, Overhead::ColdStart, Overhead::Idle, Overhead::Rounding, Overhead::Served];

    /// As a key of a document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Overhead::Capacity => "capacity",
            Overhead::ColdStart => "cold_start",
            Overhead::Idle => "idle",
            Overhead::Rounding => "rounding",
            Overhead::Served => "served",
        }
    }

    fn of(line: Line) -> Overhead {
        match line {
            Line::Instances | Line::Fallback => Overhead::Capacity,
            Line::ColdStart | Line::Allocate | Line::Pull | Line::Load | Line::Initialize => Overhead::ColdStart,
            Line::Idle => Overhead::Idle,
            Line::Rounding => Overhead::Rounding,
            Line::Execute | Line::RequestFee => Overhead::Served,
        }
    }
}

/// Explains a volume from what each fleet's bill comes to there, line by line in dollars a month.
#[must_use]
pub fn explain(requests_per_month: f64, lines: [&[(Line, f64)]; 2], formula: [&FormulaCost; 2]) -> Explanation {
    let beyond = [0, 1].map(|fleet| beyond_formula(requests_per_month, lines[fleet], formula[fleet]));
    let terms = Overhead::ALL.into_iter().map(|overhead| {
        let of = |fleet: usize| beyond[fleet].iter().filter(|term| term.0 == overhead).map(|term| term.1).sum::<f64>();
        (overhead, of(0) - of(1))
    });
    let total = |fleet: usize| lines[fleet].iter().map(|&(_, usd)| usd).sum::<f64>();
    Explanation {
        formula_difference_usd: formula[1].at(requests_per_month) - formula[0].at(requests_per_month),
        terms: terms.filter(|&(_, usd)| usd != 0.0).collect(),
        simulated_difference_usd: total(0) - total(1),
    }
}

fn beyond_formula(requests_per_month: f64, lines: &[(Line, f64)], formula: &FormulaCost) -> Vec<(Overhead, f64)> {
    let whole = formula.at(requests_per_month);
    let has_instances = lines.iter().any(|&(line, _)| line == Line::Instances);
    let is_dedicated = lines.iter().all(|&(line, _)| line == Line::Instances);
    // A fleet with dedicated instances pays for them whatever comes; the rest of the formula is for requests.
    let instances = match (is_dedicated, has_instances) {
        (true, _) => whole,
        (false, true) => formula.fixed_usd,
        (false, false) => 0.0,
    };
    let mut beyond: Vec<(Overhead, f64)> = lines.iter().map(|&(line, usd)| (Overhead::of(line), usd)).collect();
    beyond.push((Overhead::Capacity, -instances));
    beyond.push((Overhead::Served, -(whole - instances)));
    beyond
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::FormulaTraffic;
    use crate::decide::fixture::{dedicated, serverless};

    #[test]
    fn the_terms_sum_to_what_the_formula_does_not_see() {
        let traffic = FormulaTraffic { service_s: 2.0, other_requests: 0.0, other_work_s: 0.0 };
        let formula = [serverless("a"), dedicated("b", 3)].map(|fleet| FormulaCost::new(&fleet, &traffic));
        let pay_per_use =
            [(Line::ColdStart, 100.0), (Line::Execute, 9_000.0), (Line::Idle, 400.0), (Line::Rounding, 7.0)];
        let instances = [(Line::Instances, 9_600.0)];
        let explanation = explain(4e6, [&pay_per_use, &instances], [&formula[0], &formula[1]]);
        let sum: f64 = explanation.terms.iter().map(|&(_, usd)| usd).sum();
        let expected = explanation.formula_difference_usd + explanation.simulated_difference_usd;
        assert!((sum - expected).abs() < 1e-6, "{explanation:?}");
        assert_eq!(explanation.simulated_difference_usd, -93.0);
        let idle = explanation.terms.iter().find(|term| term.0 == Overhead::Idle);
        assert_eq!(idle, Some(&(Overhead::Idle, 400.0)));
    }
}
