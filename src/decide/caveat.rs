//! What to be wary of in a result: each with its numbers, and what to do about it.

use crate::measure::Loss;
use std::fmt;

/// One thing that may make a figure mean something else than it seems to. Its text is one sentence without its full stop.
#[derive(Clone, Debug, PartialEq)]
pub enum Caveat {
    /// Fewer than 10 samples lie beyond some quantiles of latency: chance decides what they are.
    ThinQuantiles {
        /// The class of requests; `None`: all of them.
        class: Option<String>,
        /// Each with how many samples lie beyond it; not empty.
        quantiles: Vec<(&'static str, u64)>,
        /// Whether more replications would bring other samples.
        varies: bool,
    },
    /// More work arrives than the pool can do, and nothing bounds its queue.
    Overloaded {
        /// The pool of a hybrid.
        pool: Option<String>,
        /// How many instances the arriving work would keep busy.
        arriving: f64,
        instances: u32,
    },
    /// The work that arrives is nearly, or exactly, all that the pool can do.
    NearlyOverloaded {
        pool: Option<String>,
        /// Arriving work / the most that the pool can do.
        load: f64,
    },
    /// A large part of the requests end after the horizon.
    Unfinished {
        /// Of the requests that arrived.
        share: f64,
    },
    /// More than 1 % of the requests that arrived are lost.
    LosesRequests {
        /// Of those whose clients tried again, the share that was lost for good, of first tries; `None`: nobody tried again.
        for_good: Option<f64>,
        /// Of the requests that arrived, each attempt counted.
        rejected: f64,
        timed_out: f64,
        /// Why, each with its share, the largest first.
        reasons: Vec<(Loss, f64)>,
        /// Whether another fleet is called the cheapest for it.
        passed_over: bool,
    },
    /// Credits take off the whole bill.
    CreditsCoverAll {
        /// Of a month, of all its pools.
        credits_usd: f64,
    },
    /// A spend cap has closed the pool.
    ClosedBySpendCap {
        /// The pool of a hybrid.
        pool: Option<String>,
        /// Of a month.
        cap_usd: f64,
        /// Of the window.
        closed: f64,
        /// Of the requests that arrived at the fleet.
        turned_away: f64,
    },
    /// Requests arrived and none completed.
    CompletesNone { arrived: u64 },
    /// Nothing arrived in the window.
    NoRequests,
    /// One replication of a scenario in which something varies.
    OneReplication,
    /// The interval of a difference between two bills reaches over zero.
    TooFewReplications {
        fleet: String,
        against: String,
        saving_usd_per_month: f64,
        low: f64,
        high: f64,
        replications: usize,
        /// About how many would tell the two apart, if the difference is what it seems.
        needed: f64,
    },
    /// No fleet serves 99 % of its requests, so that the cheapest is chosen among fleets that do not.
    AllLoseRequests,
}

/// More replications than this are not advised.
const MOST_ADVISED: f64 = 10_000.0;

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Caveat::ThinQuantiles { class, quantiles, varies } => thin_quantiles(f, class.as_deref(), quantiles, *varies),
            Caveat::Overloaded { pool, arriving, instances } => {
                of_pool(f, pool.as_deref())?;
                write!(f, "its queue grows without bound: {} instances' worth of work ", above(*arriving, *instances))?;
                write!(f, "arrive for {instances}; its latencies grow with the horizon, so give it more instances")
            }
            Caveat::NearlyOverloaded { pool, load } => {
                of_pool(f, pool.as_deref())?;
                write!(f, "its load is {} of its capacity: so near to saturation, waits keep growing ", percent(*load))?;
                write!(f, "for long; simulate a longer horizon or give it more instances")
            }
            Caveat::Unfinished { share } => write!(
                f,
                "{} of its requests end after the horizon: their latency is counted to its end, but no bill \
                 or use of instances after it; simulate a longer horizon",
                percent(*share)
            ),
            Caveat::LosesRequests { for_good, rejected, timed_out, reasons, passed_over } => {
                let lost = percent(rejected + timed_out);
                match for_good {
                    None => write!(f, "it loses {lost} of its requests ")?,
                    Some(for_good) => {
                        let for_good = percent(*for_good);
                        write!(f, "it loses {for_good} of its requests for good, and {lost} of all attempts ")?;
                    }
                }
                write!(f, "({} rejected, {} timed out", percent(*rejected), percent(*timed_out))?;
                for (index, (loss, share)) in reasons.iter().enumerate() {
                    write!(f, "{} {} {}", if index == 0 { ":" } else { "," }, percent(*share), loss.name())?;
                    loss.status().map_or(Ok(()), |status| write!(f, " ({status})"))?;
                }
                f.write_str("), ")?;
                f.write_str(if *passed_over { "so it cannot be called the cheapest" } else { "so its bill is for serving less" })
            }
            Caveat::CreditsCoverAll { credits_usd } => write!(
                f,
                "its credits of {} a month are as much as its whole bill or more: it costs nothing as long as they last, and \
                 what is left of them has no part in any comparison",
                dollars(*credits_usd)
            ),
            Caveat::ClosedBySpendCap { pool, cap_usd, closed, turned_away } => {
                of_pool(f, pool.as_deref())?;
                write!(f, "its spend cap of {} a month closes it for {} of the time, ", dollars(*cap_usd), percent(*closed))?;
                write!(f, "in which it turns away {} of the requests: its bill is for serving the rest", percent(*turned_away))
            }
            Caveat::CompletesNone { arrived } => {
                write!(f, "none of its {arrived} requests completes, so it has no latency and no cost per request")
            }
            Caveat::NoRequests => f.write_str(
                "no request arrives in the window, so there is nothing to measure: lengthen the horizon, shorten the warm-up \
                 or raise the rate",
            ),
            Caveat::OneReplication => f.write_str(
                "one replication shows nothing of how far figures vary by chance, so there are no intervals: simulate 10",
            ),
            Caveat::TooFewReplications { fleet, against, saving_usd_per_month, low, high, replications, needed } => {
                write!(f, "{replications} replications are too few to tell the bills of `{fleet}` and `{against}` apart: ")?;
                write!(f, "`{fleet}` saves {} a month, ", dollars(*saving_usd_per_month))?;
                write!(f, "95% interval {} to {}; ", dollars(*low), dollars(*high))?;
                match needed {
                    needed if *needed > MOST_ADVISED => write!(f, "more than {MOST_ADVISED} would be needed: call them equal"),
                    needed => write!(f, "about {needed} would be enough"),
                }
            }
            Caveat::AllLoseRequests => {
                f.write_str("every fleet loses more than 1% of its requests: the cheapest is the cheapest of these")
            }
        }
    }
}

fn thin_quantiles(
    f: &mut fmt::Formatter<'_>,
    class: Option<&str>,
    quantiles: &[(&'static str, u64)],
    varies: bool,
) -> fmt::Result {
    if let Some(class) = class {
        write!(f, "class `{class}`: ")?;
    }
    for (index, (name, beyond)) in quantiles.iter().enumerate() {
        match index {
            0 => write!(f, "{name} rests on {beyond} {} beyond it", if *beyond == 1 { "sample" } else { "samples" })?,
            _ => write!(f, ", {name} on {beyond}")?,
        }
    }
    f.write_str("; simulate a longer horizon")?;
    f.write_str(if varies { " or more replications" } else { "" })
}

fn of_pool(f: &mut fmt::Formatter<'_>, pool: Option<&str>) -> fmt::Result {
    match pool {
        Some(pool) => write!(f, "pool `{pool}`: "),
        None => Ok(()),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// To the cent, and small amounts to a hundredth of one.
fn dollars(amount: f64) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    let decimals = if amount.abs() < 1.0 { 4 } else { 2 };
    format!("{sign}${:.decimals$}", amount.abs())
}

/// A number of instances with as many decimals as show that it is more than `limit`.
fn above(number: f64, limit: u32) -> String {
    const MOST_DECIMALS: usize = 6;
    let written = |decimals: usize| format!("{number:.decimals$}");
    let shows = |text: &String| text.parse::<f64>().is_ok_and(|read| read > f64::from(limit));
    (1..MOST_DECIMALS).map(written).find(shows).unwrap_or_else(|| written(MOST_DECIMALS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_caveat_says_its_numbers_and_what_to_do() {
        let caveats = [
            Caveat::ThinQuantiles { class: None, quantiles: vec![("p99.9", 3)], varies: true },
            Caveat::ThinQuantiles {
                class: Some("api".to_owned()),
                quantiles: vec![("p99", 1), ("p99.9", 0)],
                varies: false,
            },
            Caveat::Overloaded { pool: None, arriving: 5.31, instances: 4 },
            Caveat::Overloaded { pool: Some("base".to_owned()), arriving: 4.0004, instances: 4 },
            Caveat::NearlyOverloaded { pool: None, load: 0.987 },
            Caveat::Unfinished { share: 0.042 },
            Caveat::LosesRequests {
                for_good: None,
                rejected: 0.021,
                timed_out: 0.011,
                reasons: vec![(Loss::MaxInstances, 0.021), (Loss::ClientTimeout, 0.011)],
                passed_over: true,
            },
            Caveat::LosesRequests {
                for_good: Some(0.2),
                rejected: 0.0,
                timed_out: 0.5,
                reasons: Vec::new(),
                passed_over: false,
            },
            Caveat::CreditsCoverAll { credits_usd: 30.0 },
            Caveat::ClosedBySpendCap { pool: None, cap_usd: 500.0, closed: 0.833, turned_away: 0.79 },
            Caveat::CompletesNone { arrived: 12 },
            Caveat::NoRequests,
            Caveat::OneReplication,
            Caveat::TooFewReplications {
                fleet: "hybrid".to_owned(),
                against: "dedicated".to_owned(),
                saving_usd_per_month: 12.3,
                low: -3.1,
                high: 27.7,
                replications: 10,
                needed: 16.0,
            },
            Caveat::TooFewReplications {
                fleet: "a".to_owned(),
                against: "b".to_owned(),
                saving_usd_per_month: 0.002,
                low: -0.998,
                high: 1.002,
                replications: 10,
                needed: 2_500_000.0,
            },
            Caveat::AllLoseRequests,
        ];
        let sentences: Vec<String> = caveats.iter().map(Caveat::to_string).collect();
        insta::assert_snapshot!(sentences.join("\n"), @r"
        p99.9 rests on 3 samples beyond it; simulate a longer horizon or more replications
        class `api`: p99 rests on 1 sample beyond it, p99.9 on 0; simulate a longer horizon
        its queue grows without bound: 5.3 instances' worth of work arrive for 4; its latencies grow with the horizon, so give it more instances
        pool `base`: its queue grows without bound: 4.0004 instances' worth of work arrive for 4; its latencies grow with the horizon, so give it more instances
        its load is 98.7% of its capacity: so near to saturation, waits keep growing for long; simulate a longer horizon or give it more instances
        4.2% of its requests end after the horizon: their latency is counted to its end, but no bill or use of instances after it; simulate a longer horizon
        it loses 3.2% of its requests (2.1% rejected, 1.1% timed out: 2.1% max-instances (429), 1.1% client-timeout), so it cannot be called the cheapest
        it loses 20.0% of its requests for good, and 50.0% of all attempts (0.0% rejected, 50.0% timed out), so its bill is for serving less
        its credits of $30.00 a month are as much as its whole bill or more: it costs nothing as long as they last, and what is left of them has no part in any comparison
        its spend cap of $500.00 a month closes it for 83.3% of the time, in which it turns away 79.0% of the requests: its bill is for serving the rest
        none of its 12 requests completes, so it has no latency and no cost per request
        no request arrives in the window, so there is nothing to measure: lengthen the horizon, shorten the warm-up or raise the rate
        one replication shows nothing of how far figures vary by chance, so there are no intervals: simulate 10
        10 replications are too few to tell the bills of `hybrid` and `dedicated` apart: `hybrid` saves $12.30 a month, 95% interval -$3.10 to $27.70; about 16 would be enough
        10 replications are too few to tell the bills of `a` and `b` apart: `a` saves $0.0020 a month, 95% interval -$0.9980 to $1.00; more than 10000 would be needed: call them equal
        every fleet loses more than 1% of its requests: the cheapest is the cheapest of these
        ");
    }
}
