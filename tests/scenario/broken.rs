//! Broken scenarios and the exact messages that they get, as snapshots: a snapshot a subject, a case a heading. It is long because
//! it is a table: a line or two for each broken scenario.

use std::fs;

use breakeven::scenario::{Origin, Overrides, Problems, load, load_text};
use tempfile::TempDir;

/// A scenario without a mistake, which each case breaks.
const GOOD: &str = r#"name = "Good"
horizon = "8d"
warm_up = "1d"

[slo]
latency = "2s"
attainment = 0.99

[[traffic]]
name = "api"
rate = "2/s"
shape = { kind = "diurnal", peak_over_mean = 1.8, peak_at = "15:00", weekend = 0.5 }
arrivals = { kind = "on-off", on = "2min", off = "20min", peak_over_mean = 5.0 }
service_time = { kind = "lognormal", mean = "2s", cv = 1.0 }

[[fleet]]
name = "dedicated"
kind = "dedicated"
instances = 4
price = "$4.00/h"

[[fleet]]
name = "serverless"
kind = "serverless"
price = "$3.95/h"
cold_start = "15s"
keep_alive = "60s"
max_instances = 100

[[fleet]]
name = "hybrid"
kind = "hybrid"
overflow = "when-full"
[[fleet.pool]]
name = "base"
kind = "dedicated"
instances = 2
price = "$4.00/h"
[[fleet.pool]]
name = "burst"
kind = "serverless"
cold_start = "15s"
keep_alive = "60s"
"#;

/// A name, and texts of the good scenario with what replaces them.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

fn message(text: &str, folder: &TempDir, overrides: &Overrides) -> String {
    match load_text(text, "scenario.toml", folder.path(), overrides) {
        Ok(_) => panic!("a broken scenario was loaded:\n{text}"),
        Err(problems) => {
            assert!(!problems.list().is_empty());
            problems.render(false)
        }
    }
}

fn broken(case: &Case) -> String {
    let mut text = GOOD.to_owned();
    for (good, bad) in case.1 {
        assert!(text.contains(good), "{}: {good}", case.0);
        text = text.replacen(good, bad, 1);
    }
    text
}

/// Compares messages with the snapshot of that name.
fn assert_messages(name: &str, messages: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("broken_{name}"), messages));
}

/// The messages of all cases, each under its name.
fn messages(cases: &[Case]) -> String {
    let folder = TempDir::new().unwrap();
    let section = |case: &Case| format!("# {}\n\n{}\n", case.0, message(&broken(case), &folder, &Overrides::default()));
    cases.iter().map(section).collect()
}

#[test]
fn the_scenario_that_the_cases_break_is_good() {
    let loaded = load_text(GOOD, "scenario.toml", TempDir::new().unwrap().path(), &Overrides::default());
    assert!(loaded.is_ok_and(|loaded| loaded.warnings.is_empty()));
}

#[test]
fn fails_on_the_scenarios_own_keys() {
    assert_messages(
        "scenario",
        &messages(&[
            ("text that is no TOML", &[("horizon = \"8d\"", "horizon = 8d")]),
            ("a rate without quotes", &[("rate = \"2/s\"", "rate = 2/s")]),
            (
                "several texts without quotes, and a rate of zero",
                &[
                    ("horizon = \"8d\"", "horizon = 8d"),
                    ("rate = \"2/s\"", "rate = \"0/s\""),
                    ("price = \"$4.00/h\"", "price = $4.00 an hour or so"),
                ],
            ),
            ("a price without quotes", &[("price = \"$4.00/h\"", "price = $4.00/h")]),
            ("a date without quotes that does not exist", &[("warm_up = \"1d\"", "starts = 2026-02-30")]),
            ("a key without a value", &[("warm_up = \"1d\"", "warm_up =")]),
            ("a table twice", &[("[[fleet]]", "[slo]\np95 = \"1s\"\n[[fleet]]")]),
            ("a string that does not end", &[("\"8d\"", "\"8d")]),
            ("a key twice", &[("warm_up = \"1d\"", "horizon = \"1d\"")]),
            ("no horizon", &[("horizon = \"8d\"\n", "")]),
            ("a bare number for a duration", &[("\"8d\"", "8")]),
            ("an ambiguous unit", &[("warm_up = \"1d\"", "warm_up = \"5m\"")]),
            ("a unit of another spelling", &[("warm_up = \"1d\"", "warm_up = \"3 hours\"")]),
            ("a negative duration", &[("warm_up = \"1d\"", "warm_up = \"-1d\"")]),
            ("a horizon of nothing", &[("horizon = \"8d\"\nwarm_up = \"1d\"", "horizon = \"0s\"")]),
            ("a horizon of centuries", &[("\"8d\"", "\"200000d\"")]),
            ("a warm-up past the horizon", &[("warm_up = \"1d\"", "warm_up = \"8d\"")]),
            ("an unknown key", &[("warm_up", "warmup")]),
            ("a key that is nothing like a known one", &[("warm_up = \"1d\"", "colour = \"red\"")]),
            ("replications of none", &[("warm_up = \"1d\"", "replications = 0")]),
            ("replications in quotes", &[("warm_up = \"1d\"", "replications = \"10\"")]),
            ("a negative seed", &[("warm_up = \"1d\"", "seed = -1")]),
            ("a date that does not exist", &[("warm_up = \"1d\"", "starts = \"2026-02-30\"")]),
            ("a date with a time zone", &[("warm_up = \"1d\"", "starts = 2026-01-05T00:00:00Z")]),
            ("a name that is a number", &[("\"Good\"", "7")]),
            ("no name at all", &[("\"Good\"", "\"\"")]),
        ]),
    );
}

#[test]
fn fails_on_objectives() {
    assert_messages(
        "objectives",
        &messages(&[
            ("attainment without latency", &[("latency = \"2s\"\n", "")]),
            ("attainment in per cent", &[("0.99", "\"99%\"")]),
            ("attainment above one", &[("0.99", "99")]),
            ("attainment of nothing", &[("0.99", "0")]),
            ("attainment that is no number", &[("0.99", "nan")]),
            ("an unknown quantile", &[("attainment = 0.99", "p97 = \"1s\"")]),
            ("a negative share", &[("attainment = 0.99", "attainment = 0.99\nmax_rejected = -0.1")]),
            ("an empty objective", &[("latency = \"2s\"\nattainment = 0.99\n", "")]),
            ("an objective that is no table", &[("[slo]\nlatency = \"2s\"\nattainment = 0.99\n", "slo = \"2s\"\n")]),
        ]),
    );
}

#[test]
fn fails_on_traffic() {
    const SERVICE: &str = "{ kind = \"lognormal\", mean = \"2s\", cv = 1.0 }";
    assert_messages(
        "traffic",
        &messages(&[
            ("a negative rate", &[("\"2/s\"", "\"-2/s\"")]),
            ("a rate of zero", &[("\"2/s\"", "\"0/s\"")]),
            ("a rate that is no number", &[("\"2/s\"", "nan")]),
            ("a bare number for a rate", &[("\"2/s\"", "2")]),
            ("a rate without its time", &[("\"2/s\"", "\"10k\"")]),
            ("a rate in unknown units", &[("\"2/s\"", "\"2/fortnight\"")]),
            ("no rate", &[("rate = \"2/s\"\n", "")]),
            ("no service time", &[("service_time = { kind = \"lognormal\", mean = \"2s\", cv = 1.0 }\n", "")]),
            ("a misspelt kind", &[("\"lognormal\"", "\"log-normal\"")]),
            ("a kind without its keys", &[(SERVICE, "\"exponential\"")]),
            ("a mean of zero", &[("mean = \"2s\"", "mean = \"0s\"")]),
            ("a negative cv", &[("cv = 1.0", "cv = -1.0")]),
            ("an infinite cv", &[("cv = 1.0", "cv = inf")]),
            ("an interval upside down", &[(SERVICE, "{ kind = \"uniform\", low = \"3s\", high = \"1s\" }")]),
            ("a tail without a mean", &[(SERVICE, "{ kind = \"pareto\", mean = \"2s\", shape = 1 }")]),
            ("no phases", &[(SERVICE, "{ kind = \"phases\", phases = [] }")]),
            ("a mistake in a phase", &[(SERVICE, "{ kind = \"phases\", phases = [\"1s\", 2] }")]),
            (
                "a file that is missing",
                &[(SERVICE, "{ kind = \"empirical\", file = \"nowhere.csv\", column = \"s\" }")],
            ),
            ("a column without a trace", &[(SERVICE, "{ kind = \"column\", column = \"service_s\" }")]),
            ("a peak above a sine's", &[("peak_over_mean = 1.8", "peak_over_mean = 2.5")]),
            ("a peak below the mean", &[("peak_over_mean = 1.8", "peak_over_mean = 0.9")]),
            ("a time of day that does not exist", &[("\"15:00\"", "\"25:00\"")]),
            ("an hour alone", &[("\"15:00\"", "15")]),
            ("a negative weekend", &[("weekend = 0.5", "weekend = -0.5")]),
            ("bursts that leave less than nothing", &[("peak_over_mean = 5.0", "peak_over_mean = 11.5")]),
            ("bursts of no time", &[("on = \"2min\"", "on = \"0s\"")]),
            (
                "gamma arrivals without variation",
                &[(
                    "{ kind = \"on-off\", on = \"2min\", off = \"20min\", peak_over_mean = 5.0 }",
                    "{ kind = \"gamma\", cv = 0 }",
                )],
            ),
            (
                "a class of the same name",
                &[("[[fleet]]", "[[traffic]]\nname = \"api\"\nrate = \"1/s\"\nservice_time = \"1s\"\n\n[[fleet]]")],
            ),
            ("one pair of brackets", &[("[[traffic]]", "[traffic]")]),
            (
                "an empty list of classes",
                &[
                    ("name = \"Good\"", "name = \"Good\"\ntraffic = []"),
                    ("[[traffic]]\nname = \"api\"", "[ignored]\nname = \"api\""),
                ],
            ),
        ]),
    );
}

#[test]
fn fails_on_costs() {
    let added = |key: &'static str| ("max_instances = 100", key);
    let cases: Vec<(&str, [(&str, &str); 1])> = vec![
        ("a plan fee without its time", [added("plan_fee = \"$250\"")]),
        ("a bare number for credits", [added("credits = 30")]),
        ("cores without their number", [added("cpu = { price = \"$0.0000131/s\" }")]),
        ("cores in a text", [added("cpu = { cores = \"4\", price = \"$0.0000131/s\" }")]),
        ("more cores than a machine has", [added("cpu = { cores = 20000, price = \"$0.0000131/s\" }")]),
        ("memory in another unit", [added("memory = { gb = 16, price = \"$0.00000222/s\" }")]),
        ("storage without its time", [added("storage = { gigabytes = 100, price = \"$0.07\" }")]),
        ("egress by the month", [added("egress = { gigabytes_per_request = 0.001, price = \"$0.09/month\" }")]),
        ("an empty free tier", [added("free_tier = {}")]),
        ("a free tier of money", [added("free_tier = { requests = \"$2\" }")]),
        ("a spend cap a day", [added("spend_cap = \"$20/day\"")]),
        ("a spend cap of nothing", [added("spend_cap = \"$0/month\"")]),
        ("a misspelt key", [added("min_instances_price = \"$3.35/h\"")]),
        ("a free tier of a dedicated fleet", [("instances = 4", "instances = 4\nfree_tier = { requests = 5 }")]),
        ("a plan fee of a hybrid", [("overflow = \"when-full\"", "plan_fee = \"$250/month\"")]),
    ];
    let section = |(name, change): &(&str, [(&str, &str); 1])| {
        let text = GOOD.replacen(change[0].0, change[0].1, 1);
        format!("# {name}\n\n{}\n", message(&text, &TempDir::new().unwrap(), &Overrides::default()))
    };
    assert_messages("costs", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_on_throughputs() {
    assert_messages(
        "throughputs",
        &messages(&[
            ("a GPU that stands still", &[("instances = 4", "instances = 4\nspeed = 0")]),
            ("a GPU of more than the highest speed", &[("max_instances = 100", "speed = 1000.5")]),
            ("a speed with a unit", &[("max_instances = 100", "speed = \"2x\"")]),
            ("a name for a curve", &[("instances = 4", "instances = 4\nslots = 4\nthroughput = \"linear\"")]),
            ("a curve without its exponent", &[("instances = 4", "instances = 4\nslots = 4\nthroughput = \"power\"")]),
            (
                "an exponent above one",
                &[("instances = 4", "instances = 4\nslots = 4\nthroughput = { kind = \"power\", exponent = 1.2 }")],
            ),
            (
                "a table without throughputs",
                &[("instances = 4", "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 2] }")],
            ),
            (
                "lists of two lengths",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 2, 4], relative = [1.0, 1.8] }",
                )],
            ),
            (
                "batch sizes from two on",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [2, 4], relative = [1.0, 1.8] }",
                )],
            ),
            (
                "batch sizes out of order",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 4, 2], relative = [1.0, 1.8, 2.0] }",
                )],
            ),
            (
                "a throughput that is not relative",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 2], relative = [60, 110] }",
                )],
            ),
            (
                "a throughput that falls",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 2, 4], relative = [1.0, 1.8, 1.5] }",
                )],
            ),
            (
                "requests faster than alone",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [1, 2], relative = [1.0, 2.5] }",
                )],
            ),
            (
                "a table of nothing",
                &[(
                    "instances = 4",
                    "instances = 4\nslots = 4\nthroughput = { kind = \"table\", batch = [], relative = [] }",
                )],
            ),
        ]),
    );
}

#[test]
fn fails_on_fleets() {
    assert_messages(
        "fleets",
        &messages(&[
            ("no instances", &[("instances = 4", "instances = 0")]),
            ("half an instance", &[("instances = 4", "instances = 4.5")]),
            ("a word for instances", &[("instances = 4", "instances = \"few\"")]),
            (
                "fitted instances without an objective",
                &[("[slo]\nlatency = \"2s\"\nattainment = 0.99\n", ""), ("instances = 4", "instances = \"fit\"")],
            ),
            (
                "fitted instances without an objective that can be missed",
                &[("attainment = 0.99\n", ""), ("instances = 4", "instances = \"fit\"")],
            ),
            (
                "two fitted pools of a hybrid",
                &[
                    ("instances = 2", "instances = \"fit\""),
                    (
                        "name = \"burst\"\nkind = \"serverless\"\ncold_start = \"15s\"\nkeep_alive = \"60s\"\n",
                        "name = \"burst\"\nkind = \"dedicated\"\ninstances = \"fit\"\nprice = \"$4/h\"\n",
                    ),
                ],
            ),
            ("no slots", &[("instances = 4", "instances = 4\nslots = 0")]),
            ("a price without a dollar sign", &[("\"$4.00/h\"", "\"4.00/h\"")]),
            ("a price without its time", &[("\"$4.00/h\"", "\"$4.00\"")]),
            ("a bare number for a price", &[("\"$4.00/h\"", "4.00")]),
            ("a negative price", &[("\"$4.00/h\"", "\"$-4.00/h\"")]),
            ("no price for a dedicated fleet", &[("price = \"$4.00/h\"\n", "")]),
            ("a fee with a time", &[("price = \"$3.95/h\"", "request_fee = \"$0.002/h\"")]),
            ("a negative queue limit", &[("instances = 4", "instances = 4\nqueue_limit = -1")]),
            ("a key of another kind of fleet", &[("instances = 4", "instances = 4\nkeep_alive = \"60s\"")]),
            ("no cold start", &[("cold_start = \"15s\"\n", "")]),
            ("a key in another case", &[("keep_alive", "Keep-Alive")]),
            ("more at least than at most", &[("max_instances = 100", "min_instances = 7\nmax_instances = 5")]),
            ("at most none", &[("max_instances = 100", "max_instances = 0")]),
            ("an unknown rule to start", &[("max_instances = 100", "scale_out = \"per-requests\"")]),
            ("an unknown idle selection", &[("max_instances = 100", "idle_selection = \"lru\"")]),
            ("an unknown phase", &[("max_instances = 100", "bills = [\"cold-start\", \"idling\"]")]),
            ("a phase twice", &[("max_instances = 100", "bills = [\"idle\", \"idle\"]")]),
            ("phases that are no list", &[("max_instances = 100", "bills = \"execute\"")]),
            ("a rounding of nothing", &[("max_instances = 100", "rounding = \"0s\"")]),
            ("an unknown kind of fleet", &[("kind = \"dedicated\"", "kind = \"dedicted\"")]),
            ("no kind of fleet", &[("kind = \"dedicated\"\ninstances = 4", "instances = 4")]),
            ("fleets of the same name", &[("name = \"serverless\"", "name = \"dedicated\"")]),
            ("pools of the same name", &[("name = \"burst\"", "name = \"base\"")]),
            (
                "one pool",
                &[(
                    "[[fleet.pool]]\nname = \"burst\"\nkind = \"serverless\"\ncold_start = \"15s\"\nkeep_alive = \"60s\"\n",
                    "",
                )],
            ),
            (
                "a pool that is a hybrid",
                &[("name = \"base\"\nkind = \"dedicated\"", "name = \"base\"\nkind = \"hybrid\"")],
            ),
            ("an unknown overflow", &[("\"when-full\"", "\"when-busy\"")]),
            ("two overflow rules", &[("\"when-full\"", "{ wait_over = \"2s\", in_flight_over = 40 }")]),
            ("an overflow without a unit", &[("\"when-full\"", "{ wait_over = 2 }")]),
            ("a misspelt header", &[("[[fleet]]\nname = \"dedicated\"", "[[flete]]\nname = \"dedicated\"")]),
        ]),
    );
}

#[test]
fn fails_with_all_mistakes_of_a_file_at_once() {
    assert_messages(
        "all_at_once",
        &messages(&[(
            "five mistakes",
            &[
                ("\"8d\"", "8"),
                ("0.99", "1.5"),
                ("\"2/s\"", "\"2\""),
                ("cv = 1.0", "cvv = 1.0"),
                ("instances = 4", "instances = -4"),
            ],
        )]),
    );
}

#[test]
fn fails_on_traces() {
    let folder = TempDir::new().unwrap();
    let files = [
        ("good.csv", "at,service,tokens\n0,1,5\n3600,2,6\n"),
        ("empty.csv", ""),
        ("header.csv", "at,service\n"),
        ("unsorted.csv", "at,service\n10,1\n5,1\n"),
        ("bad.csv", "at,service\n1,1\n2,soon\n"),
        ("mixed.csv", "at,service\n1,1\n2026-01-05 00:00:01,1\n"),
        ("ragged.csv", "at,service\n1,1\n2\n"),
        ("unix.csv", "at,service\n1767571200,1\n1767571201,1\n"),
        ("one.csv", "at,service\n0,1\n"),
        ("bins.csv", "time,requests\n0,10\n90,10\n"),
        ("broken.csv.gz", "\u{1f}\u{8b}"),
    ];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::write(folder.path().join("broken.csv.gz"), [0x1f, 0x8b, 8, 0]).unwrap();
    fs::write(folder.path().join("broken.parquet"), b"PAR1 is not enough").unwrap();
    let column = "service_time = { kind = \"column\", column = \"service\" }";
    let cases = [
        ("missing", "{ file = \"nowhere.csv\", arrival = \"at\" }", column),
        ("empty", "{ file = \"empty.csv\", arrival = \"at\" }", column),
        ("only a header", "{ file = \"header.csv\", arrival = \"at\" }", column),
        ("unsorted", "{ file = \"unsorted.csv\", arrival = \"at\" }", column),
        ("a bad row", "{ file = \"bad.csv\", arrival = \"at\" }", column),
        ("two kinds of time", "{ file = \"mixed.csv\", arrival = \"at\" }", column),
        ("a row too short", "{ file = \"ragged.csv\", arrival = \"at\" }", column),
        ("a damaged archive", "{ file = \"broken.csv.gz\", arrival = \"at\" }", column),
        ("a damaged Parquet file", "{ file = \"broken.parquet\", arrival = \"at\" }", column),
        ("a folder", "{ file = \".\", arrival = \"at\" }", column),
        ("no such column of arrivals", "{ file = \"good.csv\", arrival = \"arrival_s\" }", column),
        (
            "no such column of service",
            "{ file = \"good.csv\", arrival = \"at\" }",
            "service_time = { kind = \"column\", column = \"Service\" }",
        ),
        (
            "tokens that take no time",
            "{ file = \"good.csv\", arrival = \"at\" }",
            "service_time = { kind = \"tokens\", prompt = \"tokens\", output = \"tokens\", prompt_per_s = 8, output_per_s = 0 }",
        ),
        (
            "no such column of tokens",
            "{ file = \"good.csv\", arrival = \"at\" }",
            "service_time = { kind = \"tokens\", prompt = \"tokens\", output = \"token\", prompt_per_s = 8, output_per_s = 60 }",
        ),
        ("Unix times", "{ file = \"unix.csv\", arrival = \"at\" }", column),
        ("one row that repeats", "{ file = \"one.csv\", arrival = \"at\", repeat = true }", column),
        ("a period too short", "{ file = \"good.csv\", arrival = \"at\", repeat = true, period = \"1h\" }", column),
        ("a speed of zero", "{ file = \"good.csv\", arrival = \"at\", speed = 0 }", column),
        ("a volume of nothing", "{ file = \"good.csv\", arrival = \"at\", volume = 0 }", column),
        (
            "a scale in quotes",
            "{ file = \"good.csv\", arrival = \"at\" }",
            "service_time = { kind = \"column\", column = \"service\", scale = \"2x\" }",
        ),
        ("neither arrival nor counts", "{ file = \"good.csv\" }", column),
        (
            "bins of another width",
            "{ file = \"bins.csv\", start = \"time\", count = \"requests\", bin = \"1min\" }",
            "service_time = \"1s\"",
        ),
        (
            "single service times for counts",
            "{ file = \"bins.csv\", start = \"time\", count = \"requests\", bin = \"90s\" }",
            column,
        ),
        ("a rate too", "{ file = \"good.csv\", arrival = \"at\" }\nrate = \"2/s\"", column),
        ("an unknown embedded file", "{ file = \"embedded:traces/azure.csv\", arrival = \"at\" }", column),
    ];
    let section = |&(name, trace, service): &(&str, &str, &str)| {
        let text = format!(
            "horizon = \"1h\"\n\n[[traffic]]\nname = \"replay\"\ntrace = {trace}\n{service}\n\n[[fleet]]\nname = \"d\"\n\
             kind = \"dedicated\"\ninstances = 1\nprice = \"$1/h\"\n"
        );
        format!("# {name}\n\n{}\n", message(&text, &folder, &Overrides::default()))
    };
    assert_messages("traces", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_on_overrides_at_their_own_text() {
    let set = |text: &str| Overrides { set: vec![text.to_owned()], ..Overrides::default() };
    let cases = [
        set("traffic.api.rate"),
        set("=4/s"),
        set("traffic..rate=4/s"),
        set("traffic.\"api.rate=4/s"),
        set("traffic.api.rate=4"),
        set("traffic.api.rate=-4/s"),
        set("traffic.apj.rate=4/s"),
        set("traffic.rate=4/s"),
        set("trafic.api.rate=4/s"),
        set("traffic.api.rat=4/s"),
        set("fleet.serverless.keepalive=5s"),
        set("fleet.hybrid.pool.bursts.price=$4/h"),
        set("fleet.dedicated.instances=four"),
        set("slo.latency.x=1"),
        set("horizon.x=1"),
        set("traffic.api.shape.peak_over_mean=3"),
        set("fleet.serverless.max_instances=2\nmin_instances=5"),
        Overrides { horizon: Some("12h".to_owned()), ..Overrides::default() },
        Overrides { seed: Some(u64::MAX), ..Overrides::default() },
        Overrides { replications: Some(0), ..Overrides::default() },
        Overrides { fleets: vec!["serverles".to_owned(), "dedicated".to_owned()], ..Overrides::default() },
    ];
    let folder = TempDir::new().unwrap();
    let section = |overrides: &Overrides| format!("# {overrides:?}\n\n{}\n", message(GOOD, &folder, overrides));
    assert_messages("overrides", &cases.iter().map(section).collect::<String>());
}

#[test]
fn fails_with_places_that_a_program_can_use() {
    let text = GOOD.replace("\"2/s\"", "2");
    let problems: Problems =
        load_text(&text, "scenario.toml", TempDir::new().unwrap().path(), &Overrides::default()).unwrap_err();
    let problem = &problems.list()[0];
    assert_eq!((problem.line, problem.column), (Some(11), Some(8)));
    assert_eq!(problem.span.clone().map(|span| &text[span]), Some("2"));
    assert_eq!(problem.mend, "write \"2/s\"");
}

#[test]
fn fails_on_files_that_are_no_scenario() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("latin1.toml"), b"name = \"caf\xe9\"").unwrap();
    for (name, found) in [
        ("nowhere.toml", "cannot be read: No such file"),
        (".", "cannot be read: Is a directory"),
        ("latin1.toml", "not UTF-8 from byte 11 on"),
    ] {
        let path = folder.path().join(name);
        let problems = load(&Origin::File(path.clone()), &Overrides::default()).unwrap_err();
        let problem = &problems.list()[0];
        assert!(problem.found.contains(found), "{}", problem.found);
        assert_eq!((problem.line, &problem.file), (None, &path.display().to_string()));
    }
}
