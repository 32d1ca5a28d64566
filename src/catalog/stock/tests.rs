use super::*;
use crate::catalog::{Certainty, NotPriced, Wanted};

fn wanted<'a>(provider: &'a str, gpu: &'a str, kind: Kind) -> Wanted<'a> {
    Wanted { provider, gpu, kind, region: None, product: None }
}

/// The price and its hourly equivalent.
fn cheapest(wanted: &Wanted<'_>) -> (String, String) {
    let entry = Catalog::embedded().cheapest(wanted).unwrap();
    (entry.price.to_string(), entry.price.of_an_hour().to_string())
}

#[test]
fn the_carried_files_have_no_mistake_and_no_offer_twice() {
    let (catalog, findings) = carried();
    assert!(findings.is_empty(), "{findings:#?}");
    // Within a file the reader sees to it; here over all of them.
    for (index, entry) in catalog.entries.iter().enumerate() {
        let again = catalog.entries[..index].iter().find(|other| other.is_of_same_offer(entry));
        assert!(again.is_none(), "{entry} is there twice");
    }
    for (name, text) in EMBEDDED {
        let (entries, _) = read(&SourceText { name: name.to_owned(), text: text.to_owned() }, 0);
        let kind = name.trim_end_matches(".toml");
        assert!(entries.iter().all(|entry| entry.kind.name() == kind), "{name} has entries of one kind");
        assert_eq!(entries.len(), text.matches("[[entry]]").count(), "{name}");
    }
}

#[test]
fn every_carried_entry_is_within_what_such_prices_are() {
    const PROVIDERS: [&str; 20] = [
        "aws",
        "azure",
        "baseten",
        "beam",
        "cerebrium",
        "cloud-run",
        "coreweave",
        "fal",
        "float16",
        "gcp",
        "hugging-face",
        "hyperstack",
        "koyeb",
        "lambda",
        "modal",
        "nebius",
        "replicate",
        "runcomfy",
        "runpod",
        "vast",
    ];
    let catalog = Catalog::embedded();
    assert_eq!(catalog.providers(|_| true), BTreeSet::from(PROVIDERS));
    let (earliest, latest) = (Date::constant(2025, 1, 1), Date::constant(2026, 12, 31));
    for entry in catalog.entries() {
        let hourly = entry.price.of_an_hour().dollars();
        assert!((0.05..=25.0).contains(&hourly), "{entry}: ${hourly}/h");
        assert!((earliest..=latest).contains(&entry.as_of), "{entry}: {}", entry.as_of);
        assert!(entry.certainty == Certainty::Recalled || entry.source.contains(['.', ' ', '_']), "{entry}");
        assert!(entry.is_gpu(&entry.gpu) && entry.is_gpu(&entry.full_gpu()), "{entry} is found by its own name");
    }
}

#[test]
fn known_prices_are_found_and_convert_exactly() {
    let (serverless, dedicated, spot) = (Kind::Serverless, Kind::Dedicated, Kind::Spot);
    for (wanted, price, hourly) in [
        (wanted("modal", "H100", serverless), "$0.001097/s", "$3.9492"),
        (wanted("modal", "A100-80", serverless), "$0.000694/s", "$2.4984"),
        (wanted("modal", "A100", serverless), "$0.000583/s", "$2.0988"),
        (wanted("runpod", "H100", serverless), "$0.00116/s", "$4.176"),
        (wanted("float16", "H100", serverless), "$0.006/s", "$21.60"),
        (wanted("float16", "H100", spot), "$0.0012/s", "$4.32"),
        (wanted("cerebrium", "H100", serverless), "$0.000944/s", "$3.3984"),
        (wanted("cloud-run", "L4", serverless), "$0.0001867/s", "$0.67212"),
        (wanted("lambda", "H100", dedicated), "$3.29/h", "$3.29"),
        (wanted("lambda", "H100-SXM", dedicated), "$3.99/h", "$3.99"),
        (wanted("runpod", "H100", dedicated), "$1.99/h", "$1.99"),
        (wanted("aws", "H100", dedicated), "$6.88/h", "$6.88"),
        (wanted("aws", "A10G", dedicated), "$1.006/h", "$1.006"),
        (wanted("coreweave", "H100", spot), "$2.464/h", "$2.464"),
        (wanted("gcp", "H100", spot), "$1.2871/h", "$1.2871"),
        (wanted("azure", "H100", dedicated), "$6.98/h", "$6.98"),
    ] {
        assert_eq!(cheapest(&wanted), (price.to_owned(), hourly.to_owned()), "{wanted:?}");
    }
}

#[test]
fn a_region_or_a_product_narrows_the_choice() {
    let of = |region, product| Wanted { region, product, ..wanted("gcp", "H100", Kind::Spot) };
    assert_eq!(cheapest(&of(Some("US-central1"), None)).0, "$6.571/h");
    let pods = wanted("runpod", "H100", Kind::Dedicated);
    let secure = Wanted { product: Some("secure cloud pod"), region: Some("eu"), ..pods };
    assert_eq!(cheapest(&secure).0, "$2.89/h", "a price of everywhere is one of any region");
    let active = Wanted { product: Some("Serverless active worker"), ..wanted("runpod", "H100", Kind::Serverless) };
    assert_eq!(cheapest(&active).0, "$0.00093/s", "a price with a condition is found by its product");
}

#[test]
fn fails_on_what_is_not_sold_with_what_is() {
    let text = |wanted: Wanted<'_>| Catalog::embedded().cheapest(&wanted).unwrap_err().to_string();
    for (wanted, expected) in [
        (wanted("runpot", "H100", Kind::Dedicated), "did you mean \"runpod\"?"),
        (wanted("lambda", "H1000", Kind::Dedicated), "did you mean \"H100\"?"),
        (wanted("lambda", "L4", Kind::Dedicated), "a GPU that lambda sells as dedicated: A10, A100-40, A100-80, H100;"),
        (wanted("lambda", "L4", Kind::Dedicated), "it is sold by aws, gcp"),
        (wanted("modal", "H100", Kind::Dedicated), "modal sells its GPUs as serverless;"),
        (wanted("gcp", "T4", Kind::Dedicated), "write product = \"T4 accelerator\" ($0.35/h: the GPU alone"),
        (
            Wanted { region: Some("us-east-5"), ..wanted("gcp", "A100-80", Kind::Spot) },
            "a region where gcp sells A100-80: us-central1, us-east5; did you mean \"us-east5\"?",
        ),
        (
            Wanted { product: Some("pod"), ..wanted("runpod", "H100", Kind::Dedicated) },
            "a product of runpod with H100: Community Cloud pod, Secure Cloud pod",
        ),
    ] {
        let text = text(wanted);
        assert!(text.contains(expected), "{text}");
    }
    let error = Catalog { entries: Vec::new() }.cheapest(&wanted("modal", "H100", Kind::Spot)).unwrap_err();
    assert!(matches!(error, NotPriced::UnknownProvider { .. }));
}

#[test]
fn a_users_entry_wins_over_the_one_of_the_same_offer_and_others_are_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my-prices.toml");
    let text = r#"
        [[entry]]
        provider = "modal"
        product = "Serverless"
        gpu = "H100"
        kind = "serverless"
        region = "us"
        price = "$3.00/h"
        as_of = 2026-11-01
        source = "our contract"
        [[entry]]
        provider = "cellar"
        gpu = "H100"
        kind = "dedicated"
        price = "$1.10/h"
        as_of = "2026-11-01"
        source = "our accounts"
        certainty = "inferred"
    "#;
    fs::write(&path, text).unwrap();
    let catalog = Catalog::embedded().with_file(&path).unwrap();
    assert_eq!(catalog.entries().len(), Catalog::embedded().entries().len() + 1);
    let modal = catalog.cheapest(&wanted("modal", "H100", Kind::Serverless)).unwrap();
    assert_eq!((modal.price.to_string().as_str(), modal.source.as_str()), ("$3.00/h", "our contract"));
    let cellar = catalog.cheapest(&wanted("cellar", "H100", Kind::Dedicated)).unwrap();
    assert_eq!((cellar.product.as_str(), cellar.region.as_str()), ("dedicated", "global"));
    assert_eq!(cellar.certainty, Certainty::Inferred);
}

#[test]
fn fails_on_a_users_file_with_the_place_and_the_mend_of_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my-prices.toml");
    let text = "[[entry]]\nprovider = \"cellar\"\ngpu = \"\"\nkind = \"dedicate\"\nprice = 4\nas_off = \"2026\"\n\
                [[entrys]]\n";
    fs::write(&path, text).unwrap();
    let problems = Catalog::embedded().with_file(&path).unwrap_err();
    let told: Vec<(Option<usize>, Option<usize>, &str)> =
        problems.list().iter().map(|problem| (problem.line, problem.column, problem.mend.as_str())).collect();
    assert_eq!(
        told,
        [
            (Some(1), Some(1), "add source = \"our contract\""),
            (Some(3), Some(7), "write a text in quotes"),
            (Some(4), Some(8), "did you mean \"dedicated\"?"),
            (Some(5), Some(9), "write \"$4/h\""),
            (Some(6), Some(1), "did you mean `as_of`?"),
            (Some(7), Some(3), "did you mean `entry`?"),
        ]
    );
    assert!(problems.list()[0].file.ends_with("my-prices.toml"));
    let absent = Catalog::embedded().with_file(&folder.path().join("absent.toml")).unwrap_err();
    assert!(absent.to_string().contains("no such file"), "{absent}");
    for (text, expected) in [("", "a file without prices"), ("entry = 3", "tables, each under a header [[entry]]")] {
        fs::write(&path, text).unwrap();
        let problems = Catalog::embedded().with_file(&path).unwrap_err();
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}

#[test]
fn fails_on_an_offer_that_is_there_twice() {
    let entry = "[[entry]]\nprovider = \"cellar\"\ngpu = \"H100\"\nkind = \"spot\"\nprice = \"$1/h\"\nas_of = \"2026-01-01\"\n\
                 source = \"x y\"\n";
    let (entries, findings) = read(&SourceText { name: String::new(), text: entry.repeat(2) }, 0);
    assert_eq!((entries.len(), findings.len()), (1, 1));
    assert!(findings[0].found.contains("again"), "{:?}", findings[0]);
}
