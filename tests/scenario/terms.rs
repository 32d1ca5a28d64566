//! How dedicated fleets are sold: what their terms mean, that they are written back, and what is wrong with broken ones.

use breakeven::scenario::{
    Commitment, Dedicated, FleetKind, Hazard, Instances, Nearest, Overrides, PoolKind, Purchase, Scenario, StartUp,
    Term, Terms, load_text, write_resolved,
};
use breakeven::unit::Span;
use tempfile::TempDir;

/// A scenario of one dedicated fleet with these keys.
fn text(keys: &str) -> String {
    format!(
        "horizon = \"1d\"\n[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\n\
         [[fleet]]\nname = \"d\"\nkind = \"dedicated\"\n{keys}\n"
    )
}

fn loaded(keys: &str) -> Scenario {
    let folder = TempDir::new().unwrap();
    match load_text(&text(keys), "scenario.toml", folder.path(), &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(problems) => panic!("{problems}"),
    }
}

/// The only fleet of a scenario, which survives being written.
fn dedicated(keys: &str) -> Dedicated {
    let scenario = loaded(keys);
    let folder = TempDir::new().unwrap();
    let resolved = write_resolved(&scenario, folder.path());
    match load_text(&resolved, "scenario.toml", folder.path(), &Overrides::default()) {
        Ok(again) => assert_eq!(again.scenario, scenario, "{resolved}"),
        Err(problems) => panic!("{problems}\n{resolved}"),
    }
    match scenario.fleets.into_iter().next().map(|fleet| fleet.kind) {
        Some(FleetKind::Single(PoolKind::Dedicated(pool))) => pool,
        other => panic!("{other:?}"),
    }
}

const TWO: &str = "instances = 2\nprice = \"$4.00/h\"\n";

#[test]
fn nothing_written_are_instances_that_are_there_from_0_to_the_end() {
    assert_eq!(dedicated(TWO).terms, Terms::default());
}

#[test]
fn a_commitment_is_the_price_on_demand_less_its_discount() {
    let of = |more: &str| dedicated(&format!("{TWO}{more}"));
    let year = of("purchase = \"reserved-1y\"");
    assert_eq!(year.price.to_string(), "$2.40/h", "the typical discount of a year");
    let three = of("purchase = \"reserved-3y\"\ndiscount = 0.125\nupfront = \"partial\"");
    assert_eq!(three.price.to_string(), "$3.50/h");
    let Purchase::Reserved(Commitment { term, on_demand, .. }) = three.terms.purchase else { panic!("{three:?}") };
    assert_eq!((term, on_demand.to_string()), (Term::ThreeYears, "$4.00/h".to_owned()));
}

#[test]
fn a_price_of_the_catalogue_is_of_a_gpu_and_instances_have_several() {
    let of = |more: &str| {
        dedicated(&format!("instances = 3\nprovider = \"lambda\"\ngpu = \"H100\"\n{more}")).price.dollars_per_hour()
    };
    let one = of("");
    assert_eq!(of("gpus = 4\nnode_gpus = 8"), 4.0 * one);
    assert_eq!(of("gpus = 4\npurchase = \"reserved-1y\"\ndiscount = 0.5"), 2.0 * one);
}

#[test]
fn spot_fleets_say_what_takes_their_instances() {
    let spot = dedicated(&format!(
        "{TWO}purchase = \"spot\"\nboot = {{ pull = \"20s\", load = \"8s\" }}\nminimum_billing = \"60s\"\n\
         interruptions = {{ share_per_month = 0.15, notice = \"30s\", requests = \"lose\", \
         outages = {{ zones = 2, every = \"200h\", last = {{ kind = \"exponential\", mean = \"2h\" }} }}, \
         fallback = {{ base = 1, dynamic = true, price = \"$4/h\" }} }}\nfailures = {{ every = \"1000h\", repair = \"2h\" }}"
    ));
    let interruptions = spot.terms.interruptions.unwrap();
    assert_eq!(interruptions.hazard, Some(Hazard::SharePerMonth(0.15)));
    assert_eq!(interruptions.fallback.map(|fallback| fallback.base), Some(1));
    assert_eq!(spot.terms.minimum_billing, Span::MINUTE);
    assert_eq!(dedicated(&format!("{TWO}boot = \"2min\"")).terms.boot, {
        StartUp::cold_start(breakeven::scenario::Distribution::Constant(Span::from_nanos(120_000_000_000)))
    });
}

#[test]
fn schedules_are_a_text_or_a_table() {
    let hours = |schedule: &str| {
        let schedule = dedicated(&format!("{TWO}schedule = {schedule}")).terms.schedule.unwrap();
        (schedule.on_time_of_week().nanos() / Span::HOUR.nanos(), schedule.failure)
    };
    assert_eq!(hours("\"Mon-Fri 08:00-20:00\""), (60, 0.0));
    assert_eq!(hours("{ hours = [\"Mon-Fri 08:00-20:00\", \"Sat 10:00-14:00\"], failure = 0.05 }"), (64, 0.05));
    assert_eq!(hours("[\"22:00-06:00\"]"), (56, 0.0));
}

#[test]
fn regions_bring_their_instances_and_prices() {
    let pool = dedicated(
        "[[fleet.region]]\nname = \"us\"\ninstances = 2\nprice = \"$4/h\"\nshare = 0.6\n\
         [[fleet.region]]\nname = \"eu\"\ninstances = 3\nprice = \"$5/h\"\nnetwork = \"40ms\"\ntraffic = [\"api\"]\nphase = \"8h\"",
    );
    assert_eq!((pool.instances, pool.price.to_string()), (Instances::Number(5), "$4.00/h".to_owned()));
    assert_eq!(pool.terms.regions[1].nearest, Nearest::Classes(vec!["api".to_owned()]));
    let priced_by_fleet = dedicated(&format!("{TWO}[[fleet.region]]\nname = \"us\"\ninstances = 2\nshare = 1"));
    assert_eq!(priced_by_fleet.terms.regions[0].price, priced_by_fleet.price);
}

#[test]
fn a_discount_that_is_not_written_is_told_as_typical() {
    let folder = TempDir::new().unwrap();
    let text = text(&format!("{TWO}purchase = \"reserved-3y\""));
    let loaded = load_text(&text, "scenario.toml", folder.path(), &Overrides::default()).unwrap();
    snapshot("warnings_terms", &loaded.render_warnings(false));
}

#[test]
fn fails_on_terms_that_contradict_themselves() {
    let cases = [
        ("a discount of everything", "purchase = \"reserved-1y\"\ndiscount = 1.0"),
        ("a discount without a commitment", "discount = 0.4"),
        ("an upfront of a word", "purchase = \"reserved-3y\"\ndiscount = 0.5\nupfront = \"half\""),
        ("interruptions of what is not spot", "interruptions = { every = \"100h\" }"),
        ("interruptions by nothing", "purchase = \"spot\"\ninterruptions = { notice = \"30s\" }"),
        ("two hazards", "purchase = \"spot\"\ninterruptions = { every = \"9h\", share_per_month = 0.1 }"),
        ("a share of all a month", "purchase = \"spot\"\ninterruptions = { share_per_month = 1 }"),
        (
            "a fallback to nothing",
            "purchase = \"spot\"\ninterruptions = { every = \"9h\", fallback = { price = \"$4/h\" } }",
        ),
        ("nodes that instances do not fill", "gpus = 3\nnode_gpus = 8"),
        ("hours of no day", "schedule = \"Mon-Fry 08:00-20:00\""),
        ("a schedule without hours", "schedule = { failure = 0.05 }"),
        ("failures without a repair", "failures = { every = \"1000h\" }"),
        ("a region without traffic", "[[fleet.region]]\nname = \"us\"\ninstances = 2"),
        ("instances that are not those of the regions", "[[fleet.region]]\nname = \"us\"\ninstances = 3\nshare = 1"),
        (
            "shares above all",
            "[[fleet.region]]\nname = \"us\"\ninstances = 1\nshare = 0.6\n[[fleet.region]]\nname = \"eu\"\ninstances = 1\nshare = 0.6",
        ),
    ];
    let folder = TempDir::new().unwrap();
    let section = |(name, keys): &(&str, &str)| {
        let text = text(&format!("{TWO}{keys}"));
        match load_text(&text, "scenario.toml", folder.path(), &Overrides::default()) {
            Ok(_) => panic!("{name}: a broken scenario was loaded"),
            Err(problems) => format!("# {name}\n\n{}\n", problems.render(false)),
        }
    };
    snapshot("broken_terms", &cases.iter().map(section).collect::<String>());
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
