//! Fleets that are priced by the catalogue.

use std::fs;

use breakeven::scenario::{FleetKind, Loaded, Origin, Overrides, PoolKind, Problems, load, load_text, write_resolved};
use tempfile::TempDir;

const TRAFFIC: &str = r#"horizon = "1d"
warm_up = "1h"
[[traffic]]
name = "api"
rate = "1/s"
service_time = "1s"
arrivals = "regular"
"#;

const OWN: &str = r#"[[entry]]
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
"#;

/// A scenario of one dedicated fleet with these keys.
fn dedicated(keys: &str) -> String {
    format!("{TRAFFIC}\n[[fleet]]\nname = \"d\"\nkind = \"dedicated\"\ninstances = 2\n{keys}\n")
}

/// A scenario of one serverless fleet with these keys.
fn serverless(keys: &str) -> String {
    format!(
        "{TRAFFIC}\n[[fleet]]\nname = \"s\"\nkind = \"serverless\"\ncold_start = \"5s\"\nkeep_alive = \"60s\"\n{keys}\n"
    )
}

fn try_loading(text: &str, today: Option<&str>) -> Result<Loaded, Problems> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("my-prices.toml"), OWN).unwrap();
    let overrides = Overrides { today: today.map(|today| today.parse().unwrap()), ..Overrides::default() };
    load_text(text, "scenario.toml", folder.path(), &overrides)
}

fn loaded(text: &str) -> Loaded {
    try_loading(text, None).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What each pool of the only fleet pays.
fn prices(loaded: &Loaded) -> Vec<String> {
    let pools = loaded.scenario.fleets.iter().flat_map(|fleet| fleet.pools());
    let price = |pool: &PoolKind| match pool {
        PoolKind::Dedicated(pool) => pool.price,
        PoolKind::Serverless(pool) => pool.tariff.price,
    };
    pools.map(|pool| price(pool).to_string()).collect()
}

#[test]
fn a_dedicated_fleet_has_the_cheapest_price_that_its_keys_ask_for() {
    for (keys, price) in [
        ("provider = \"lambda\"\ngpu = \"H100\"", "$3.29/h"),
        ("provider = \"lambda\"\ngpu = \"H100-SXM\"", "$3.99/h"),
        ("provider = \"runpod\"\ngpu = \"A100 80GB\"\npurchase = \"on-demand\"", "$1.39/h"),
        ("provider = \"runpod\"\ngpu = \"H100\"\nproduct = \"Secure Cloud pod\"", "$2.89/h"),
        ("provider = \"aws\"\ngpu = \"L4\"\nregion = \"eu-central-1\"", "$1.0064/h"),
        ("provider = \"aws\"\ngpu = \"L4\"\nregion = \"us-east-1\"\npurchase = \"spot\"", "$0.3618/h"),
        ("provider = \"gcp\"\ngpu = \"A100-40\"", "$3.6734/h"),
        ("provider = \"azure\"\ngpu = \"A100-40\"", "$3.3996/h"),
        ("provider = \"coreweave\"\ngpu = \"H100\"\npurchase = \"spot\"", "$2.464/h"),
    ] {
        let loaded = loaded(&dedicated(keys));
        assert_eq!(prices(&loaded), [price], "{keys}");
        assert_eq!(loaded.catalog.len(), 1, "{keys}: the result rests on one entry");
        assert_eq!(loaded.catalog[0].price.to_string(), price);
    }
}

#[test]
fn a_serverless_fleet_has_a_serverless_price_and_every_pool_its_own() {
    let modal = loaded(&serverless("provider = \"modal\"\ngpu = \"H100\""));
    assert_eq!(prices(&modal), ["$0.001097/s"]);
    let hybrid = loaded(&format!(
        "{TRAFFIC}\n[[fleet]]\nname = \"h\"\nkind = \"hybrid\"\n\
         [[fleet.pool]]\nname = \"base\"\nkind = \"dedicated\"\ninstances = 2\nprovider = \"runpod\"\ngpu = \"H100\"\n\
         [[fleet.pool]]\nname = \"burst\"\nkind = \"serverless\"\ncold_start = \"5s\"\nkeep_alive = \"60s\"\n\
         provider = \"runpod\"\ngpu = \"H100\"\n"
    ));
    assert!(matches!(hybrid.scenario.fleets[0].kind, FleetKind::Hybrid(_)));
    assert_eq!(prices(&hybrid), ["$1.99/h", "$0.00116/s"]);
    let products: Vec<&str> = hybrid.catalog.iter().map(|entry| entry.product.as_str()).collect();
    assert_eq!(products, ["Community Cloud pod", "Serverless flex"]);
}

#[test]
fn a_price_that_is_written_wins_and_rests_on_no_entry() {
    let keys = "provider = \"attic\"\ngpu = \"Z9000\"\nregion = \"roof\"\npurchase = \"spot\"\nprice = \"$0.50/h\"";
    let loaded = loaded(&dedicated(keys));
    assert_eq!(prices(&loaded), ["$0.50/h"]);
    assert!(loaded.catalog.is_empty() && loaded.warnings.is_empty());
}

#[test]
fn fleets_that_share_a_price_rest_on_one_entry_and_those_left_out_on_none() {
    let keys = "provider = \"baseten\"\ngpu = \"H100\"";
    let more = ["t", "u"].map(|name| serverless(keys).replace(TRAFFIC, "").replace("\"s\"", &format!("\"{name}\"")));
    let lambda = dedicated("provider = \"lambda\"\ngpu = \"H100\"");
    let text = format!("{lambda}{}", more.concat());
    let all = loaded(&text);
    assert_eq!((prices(&all).len(), all.catalog.len(), all.warnings.len()), (3, 2, 2));
    let only = Overrides { fleets: vec!["d".to_owned()], ..Overrides::default() };
    let one = load_text(&text, "scenario.toml", TempDir::new().unwrap().path(), &only).unwrap();
    assert_eq!((one.catalog.len(), one.warnings.len()), (1, 0));
}

#[test]
fn a_users_own_file_extends_and_overrides_the_catalogue() {
    let own = |text: String| loaded(&format!("catalog = \"my-prices.toml\"\n{text}"));
    let modal = own(serverless("provider = \"modal\"\ngpu = \"H100\""));
    assert_eq!((prices(&modal), modal.catalog[0].source.as_str()), (vec!["$3.00/h".to_owned()], "our contract"));
    assert_eq!(prices(&own(dedicated("provider = \"cellar\"\ngpu = \"H100\""))), ["$1.10/h"]);
    assert_eq!(prices(&own(dedicated("provider = \"lambda\"\ngpu = \"A10\""))), ["$1.29/h"]);
    let file = modal.prices_file.expect("the file is told");
    assert_eq!(file.written, "my-prices.toml");
}

#[test]
fn an_embedded_scenario_takes_a_users_own_file_from_the_working_folder() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("my-prices.toml");
    fs::write(&path, OWN).unwrap();
    let set = vec![format!("catalog=\"{}\"", path.display())];
    let overrides = Overrides { set, ..Overrides::default() };
    let loaded = load(&Origin::default_scenario(), &overrides).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(loaded.prices_file.is_some() && loaded.catalog.is_empty());
}

#[test]
fn what_is_written_back_has_the_price_and_loads_to_the_same_scenario() {
    let keys = "provider = \"cellar\"\ngpu = \"H100\"";
    let loaded = loaded(&format!("catalog = \"my-prices.toml\"\n{}", dedicated(keys)));
    let folder = TempDir::new().unwrap();
    let text = write_resolved(&loaded.scenario, folder.path());
    assert!(text.contains("price = \"$1.10/h\""), "{text}");
    let again = load_text(&text, "scenario.toml", folder.path(), &Overrides::default()).unwrap();
    assert_eq!(again.scenario, loaded.scenario);
}

#[test]
fn a_price_older_than_180_days_on_the_day_warns() {
    let text = dedicated("provider = \"lambda\"\ngpu = \"H100\"");
    // The entry is of 2026-09-25.
    for (today, warns) in [("2027-03-24", false), ("2027-03-25", true), ("2026-01-01", false)] {
        let loaded = try_loading(&text, Some(today)).unwrap();
        assert_eq!(loaded.warnings.len(), usize::from(warns), "{today}");
        assert_eq!(loaded.overrides, [format!("today={today}")]);
    }
}

#[test]
fn caveats_of_prices_are_shown_with_their_place_and_advice() {
    let cases = [
        ("old on a day", dedicated("provider = \"lambda\"\ngpu = \"H100\""), Some("2027-08-01")),
        ("older than the newest price that is carried", serverless("provider = \"float16\"\ngpu = \"H100\""), None),
        ("remembered", serverless("provider = \"baseten\"\ngpu = \"H100\""), Some("2025-02-01")),
    ];
    let mut all = String::new();
    for (name, text, today) in cases {
        let loaded = try_loading(&text, today).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        all.push_str(&format!("# {name}\n\n{}", loaded.render_warnings(false)));
    }
    assert_snapshot("warnings_prices", &all);
}

#[test]
fn fails_on_what_has_no_price_with_what_to_write() {
    let of = |provider: &str, gpu: &str, more: &str| {
        dedicated(&format!("provider = \"{provider}\"\ngpu = \"{gpu}\"\n{more}"))
    };
    let cases = [
        ("a misspelt provider", of("runpot", "H100", "")),
        ("a provider in capitals", of("RunPod", "H100", "")),
        ("a provider of nowhere", of("attic", "H100", "")),
        ("a misspelt GPU", of("lambda", "H1000", "")),
        ("a GPU of nowhere", of("lambda", "Z9000", "")),
        ("a GPU that the provider does not sell", of("lambda", "L4", "")),
        ("a provider without dedicated GPUs", of("modal", "H100", "")),
        ("a GPU with a condition only", of("gcp", "T4", "")),
        ("a region of nowhere", of("aws", "L4", "region = \"eu-central-2\"")),
        ("a product of nowhere", of("runpod", "H100", "product = \"Secure pod\"")),
        ("spot that is not sold", of("lambda", "H100", "purchase = \"spot\"")),
        ("a commitment to a GPU that is not sold", of("lambda", "L4", "purchase = \"reserved-1y\"")),
        ("a misspelt purchase", of("aws", "H100", "purchase = \"ondemand\"")),
        ("no GPU", dedicated("provider = \"lambda\"")),
        ("no provider", dedicated("gpu = \"H100\"")),
        ("a region alone", dedicated("region = \"us-east-1\"")),
        ("neither price nor provider", dedicated("")),
        ("a provider that is no text", dedicated("provider = 3\ngpu = \"H100\"")),
        ("a GPU that is no text beside a price", dedicated("price = \"$1/h\"\nprovider = \"lambda\"\ngpu = 100")),
        ("a purchase of a serverless fleet", serverless("provider = \"modal\"\ngpu = \"H100\"\npurchase = \"spot\"")),
        ("a serverless GPU that is not sold", serverless("provider = \"replicate\"\ngpu = \"L4\"")),
    ];
    let section = |(name, text): &(&str, String)| match try_loading(text, None) {
        Ok(_) => panic!("{name}: a broken scenario was loaded"),
        Err(problems) => format!("# {name}\n\n{}\n", problems.render(false)),
    };
    assert_snapshot("broken_prices", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_on_a_file_of_prices_at_its_own_text() {
    let folder = TempDir::new().unwrap();
    let entry = OWN.split("[[entry]]").nth(2).unwrap();
    let cases = [
        ("missing", None),
        ("empty", Some(String::new())),
        ("no TOML", Some("[[entry]".to_owned())),
        ("a price without quotes", Some(OWN.replace("\"$1.10/h\"", "$1.10/h"))),
        ("a price without its time", Some(OWN.replace("$1.10/h", "$1.10"))),
        ("a bare number", Some(OWN.replace("\"$1.10/h\"", "1.10"))),
        ("a date that does not exist", Some(OWN.replace("\"2026-11-01\"", "\"2026-02-30\""))),
        ("an unknown kind", Some(OWN.replace("\"dedicated\"", "\"reserved\""))),
        ("an unknown certainty", Some(format!("{OWN}certainty = \"sure\"\n"))),
        ("an unknown key", Some(OWN.replace("source = \"our accounts\"", "sources = \"our accounts\""))),
        ("a key that is nothing like a known one", Some(format!("{OWN}colour = \"red\"\n"))),
        ("keys that are missing", Some("[[entry]]\nprovider = \"cellar\"\n".to_owned())),
        ("an offer twice", Some(format!("{OWN}[[entry]]{entry}"))),
        ("one pair of brackets", Some(entry.trim().to_owned().replace("provider", "[entry]\nprovider"))),
        ("another header", Some(OWN.replace("[[entry]]", "[[prices]]"))),
    ];
    let text = format!("catalog = \"own.toml\"\n{}", dedicated("provider = \"cellar\"\ngpu = \"H100\""));
    let section = |(name, file): &(&str, Option<String>)| {
        let path = folder.path().join("own.toml");
        match file {
            Some(file) => fs::write(&path, file).unwrap(),
            None => assert!(!path.exists()),
        }
        let problems = load_text(&text, "scenario.toml", folder.path(), &Overrides::default()).unwrap_err();
        let told = problems.render(false).replace(&folder.path().display().to_string(), "FOLDER");
        format!("# {name}\n\n{told}\n")
    };
    assert_snapshot("broken_prices_file", &cases.iter().map(section).collect::<String>());
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
