//! From what a plan varies to the fleets that it compares: every combination of the values, each put into the tables of a
//! fleet before it is read, so that a value of a design is checked as if the fleet had it.

use super::context::Context;
use super::place::Place;
use super::presets;
use super::set::name_of;
use super::tree::{Content, Entry, Node, Table};
use super::values::list;
use super::{MOST_INSTANCES, Plan};

/// The key of the scenario, and that of its designs.
pub(super) const PLAN: &str = "plan";
pub(super) const DESIGN: &str = "design";
/// A list of tables, each of which sets several keys at once.
const TYPES: &str = "types";
const POOL: &str = "pool";

/// The designs of one family, not yet read.
pub(super) struct FamilyNodes {
    pub name: String,
    /// Of its header.
    pub place: Place,
    /// The fleets of the scenario that it is made from.
    pub fleets: Vec<String>,
    pub varied: Vec<String>,
    pub designs: Vec<DesignNode>,
}

pub(super) struct DesignNode {
    pub values: Vec<String>,
    pub fleet: Node,
}

/// One key that varies, or several that vary together.
struct Dimension {
    /// The pool that it is a key of, in a hybrid.
    pool: Option<String>,
    label: String,
    choices: Vec<Choice>,
}

#[derive(Clone)]
struct Choice {
    written: String,
    entries: Vec<Entry>,
}

/// Every family of the plan that the root has; mistakes go to the context.
pub(super) fn expand(context: &mut Context, root: &Node) -> Vec<FamilyNodes> {
    let Content::Table(root) = &root.content else { return Vec::new() };
    let Some(Content::Table(plan)) = root.get(PLAN).map(|entry| &entry.value.content) else { return Vec::new() };
    let Some(designs) = plan.get(DESIGN) else { return Vec::new() };
    let mend = "write a table with the header [[plan.design]]";
    let Some(nodes) = list(context, &designs.value, "tables, each under a header [[plan.design]]", mend) else {
        return Vec::new();
    };
    let fleets = match root.get("fleet").map(|entry| &entry.value.content) {
        Some(Content::List(fleets)) => fleets.as_slice(),
        _ => &[],
    };
    nodes.iter().filter_map(|node| family(context, node, fleets)).collect()
}

fn family(context: &mut Context, node: &Node, fleets: &[Node]) -> Option<FamilyNodes> {
    let Content::Table(table) = &node.content else {
        context.report(node.place, context.written(node), "designs: a table", "write [[plan.design]]");
        return None;
    };
    let Some(chosen) = table.get("fleet") else {
        let mend = "add fleet = \"dedicated\", or fleet = [\"dedicated\", \"serverless\"] for a hybrid of two";
        context.report(node.place, "designs without `fleet`", "the fleet that they are made from", mend);
        return None;
    };
    let (names, base) = base_fleet(context, &chosen.value, fleets)?;
    let dimensions = dimensions(context, table, &base)?;
    let count = dimensions.iter().map(|dimension| dimension.choices.len()).fold(1, usize::saturating_mul);
    if count > Plan::MOST_DESIGNS {
        let expected = format!("at most {} designs", Plan::MOST_DESIGNS);
        context.report(node.place, format!("{count} designs"), expected, "leave out some of the values");
        return None;
    }
    let designs = (0..count).map(|index| design(context, &base, &dimensions, index)).collect();
    let varied = dimensions.iter().filter(|dimension| dimension.choices.len() > 1);
    let varied = varied.map(|dimension| dimension.label.clone()).collect();
    Some(FamilyNodes { name: names.join(" + "), place: node.place, fleets: names, varied, designs })
}

/// The fleet that a family is made from: one of the scenario, or a hybrid of several, tried in order.
fn base_fleet(context: &Context, chosen: &Node, fleets: &[Node]) -> Option<(Vec<String>, Node)> {
    let named = |node: &Node| -> Option<(String, Node)> {
        let known: Vec<String> = fleets.iter().filter_map(name_of).collect();
        let found = match &node.content {
            Content::Text(name) => fleets.iter().find(|fleet| name_of(fleet).as_ref() == Some(name)),
            _ => None,
        };
        if found.is_none() {
            let mend = match &node.content {
                Content::Text(name) => crate::unit::nearest(name, known.iter().map(String::as_str)),
                _ => None,
            };
            let mend = mend.map_or_else(
                || format!("the scenario has: {}", known.join(", ")),
                |nearest| format!("did you mean \"{nearest}\"?"),
            );
            context.report(node.place, context.written(node), "the name of a fleet of the scenario", mend);
        }
        found.and_then(|fleet| Some((name_of(fleet)?, fleet.clone())))
    };
    let Content::List(nodes) = &chosen.content else {
        return named(chosen).map(|(name, fleet)| (vec![name], fleet));
    };
    if nodes.len() < 2 {
        let mend = "write fleet = \"dedicated\" for one";
        context.report(chosen.place, context.written(chosen), "at least two fleets, tried in order", mend);
        return None;
    }
    let pools: Vec<Option<(String, Node)>> = nodes.iter().map(named).collect();
    let (names, pools): (Vec<String>, Vec<Node>) = pools.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
    let text = |text: String| Node { place: chosen.place, content: Content::Text(text) };
    let entry = |key: &str, value: Node| Entry { key: key.to_owned(), key_place: chosen.place, value };
    let pools = Node { place: chosen.place, content: Content::List(pools) };
    let entries =
        vec![entry("name", text(names.join("+"))), entry("kind", text("hybrid".to_owned())), entry(POOL, pools)];
    Some((names, Node { place: chosen.place, content: Content::Table(Table { entries }) }))
}

/// What varies: the keys of the fleet, then those of its pools.
fn dimensions(context: &Context, table: &Table, base: &Node) -> Option<Vec<Dimension>> {
    let mut found = Some(Vec::new());
    for entry in table.entries.iter().filter(|entry| entry.key != "fleet") {
        match &entry.value.content {
            Content::Table(pools) if entry.key == POOL => {
                for pool in &pools.entries {
                    let of_pool = dimensions_of_pool(context, pool, base);
                    found = found.zip(of_pool).map(|(all, more)| all.into_iter().chain(more).collect());
                }
            }
            _ => match dimension(context, entry, None) {
                Some(dimension) => found = found.map(|all| all.into_iter().chain([dimension]).collect()),
                None => found = None,
            },
        }
    }
    found
}

fn dimensions_of_pool(context: &Context, pool: &Entry, base: &Node) -> Option<Vec<Dimension>> {
    let known: Vec<String> = pools_of(base).iter().filter_map(name_of).collect();
    if !known.contains(&pool.key) {
        let mend = match (crate::unit::nearest(&pool.key, known.iter().map(String::as_str)), known.is_empty()) {
            (Some(nearest), _) => format!("did you mean `{nearest}`?"),
            (None, true) => "leave out `pool`: the fleet is no hybrid".to_owned(),
            (None, false) => format!("the fleet has: {}", known.join(", ")),
        };
        context.report(pool.key_place, format!("the pool `{}`", pool.key), "a pool of the fleet", mend);
        return None;
    }
    let Content::Table(keys) = &pool.value.content else {
        let expected = "keys of the pool: a table";
        context.report(
            pool.value.place,
            context.written(&pool.value),
            expected,
            "write pool.base.instances = \"1..8\"",
        );
        return None;
    };
    keys.entries.iter().map(|entry| dimension(context, entry, Some(&pool.key))).collect()
}

fn pools_of(fleet: &Node) -> &[Node] {
    match &fleet.content {
        Content::Table(table) => match table.get(POOL).map(|entry| &entry.value.content) {
            Some(Content::List(pools)) => pools,
            _ => &[],
        },
        _ => &[],
    }
}

/// A list is values of which each design has one, and so is a range of whole numbers; anything else is one value.
fn dimension(context: &Context, entry: &Entry, pool: Option<&str>) -> Option<Dimension> {
    let of = |value: &Node| Entry { key: entry.key.clone(), key_place: entry.key_place, value: value.clone() };
    let choices = match &entry.value.content {
        Content::List(values) if entry.key == TYPES => types(context, entry, values)?,
        _ if entry.key == TYPES => types(context, entry, &[])?,
        Content::List(values) => {
            values.iter().map(|value| Choice { written: plainly(context, value), entries: vec![of(value)] }).collect()
        }
        Content::Text(text) => match whole_range(text) {
            Some((first, last)) => range(context, entry, first, last)?,
            None => vec![Choice { written: text.clone(), entries: vec![of(&entry.value)] }],
        },
        _ => vec![Choice { written: plainly(context, &entry.value), entries: vec![of(&entry.value)] }],
    };
    if choices.is_empty() {
        context.report(entry.value.place, "an empty list", "at least one value", "write a value, or leave out the key");
        return None;
    }
    let label = pool.map_or_else(|| entry.key.clone(), |pool| format!("{pool}.{}", entry.key));
    Some(Dimension { pool: pool.map(str::to_owned), label, choices })
}

fn types(context: &Context, entry: &Entry, values: &[Node]) -> Option<Vec<Choice>> {
    let example = "write types = [{ name = \"H100\", speed = 1.0, price = \"$2.89/h\" }, ...]";
    let choice = |value: &Node| match (&value.content, name_of(value)) {
        (Content::Table(keys), Some(name)) => {
            let entries = keys.entries.iter().filter(|entry| entry.key != "name").cloned().collect();
            Some(Choice { written: name, entries })
        }
        _ => {
            context.report(value.place, context.written(value), "a table of keys with a `name`", example);
            None
        }
    };
    if values.is_empty() {
        let expected = "types: a list of tables, each with a `name` and keys of the fleet";
        context.report(entry.value.place, context.written(&entry.value), expected, example);
        return None;
    }
    values.iter().map(choice).collect()
}

/// `1..20`.
fn whole_range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.split_once("..")?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

fn range(context: &Context, entry: &Entry, first: u32, last: u32) -> Option<Vec<Choice>> {
    let place = entry.value.place;
    if first > last || last > MOST_INSTANCES || (last - first) as usize >= Plan::MOST_DESIGNS {
        let expected = format!("a range of whole numbers that rises, of at most {}", Plan::MOST_DESIGNS);
        context.report(place, context.written(&entry.value), expected, "write, for example, \"1..20\"");
        return None;
    }
    let choice = |number: u32| {
        let value = Node { place, content: Content::Integer(number.into()) };
        let entries = vec![Entry { key: entry.key.clone(), key_place: entry.key_place, value }];
        Choice { written: number.to_string(), entries }
    };
    Some((first..=last).map(choice).collect())
}

/// A value as it is written, without its quotes.
fn plainly(context: &Context, value: &Node) -> String {
    match &value.content {
        Content::Text(text) => text.clone(),
        _ => context.written_plainly(value.place).to_owned(),
    }
}

/// The design of an index, the last dimension varying fastest.
fn design(context: &mut Context, base: &Node, dimensions: &[Dimension], index: usize) -> DesignNode {
    let mut rest = index;
    let mut chosen: Vec<&Choice> = Vec::with_capacity(dimensions.len());
    for dimension in dimensions.iter().rev() {
        chosen.push(&dimension.choices[rest % dimension.choices.len()]);
        rest /= dimension.choices.len();
    }
    chosen.reverse();
    let mut fleet = base.clone();
    for (dimension, choice) in dimensions.iter().zip(&chosen) {
        if let Some(table) = table_of(&mut fleet, dimension.pool.as_deref()) {
            choice.entries.iter().for_each(|entry| put(context, table, entry));
            presets::lay_under_table(context, table);
            presets::give_way_in_table(context, table);
        }
    }
    let varied = dimensions.iter().zip(&chosen).filter(|(dimension, _)| dimension.choices.len() > 1);
    DesignNode { values: varied.map(|(_, choice)| choice.written.clone()).collect(), fleet }
}

fn table_of<'a>(fleet: &'a mut Node, pool: Option<&str>) -> Option<&'a mut Table> {
    let Content::Table(table) = &mut fleet.content else { return None };
    let Some(pool) = pool else { return Some(table) };
    let Content::List(pools) = &mut table.get_mut(POOL)?.value.content else { return None };
    match &mut pools.iter_mut().find(|node| name_of(node).as_deref() == Some(pool))?.content {
        Content::Table(table) => Some(table),
        _ => None,
    }
}

/// Another preset takes the place of all that the one before it filled in.
fn put(context: &Context, table: &mut Table, entry: &Entry) {
    if entry.key == presets::KEY {
        table.entries.retain(|entry| !presets::is_carried(context, entry.key_place));
    }
    match table.get_mut(&entry.key) {
        Some(old) => *old = entry.clone(),
        None => table.entries.push(entry.clone()),
    }
}
