//! The cheapest entry of those that are asked for, or what to write instead.

use std::collections::BTreeSet;
use std::fmt;

use crate::unit::nearest;

use super::{Catalog, Entry, Kind};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    pub provider: &'a str,
    /// As people write it; a family is any of its GPUs.
    pub gpu: &'a str,
    pub kind: Kind,
    /// Any where it is not given.
    pub region: Option<&'a str>,
    /// Any without a condition where it is not given.
    pub product: Option<&'a str>,
}

/// The part of a question that an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedKey {
    Provider,
    Gpu,
    Region,
    Product,
}

/// Why nothing has a price, one variant a condition, with what could be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum NotPriced {
    UnknownProvider {
        written: String,
        known: Vec<String>,
    },
    /// The provider sells nothing of that kind.
    NoneOfKind {
        provider: String,
        kind: Kind,
        sells: Vec<Kind>,
        others: Vec<String>,
    },
    /// No provider sells such a GPU.
    UnknownGpu {
        written: String,
        known: Vec<String>,
    },
    /// The provider does not sell the GPU as that kind.
    NotSold {
        provider: String,
        gpu: String,
        kind: Kind,
        sells: Vec<String>,
        elsewhere: Vec<String>,
    },
    NotInRegion {
        provider: String,
        gpu: String,
        region: String,
        regions: Vec<String>,
    },
    UnknownProduct {
        provider: String,
        gpu: String,
        written: String,
        products: Vec<String>,
    },
    /// All that is sold has a condition.
    OnlyConditional {
        offer: Box<Entry>,
    },
}

impl Catalog {
    /// The cheapest entry that answers; of equal ones the first by provider, product and region.
    ///
    /// # Errors
    /// When nothing answers, with what does.
    pub fn cheapest(&self, wanted: &Wanted<'_>) -> Result<&Entry, NotPriced> {
        let of_gpu = self.sold_gpus(wanted)?;
        let in_region = in_region(wanted, of_gpu)?;
        of_product(wanted, in_region)
    }

    /// The entries of the GPU, the cheapest first.
    fn sold_gpus(&self, wanted: &Wanted<'_>) -> Result<Vec<&Entry>, NotPriced> {
        let Wanted { provider, gpu, kind, .. } = *wanted;
        let of_provider = |entry: &Entry| entry.provider == provider;
        let of_kind = |entry: &Entry| entry.kind == kind;
        if !self.entries().iter().any(of_provider) {
            let known = owned(self.providers(of_kind));
            return Err(NotPriced::UnknownProvider { written: provider.to_owned(), known });
        }
        if !self.entries().iter().any(|entry| entry.is_gpu(gpu)) {
            return Err(NotPriced::UnknownGpu { written: gpu.to_owned(), known: owned(self.gpus(|_| true)) });
        }
        let sells = owned(self.gpus(|entry| of_provider(entry) && of_kind(entry)));
        if sells.is_empty() {
            let others = owned(self.providers(|entry| of_kind(entry) && entry.is_gpu(gpu)));
            let sells = self.kinds(of_provider).into_iter().collect();
            return Err(NotPriced::NoneOfKind { provider: provider.to_owned(), kind, sells, others });
        }
        let found = self.sorted(|entry| of_provider(entry) && of_kind(entry) && entry.is_gpu(gpu));
        if found.is_empty() {
            let elsewhere = owned(self.providers(|entry| of_kind(entry) && entry.is_gpu(gpu)));
            let (provider, gpu) = (provider.to_owned(), gpu.to_owned());
            return Err(NotPriced::NotSold { provider, gpu, kind, sells, elsewhere });
        }
        Ok(found)
    }
}

/// Those of the region, or of everywhere.
fn in_region<'a>(wanted: &Wanted<'_>, entries: Vec<&'a Entry>) -> Result<Vec<&'a Entry>, NotPriced> {
    let Some(region) = wanted.region else {
        return Ok(entries);
    };
    let is_there = |entry: &&Entry| {
        entry.region.eq_ignore_ascii_case(region) || entry.region.eq_ignore_ascii_case(Entry::EVERYWHERE)
    };
    let found: Vec<&Entry> = entries.iter().copied().filter(|entry| is_there(entry)).collect();
    if found.is_empty() {
        return Err(NotPriced::NotInRegion {
            provider: wanted.provider.to_owned(),
            gpu: wanted.gpu.to_owned(),
            region: region.to_owned(),
            regions: owned(entries.iter().map(|entry| entry.region.as_str()).collect()),
        });
    }
    Ok(found)
}

/// The first of the product that is asked for, or without a condition.
fn of_product<'a>(wanted: &Wanted<'_>, entries: Vec<&'a Entry>) -> Result<&'a Entry, NotPriced> {
    let answers = |entry: &&&Entry| match wanted.product {
        Some(product) => entry.product.eq_ignore_ascii_case(product),
        None => entry.condition.is_none(),
    };
    match (entries.iter().find(answers), wanted.product, entries.first()) {
        (Some(entry), ..) => Ok(entry),
        (None, None, Some(offer)) => Err(NotPriced::OnlyConditional { offer: Box::new((*offer).clone()) }),
        (None, product, _) => Err(NotPriced::UnknownProduct {
            provider: wanted.provider.to_owned(),
            gpu: wanted.gpu.to_owned(),
            written: product.unwrap_or_default().to_owned(),
            products: owned(entries.iter().map(|entry| entry.product.as_str()).collect()),
        }),
    }
}

fn owned(names: BTreeSet<&str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}

impl NotPriced {
    /// What the answer is about.
    #[must_use]
    pub fn key(&self) -> WantedKey {
        match self {
            NotPriced::UnknownProvider { .. } | NotPriced::NoneOfKind { .. } => WantedKey::Provider,
            NotPriced::UnknownGpu { .. } | NotPriced::NotSold { .. } | NotPriced::OnlyConditional { .. } => {
                WantedKey::Gpu
            }
            NotPriced::NotInRegion { .. } => WantedKey::Region,
            NotPriced::UnknownProduct { .. } => WantedKey::Product,
        }
    }

    /// What could be asked for.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            NotPriced::UnknownProvider { known, .. } => format!("a provider of the catalogue: {}", known.join(", ")),
            NotPriced::NoneOfKind { kind, others, .. } => {
                format!("a provider that sells this GPU as {}: {}", kind.name(), or_none(others))
            }
            NotPriced::UnknownGpu { known, .. } => format!("a GPU of the catalogue: {}", known.join(", ")),
            NotPriced::NotSold { provider, kind, sells, .. } => {
                format!("a GPU that {provider} sells as {}: {}", kind.name(), sells.join(", "))
            }
            NotPriced::NotInRegion { provider, gpu, regions, .. } => {
                format!("a region where {provider} sells {gpu}: {}", regions.join(", "))
            }
            NotPriced::UnknownProduct { provider, gpu, products, .. } => {
                format!("a product of {provider} with {gpu}: {}", products.join(", "))
            }
            NotPriced::OnlyConditional { offer } => {
                format!("a GPU that {} sells without a condition", offer.provider)
            }
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn mend(&self) -> String {
        const PRICE: &str = "the price itself, such as price = \"$2.50/h\"";
        let near = |written: &str, known: &[String]| {
            let nearest = nearest(written, known.iter().map(String::as_str));
            nearest.map(|nearest| format!("did you mean \"{nearest}\"?"))
        };
        match self {
            NotPriced::UnknownProvider { written, known } | NotPriced::UnknownGpu { written, known } => {
                near(written, known).unwrap_or_else(|| format!("write one of them, or {PRICE}"))
            }
            NotPriced::NoneOfKind { provider, sells, .. } => {
                let sells: Vec<&str> = sells.iter().map(|kind| kind.name()).collect();
                format!("{provider} sells its GPUs as {}; write another provider, or {PRICE}", sells.join(" and "))
            }
            NotPriced::NotSold { elsewhere, .. } if elsewhere.is_empty() => format!("write one of them, or {PRICE}"),
            NotPriced::NotSold { elsewhere, .. } => {
                format!("write one of them, or {PRICE}; it is sold by {}", elsewhere.join(", "))
            }
            NotPriced::NotInRegion { region: written, regions: known, .. }
            | NotPriced::UnknownProduct { written, products: known, .. } => {
                near(written, known).unwrap_or_else(|| "write one of them, or leave out the key".to_owned())
            }
            NotPriced::OnlyConditional { offer } => {
                let condition = offer.condition.as_deref().unwrap_or_default();
                format!("write product = \"{}\" ({}: {condition}), or {PRICE}", offer.product, offer.price)
            }
        }
    }
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "there is none".to_owned() } else { names.join(", ") }
}

impl fmt::Display for NotPriced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}; {}", self.expected(), self.mend())
    }
}

impl std::error::Error for NotPriced {}
