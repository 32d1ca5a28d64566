//! How far a job has come: attempts, each a restart and work with its checkpoints, until the work is done.

use crate::scenario::{Checkpoint, JobClass};
use crate::unit::{Span, Time};

use super::outcome::JobRecord;

/// A job of a class.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub class: usize,
    pub submitted: Time,
    pub gpus: u32,
    pub state: State,
    /// GPUs that it has.
    pub shares: Vec<Share>,
    /// GPUs that it waits for after it has started.
    pub missing: u32,
    /// Attempts begun.
    pub attempt: u32,
    /// Phases begun.
    pub step: u32,
    gpu_time: Span,
    /// What is to be done, on all its GPUs.
    work: Span,
    checkpoint: Option<Checkpoint>,
    restart: Span,
    deadline: Option<Span>,
    /// Of the work, what no interruption takes away.
    saved: Span,
    saved_before_attempt: Span,
    occupied: u128,
    lost: u128,
}

/// GPUs of a machine that a job has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub machine: usize,
    pub gpus: u32,
    pub since: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not yet submitted, or in the queue.
    Waiting,
    /// It has its GPUs, or some of them, and waits until all are ready.
    Preparing,
    Running(Phase),
    Done(Time),
    NeverEnds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Restarting,
    /// On from what is saved, with a checkpoint after every stretch of work but the last.
    Working {
        since: Time,
    },
    /// A checkpoint of the last minute, of this progress.
    Saving {
        progress: Span,
    },
}

impl Job {
    pub fn new(class_index: usize, class: &JobClass, index: u32, gpu_time: Span) -> Job {
        Job {
            class: class_index,
            submitted: class.submitted(index),
            gpus: class.gpus,
            state: State::Waiting,
            shares: Vec::new(),
            missing: 0,
            attempt: 0,
            step: 0,
            gpu_time,
            work: Span::from_nanos(gpu_time.nanos().div_ceil(u64::from(class.gpus))),
            checkpoint: class.checkpoint,
            restart: class.restart,
            deadline: class.deadline,
            saved: Span::ZERO,
            saved_before_attempt: Span::ZERO,
            occupied: 0,
            lost: 0,
        }
    }

    /// Begins an attempt, all machines being ready; the end of its first phase. Every attempt but the first one restarts.
    pub fn begin(&mut self, now: Time) -> Time {
        self.attempt += 1;
        self.saved_before_attempt = self.saved;
        if self.attempt > 1 {
            self.enter(Phase::Restarting);
            return now + self.restart;
        }
        self.work_on(now)
    }

    /// The end of a phase; that of the next one, or `None` when the job is done.
    pub fn end_phase(&mut self, now: Time) -> Option<Time> {
        match self.state {
            State::Running(Phase::Saving { progress }) => self.saved = progress,
            State::Running(Phase::Restarting) => {}
            _ => {
                self.saved = self.work;
                self.state = State::Done(now);
                return None;
            }
        }
        Some(self.work_on(now))
    }

    fn enter(&mut self, phase: Phase) {
        self.step += 1;
        self.state = State::Running(phase);
    }

    /// Works until it is done, unless something comes between.
    fn work_on(&mut self, now: Time) -> Time {
        self.enter(Phase::Working { since: now });
        self.done(now)
    }

    /// When it is done that works on from what is saved since a time.
    fn done(&self, since: Time) -> Time {
        let left = self.work.nanos() - self.saved.nanos();
        let saving = self.checkpoint.map_or(0, |checkpoint| {
            // After every stretch but the last.
            let stretches = left.div_ceil(checkpoint.every.nanos());
            u128::from(stretches.saturating_sub(1)) * u128::from(checkpoint.cost.nanos())
        });
        since + Span::from_nanos(left) + Span::from_nanos(u64::try_from(saving).unwrap_or(u64::MAX))
    }

    /// What is done and what is saved of it, some time after it began to work on; and whether a checkpoint is being written.
    fn progress(&self, since: Time, now: Time) -> (Span, Span, bool) {
        let elapsed = (now - since).nanos();
        let Some(checkpoint) = self.checkpoint else {
            return (self.saved + Span::from_nanos(elapsed), self.saved, false);
        };
        let (every, cost) = (checkpoint.every.nanos(), checkpoint.cost.nanos());
        let (written, rest) = (elapsed / (every + cost), elapsed % (every + cost));
        let saved = self.saved + Span::from_nanos(written * every);
        // A stretch that has just ended is one whose checkpoint begins.
        (saved + Span::from_nanos(rest.min(every)), saved, rest >= every)
    }

    /// The last moment for a checkpoint before an interruption at `until`: the end of the checkpoint that is written now,
    /// `None` where none is: nothing is worth it, the job is done before, or one is being written anyway.
    pub fn save(&mut self, now: Time, until: Time) -> Option<Time> {
        let State::Running(Phase::Working { since }) = self.state else { return None };
        let cost = self.checkpoint?.cost;
        let (progress, saved, is_saving) = self.progress(since, now);
        if is_saving || progress == saved || self.done(since) <= until {
            return None;
        }
        self.saved = saved;
        self.enter(Phase::Saving { progress });
        Some(now + cost)
    }

    /// What a checkpoint takes, if the job writes any.
    pub fn checkpoint_cost(&self) -> Option<Span> {
        self.checkpoint.map(|checkpoint| checkpoint.cost)
    }

    /// Ends an attempt: what is not saved is lost.
    pub fn lose(&mut self, now: Time) {
        let (progress, saved) = match self.state {
            State::Running(Phase::Working { since }) => {
                let (progress, saved, _) = self.progress(since, now);
                (progress, saved)
            }
            State::Running(Phase::Saving { progress }) => (progress, self.saved),
            _ => (self.saved, self.saved),
        };
        self.lost += u128::from(progress.nanos() - saved.nanos());
        self.saved = saved;
        self.state = State::Preparing;
        self.step += 1;
    }

    /// Whether the last attempt saved anything.
    pub fn came_further(&self) -> bool {
        self.saved > self.saved_before_attempt
    }

    /// Takes away the share of a machine; its GPUs.
    pub fn give_back(&mut self, machine: usize, now: Time) -> u32 {
        let Some(index) = self.shares.iter().position(|share| share.machine == machine) else { return 0 };
        let share = self.shares.swap_remove(index);
        self.occupied += u128::from((now - share.since).nanos()) * u128::from(share.gpus);
        share.gpus
    }

    pub fn record(&self) -> JobRecord {
        let completed = match self.state {
            State::Done(at) => Some(at),
            _ => None,
        };
        let in_time = |deadline: Span| completed.is_some_and(|at| at <= self.submitted + deadline);
        JobRecord {
            class: self.class,
            submitted: self.submitted,
            completed,
            met_deadline: self.deadline.map(in_time),
            work: u128::from(self.gpu_time.nanos()),
            occupied: self.occupied,
            lost: self.lost * u128::from(self.gpus),
            restarts: self.attempt.saturating_sub(1),
        }
    }
}
