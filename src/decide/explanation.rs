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
    /// Instances held all the time, beyond those that the formula counts: for peaks, queues and the objective.
    Capacity,
    ColdStart,
    Idle,
    Rounding,
    /// Execution and fees beyond those of the formula: instances whose slots are not all in use, requests that another pool took
    /// or nobody served, what free tiers and credits take off other overheads, and chance.
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

    /// `None` for what is charged with the time of instances, whatever phase they are in.
    fn of(line: Line) -> Option<Overhead> {
        match line {
            Line::Instances | Line::Fallback | Line::MinInstances => Some(Overhead::Capacity),
            Line::ColdStart | Line::Allocate | Line::Pull | Line::Load | Line::Initialize => Some(Overhead::ColdStart),
            Line::Idle => Some(Overhead::Idle),
            Line::Rounding => Some(Overhead::Rounding),
            Line::Cpu | Line::Memory => None,
            Line::Execute
            | Line::RequestFee
            | Line::Egress
            | Line::Storage
            | Line::PlanFee
            | Line::Operations
            | Line::FreeTier
            | Line::Credits => Some(Overhead::Served),
        }
    }
}

/// The lines of a bill by what they are for. Cores and memory go with the time of their instances, in proportion to its lines.
fn by_overhead(lines: &[(Line, f64)]) -> Vec<(Overhead, f64)> {
    let mut sorted: Vec<(Overhead, f64)> =
        lines.iter().filter_map(|&(line, usd)| Some((Overhead::of(line)?, usd))).collect();
    let is_time = |line: Line| line < Line::Cpu;
    let time: Vec<(Overhead, f64)> =
        lines.iter().filter_map(|&(line, usd)| Some((Overhead::of(line).filter(|_| is_time(line))?, usd))).collect();
    let whole: f64 = time.iter().map(|&(_, usd)| usd).sum();
    for &(_, usd) in lines.iter().filter(|&&(line, _)| Overhead::of(line).is_none()) {
        match whole > 0.0 {
            true => sorted.extend(time.iter().map(|&(overhead, part)| (overhead, usd * part / whole))),
            false => sorted.push((Overhead::Served, usd)),
        }
    }
    sorted
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
    let capacity = formula.of_capacity_at(requests_per_month);
    let mut beyond = by_overhead(lines);
    beyond.push((Overhead::Capacity, -capacity));
    beyond.push((Overhead::Served, -(formula.at(requests_per_month) - capacity)));
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

    #[test]
    fn cores_go_with_the_time_of_their_instances() {
        let lines = [(Line::Execute, 30.0), (Line::Idle, 10.0), (Line::Cpu, 8.0), (Line::PlanFee, 5.0)];
        let mut sums: Vec<(Overhead, f64)> = Vec::new();
        for (overhead, usd) in by_overhead(&lines) {
            match sums.iter_mut().find(|sum| sum.0 == overhead) {
                Some(sum) => sum.1 += usd,
                None => sums.push((overhead, usd)),
            }
        }
        assert_eq!(sums, [(Overhead::Served, 30.0 + 6.0 + 5.0), (Overhead::Idle, 10.0 + 2.0)]);
        // Where time itself is free, cores are what is paid for being served.
        assert_eq!(by_overhead(&[(Line::Cpu, 8.0)]), [(Overhead::Served, 8.0)]);
    }
}
