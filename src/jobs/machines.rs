//! The machines of a fleet: taken for jobs, given back, taken away; and the account of what was held.

use std::collections::BTreeSet;

use crate::measure::JobsUsage;
use crate::scenario::BilledPhases;
use crate::unit::{Span, Time};

use super::agenda::{Agenda, Event};
use super::machine::{Machine, MachineState};
use super::supply::Supply;

/// The machines, by their index.
pub(super) struct Machines {
    pub supply: Supply,
    list: Vec<Machine>,
    /// Those that are off.
    off: BTreeSet<usize>,
    /// Those that are there and have GPUs for a job.
    open: BTreeSet<usize>,
    pub usage: JobsUsage,
    /// Whether the fleet is within its hours.
    pub is_on: bool,
    /// Those that no job has since a moment ago.
    unneeded: Vec<usize>,
}

impl Machines {
    /// The standing ones ready from 0 on, if the fleet is on then.
    pub fn new(supply: Supply, is_on: bool, agenda: &mut Agenda) -> Machines {
        let list = vec![Machine::off(); supply.machines.unwrap_or(0).max(supply.standing)];
        let (off, open) = ((0..list.len()).collect(), BTreeSet::new());
        let mut machines =
            Machines { supply, list, off, open, usage: JobsUsage::default(), is_on, unneeded: Vec::new() };
        for index in 0..machines.supply.standing {
            if is_on {
                machines.list[index].life += 1;
                machines.make_ready(index, Time::START, agenda);
            }
        }
        machines
    }

    pub fn get(&self, index: usize) -> &Machine {
        &self.list[index]
    }

    /// Marks a machine that is going to be taken away: no other job gets GPUs of it.
    pub fn warn(&mut self, index: usize) {
        self.list[index].warned = true;
        self.sort_in(index);
    }

    /// The machines that are there.
    pub fn held(&self) -> Vec<usize> {
        (0..self.list.len()).filter(|&index| self.list[index].is_held()).collect()
    }

    /// The GPUs that a job may have at once now; as many as it likes without a limit on machines.
    pub fn obtainable(&self) -> u64 {
        if self.supply.machines.is_none() && self.is_on {
            return u64::MAX;
        }
        let gpus = u64::from(self.supply.gpus);
        let open: u64 = self.open.iter().map(|&index| u64::from(self.free(index))).sum();
        let off = match &self.supply.spot {
            _ if !self.is_on => 0,
            Some(spot) if !spot.is_to_be_had() => self.off.iter().filter(|&&index| self.can_start(index)).count(),
            _ => self.off.len(),
        };
        open + off as u64 * gpus
    }

    /// The GPUs of a machine that no job has.
    fn free(&self, index: usize) -> u32 {
        self.supply.gpus - self.list[index].gpus_in_use
    }

    /// Puts a machine where it is found.
    fn sort_in(&mut self, index: usize) {
        let machine = &self.list[index];
        let is_open = machine.is_held() && !machine.warned && self.free(index) > 0;
        let is_off = machine.state == MachineState::Off;
        for (set, belongs) in [(&mut self.off, is_off), (&mut self.open, is_open)] {
            match belongs {
                true => set.insert(index),
                false => set.remove(&index),
            };
        }
    }

    /// Whether a machine that is off can be had.
    fn can_start(&self, index: usize) -> bool {
        let of_spot = self
            .supply
            .spot
            .as_ref()
            .is_none_or(|spot| spot.is_to_be_had() || spot.is_base(index, self.supply.instances));
        self.is_on && of_spot
    }

    /// Takes up to `wanted` GPUs for a job: of machines that are ready, then of those that start, then of new ones. What it
    /// took, as (machine, GPUs).
    pub fn take(&mut self, job: usize, wanted: u32, now: Time, agenda: &mut Agenda) -> Vec<(usize, u32)> {
        let mut taken = Vec::new();
        let mut left = wanted;
        for state in [MachineState::Ready, MachineState::Starting] {
            let open: Vec<usize> = self.open.iter().copied().filter(|&index| self.list[index].state == state).collect();
            for index in open {
                left -= self.occupy(index, job, left, now, &mut taken);
            }
        }
        while let Some(index) = Some(()).filter(|()| left > 0).and_then(|()| self.next_off()) {
            self.start(index, now, agenda);
            left -= self.occupy(index, job, left, now, &mut taken);
        }
        taken
    }

    /// The first machine that can be started; a new one where their number has no limit.
    fn next_off(&mut self) -> Option<usize> {
        let first = self.off.iter().copied().find(|&index| self.can_start(index));
        if first.is_some() || self.supply.machines.is_some() || !self.is_on {
            return first;
        }
        self.list.push(Machine::off());
        Some(self.list.len() - 1)
    }

    /// Gives a job up to `wanted` of the free GPUs of a machine; how many.
    fn occupy(&mut self, index: usize, job: usize, wanted: u32, now: Time, taken: &mut Vec<(usize, u32)>) -> u32 {
        let gpus = self.free(index).min(wanted);
        if gpus == 0 {
            return 0;
        }
        if self.list[index].jobs.is_empty() && self.list[index].state == MachineState::Ready {
            self.account(index, now);
        }
        let machine = &mut self.list[index];
        machine.uses += 1;
        machine.gpus_in_use += gpus;
        machine.jobs.push(job);
        taken.push((index, gpus));
        self.sort_in(index);
        gpus
    }

    /// Gives back what a job has of a machine.
    pub fn give_back(&mut self, index: usize, job: usize, gpus: u32, now: Time) {
        if self.list[index].jobs.len() == 1 && self.list[index].state == MachineState::Ready {
            self.account(index, now);
        }
        let machine = &mut self.list[index];
        machine.jobs.retain(|&other| other != job);
        machine.gpus_in_use -= gpus;
        if machine.jobs.is_empty() && machine.is_held() {
            self.unneeded.push(index);
        }
        self.sort_in(index);
    }

    /// Orders a machine.
    pub fn start(&mut self, index: usize, now: Time, agenda: &mut Agenda) {
        let (wait, start) = self.supply.start();
        let instances = self.supply.instances;
        let machine = &mut self.list[index];
        machine.state = MachineState::Starting;
        machine.life += 1;
        machine.start = start;
        machine.billed = 0;
        machine.since = now + wait;
        (machine.zone, machine.stands_in) = match &mut self.supply.spot {
            Some(spot) if !spot.is_base(index, instances) => {
                let zone = spot.zones.enter();
                (zone, zone.is_none())
            }
            spot => (None, spot.is_some()),
        };
        let phases = start.phases.iter().fold(Span::ZERO, |sum, &phase| sum + phase);
        agenda.schedule(now + wait + phases, Event::Started { machine: index, life: machine.life });
        self.sort_in(index);
    }

    /// The end of a start; whether the machine is ready now. One whose start has failed starts again.
    pub fn end_start(&mut self, index: usize, now: Time, agenda: &mut Agenda) -> bool {
        let start = self.list[index].start;
        if let Some(terms) = self.supply.serverless {
            self.account_start(index, &start.phases, terms.bills);
        }
        if !start.fails {
            self.make_ready(index, now, agenda);
            return true;
        }
        let since = self.list[index].since;
        self.leave(index);
        self.start(index, now, agenda);
        if self.supply.serverless.is_none() {
            // It is held all the while.
            self.list[index].since = since;
        }
        false
    }

    fn account_start(&mut self, index: usize, phases: &[Span; 4], bills: BilledPhases) {
        for ((sum, phase), is_billed) in self.usage.start_phases.iter_mut().zip(phases).zip(bills.start) {
            *sum += u128::from(phase.nanos());
            self.list[index].billed += if is_billed { u128::from(phase.nanos()) } else { 0 };
        }
    }

    fn make_ready(&mut self, index: usize, now: Time, agenda: &mut Agenda) {
        let is_spot = self.supply.spot.is_some() && !self.list[index].stands_in;
        let warning = if is_spot { self.supply.until_warning() } else { None };
        let failure = self.supply.until_failure();
        let machine = &mut self.list[index];
        machine.state = MachineState::Ready;
        if self.supply.serverless.is_some() {
            machine.since = now;
        }
        let life = machine.life;
        if let Some(span) = warning {
            agenda.schedule(now + span, Event::Warned { machine: index, life });
        }
        if let Some(span) = failure {
            agenda.schedule(now + span, Event::Fails { machine: index, life });
        }
        self.sort_in(index);
    }

    /// Of a serverless machine that is ready: what it did since the last account.
    fn account(&mut self, index: usize, now: Time) {
        let Some(terms) = self.supply.serverless else { return };
        let machine = &mut self.list[index];
        let nanos = u128::from((now - machine.since).nanos());
        let (sum, is_billed) = match machine.jobs.is_empty() {
            true => (&mut self.usage.idle, terms.bills.idle),
            false => (&mut self.usage.executing, terms.bills.execute),
        };
        *sum += nanos;
        machine.billed += if is_billed { nanos } else { 0 };
        machine.since = now;
    }

    /// A machine stops, or is taken away: nothing of it is left. Its jobs are to give it back before.
    pub fn stop(&mut self, index: usize, now: Time, state: MachineState) {
        if self.list[index].state == MachineState::Ready {
            self.account(index, now);
        }
        if self.supply.serverless.is_none() {
            self.account_hold(index, now);
        }
        self.leave(index);
        self.list[index].state = state;
        self.sort_in(index);
    }

    /// Of a dedicated machine: how long it was held.
    fn account_hold(&mut self, index: usize, now: Time) {
        let machine = &self.list[index];
        // One that was not there yet costs nothing.
        if !machine.is_held() || machine.since > now {
            return;
        }
        let held = (now - machine.since).max(self.supply.minimum_billing);
        let instances = u128::from(held.nanos()) * u128::from(self.supply.instances);
        match machine.stands_in {
            true => self.usage.held_on_demand += instances,
            false => self.usage.held += instances,
        }
    }

    /// Ends a life: its billed time is rounded, and its place in a zone is free.
    fn leave(&mut self, index: usize) {
        let machine = &mut self.list[index];
        if let Some(rounding) = self.supply.serverless.and_then(|terms| terms.rounding) {
            let step = u128::from(rounding.nanos());
            self.usage.rounding += machine.billed.next_multiple_of(step) - machine.billed;
            machine.billed = 0;
        }
        machine.life += 1;
        machine.warned = false;
        if let (Some(zone), Some(spot)) = (machine.zone.take(), &mut self.supply.spot) {
            spot.zones.leave(zone);
        }
    }

    /// Lets go of what no job needs any more: at once, or after the keep-alive; standing machines stay.
    pub fn let_go(&mut self, now: Time, agenda: &mut Agenda) {
        for index in std::mem::take(&mut self.unneeded) {
            let machine = &self.list[index];
            if !machine.jobs.is_empty() || !machine.is_held() || index < self.supply.standing {
                continue;
            }
            match self.supply.serverless {
                Some(terms) if machine.state == MachineState::Ready => {
                    let (life, uses) = (machine.life, machine.uses);
                    agenda.schedule(now + terms.keep_alive, Event::Expires { machine: index, life, uses });
                }
                _ => self.stop(index, now, MachineState::Off),
            }
        }
    }

    /// Stops what is still there when the last job is done at `end`: serverless instances after their keep-alive, standing ones
    /// at `close`.
    pub fn finish(mut self, end: Time, close: Time) -> JobsUsage {
        for index in 0..self.list.len() {
            let machine = &self.list[index];
            if !machine.is_held() {
                continue;
            }
            let at = match self.supply.serverless {
                _ if index < self.supply.standing => close,
                Some(terms) if machine.state == MachineState::Ready && machine.jobs.is_empty() => {
                    machine.since + terms.keep_alive
                }
                _ => end,
            };
            self.stop(index, at, MachineState::Off);
        }
        self.usage.end = end;
        self.usage
    }
}
