//! Presets: the keys of a platform, laid under those that a fleet writes, so that one reader reads both.

use crate::catalog::Preset;

use super::context::Context;
use super::fields::choice;
use super::place::{Place, SourceText};
use super::set::split_assignment;
use super::tree::{Content, Entry, Node, Table};

/// The key of a fleet or pool that names a preset.
pub(super) const KEY: &str = "preset";
/// The kind of fleet that a preset fills in.
const KIND: &str = "serverless";
/// Which of the two a fleet writes, it writes instead of the preset's.
const STARTS: [&str; 2] = ["start", "cold_start"];

/// Whether an override decides which presets there are: it has to be applied before their keys are laid under, and all others
/// after.
pub(super) fn decides(assignment: &str) -> bool {
    let segments = split_assignment(assignment).map(|assignment| assignment.segments).unwrap_or_default();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(segments[..], ["fleet", _, KEY | "kind"] | ["fleet", _, "pool", _, KEY | "kind"])
}

/// Adds to every serverless fleet and pool that names a preset the keys of it that are not written. The presets' texts become
/// texts of the context.
pub(super) fn lay_under(context: &mut Context, root: &mut Node) {
    each_table(root, &mut |table| lay_under_table(context, table));
}

/// The same for one fleet or pool.
pub(super) fn lay_under_table(context: &mut Context, table: &mut Table) {
    let Some(written) = table.get(KEY) else { return };
    if table.get("kind").is_some_and(|kind| !matches!(&kind.value.content, Content::Text(kind) if kind == KIND)) {
        return;
    }
    // With the keys of another one nothing else seems to be missing.
    let found = choice(context, &written.value, "a preset", &Preset::NAMES).and_then(Preset::find);
    let Some(preset) = found.or_else(|| Preset::all().first()) else { return };
    let keys = preset.keys(source(context, preset)).entries;
    let has_start = STARTS.iter().any(|key| table.get(key).is_some());
    let is_covered = |key: &str| table.get(key).is_some() || (has_start && STARTS.contains(&key));
    let under: Vec<Entry> = keys.into_iter().filter(|entry| !is_covered(&entry.key)).collect();
    table.entries.extend(under);
}

/// Takes a preset's start away where an override has written a cold start beside it.
pub(super) fn give_way(context: &Context, root: &mut Node) {
    each_table(root, &mut |table| give_way_in_table(context, table));
}

/// The same for one fleet or pool.
pub(super) fn give_way_in_table(context: &Context, table: &mut Table) {
    let is_carried = |entry: &Entry| is_carried(context, entry.key_place);
    if table.get("cold_start").is_some_and(|entry| !is_carried(entry)) {
        table.entries.retain(|entry| entry.key != "start" || !is_carried(entry));
    }
}

/// Whether a key is a preset's own, and nobody has written it.
pub(super) fn is_carried(context: &Context, place: Place) -> bool {
    let name = &context.sources[place.source].name;
    Preset::NAMES.iter().any(|preset| *name == source_name(preset))
}

/// Every fleet and every pool.
fn each_table(root: &mut Node, visit: &mut impl FnMut(&mut Table)) {
    let Content::Table(root) = &mut root.content else { return };
    for key in ["fleet", "pool"] {
        let Some(Content::List(nodes)) = root.get_mut(key).map(|entry| &mut entry.value.content) else { continue };
        for node in nodes {
            each_table(node, visit);
            if let Content::Table(table) = &mut node.content {
                visit(table);
            }
        }
    }
}

/// The number of a preset's text, which is added where it is new.
fn source(context: &mut Context, preset: &Preset) -> usize {
    let name = source_name(preset.name);
    context.sources.iter().position(|source| source.name == name).unwrap_or_else(|| {
        context.sources.push(SourceText { name, text: preset.text.to_owned() });
        context.sources.len() - 1
    })
}

/// What messages call a preset's text.
fn source_name(preset: &str) -> String {
    format!("{preset}.toml (preset)")
}
