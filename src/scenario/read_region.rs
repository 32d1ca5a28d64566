//! The regions of a dedicated fleet: tables with the header `[[fleet.region]]`.

use crate::unit::{Price, Span};

use super::context::Context;
use super::fields::Fields;
use super::tree::{Content, Node};
use super::values::{integer, list, name, price, share_of, span};
use super::{MOST_INSTANCES, Nearest, Region};

/// Regions, those without a price to be priced as the fleet is.
pub(super) struct ReadRegions {
    regions: Vec<(Region, bool)>,
}

impl ReadRegions {
    /// The price of the first region, when every region has one.
    pub fn first_price(&self) -> Option<Price> {
        let all = self.regions.iter().all(|(_, is_priced)| *is_priced);
        self.regions.first().filter(|_| all).map(|(region, _)| region.price)
    }

    /// The regions, with the fleet's price where they have none.
    pub fn priced(self, price: Price) -> Vec<Region> {
        let priced = |(region, is_priced)| if is_priced { region } else { Region { price, ..region } };
        self.regions.into_iter().map(priced).collect()
    }
}

/// Whether the key `region` has tables: a text is the region of a price of the catalogue.
pub(super) fn has_regions(fields: &mut Fields<'_>) -> bool {
    matches!(fields.get("region").map(|node| &node.content), Some(Content::List(_)))
}

/// The regions; `None` where there are none, or where one has a mistake.
pub(super) fn regions(fields: &mut Fields<'_>) -> Option<ReadRegions> {
    if !has_regions(fields) {
        return None;
    }
    let (context, node) = (fields.context, fields.get("region")?);
    let nodes = list(context, node, "regions", "write [[fleet.region]]")?;
    let regions: Vec<Option<(Region, bool)>> = nodes.iter().map(|node| region(context, node)).collect();
    super::report_duplicates(context, nodes, "a region");
    let regions = regions.into_iter().collect::<Option<Vec<_>>>()?;
    check_shares(context, node, &regions);
    Some(ReadRegions { regions })
}

/// The instances of all regions together.
pub(super) fn instances_of_regions(fields: &mut Fields<'_>) -> Option<u64> {
    let Content::List(nodes) = &fields.get("region")?.content else { return None };
    let of = |node: &Node| match &node.content {
        Content::Table(table) => match table.get("instances")?.value.content {
            Content::Integer(instances) => u64::try_from(instances).ok(),
            _ => None,
        },
        _ => None,
    };
    nodes.iter().map(of).sum()
}

fn region(context: &Context, node: &Node) -> Option<(Region, bool)> {
    let mut fields = Fields::of(context, node, "a region")?;
    let name = fields.required("name", "eu-west", name);
    let instances =
        fields.required("instances", "2", integer(1..=u64::from(MOST_INSTANCES), "the instances of a region"));
    let own_price = fields.optional("price", price);
    let is_priced = fields.has("price");
    let network = fields.optional("network", span).unwrap_or(Span::ZERO);
    let nearest = nearest(&mut fields);
    let phase = fields.optional("phase", phase).unwrap_or(Span::ZERO);
    fields.finish();
    let instances = instances.and_then(|instances| u32::try_from(instances).ok())?;
    let price = if is_priced { own_price? } else { Price::FREE };
    Some((Region { name: name?, instances, price, network, nearest: nearest?, phase }, is_priced))
}

/// A share of all traffic, or the classes that are nearest.
fn nearest(fields: &mut Fields<'_>) -> Option<Nearest> {
    if !fields.has("traffic") {
        return fields.required("share", "0.5", share_of("the traffic", "0.5")).map(Nearest::Share);
    }
    fields.refuse("share", "leave it out: the classes of traffic are named");
    fields
        .optional("traffic", |context, node| {
            let nodes = list(context, node, "names of classes of traffic", "write [\"api\"]")?;
            nodes.iter().map(|node| name(context, node)).collect::<Option<Vec<String>>>()
        })
        .map(Nearest::Classes)
}

fn phase(context: &Context, node: &Node) -> Option<Span> {
    let phase = span(context, node)?;
    if phase >= Span::DAY {
        let expected = "how much later the day is, less than 24 h";
        context.report(node.place, context.written(node), expected, "write a duration such as \"8h\"");
        return None;
    }
    Some(phase)
}

fn check_shares(context: &Context, node: &Node, regions: &[(Region, bool)]) {
    let share = |(region, _): &(Region, bool)| match &region.nearest {
        Nearest::Share(share) => *share,
        Nearest::Classes(_) => 0.0,
    };
    let total: f64 = regions.iter().map(share).sum();
    if total > 1.0 + 1e-9 {
        let mend = "lower the shares of the regions";
        context.report(node.place, format!("shares that add up to {total}"), "shares of at most 1 together", mend);
    }
}
