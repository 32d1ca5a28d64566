//! `[plan]`: what is searched for the best fleet, and what the best is.

use jiff::civil::Date;

use crate::unit::Price;

use super::context::Context;
use super::designs::{self, DesignNode, FamilyNodes, PLAN};
use super::fields::{Fields, choice};
use super::read_fleet::{ReadFleet, fleet};
use super::read_preset::rest_on_presets;
use super::read_price::rest_on;
use super::tree::{Content, Entry, Node, Table};
use super::values::{integer, number, price};
use super::{Design, DesignFamily, Plan, PlanObjective, Scenario};

/// Puts the designs of a text under a scenario that writes none.
pub(super) fn lay_under(root: &mut Node, default: Node) {
    let (Content::Table(root), Content::Table(default)) = (&mut root.content, default.content) else { return };
    for entry in default.entries {
        match root.get_mut(&entry.key) {
            None => root.entries.push(entry),
            Some(Entry { value: Node { content: Content::Table(written), .. }, .. }) => {
                let Content::Table(Table { entries }) = entry.value.content else { continue };
                entries
                    .into_iter()
                    .filter(|entry| written.get(&entry.key).is_none())
                    .collect::<Vec<_>>()
                    .into_iter()
                    .for_each(|entry| written.entries.push(entry));
            }
            Some(_) => {}
        }
    }
}

/// Reads the plan of a scenario that has one with designs. `scenario` has the fleets that were chosen; designs of others are
/// left out.
pub(super) fn plan(
    context: &Context,
    root: &Node,
    families: Vec<FamilyNodes>,
    scenario: Option<&Scenario>,
    today: Option<Date>,
) -> Option<Plan> {
    let Content::Table(table) = &root.content else { return None };
    let node = &table.get(PLAN)?.value;
    let mut fields = Fields::of(context, node, "the plan")?;
    let objectives = PlanObjective::ALL.map(|(name, _)| name);
    let written = fields.optional("objective", |context, node| choice(context, node, "what the best is", &objectives));
    let objective = PlanObjective::ALL.iter().find(|(name, _)| Some(*name) == written);
    let objective = objective.map_or(PlanObjective::LeastCost, |&(_, objective)| objective);
    let budget = fields.optional("budget", positive_price);
    if objective == PlanObjective::LeastLatency && !fields.has("budget") {
        fields.missing("budget", "$5000/month");
    }
    let quantiles = &Plan::LATENCIES;
    let latency = fields.optional("latency", |context, node| choice(context, node, "a quantile of latency", quantiles));
    let latency = quantiles.iter().position(|name| Some(*name) == latency).unwrap_or(Plan::USUAL_LATENCY);
    let indifference = fields.optional(
        "indifference",
        number(|share| share > 0.0 && share < 1.0, "a share above 0 and below 1", "write a share, such as 0.01"),
    );
    let confidence = fields.optional(
        "confidence",
        number(|share| (0.5..1.0).contains(&share), "a probability from 0.5 to below 1", "write 0.95, for example"),
    );
    let most = fields.optional("most_replications", integer(2..=100_000, "the most replications of a design"));
    let has_designs = fields.has(designs::DESIGN);
    fields.finish();
    if !has_designs {
        return None;
    }
    let wanted = |family: &FamilyNodes| {
        scenario.is_none_or(|scenario| {
            family.fleets.iter().all(|name| scenario.fleets.iter().any(|fleet| fleet.name == *name))
        })
    };
    let families: Vec<DesignFamily> =
        families.into_iter().filter(wanted).filter_map(|family| read_family(context, family, today)).collect();
    let plan = Plan {
        objective,
        budget,
        latency,
        indifference: indifference.unwrap_or(Plan::INDIFFERENCE),
        confidence: confidence.unwrap_or(Plan::CONFIDENCE),
        most_replications: most.and_then(|most| u32::try_from(most).ok()).unwrap_or(Plan::MOST_REPLICATIONS),
        families,
    };
    if plan.designs() > Plan::MOST_DESIGNS {
        let expected = format!("at most {} designs", Plan::MOST_DESIGNS);
        context.report(node.place, format!("{} designs", plan.designs()), expected, "leave out some of the values");
    }
    (plan.designs() > 0).then_some(plan)
}

fn positive_price(context: &Context, node: &Node) -> Option<Price> {
    let read = price(context, node)?;
    if read == Price::FREE {
        context.report(node.place, context.written(node), "a budget above zero", "write \"$5000/month\", for example");
        return None;
    }
    Some(read)
}

/// The designs that have no mistake; a mistake of a value is told once, however many designs have it.
fn read_family(context: &Context, family: FamilyNodes, today: Option<Date>) -> Option<DesignFamily> {
    let FamilyNodes { name, place, varied, designs, .. } = family;
    let mut read = Vec::with_capacity(designs.len());
    for DesignNode { values, fleet: node } in designs {
        let Some(ReadFleet { fleet, remarks }) = fleet(context, &node) else { continue };
        rest_on_presets(context, &remarks.presets, today);
        rest_on(context, &remarks.prices, today);
        if let Some(&fitted) = remarks.fitted.first() {
            let mend = "add instances = \"1..20\" to [[plan.design]]";
            context.report(fitted, "\"fit\" in a design", "numbers of instances, among which the best is found", mend);
            return None;
        }
        read.push(Design { values, fleet });
    }
    if read.is_empty() && !context.has_problems() {
        context.report(place, "no designs", "at least one", "give a key several values");
    }
    (!read.is_empty()).then_some(DesignFamily { name, varied, designs: read })
}
