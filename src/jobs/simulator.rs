//! The clock of the jobs on a fleet, and what happens at each event.

use std::collections::{BTreeSet, VecDeque};

use crate::measure::JobsUsage;
use crate::random::{Purpose, Sampler, stream};
use crate::scenario::{Calendar, Fleet, PoolKind, Scenario};
use crate::unit::{Span, Time};

use super::agenda::{Agenda, Event};
use super::job::{Job, Share, State};
use super::machine::MachineState;
use super::machines::Machines;
use super::outcome::JobsOutcome;
use super::supply::Supply;

/// A job that has begun again as often never ends.
const MOST_RESTARTS: u32 = 100_000;
/// Where as much has happened, what is not done never ends: starts that always fail.
const MOST_EVENTS: u64 = 20_000_000;
/// What is not done in as long never ends.
const LONGEST: Time = Time::from_nanos(Span::LONGEST.nanos());

/// The jobs of a fleet in one replication.
pub(super) struct Simulator {
    now: Time,
    agenda: Agenda,
    machines: Machines,
    /// In the order of submission.
    jobs: Vec<Job>,
    /// Submitted jobs that have not started.
    queue: VecDeque<usize>,
    /// Started jobs that lack GPUs.
    lacking: BTreeSet<usize>,
    unfinished: usize,
    hours: Option<Calendar>,
    horizon: Time,
}

impl Simulator {
    pub fn new(scenario: &Scenario, fleet: &Fleet, kind: &PoolKind, replication: u32) -> Simulator {
        let mut agenda = Agenda::default();
        let hours = match kind {
            PoolKind::Dedicated(pool) => pool.terms.schedule.as_ref().map(|hours| hours.calendar(scenario.starts)),
            PoolKind::Serverless(_) => None,
        };
        let is_on = hours.as_ref().is_none_or(|hours| hours.is_on(Time::START));
        let supply = Supply::new(scenario, kind, &fleet.name, replication);
        let machines = Machines::new(supply, is_on, &mut agenda);
        let jobs = draw_jobs(scenario, fleet, kind, replication);
        for (index, job) in jobs.iter().enumerate() {
            agenda.schedule(job.submitted, Event::Submitted { job: index });
        }
        let mut simulator = Simulator {
            now: Time::START,
            agenda,
            machines,
            unfinished: jobs.len(),
            jobs,
            queue: VecDeque::new(),
            lacking: BTreeSet::new(),
            hours,
            horizon: Time::START + scenario.horizon,
        };
        simulator.schedule_hours();
        simulator.schedule_outages();
        simulator
    }

    /// Moves the clock from event to event until no job is left that may end.
    pub fn run(mut self) -> JobsOutcome {
        let mut happened = 0;
        while self.unfinished > 0 && happened < MOST_EVENTS {
            let Some((at, event)) = self.agenda.next() else { break };
            if at > LONGEST {
                break;
            }
            self.now = at;
            happened += 1;
            self.happens(event);
        }
        self.finish()
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::PhaseEnds { job, step } if self.jobs[job].step == step => self.end_phase(job),
            Event::LastSave { job, attempt, until } if self.jobs[job].attempt == attempt => self.save(job, until),
            Event::LimitReached { job, attempt } if self.runs(job, attempt) => self.reach_limit(job),
            Event::Started { machine, life } if self.lives(machine, life) => self.end_start(machine),
            Event::Repaired { machine } => self.repaired(machine),
            Event::Gone { machine, life } if self.lives(machine, life) => self.take_away(machine, MachineState::Off),
            Event::Fails { machine, life } if self.lives(machine, life) => self.fail(machine),
            Event::Warned { machine, life } if self.lives(machine, life) => self.warn(machine),
            Event::ZoneChanges { zone } => self.change_zone(zone),
            Event::HoursChange => self.change_hours(),
            Event::Expires { machine, life, uses } if self.lives(machine, life) => self.expire(machine, uses),
            Event::Submitted { job } => self.submit(job),
            // What it was about has moved on.
            Event::PhaseEnds { .. }
            | Event::LastSave { .. }
            | Event::LimitReached { .. }
            | Event::Started { .. }
            | Event::Gone { .. }
            | Event::Fails { .. }
            | Event::Warned { .. }
            | Event::Expires { .. } => {}
        }
    }

    fn lives(&self, machine: usize, life: u32) -> bool {
        self.machines.get(machine).life == life
    }

    fn runs(&self, job: usize, attempt: u32) -> bool {
        self.jobs[job].attempt == attempt && matches!(self.jobs[job].state, State::Running(_))
    }

    fn submit(&mut self, job: usize) {
        let most = self.machines.supply.machines.map(|machines| machines as u64 * u64::from(self.machines.supply.gpus));
        if most.is_some_and(|most| most < u64::from(self.jobs[job].gpus)) {
            self.give_up(job);
            return;
        }
        self.queue.push_back(job);
        self.dispatch();
    }

    /// Gives GPUs to those that lack some, then to the head of the queue as long as all that it needs can be had; then lets go
    /// of what nobody needs.
    fn dispatch(&mut self) {
        for job in self.lacking.iter().copied().collect::<Vec<usize>>() {
            self.take(job, self.jobs[job].missing);
        }
        while let Some(&head) = self.queue.front().filter(|_| self.lacking.is_empty()) {
            let gpus = self.jobs[head].gpus;
            if self.machines.obtainable() < u64::from(gpus) {
                break;
            }
            self.queue.pop_front();
            self.jobs[head].state = State::Preparing;
            self.jobs[head].missing = gpus;
            self.take(head, gpus);
        }
        self.machines.let_go(self.now, &mut self.agenda);
    }

    fn take(&mut self, job: usize, wanted: u32) {
        for (machine, gpus) in self.machines.take(job, wanted, self.now, &mut self.agenda) {
            self.jobs[job].shares.push(Share { machine, gpus, since: self.now });
            self.jobs[job].missing -= gpus;
        }
        match self.jobs[job].missing {
            0 => self.lacking.remove(&job),
            _ => self.lacking.insert(job),
        };
        self.begin_if_ready(job);
    }

    fn begin_if_ready(&mut self, index: usize) {
        let is_ready = |share: &Share| self.machines.get(share.machine).state == MachineState::Ready;
        let job = &self.jobs[index];
        if job.state != State::Preparing || job.missing > 0 || !job.shares.iter().all(is_ready) {
            return;
        }
        let job = &mut self.jobs[index];
        let end = job.begin(self.now);
        let (step, attempt, instances) = (job.step, job.attempt, job.shares.len() as u64);
        self.agenda.schedule(end, Event::PhaseEnds { job: index, step });
        if let Some(terms) = self.machines.supply.serverless {
            self.machines.usage.executions += instances;
            if let Some(limit) = terms.limit {
                self.agenda.schedule(self.now + limit, Event::LimitReached { job: index, attempt });
            }
        }
        if let Some(end_of_hours) = self.hours.as_ref().and_then(|hours| hours.next_change(self.now)) {
            self.schedule_save(index, end_of_hours);
        }
    }

    /// A checkpoint that is written just before an interruption that is known of.
    fn schedule_save(&mut self, index: usize, until: Time) {
        let job = &self.jobs[index];
        let Some(cost) = job.checkpoint_cost() else { return };
        if until.saturating_since(self.now) >= cost {
            let at = Time::from_nanos(until.nanos() - cost.nanos());
            self.agenda.schedule(at, Event::LastSave { job: index, attempt: job.attempt, until });
        }
    }

    fn save(&mut self, index: usize, until: Time) {
        if let Some(end) = self.jobs[index].save(self.now, until) {
            self.agenda.schedule(end, Event::PhaseEnds { job: index, step: self.jobs[index].step });
        }
    }

    fn end_phase(&mut self, index: usize) {
        match self.jobs[index].end_phase(self.now) {
            Some(end) => self.agenda.schedule(end, Event::PhaseEnds { job: index, step: self.jobs[index].step }),
            None => {
                self.unfinished -= 1;
                self.give_all_back(index);
                self.dispatch();
            }
        }
    }

    fn give_all_back(&mut self, index: usize) {
        for Share { machine, .. } in self.jobs[index].shares.clone() {
            let gpus = self.jobs[index].give_back(machine, self.now);
            self.machines.give_back(machine, index, gpus, self.now);
        }
    }

    fn give_up(&mut self, index: usize) {
        self.unfinished -= 1;
        self.give_all_back(index);
        self.lacking.remove(&index);
        self.jobs[index].missing = 0;
        self.jobs[index].state = State::NeverEnds;
    }

    /// The platform ends an execution: its instances stop, and the job begins again on others. Where the whole attempt saved
    /// nothing the next one saves nothing either.
    fn reach_limit(&mut self, index: usize) {
        self.jobs[index].lose(self.now);
        let came_further = self.jobs[index].came_further();
        for Share { machine, .. } in self.jobs[index].shares.clone() {
            self.part(machine, index);
            self.machines.stop(machine, self.now, MachineState::Off);
            if machine < self.machines.supply.standing {
                self.machines.start(machine, self.now, &mut self.agenda);
            }
        }
        if !came_further || self.jobs[index].attempt > MOST_RESTARTS {
            self.give_up(index);
        }
        self.dispatch();
    }

    /// A job no longer has a machine, and lacks what it had of it.
    fn part(&mut self, machine: usize, job: usize) {
        let gpus = self.jobs[job].give_back(machine, self.now);
        self.machines.give_back(machine, job, gpus, self.now);
        self.jobs[job].missing += gpus;
        self.lacking.insert(job);
    }

    fn end_start(&mut self, machine: usize) {
        if self.machines.end_start(machine, self.now, &mut self.agenda) {
            for job in self.machines.get(machine).jobs.clone() {
                self.begin_if_ready(job);
            }
        }
    }

    /// A machine is gone: every job on it loses what it has not saved, whatever other machines it has.
    fn take_away(&mut self, machine: usize, state: MachineState) {
        self.drop_machine(machine, state);
        self.dispatch();
    }

    fn drop_machine(&mut self, machine: usize, state: MachineState) {
        for job in self.machines.get(machine).jobs.clone() {
            if matches!(self.jobs[job].state, State::Running(_)) {
                self.jobs[job].lose(self.now);
            }
            self.part(machine, job);
            if self.jobs[job].attempt > MOST_RESTARTS {
                self.give_up(job);
            }
        }
        self.machines.stop(machine, self.now, state);
    }

    fn fail(&mut self, machine: usize) {
        let repaired = self.now + self.machines.supply.repair();
        self.agenda.schedule(repaired, Event::Repaired { machine });
        self.take_away(machine, MachineState::Broken);
    }

    fn repaired(&mut self, machine: usize) {
        if self.machines.get(machine).state != MachineState::Broken {
            return;
        }
        self.machines.stop(machine, self.now, MachineState::Off);
        if machine < self.machines.supply.standing && self.machines.is_on {
            self.machines.start(machine, self.now, &mut self.agenda);
        }
        self.dispatch();
    }

    fn warn(&mut self, machine: usize) {
        let Some(notice) = self.machines.supply.spot.as_ref().map(|spot| spot.notice) else { return };
        let (life, gone) = (self.machines.get(machine).life, self.now + notice);
        self.machines.warn(machine);
        self.agenda.schedule(gone, Event::Gone { machine, life });
        for job in self.machines.get(machine).jobs.clone() {
            self.schedule_save(job, gone);
        }
    }

    fn schedule_outages(&mut self) {
        let Some(spot) = self.machines.supply.spot.as_mut().filter(|spot| spot.has_outages) else { return };
        for zone in 0..spot.zones.count() {
            self.agenda.schedule(self.now + spot.zones.until_change(zone), Event::ZoneChanges { zone });
        }
    }

    /// An outage takes every instance of its zone, with the usual notice; one that is still starting at once.
    fn change_zone(&mut self, zone: usize) {
        let Some(spot) = &mut self.machines.supply.spot else { return };
        let is_up = spot.zones.change(zone);
        self.agenda.schedule(self.now + spot.zones.until_change(zone), Event::ZoneChanges { zone });
        if !is_up {
            for machine in self.machines.held() {
                let held = self.machines.get(machine);
                match held.state {
                    _ if held.zone != Some(zone) => {}
                    MachineState::Starting => self.drop_machine(machine, MachineState::Off),
                    _ if !held.warned => self.warn(machine),
                    _ => {}
                }
            }
        }
        self.dispatch();
    }

    fn schedule_hours(&mut self) {
        if let Some(change) = self.hours.as_ref().and_then(|hours| hours.next_change(self.now)) {
            self.agenda.schedule(change, Event::HoursChange);
        }
    }

    fn change_hours(&mut self) {
        self.machines.is_on = !self.machines.is_on;
        self.schedule_hours();
        if !self.machines.is_on {
            for machine in self.machines.held() {
                self.drop_machine(machine, MachineState::Off);
            }
        }
        self.dispatch();
    }

    fn expire(&mut self, machine: usize, uses: u32) {
        let held = self.machines.get(machine);
        if held.uses == uses && held.jobs.is_empty() {
            self.machines.stop(machine, self.now, MachineState::Off);
        }
    }

    /// What is not done never ends; what is still there is stopped.
    fn finish(mut self) -> JobsOutcome {
        for index in 0..self.jobs.len() {
            if !matches!(self.jobs[index].state, State::Done(_) | State::NeverEnds) {
                self.give_up(index);
            }
        }
        self.machines.let_go(self.now, &mut self.agenda);
        let usage: JobsUsage = self.machines.finish(self.now, self.now.max(self.horizon));
        JobsOutcome { jobs: self.jobs.iter().map(Job::record).collect(), usage }
    }
}

/// The jobs of a fleet in the order of submission. Their work is the same on every fleet, but for how fast that does it.
fn draw_jobs(scenario: &Scenario, fleet: &Fleet, kind: &PoolKind, replication: u32) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (index, class) in scenario.jobs.iter().enumerate().filter(|(_, class)| class.runs_on(fleet)) {
        let mut sampler = Sampler::new(&class.work);
        let mut draws = stream(scenario.seed, replication, &["jobs", &class.name], Purpose::Work);
        jobs.extend((0..class.count).map(|job| {
            let work = kind.speed().divides(sampler.sample(&mut draws));
            Job::new(index, class, job, work)
        }));
    }
    jobs.sort_by_key(|job| job.submitted);
    jobs
}
