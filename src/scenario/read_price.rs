//! What a fleet pays for an instance's time: written, or the price of a GPU of the catalogue.

use jiff::civil::Date;

use crate::catalog::{Catalog, Certainty, Entry, Kind, NotPriced, Wanted, WantedKey};
use crate::unit::Price;

use super::context::Context;
use super::fields::Fields;
use super::place::Place;
use super::read_preset::refuses_preset;
use super::read_region::has_regions;
use super::values::{name, price};
use super::warning::Caveat;

/// A price that a fleet has from the catalogue.
pub(super) struct CatalogPrice {
    pub entry: Entry,
    /// Where the GPU is written.
    pub place: Place,
}

/// Of an instance of a dedicated fleet with so many GPUs, which must have one; `kind` is `None` where the purchase has a mistake.
pub(super) fn dedicated_price(
    fields: &mut Fields<'_>,
    kind: Option<Kind>,
    gpus: u32,
    prices: &mut Vec<CatalogPrice>,
) -> Option<Price> {
    if refuses_preset(fields, "write kind = \"serverless\"; provider and gpu price a dedicated fleet") {
        return None;
    }
    if names_gpu(fields) {
        return catalog_price(fields, kind, prices).map(|price| of_gpus(price, gpus));
    }
    fields.required("price", "$4.00/h", price)
}

/// The price of several GPUs, at most the largest price.
fn of_gpus(price: Price, gpus: u32) -> Price {
    const MOST: u64 = Price::MOST_DOLLARS * 1_000_000_000_000;
    Price::new(price.pico_dollars().saturating_mul(u64::from(gpus)).min(MOST), price.per())
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
    let has_regions = has_regions(fields);
    let [provider, gpu, region, product] = KEYS.map(|key| fields.has(key) && !(key == "region" && has_regions));
    let is_written = fields.has("price");
    if is_written {
        let keys = KEYS.iter().filter(|&&key| !(key == "region" && has_regions));
        keys.for_each(|&key| drop(fields.optional(key, name)));
    }
    (provider || gpu || region || product) && !is_written
}

/// The cheapest of the catalogue that the keys ask for; `kind` is `None` where that has a mistake.
fn catalog_price(fields: &mut Fields<'_>, kind: Option<Kind>, prices: &mut Vec<CatalogPrice>) -> Option<Price> {
    let provider = fields.required("provider", "runpod", name);
    let gpu = fields.required("gpu", "H100", name);
    let region = match has_regions(fields) {
        true => None,
        false => fields.optional("region", name),
    };
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
