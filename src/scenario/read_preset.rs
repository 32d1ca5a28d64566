//! What of a preset is read beside the keys that it fills in: its name and the price of its GPU.

use jiff::civil::Date;

use crate::catalog::{Catalog, Certainty, Entry, Preset, Wanted, WantedKey};
use crate::unit::{Price, nearest};

use super::context::Context;
use super::fields::Fields;
use super::place::Place;
use super::presets::KEY;
use super::read_fleet::Remarks;
use super::read_price::{CatalogPrice, report};
use super::tree::Content;
use super::values::{name, price};
use super::warning::Caveat;

/// A preset that a fleet is filled in from.
pub(super) struct UsedPreset {
    pub preset: &'static Preset,
    /// Where its name is written.
    pub place: Place,
}

/// Notes the preset of a fleet that names one; returns the price of its GPU. One that is not known is reported already.
pub(super) fn preset(fields: &mut Fields<'_>, remarks: &mut Remarks) -> Option<Price> {
    if let Some(node) = fields.get("provider") {
        let mend = "leave out `provider`: the preset has its own";
        fields.context.report(node.place, "`provider` beside `preset`", "one of the two", mend);
    }
    let [gpu, region, product] = ["gpu", "region", "product"].map(|key| fields.optional(key, name));
    let found = match &fields.get(KEY)?.content {
        Content::Text(name) => Preset::find(name),
        _ => None,
    };
    let is_written = fields.has("price");
    let written = fields.optional("price", price);
    let preset = found?;
    remarks.presets.push(UsedPreset { preset, place: fields.place_of(KEY) });
    if is_written {
        return written;
    }
    let Some(provider) = &preset.prices.provider else {
        report_unpriced(fields, preset, KEY);
        return None;
    };
    if !fields.has("gpu") {
        fields.missing("gpu", "H100");
    }
    let wanted = Wanted {
        provider,
        gpu: gpu.as_deref()?,
        kind: preset.prices.sold_as,
        region: region.as_deref(),
        product: product.as_deref().or(preset.prices.product.as_deref()),
    };
    catalog_price(fields, preset, &wanted, &mut remarks.prices)
}

/// Whether a fleet of another kind names a preset, which is a mistake; the keys of its price are known then.
pub(super) fn refuses_preset(fields: &mut Fields<'_>, mend: &str) -> bool {
    let Some(node) = fields.get(KEY) else { return false };
    let expected = "a preset in a serverless fleet only";
    fields.context.report(node.place, fields.context.written(node), expected, mend);
    for key in ["provider", "gpu", "region", "product", "price"] {
        fields.has(key);
    }
    true
}

/// The cheapest of the preset's prices for the GPU.
fn catalog_price(
    fields: &mut Fields<'_>,
    preset: &Preset,
    wanted: &Wanted<'_>,
    prices: &mut Vec<CatalogPrice>,
) -> Option<Price> {
    let catalog = fields.context.prices.catalog()?;
    match catalog.cheapest(wanted) {
        Ok(entry) => {
            prices.push(CatalogPrice { entry: entry.clone(), place: fields.place_of("gpu") });
            Some(entry.price)
        }
        Err(missing) => {
            let is_written = match missing.key() {
                WantedKey::Region => true,
                WantedKey::Product => fields.has("product"),
                WantedKey::Provider | WantedKey::Gpu => false,
            };
            match is_written {
                true => report(fields, &missing),
                false => report_unsold(fields, preset, catalog, wanted.gpu),
            }
            None
        }
    }
}

/// The GPU has no price: which ones have.
fn report_unsold(fields: &mut Fields<'_>, preset: &Preset, catalog: &Catalog, gpu: &str) {
    let sold: Vec<&str> = catalog.gpus(|entry| preset.prices.include(entry)).into_iter().collect();
    let Some(node) = fields.get("gpu") else { return };
    if sold.is_empty() {
        return report_unpriced(fields, preset, "gpu");
    }
    let expected = format!("a GPU that \"{}\" has a price for: {}", preset.name, sold.join(", "));
    let is_known = catalog.entries().iter().any(|entry| entry.is_gpu(gpu));
    let mend = match nearest(gpu, sold.iter().copied()).filter(|_| !is_known) {
        Some(nearest) => format!("did you mean \"{nearest}\"? Or add {OWN_PRICE}"),
        None => format!("write one of them, or add {OWN_PRICE}"),
    };
    fields.context.report(node.place, fields.context.written(node), expected, mend);
}

const OWN_PRICE: &str = "the price, such as price = \"$2.50/h\"";

/// No GPU has a price.
fn report_unpriced(fields: &mut Fields<'_>, preset: &Preset, key: &str) {
    let found = format!("the preset \"{}\" without `price`", preset.name);
    let expected = "the key `price`: the catalogue has no price for any of its GPUs";
    fields.context.report(fields.place_of(key), found, expected, format!("add {OWN_PRICE}"));
}

/// Notes which presets the scenario rests on, and warns of those that are old on `today`, or not read in a source.
pub(super) fn rest_on_presets(context: &Context, presets: &[UsedPreset], today: Option<Date>) {
    let today = today.or_else(|| Catalog::embedded().newest());
    for &UsedPreset { preset, place } in presets {
        if !context.rests_on_preset(preset) {
            continue;
        }
        if matches!(preset.certainty, Certainty::Inferred | Certainty::Recalled) {
            let (certainty, note) = (preset.certainty.name(), preset.note.clone());
            context.warn(Some(place), Caveat::PresetUnsure { preset: preset.name, certainty, note });
        }
        let age = today.map(|today| (today, preset.age_days(today)));
        if let Some((today, age_days)) = age.filter(|&(_, age)| age > Entry::STALE_AFTER_DAYS) {
            let (as_of, source) = (preset.as_of, preset.source.clone());
            context.warn(Some(place), Caveat::PresetOld { preset: preset.name, as_of, age_days, today, source });
        }
    }
}
