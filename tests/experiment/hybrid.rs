//! The guide's hybrid: a base of dedicated instances while the load is below its capacity, serverless ones above.

use breakeven::engine;
use breakeven::report::stream_document::summarize_stream;

use super::{embedded, run};

/// Of one replication; the same requests for every base.
fn cost(instances: u32) -> f64 {
    let base = format!("fleet.hybrid.pool.base.instances={instances}");
    let mut loaded = embedded("hybrid-1000", &["replications=1", &base]);
    loaded.scenario.fleets.retain(|fleet| fleet.name == "hybrid");
    let document = run(&loaded.scenario).document;
    let [hybrid] = &document.fleets[..] else { panic!("one fleet") };
    assert_eq!(hybrid.meets_slo, Some(true), "{instances}");
    // Who finds the base full goes on: nobody waits there.
    assert_eq!((hybrid.pools[0].wait_s.max.mean, hybrid.pools[0].name.as_str()), (Some(0.0), "base"));
    hybrid.cost.per_month_usd.mean.unwrap()
}

#[test]
fn the_best_base_is_neither_none_nor_the_peak_nor_the_guides_thousand_a_second() {
    // 80 instances of 80 ms a request serve 1,000 requests a second.
    let [none, best, guide] = [1, 30, 80].map(cost);
    assert!(best < 0.95 * none && best < 0.75 * guide, "{none} {best} {guide}");
}

#[test]
fn its_peak_is_beyond_a_thousand_requests_a_second() {
    let loaded = embedded("hybrid-1000", &["replications=1"]);
    let profiles = engine::profile_streams(&loaded.scenario, 100, &engine::unwatched).expect("no trace to read");
    let document = summarize_stream(&loaded.scenario, &loaded.sha256, &loaded.overrides, &[], &profiles);
    assert!(document.peak_rate_per_s.mean.is_some_and(|peak| peak > 1_000.0), "{:?}", document.peak_rate_per_s);
}
