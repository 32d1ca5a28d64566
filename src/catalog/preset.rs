//! What a platform does and charges unless it is told otherwise: a serverless fleet's keys, with their source and date.

use std::sync::LazyLock;

use jiff::civil::Date;

use crate::toml::tree::{self, Content, Node, Table};

use super::{Certainty, Entry, Kind};

/// A platform whose name stands for the keys of a serverless fleet.
#[derive(Clone, Debug)]
pub struct Preset {
    pub name: &'static str,
    /// The file that it is read from: `[about]`, and `[fleet]` with the keys as a scenario writes them.
    pub text: &'static str,
    pub prices: PresetPrices,
    pub source: String,
    /// When the keys were true.
    pub as_of: Date,
    /// Of how it scales and what it bills. The start is a typical one where the platform states none.
    pub certainty: Certainty,
    /// What is inferred, assumed or simplified.
    pub note: String,
}

/// Which entries of the catalogue price a preset's GPUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetPrices {
    /// `None` where nobody sells its GPUs: machines of one's own.
    pub provider: Option<String>,
    /// Any without a condition where it is not given.
    pub product: Option<String>,
    pub sold_as: Kind,
}

impl PresetPrices {
    /// Whether an entry is one of them.
    #[must_use]
    pub fn include(&self, entry: &Entry) -> bool {
        let is_product = match &self.product {
            Some(product) => entry.product == *product,
            None => entry.condition.is_none(),
        };
        self.provider.as_ref() == Some(&entry.provider) && entry.kind == self.sold_as && is_product
    }
}

/// A file of the program by its name.
macro_rules! carried {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("presets/", $name, ".toml")))),+] };
}

/// The files of presets that the program carries, in alphabetical order.
const EMBEDDED: [(&str, &str); 18] = carried![
    "aws-lambda",
    "azure-container-apps",
    "baseten",
    "beam",
    "cerebrium",
    "cloud-run",
    "fal",
    "float16-function",
    "float16-server",
    "float16-spot",
    "hugging-face-endpoints",
    "knative",
    "koyeb",
    "modal",
    "replicate-deployment",
    "runpod-active",
    "runpod-flex",
    "vast",
];

/// The tables of a preset's file.
const ABOUT: &str = "about";
const FLEET: &str = "fleet";

impl Preset {
    /// Every name that a scenario may write.
    pub const NAMES: [&'static str; EMBEDDED.len()] = {
        let mut names = [""; EMBEDDED.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = EMBEDDED[index].0;
            index += 1;
        }
        names
    };

    /// All of them, in alphabetical order.
    #[must_use]
    pub fn all() -> &'static [Preset] {
        static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
            // A test reads them too.
            let presets: Vec<Preset> = EMBEDDED.iter().filter_map(|&(name, text)| read(name, text)).collect();
            debug_assert_eq!(presets.len(), EMBEDDED.len(), "a preset has mistakes");
            presets
        });
        &PRESETS
    }

    /// The one of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Preset> {
        Preset::all().iter().find(|preset| preset.name == name)
    }

    /// Its keys, as if its text were the text number `source`.
    pub(crate) fn keys(&self, source: usize) -> Table {
        let (root, _) = tree::parse(self.text, source);
        root.as_ref().and_then(|root| table(root, FLEET)).cloned().unwrap_or_default()
    }

    /// Days from when the keys were true to a day; negative before.
    #[must_use]
    pub fn age_days(&self, today: Date) -> i32 {
        (today - self.as_of).get_days()
    }
}

/// `None` when a key of `[about]` is missing or wrong, or there is no `[fleet]`.
fn read(name: &'static str, text: &'static str) -> Option<Preset> {
    let (root, findings) = tree::parse(text, 0);
    let root = root.filter(|_| findings.is_empty())?;
    table(&root, FLEET)?;
    let about = table(&root, ABOUT)?;
    let key = |key: &str| match &about.get(key)?.value.content {
        Content::Text(text) => Some(text.clone()),
        _ => None,
    };
    let sold_as = key("sold_as").unwrap_or_else(|| Kind::Serverless.name().to_owned());
    Some(Preset {
        name,
        text,
        prices: PresetPrices {
            provider: key("provider"),
            product: key("product"),
            sold_as: named(&Kind::ALL, &sold_as)?,
        },
        source: key("source")?,
        as_of: key("as_of")?.parse().ok()?,
        certainty: named(&Certainty::ALL, &key("certainty")?)?,
        note: key("note")?,
    })
}

fn table<'a>(root: &'a Node, key: &str) -> Option<&'a Table> {
    let Content::Table(root) = &root.content else { return None };
    match &root.get(key)?.value.content {
        Content::Table(table) => Some(table),
        _ => None,
    }
}

fn named<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|&(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn every_carried_preset_is_read_and_says_where_it_is_from() {
        let read: Vec<&str> = Preset::all().iter().map(|preset| preset.name).collect();
        assert_eq!(read, Preset::NAMES);
        assert!(read.is_sorted(), "{read:?}");
        for preset in Preset::all() {
            assert!(!preset.source.is_empty() && !preset.note.is_empty(), "{}", preset.name);
            assert!(
                (Date::constant(2025, 1, 1)..Date::constant(2027, 1, 1)).contains(&preset.as_of),
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn what_is_said_about_a_preset_has_no_other_keys() {
        const KEYS: [&str; 7] = ["provider", "product", "sold_as", "source", "as_of", "certainty", "note"];
        for preset in Preset::all() {
            let (root, _) = tree::parse(preset.text, 0);
            let root = root.unwrap();
            for entry in &table(&root, ABOUT).unwrap().entries {
                assert!(KEYS.contains(&entry.key.as_str()), "{}: {}", preset.name, entry.key);
            }
        }
    }

    #[test]
    fn a_preset_that_names_a_provider_has_prices_of_it_but_for_one() {
        let catalog = Catalog::embedded();
        for preset in Preset::all() {
            let is_priced = catalog.entries().iter().any(|entry| preset.prices.include(entry));
            let expected = preset.prices.provider.is_some() && preset.name != "azure-container-apps";
            assert_eq!(is_priced, expected, "{}", preset.name);
        }
    }

    #[test]
    fn fails_to_read_a_preset_that_lacks_a_source_or_a_known_certainty() {
        const ABOUT: &str = "[about]\nas_of = \"2026-01-01\"\ncertainty = \"documented\"\nnote = \"n\"\n";
        let whole = |about: &str| -> &'static str { format!("{about}source = \"s\"\n[fleet]\nslots = 1\n").leak() };
        assert!(read("x", whole(ABOUT)).is_some());
        assert!(read("x", whole(&ABOUT.replace("documented", "certain"))).is_none());
        assert!(read("x", whole(&ABOUT.replace("2026-01-01", "soon"))).is_none());
        assert!(read("x", format!("{ABOUT}[fleet]\n").leak()).is_none());
    }
}
