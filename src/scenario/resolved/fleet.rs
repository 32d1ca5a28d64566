//! The fleets of the scenario as it was run.

use crate::scenario::read_fleet::{IDLE_SELECTION, OVERFLOW, WHEN_ZERO};
use crate::scenario::{
    BilledPhases, Dedicated, Extras, Fleet, FleetKind, Hybrid, Instances, OverflowRule, Pool, PoolKind, Pull, Resource,
    Routing, Serverless, StartPhase, StartUp, Throughput,
};

use super::scale_out::scale_out_text;
use super::{Writer, decimal, float, or_word, quoted};

impl Writer {
    pub(super) fn fleet(&mut self, fleet: &Fleet) {
        self.header("[[fleet]]");
        self.key("name", quoted(&fleet.name));
        self.key("kind", quoted(fleet.kind_name()));
        match &fleet.kind {
            FleetKind::Single(pool) => self.pool_kind(pool),
            FleetKind::Hybrid(Hybrid { routing: Routing::Nearest(_), pools, .. }) => self.regions(pools),
            FleetKind::Hybrid(hybrid) => {
                let rule = match hybrid.overflow {
                    OverflowRule::WhenFull => quoted("when-full"),
                    OverflowRule::WaitOver(wait) => format!("{{ wait_over = {} }}", quoted(wait)),
                    OverflowRule::RateOver(rate) => format!("{{ rate_over = {} }}", quoted(rate)),
                    OverflowRule::InFlightOver(count) => format!("{{ in_flight_over = {count} }}"),
                };
                self.key("overflow", rule);
                for pool in &hybrid.pools {
                    self.header("[[fleet.pool]]");
                    self.key("name", quoted(&pool.name));
                    self.key("kind", quoted(pool.kind.name()));
                    self.pool_kind(&pool.kind);
                }
            }
        }
    }

    /// The pools of a fleet that is spread over regions differ only in what the regions say.
    fn regions(&mut self, pools: &[Pool]) {
        if let Some(Pool { kind: PoolKind::Dedicated(pool), .. }) = pools.first() {
            let instances = pool.terms.regions.iter().map(|region| region.instances).sum();
            self.dedicated(&Dedicated { instances: Instances::Number(instances), ..pool.clone() });
        }
    }

    fn pool_kind(&mut self, pool: &PoolKind) {
        match pool {
            PoolKind::Dedicated(pool) => self.dedicated(pool),
            PoolKind::Serverless(pool) => self.serverless(pool),
        }
    }

    fn dedicated(&mut self, pool: &Dedicated) {
        match pool.instances {
            Instances::Number(number) => self.key("instances", number),
            Instances::Fit => self.key("instances", quoted("fit")),
        }
        self.key("slots", pool.slots);
        self.key("throughput", throughput_text(&pool.throughput));
        self.key("speed", decimal(pool.speed));
        self.key("price", quoted(pool.terms.written_price(pool.price)));
        self.key("queue_limit", number_or_unlimited(pool.queue_limit));
        self.terms(&pool.terms);
        self.extras(&pool.extras);
    }

    fn serverless(&mut self, pool: &Serverless) {
        let tariff = &pool.tariff;
        self.key("price", quoted(tariff.price));
        self.key("request_fee", quoted(tariff.request_fee));
        self.key("bills", bills_text(tariff.bills));
        self.key("rounding", or_word(tariff.rounding, "exact"));
        self.optional("min_instance_price", tariff.min_instance_price.map(quoted));
        let free = tariff
            .free_tier
            .map(|free| format!("{{ requests = {}, instance_time = {} }}", free.requests, quoted(free.instance_time)));
        self.optional("free_tier", free);
        self.optional("spend_cap", tariff.spend_cap.map(|cap| quoted(format!("{cap}/month"))));
        self.extras(&tariff.extras);
        self.start_up(&pool.start);
        self.optional("keep_alive", pool.keep_alive.map(quoted));
        self.key("min_instances", pool.min_instances);
        self.key("max_instances", number_or_unlimited(pool.max_instances));
        self.key("scale_out", scale_out_text(&pool.scale_out));
        self.key("idle_selection", word(pool.idle_selection, &IDLE_SELECTION));
        self.key("overflow", word(pool.overflow, &OVERFLOW));
        self.key("queue_limit", number_or_unlimited(pool.queue_limit));
        self.key("when_zero", word(pool.when_zero, &WHEN_ZERO));
        self.key("execution_limit", or_word(pool.execution_limit, "none"));
        self.key("time_to_live", or_word(pool.time_to_live, "none"));
        self.key("slots", pool.slots);
        self.key("throughput", throughput_text(&pool.throughput));
        self.key("speed", decimal(pool.speed));
    }

    /// Only what is written: without it there is no such line on the bill.
    fn extras(&mut self, extras: &Extras) {
        let resource = |units: &str, resource: &Resource| {
            format!("{{ {units} = {}, price = {} }}", decimal(resource.units), quoted(resource.price))
        };
        self.optional("cpu", extras.cpu.as_ref().map(|cpu| resource("cores", cpu)));
        self.optional("memory", extras.memory.as_ref().map(|memory| resource("gib", memory)));
        self.optional("plan_fee", extras.plan_fee.map(quoted));
        self.optional("operations", extras.operations.map(quoted));
        let storage = extras.storage.map(|storage| {
            format!("{{ gigabytes = {}, price = {} }}", decimal(storage.gigabytes), quoted(storage.price))
        });
        self.optional("storage", storage);
        let egress = extras.egress.map(|egress| {
            let gigabytes = decimal(egress.gigabytes_per_request);
            format!("{{ gigabytes_per_request = {gigabytes}, price = {} }}", quoted(egress.price))
        });
        self.optional("egress", egress);
        self.optional("credits", extras.credits.map(quoted));
    }

    fn start_up(&mut self, start: &StartUp) {
        let key = if start.is_short { "cold_start" } else { "start" };
        let text = self.start_text(start);
        self.key(key, text);
    }

    /// A duration where the start is one phase, else a table.
    pub(super) fn start_text(&self, start: &StartUp) -> String {
        if start.is_short {
            return self.distribution(&start.initialize);
        }
        let mut entries = vec![
            format!("allocate = {}", self.distribution(&start.allocate)),
            format!("pull = {}", self.pull(&start.pull)),
            format!("load = {}", self.distribution(&start.load)),
            format!("initialize = {}", self.distribution(&start.initialize)),
            format!("failure = {}", float(start.failure)),
            format!("limit = {}", or_word(start.limit, "none")),
        ];
        entries.extend(start.supply.map(|supply| {
            format!("supply = {{ free = {}, retry_after = {} }}", float(supply.free), quoted(supply.retry_after))
        }));
        format!("{{ {} }}", entries.join(", "))
    }

    fn pull(&self, pull: &Pull) -> String {
        let miss = self.distribution(&pull.miss);
        match pull.cached {
            0.0 => miss,
            cached => {
                format!("{{ cached = {}, hit = {}, miss = {miss} }}", float(cached), self.distribution(&pull.hit))
            }
        }
    }
}

fn bills_text(bills: BilledPhases) -> String {
    let mut names: Vec<&str> = match bills.start {
        [true, true, true, true] => vec!["cold-start"],
        _ => StartPhase::ALL.into_iter().filter(|&phase| bills.has(phase)).map(StartPhase::name).collect(),
    };
    names.extend(bills.execute.then_some("execute"));
    names.extend(bills.idle.then_some("idle"));
    let names: Vec<String> = names.into_iter().map(quoted).collect();
    format!("[{}]", names.join(", "))
}

fn throughput_text(throughput: &Throughput) -> String {
    match throughput {
        Throughput::Independent => quoted("independent"),
        Throughput::Power { exponent } => format!("{{ kind = \"power\", exponent = {} }}", float(*exponent)),
        Throughput::Table(rows) => {
            let batches: Vec<String> = rows.iter().map(|row| row.batch.to_string()).collect();
            let relatives: Vec<String> = rows.iter().map(|row| decimal(row.relative)).collect();
            let (batches, relatives) = (batches.join(", "), relatives.join(", "));
            format!("{{ kind = \"table\", batch = [{batches}], relative = [{relatives}] }}")
        }
    }
}

fn number_or_unlimited(number: Option<impl Into<u64>>) -> String {
    number.map_or_else(|| quoted("unlimited"), |number| number.into().to_string())
}

/// The word of an option's value.
pub(super) fn word<T: PartialEq, const N: usize>(value: T, words: &[(&'static str, T); N]) -> String {
    words.iter().find(|(_, known)| *known == value).map_or_else(String::new, |(word, _)| quoted(word))
}
