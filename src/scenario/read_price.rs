//! What a fleet pays for an instance's time: written, or the price of a GPU of the catalogue.

use jiff::civil::Date;

use crate::catalog::{Catalog, Certainty, Entry, Kind, NotPriced, Wanted, WantedKey};
use crate::unit::Price;

use super::context::Context;
use super::fields::{Fields, choice};
use super::place::Place;
use super::tree::Node;
use super::values::{name, price};
use super::warning::Caveat;

/// A price that a fleet has from the catalogue.
pub(super) struct CatalogPrice {
    pub entry: Entry,
    /// Where the GPU is written.
    pub place: Place,
}

/// How a dedicated instance is bought: the words, and the kind of price; `None`: not available yet.
const PURCHASES: [(&str, Option<Kind>); 4] =
    [("on-demand", Some(Kind::Dedicated)), ("spot", Some(Kind::Spot)), ("reserved-1y", None), ("reserved-3y", None)];

/// Of a dedicated fleet, which must have one.
pub(super) fn dedicated_price(fields: &mut Fields<'_>, prices: &mut Vec<CatalogPrice>) -> Option<Price> {
    let kind = match fields.has("purchase") {
        true => fields.optional("purchase", purchase),
        false => Some(Kind::Dedicated),
    };
    if names_gpu(fields) {
        return catalog_price(fields, kind, prices);
    }
    fields.required("price", "$4.00/h", price)
}

/// Of a serverless fleet; free where nothing is written.
pub(super) fn serverless_price(fields: &mut Fields<'_>, prices: &mut Vec<CatalogPrice>) -> Option<Price> {
    if names_gpu(fields) {
        return catalog_price(fields, Some(Kind::Serverless), prices);
    }
    match fields.has("price") {
        true => fields.optional("price", price),
        false => Some(Price::FREE),
    }
}

/// What a GPU of the catalogue is found by.
const KEYS: [&str; 4] = ["provider", "gpu", "region", "product"];

/// Whether a GPU of the catalogue is to be priced. Its keys are known even where a price beside them wins.
fn names_gpu(fields: &mut Fields<'_>) -> bool {
    let [provider, gpu, region, product] = KEYS.map(|key| fields.has(key));
    let is_written = fields.has("price");
    if is_written {
        KEYS.iter().for_each(|&key| drop(fields.optional(key, name)));
    }
    (provider || gpu || region || product) && !is_written
}

fn purchase(context: &Context, node: &Node) -> Option<Kind> {
    let word = choice(context, node, "how the instances are bought", &PURCHASES.map(|(word, _)| word))?;
    let kind = PURCHASES.iter().find(|(known, _)| *known == word).and_then(|&(_, kind)| kind);
    if kind.is_none() {
        let mend = "write \"on-demand\" with the price of the contract, such as price = \"$2.50/h\"";
        let expected = "\"on-demand\" or \"spot\": reserved instances are not available yet";
        context.report(node.place, context.written(node), expected, mend);
    }
    kind
}

/// The cheapest of the catalogue that the keys ask for; `kind` is `None` where that has a mistake.
fn catalog_price(fields: &mut Fields<'_>, kind: Option<Kind>, prices: &mut Vec<CatalogPrice>) -> Option<Price> {
    let provider = fields.required("provider", "runpod", name);
    let gpu = fields.required("gpu", "H100", name);
    let region = fields.optional("region", name);
    let product = fields.optional("product", name);
    let catalog = fields.context.prices.catalog()?;
    let (provider, gpu) = (provider?, gpu?);
    let wanted =
        Wanted { provider: &provider, gpu: &gpu, kind: kind?, region: region.as_deref(), product: product.as_deref() };
    match catalog.cheapest(&wanted) {
        Ok(entry) => {
            prices.push(CatalogPrice { entry: entry.clone(), place: fields.place_of("gpu") });
            Some(entry.price)
        }
        Err(missing) => {
            report(fields, &missing);
            None
        }
    }
}

/// Reports what the catalogue does not have, at the key that it is about.
pub(super) fn report(fields: &mut Fields<'_>, missing: &NotPriced) {
    let key = match missing.key() {
        WantedKey::Provider => "provider",
        WantedKey::Gpu => "gpu",
        WantedKey::Region => "region",
        WantedKey::Product => "product",
    };
    if let Some(node) = fields.get(key) {
        let context = fields.context;
        context.report(node.place, context.written(node), missing.expected(), missing.mend());
    }
}

/// Notes which entries the scenario rests on, and warns of those that are old on `today`, or known from memory only.
pub(super) fn rest_on(context: &Context, prices: &[CatalogPrice], today: Option<Date>) {
    for CatalogPrice { entry, place } in prices {
        let today = today.or_else(|| Catalog::embedded().newest());
        if !context.rests_on(entry) {
            continue;
        }
        let offer = entry.to_string();
        if entry.certainty == Certainty::Recalled {
            context.warn(Some(*place), Caveat::PriceRecalled { offer: offer.clone() });
        }
        let age = today.map(|today| (today, entry.age_days(today)));
        if let Some((today, age_days)) = age.filter(|&(_, age)| age > Entry::STALE_AFTER_DAYS) {
            let (as_of, source) = (entry.as_of, entry.source.clone());
            context.warn(Some(*place), Caveat::PriceOld { offer, as_of, age_days, today, source });
        }
    }
}
