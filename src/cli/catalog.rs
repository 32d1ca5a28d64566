//! `breakeven catalog`: what GPUs cost, the cheapest first; and what the presets stand for.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;

use crate::catalog::{Catalog, Entry, Kind, Preset};
use crate::report::files;
use crate::report::presets::{PresetsDocument, presets};
use crate::report::prices::{CatalogDocument, prices};
use crate::unit::nearest;

use super::exit::Failure;
use super::{flags, terminal};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Only this GPU; a family such as H100 or A100 is all of its GPUs
    #[arg(long, value_name = "NAME")]
    gpu: Option<String>,

    /// Only what is sold like this
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(Kind::ALL.map(|(name, _)| name)))]
    kind: Option<String>,

    /// Only this provider
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,

    /// A file of prices of your own, which extend and override those that are carried
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,

    /// List the presets instead: their keys, sources and the GPUs that they have a price for
    #[arg(long, conflicts_with = "kind")]
    presets: bool,

    /// Write one JSON document with all that is known of each price or preset
    #[arg(long)]
    json: bool,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven catalog --gpu H100                      every H100, the cheapest first
  breakeven catalog --gpu A100-80 --kind serverless
  breakeven catalog --provider runpod --json | jq '.entries[] | [.gpu, .price_per_hour_usd, .source]'
  breakeven catalog --with my-prices.toml --provider cellar
  breakeven catalog --presets --gpu H100            every preset with a price for an H100

A file of your own, which a scenario names as catalog = \"my-prices.toml\", has a table for each price:
  [[entry]]
  provider = \"cellar\"
  gpu = \"H100\"
  kind = \"dedicated\"          # or \"serverless\", \"spot\"
  price = \"$1.10/h\"           # of one GPU
  as_of = \"2026-11-01\"
  source = \"our accounts\"
It may say more: product, variant, region, condition, certainty, note. The price of the same provider, product, gpu, variant,
kind and region takes the place of the one that is carried.";

pub fn execute(args: &Args) -> Result<(), Failure> {
    let own = match &args.with {
        Some(path) => Some(Catalog::embedded().with_file(path).map_err(|problems| flags::wrong(&problems))?),
        None => None,
    };
    let catalog = own.as_ref().unwrap_or_else(|| Catalog::embedded());
    check_names(args, catalog)?;
    if args.presets {
        return list_presets(args, catalog);
    }
    if args.json {
        return terminal::print(&files::json(&CatalogDocument::new(catalog, |entry| args.asks_for(entry)))?);
    }
    let entries = catalog.sorted(|entry| args.asks_for(entry));
    match entries.is_empty() {
        true => terminal::print("no price of the catalogue is all of this\n"),
        false => terminal::print(&prices(&entries, terminal::look())),
    }
}

/// Those that have a price of what is asked for; all where nothing is.
fn list_presets(args: &Args, catalog: &Catalog) -> Result<(), Failure> {
    let asks = args.gpu.is_some() || args.provider.is_some();
    let is_priced =
        |preset: &Preset| catalog.entries().iter().any(|entry| preset.prices.include(entry) && args.asks_for(entry));
    let document = PresetsDocument::new(catalog, |preset| !asks || is_priced(preset));
    match (args.json, document.presets.is_empty()) {
        (true, _) => terminal::print(&files::json(&document)?),
        (false, true) => terminal::print("no preset has such a price\n"),
        (false, false) => terminal::print(&presets(&document, terminal::look())),
    }
}

impl Args {
    fn asks_for(&self, entry: &Entry) -> bool {
        let gpu = self.gpu.as_ref().is_none_or(|gpu| entry.is_gpu(gpu));
        let kind = self.kind.as_ref().is_none_or(|kind| entry.kind.name() == kind);
        gpu && kind && self.provider.as_ref().is_none_or(|provider| entry.provider == *provider)
    }
}

/// A name that nothing in the catalogue has is a mistake.
fn check_names(args: &Args, catalog: &Catalog) -> Result<(), Failure> {
    let mut mistakes = Vec::new();
    let mut check = |written: &str, what: &str, known: Vec<&str>| {
        let mend = match nearest(written, known.iter().copied()) {
            Some(nearest) => format!("did you mean {nearest}? There are {}", known.join(", ")),
            None => format!("there are {}", known.join(", ")),
        };
        mistakes.push(format!("error: no {what} of the catalogue is called `{written}`\n  help: {mend}"));
    };
    if let Some(gpu) = args.gpu.as_ref().filter(|gpu| !catalog.entries().iter().any(|entry| entry.is_gpu(gpu))) {
        check(gpu, "GPU", catalog.gpus(|_| true).into_iter().collect());
    }
    let providers = catalog.providers(|_| true);
    if let Some(provider) = args.provider.as_ref().filter(|provider| !providers.contains(provider.as_str())) {
        check(provider, "provider", providers.into_iter().collect());
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Failure::Wrong(mistakes.join("\n"))) }
}
