//! How fast an instance is, and the curve of its throughput over the requests that it serves at once.

use super::context::Context;
use super::fields::Fields;
use super::tree::Node;
use super::values::{decimal, decimal_within, integer, list, number};
use super::{Decimal, MOST_SLOTS, MOST_SPEED, Measured, Throughput};

/// The speed of a pool, 1 if none is written.
pub(super) fn speed(fields: &mut Fields<'_>) -> Decimal {
    let read = |context: &Context, node: &Node| {
        let expected = format!("a speed above 0, at most {MOST_SPEED}: how many times as fast as the service times");
        let mend = "write a factor, such as 1.5";
        let speed = decimal_within(0..=MOST_SPEED, &expected, mend)(context, node)?;
        if speed.billionths == 0 {
            context.report(node.place, context.written(node), expected, mend);
            return None;
        }
        Some(speed)
    };
    fields.optional("speed", read).unwrap_or(Decimal::ONE)
}

pub(super) fn throughput(context: &Context, node: &Node) -> Option<Throughput> {
    let what = "a throughput curve";
    let (kind, mut fields) = Fields::of_kind(context, node, what, &["power", "table", "independent"])?;
    let throughput = match kind {
        "power" => {
            let read = number(
                |exponent| (0.0..=1.0).contains(&exponent),
                "an exponent from 0 (one request's throughput, shared by all) to 1 (independent slots)",
                "write a number from 0 to 1, such as 0.7",
            );
            fields.required("exponent", "0.7", read).map(|exponent| Throughput::Power { exponent })
        }
        "table" => table(&mut fields).map(Throughput::Table),
        _ => Some(Throughput::Independent),
    };
    fields.finish();
    throughput
}

fn table(fields: &mut Fields<'_>) -> Option<Vec<Measured>> {
    let context = fields.context;
    let batches = fields.required("batch", "[1, 2, 4, 8]", batches);
    let relatives = fields.required("relative", "[1.0, 1.8, 3.0, 4.5]", relatives);
    let (batches, relatives) = (batches?, relatives?);
    if batches.len() != relatives.len() {
        context.report(
            fields.place_of("relative"),
            format!("{} relative throughputs for {} batch sizes", relatives.len(), batches.len()),
            "a relative throughput for each batch size",
            "write both lists with as many numbers",
        );
        return None;
    }
    let rows: Vec<Measured> =
        batches.into_iter().zip(&relatives).map(|(batch, &(_, relative))| Measured { batch, relative }).collect();
    let misfit = (0..rows.len()).find_map(|index| Some((index, misfit(&rows[..=index])?)));
    let Some((index, (expected, mend))) = misfit else { return Some(rows) };
    let (node, _) = relatives[index];
    context.report(node.place, context.written(node), expected, mend);
    None
}

/// What the last of some rows should be and is not, and the mend.
fn misfit(rows: &[Measured]) -> Option<(&'static str, &'static str)> {
    let (row, before) = rows.split_last()?;
    let least = before.last().map_or(Decimal::ONE, |row| row.relative);
    if before.is_empty() && row.relative != Decimal::ONE {
        Some(("1 for a batch of 1, which the others are relative to", "divide all of them by the first"))
    } else if row.relative.billionths < least.billionths {
        let mend = "leave out the batch sizes from here on and give the instance fewer slots";
        Some(("a throughput that never falls as the batch grows", mend))
    } else if row.relative.billionths > u64::from(row.batch) * Decimal::ONE.billionths {
        Some(("at most the batch size: no request is faster than alone", "write the batch size, or less"))
    } else {
        None
    }
}

/// Batch sizes that rise from 1.
fn batches(context: &Context, node: &Node) -> Option<Vec<u32>> {
    let nodes = list(context, node, "a list of batch sizes", "write batch = [1, 2, 4, 8]")?;
    let size = integer(1..=u64::from(MOST_SLOTS), "a batch size");
    let sizes: Option<Vec<u32>> =
        nodes.iter().map(|node| size(context, node).and_then(|size| u32::try_from(size).ok())).collect();
    let sizes = sizes?;
    if sizes.first() != Some(&1) || sizes.windows(2).any(|pair| pair[0] >= pair[1]) {
        let mend = "write them in order, the first being 1, such as [1, 2, 4, 8]";
        context.report(node.place, context.written(node), "batch sizes that rise from 1", mend);
        return None;
    }
    Some(sizes)
}

/// Relative throughputs, each with its node.
fn relatives<'a>(context: &Context, node: &'a Node) -> Option<Vec<(&'a Node, Decimal)>> {
    let nodes = list(context, node, "a list of relative throughputs", "write relative = [1.0, 1.8, 3.0, 4.5]")?;
    nodes.iter().map(|node| Some((node, decimal(context, node)?))).collect()
}
