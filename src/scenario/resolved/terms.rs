//! The terms of a dedicated fleet of the scenario as it was run.

use crate::scenario::read_interruptions::REQUESTS;
use crate::scenario::read_purchase::UPFRONT;
use crate::scenario::{
    Autoscaling, Failures, Hazard, Interruptions, Nearest, Outages, Purchase, Region, Schedule, Terms,
};
use crate::unit::Price;

use super::fleet::word;
use super::scale_out::scale_out_text;
use super::{Writer, decimal, float, quoted};

impl Terms {
    /// What `price` is to say: of a commitment, the on-demand price.
    pub(super) fn written_price(&self, price: Price) -> Price {
        match self.purchase {
            Purchase::Reserved(commitment) => commitment.on_demand,
            Purchase::OnDemand | Purchase::Spot => price,
        }
    }
}

impl Writer {
    pub(super) fn terms(&mut self, terms: &Terms) {
        self.key("purchase", quoted(terms.purchase.name()));
        if let Purchase::Reserved(commitment) = terms.purchase {
            self.key("discount", decimal(commitment.discount));
            self.key("upfront", word(commitment.upfront, &UPFRONT));
        }
        self.key("gpus", terms.node.gpus_of_instance);
        self.key("node_gpus", terms.node.gpus);
        let boot = self.start_text(&terms.boot);
        self.key("boot", boot);
        self.key("minimum_billing", quoted(terms.minimum_billing));
        self.optional("schedule", terms.schedule.as_ref().map(schedule_text));
        let interruptions = terms.interruptions.as_ref().map(|interruptions| self.interruptions(interruptions));
        self.optional("interruptions", interruptions);
        let failures = terms.failures.as_ref().map(|failures| self.failures(failures));
        self.optional("failures", failures);
        if let Some(Autoscaling { scale_out, min_instances, keep_alive }) = &terms.autoscaling {
            self.key("scale_out", scale_out_text(scale_out));
            self.key("min_instances", min_instances);
            self.optional("keep_alive", keep_alive.map(quoted));
        }
        if !terms.regions.is_empty() {
            let regions: Vec<String> = terms.regions.iter().map(region_text).collect();
            self.key("region", format!("[{}]", regions.join(", ")));
        }
    }

    fn interruptions(&self, interruptions: &Interruptions) -> String {
        let hazard = interruptions.hazard.map(|hazard| match hazard {
            Hazard::Every(every) => format!("every = {}", quoted(every)),
            Hazard::SharePerMonth(share) => format!("share_per_month = {}", float(share)),
        });
        let mut entries: Vec<String> = hazard.into_iter().collect();
        entries.push(format!("notice = {}", quoted(interruptions.notice)));
        entries.push(format!("requests = {}", word(interruptions.requests, &REQUESTS)));
        entries.extend(interruptions.outages.as_ref().map(|Outages { zones, every, last }| {
            let last = self.distribution(last);
            format!("outages = {{ zones = {zones}, every = {}, last = {last} }}", quoted(every))
        }));
        entries.extend(interruptions.fallback.map(|fallback| {
            let (base, dynamic, price) = (fallback.base, fallback.dynamic, quoted(fallback.price));
            format!("fallback = {{ base = {base}, dynamic = {dynamic}, price = {price} }}")
        }));
        format!("{{ {} }}", entries.join(", "))
    }

    fn failures(&self, Failures { every, repair }: &Failures) -> String {
        format!("{{ every = {}, repair = {} }}", quoted(every), self.distribution(repair))
    }
}

fn schedule_text(Schedule { hours, failure, retry_after }: &Schedule) -> String {
    let hours: Vec<String> = hours.iter().map(quoted).collect();
    let (hours, failure) = (hours.join(", "), float(*failure));
    format!("{{ hours = [{hours}], failure = {failure}, retry_after = {} }}", quoted(retry_after))
}

fn region_text(region: &Region) -> String {
    let nearest = match &region.nearest {
        Nearest::Share(share) => format!("share = {}", float(*share)),
        Nearest::Classes(names) => {
            let names: Vec<String> = names.iter().map(quoted).collect();
            format!("traffic = [{}]", names.join(", "))
        }
    };
    let Region { name, instances, price, network, .. } = region;
    format!(
        "{{ name = {}, instances = {instances}, price = {}, network = {}, {nearest} }}",
        quoted(name),
        quoted(price),
        quoted(network)
    )
}
