//! What a bill has beside the price of instances and the fee per request: see `costs.rs`.

use crate::unit::{Price, Span, Usd, parse_price, parse_usd};

use super::context::Context;
use super::fields::Fields;
use super::tree::{Content, Node};
use super::values::{decimal, integer, price, span, usd};
use super::warning::Caveat;
use super::{Decimal, Egress, Extras, FreeTier, MOST_GIGABYTES_PER_REQUEST, MOST_UNITS, Resource, Serverless, Storage};

/// The keys that a hybrid leaves to its pools.
const OF_POOLS: [&str; 10] = [
    "cpu",
    "memory",
    "plan_fee",
    "operations",
    "storage",
    "egress",
    "free_tier",
    "credits",
    "spend_cap",
    "min_instance_price",
];

/// What any pool may pay.
pub(super) fn extras(fields: &mut Fields<'_>) -> Extras {
    Extras {
        cpu: fields.optional("cpu", |context, node| resource(context, node, &CPU)),
        memory: fields.optional("memory", |context, node| resource(context, node, &MEMORY)),
        plan_fee: fields.optional("plan_fee", running_fee),
        operations: fields.optional("operations", running_fee),
        storage: fields.optional("storage", storage),
        egress: fields.optional("egress", egress),
        credits: fields.optional("credits", running_fee),
    }
}

/// What a serverless pool may pay besides.
pub(super) struct OnDemand {
    pub min_instance_price: Option<Price>,
    pub free_tier: Option<FreeTier>,
    pub spend_cap: Option<Usd>,
}

pub(super) fn on_demand(fields: &mut Fields<'_>) -> OnDemand {
    OnDemand {
        min_instance_price: fields.optional("min_instance_price", price),
        free_tier: fields.optional("free_tier", free_tier),
        spend_cap: fields.optional("spend_cap", spend_cap),
    }
}

/// Says of a dedicated pool why it has none of the keys of a pay-per-use one.
pub(super) fn refuse_on_demand(fields: &mut Fields<'_>) {
    let always = "dedicated instances are paid for all the time at their price";
    fields.refuse("min_instance_price", always);
    fields.refuse("free_tier", always);
    fields.refuse("spend_cap", "dedicated instances cost the same whatever is served: lower `instances`");
}

/// Says of a hybrid where its costs are written.
pub(super) fn refuse_on_hybrid(fields: &mut Fields<'_>) {
    OF_POOLS.iter().for_each(|&key| fields.refuse(key, "write it in one of the [[fleet.pool]]"));
}

struct ResourceKeys {
    what: &'static str,
    units: &'static str,
    example: &'static str,
    example_price: &'static str,
}

const CPU: ResourceKeys = ResourceKeys {
    what: "the processor cores of an instance",
    units: "cores",
    example: "4",
    example_price: "$0.0000131/s",
};
const MEMORY: ResourceKeys =
    ResourceKeys { what: "the memory of an instance", units: "gib", example: "16", example_price: "$0.00000222/s" };

fn resource(context: &Context, node: &Node, keys: &ResourceKeys) -> Option<Resource> {
    let mut fields = Fields::of(context, node, keys.what)?;
    let units = fields.required(keys.units, keys.example, at_most(MOST_UNITS));
    let price = fields.required("price", keys.example_price, price);
    fields.finish();
    Some(Resource { units: units?, price: price? })
}

fn storage(context: &Context, node: &Node) -> Option<Storage> {
    let mut fields = Fields::of(context, node, "what is stored")?;
    let gigabytes = fields.required("gigabytes", "100", decimal);
    let price = fields.required("price", "$0.07/month", running_fee);
    fields.finish();
    Some(Storage { gigabytes: gigabytes?, price: price? })
}

fn egress(context: &Context, node: &Node) -> Option<Egress> {
    let mut fields = Fields::of(context, node, "what is sent out")?;
    let gigabytes = fields.required("gigabytes_per_request", "0.001", at_most(MOST_GIGABYTES_PER_REQUEST));
    let price = fields.required("price", "$0.09", usd);
    fields.finish();
    Some(Egress { gigabytes_per_request: gigabytes?, price: price? })
}

fn free_tier(context: &Context, node: &Node) -> Option<FreeTier> {
    const MOST_REQUESTS: u64 = 1_000_000_000_000;
    let mut fields = Fields::of(context, node, "the free tier")?;
    if fields.is_empty() {
        let expected = "`requests`, `instance_time` or both, of a month";
        context.report(node.place, "an empty free tier", expected, "write { requests = 1_000_000 }, or leave it out");
    }
    let requests = fields.optional("requests", integer(0..=MOST_REQUESTS, "requests a month that are free"));
    let instance_time = fields.optional("instance_time", span);
    fields.finish();
    Some(FreeTier { requests: requests.unwrap_or(0), instance_time: instance_time.unwrap_or(Span::ZERO) })
}

/// A number of units, above zero.
fn at_most(most: u32) -> impl Fn(&Context, &Node) -> Option<Decimal> {
    move |context, node| {
        let value = decimal(context, node)?;
        if value.billionths > u64::from(most) * Decimal::ONE.billionths {
            let expected = format!("a number above 0, at most {most}");
            context.report(node.place, context.written(node), expected, format!("write {most} or less"));
            return None;
        }
        Some(value)
    }
}

/// A fee that runs with time, a month's as a rule: an amount alone is told so.
fn running_fee(context: &Context, node: &Node) -> Option<Price> {
    let amount = match &node.content {
        Content::Text(text) if parse_usd(text).is_ok() => Some(text.trim().to_owned()),
        Content::Integer(_) | Content::Float(_) => Some(format!("${}", context.written_plainly(node.place))),
        _ => None,
    };
    match amount.filter(|amount| parse_price(&format!("{amount}/month")).is_ok()) {
        Some(amount) => {
            let expected = "an amount per month (or s, min, h, day, week)";
            context.report(node.place, context.written(node), expected, format!("write \"{amount}/month\""));
            None
        }
        None => price(context, node),
    }
}

/// A month's limit.
fn spend_cap(context: &Context, node: &Node) -> Option<Usd> {
    let cap = running_fee(context, node)?;
    let amount = cap.cost(Span::MONTH.nanos().into());
    if cap.per() != Span::MONTH || amount == Usd::ZERO {
        let mend = match amount {
            Usd::ZERO => "write a limit such as \"$500/month\", or leave it out".to_owned(),
            amount => format!("write \"{amount}/month\""),
        };
        context.report(node.place, context.written(node), "an amount per month, above zero", mend);
        return None;
    }
    Some(amount)
}

/// Warns of what cannot mean what it says.
pub(super) fn warn(fields: &Fields<'_>, pool: &str, serverless: &Serverless) {
    let tariff = &serverless.tariff;
    let pool = || pool.to_owned();
    if tariff.min_instance_price.is_some() && serverless.min_instances == 0 {
        let place = fields.place_of("min_instance_price");
        fields.context.warn(Some(place), Caveat::NoMinimumInstances { pool: pool() });
    }
    let Some(cap) = tariff.spend_cap else { return };
    let place = Some(fields.place_of("spend_cap"));
    let standing = standing_usd_per_month(serverless);
    let hour = tariff.price.of_an_hour();
    if cap <= standing {
        fields.context.warn(place, Caveat::SpendCapBelowStanding { pool: pool(), cap, standing });
    } else if cap < hour {
        fields.context.warn(place, Caveat::SpendCapBelowAnHour { pool: pool(), cap, hour });
    }
}

/// What a month costs without a request.
fn standing_usd_per_month(pool: &Serverless) -> Usd {
    let Extras { cpu, memory, plan_fee, operations, storage, .. } = &pool.tariff.extras;
    let of_idle = pool.tariff.bills.idle.then_some(pool.tariff.price);
    let of_minimum = pool.tariff.min_instance_price.or(of_idle);
    let month = u128::from(Span::MONTH.nanos());
    let instance_time = u128::from(pool.min_instances) * month;
    let running = [*plan_fee, *operations].into_iter().flatten().map(|fee| fee.cost(month));
    let stored = storage.iter().map(|storage| storage.cost(Span::MONTH));
    let instances = of_minimum.iter().map(|price| price.cost(instance_time));
    let adders = [cpu, memory].into_iter().flatten().filter(|_| of_minimum.is_some());
    let adders = adders.map(|resource| resource.cost(instance_time));
    running.chain(stored).chain(instances).chain(adders).sum()
}
