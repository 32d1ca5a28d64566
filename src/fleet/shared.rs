//! Several requests an instance that share its throughput: processor sharing, exact.
//!
//! With b requests in service on an instance each works at the speed r(b), a whole number of 2^-32 of the speed that it
//! would have alone ([`Throughput::speed`]). The instance keeps the work that a request there all the time would have
//! attained, in 2^-32 ns: a whole number too, as everything happens at whole nanoseconds. A request that begins when that
//! is V and needs S ns alone has done its work at V + 2^32 S, whoever comes and goes. So the requests of an instance finish
//! in the order of these marks, equal ones in the order in which they began: a heap of them is all that joining and
//! leaving touch. A completion is at the first whole nanosecond at which the mark is reached, never before the work is
//! done and less than a nanosecond after it; from then on the others are faster. Of several instances with a completion at
//! the same instant the one comes first whose next request began first.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::measure::Loss;
use crate::scenario::Throughput;
use crate::unit::{Span, Time};

use super::agenda::Agenda;
use super::calendar::Completion;
use super::meter::{Meter, Observer, Request, Start};
use super::service::{Ahead, Service, Starting};

/// The requests in service of a pool whose slots share their instances.
#[derive(Clone)]
pub(super) struct Shared {
    /// By the number of requests in service on an instance: the speed of each.
    speeds: Arc<[u64]>,
    /// By place, as [`super::instances::Instances`] has them.
    instances: Vec<SharedInstance>,
    agenda: Agenda,
    /// Services that are cut off unless they have ended: when, their turns, their instances. The first is in service.
    cuts: BinaryHeap<Reverse<(Time, u64, u32)>>,
    /// Services begun.
    begun: u64,
}

#[derive(Clone, Default)]
struct SharedInstance {
    /// What a request there all the time would have attained by `as_of`, in 2^-32 ns.
    attained: u128,
    as_of: Time,
    in_service: BinaryHeap<Reverse<InService>>,
}

#[derive(Clone, Copy)]
struct InService {
    /// What its instance has attained when its work is done.
    mark: u128,
    /// Its turn in the order in which services began.
    turn: u64,
    request: Request,
    start: Start,
    /// Why it is cut off, if it is.
    cut: Option<Loss>,
}

impl Shared {
    pub fn new(throughput: &Throughput, slots: u32) -> Shared {
        let speeds = (1..=slots).map(|batch| throughput.speed(batch));
        Shared {
            speeds: std::iter::once(0).chain(speeds).collect(),
            instances: Vec::new(),
            agenda: Agenda::new(),
            cuts: BinaryHeap::new(),
            begun: 0,
        }
    }

    fn join(&mut self, request: Request, start: Start, index: u32, cut: Option<(Time, Loss)>) {
        let place = index as usize;
        if place >= self.instances.len() {
            self.instances.resize_with(place + 1, SharedInstance::default);
        }
        let instance = &mut self.instances[place];
        instance.bring_to(start.at, &self.speeds);
        let mark = instance.attained + u128::from(request.service.nanos()) * u128::from(Throughput::FULL_SPEED);
        instance.in_service.push(Reverse(InService {
            mark,
            turn: self.begun,
            request,
            start,
            cut: cut.map(|(_, loss)| loss),
        }));
        if let Some((time, _)) = cut {
            self.cuts.push(Reverse((time, self.begun, index)));
        }
        self.begun += 1;
        self.agenda.put(index, instance.next(&self.speeds));
    }

    /// The next request to complete leaves.
    fn leave(&mut self) -> Option<(Completion, InService)> {
        let (time, index) = self.agenda.first()?;
        let instance = &mut self.instances[index as usize];
        instance.bring_to(time, &self.speeds);
        let Reverse(done) = instance.in_service.pop()?;
        self.agenda.put(index, instance.next(&self.speeds));
        self.forget_cuts();
        Some((Completion { time, instance: index }, done))
    }

    /// The next request to be cut off leaves.
    fn leave_cut(&mut self) -> Option<(Completion, InService)> {
        let Reverse((time, turn, index)) = self.cuts.pop()?;
        let instance = &mut self.instances[index as usize];
        instance.bring_to(time, &self.speeds);
        let in_service = std::mem::take(&mut instance.in_service).into_vec();
        let (cut, others): (Vec<_>, Vec<_>) = in_service.into_iter().partition(|Reverse(other)| other.turn == turn);
        instance.in_service = others.into();
        self.agenda.put(index, instance.next(&self.speeds));
        self.forget_cuts();
        cut.into_iter().next().map(|Reverse(cut)| (Completion { time, instance: index }, cut))
    }

    /// Forgets the cuts of services that have ended before, as far as they come first.
    fn forget_cuts(&mut self) {
        while let Some(&Reverse((_, turn, index))) = self.cuts.peek()
            && !self.instances[index as usize].in_service.iter().any(|Reverse(other)| other.turn == turn)
        {
            self.cuts.pop();
        }
    }

    /// When the next service is cut off, if that is before the next completion.
    fn next_cut(&self) -> Option<Time> {
        let &Reverse((time, ..)) = self.cuts.peek()?;
        self.agenda.first().is_none_or(|(completion, _)| time < completion).then_some(time)
    }
}

impl SharedInstance {
    fn bring_to(&mut self, now: Time, speeds: &[u64]) {
        let speed = speeds[self.in_service.len()];
        self.attained += u128::from((now - self.as_of).nanos()) * u128::from(speed);
        self.as_of = now;
    }

    /// When its next request completes, and that one's turn, if it stays as it is.
    fn next(&self, speeds: &[u64]) -> Option<(Time, u64)> {
        let Reverse(next) = self.in_service.peek()?;
        let left = next.mark.saturating_sub(self.attained);
        let speed = speeds[self.in_service.len()];
        // Most are short enough for the shorter division.
        let nanos = match u64::try_from(left) {
            Ok(left) => left.div_ceil(speed),
            Err(_) => u64::try_from(left.div_ceil(u128::from(speed))).unwrap_or(u64::MAX),
        };
        Some((self.as_of + Span::from_nanos(nanos), next.turn))
    }
}

impl Service for Shared {
    fn expect_gap(&mut self, _: Span) {}

    fn begin<O: Observer>(
        &mut self,
        request: &Request,
        start: Start,
        instance: u32,
        cut: Option<(Time, Loss)>,
        _: &mut Meter<O>,
    ) {
        self.join(*request, start, instance, cut);
    }

    #[inline]
    fn next_time(&self) -> Option<Time> {
        self.next_cut().or_else(|| self.agenda.first().map(|(time, _)| time))
    }

    fn end_next<O: Observer>(&mut self, meter: &mut Meter<O>) -> Option<Completion> {
        if self.next_cut().is_some() {
            let (completion, cut) = self.leave_cut()?;
            meter.cut(&cut.request, cut.start, completion.time, cut.cut.unwrap_or(Loss::ExecutionLimit));
            return Some(completion);
        }
        let (completion, done) = self.leave()?;
        meter.served_until(&done.request, done.start, completion.time);
        Some(completion)
    }

    fn interrupt(&mut self, index: u32) -> Vec<(Request, Start)> {
        let Some(instance) = self.instances.get_mut(index as usize) else { return Vec::new() };
        let mut gone = std::mem::take(&mut instance.in_service).into_vec();
        gone.sort_by_key(|Reverse(request)| request.turn);
        self.agenda.put(index, None);
        self.forget_cuts();
        gone.into_iter().map(|Reverse(gone)| (gone.request, gone.start)).collect()
    }

    /// Lets a copy of the pool go on until the arrival would begin: who begins before it slows the others down.
    fn first_free<'a>(&self, ahead: &Ahead<'_>, queue: impl Iterator<Item = &'a Request>) -> Option<Time> {
        let mut future = self.clone();
        let (mut starting, mut queue) = (ahead.starting.iter().peekable(), queue.copied());
        let begin = |at| Start { at, instance: 0, cold: false };
        loop {
            let ready = starting.peek().map(|start| start.ready);
            if future.next_time().is_some_and(|time| ready.is_none_or(|ready| time <= ready)) {
                let is_cut = future.next_cut().is_some();
                let (Completion { time, instance }, _) = if is_cut { future.leave_cut()? } else { future.leave()? };
                if (ahead.is_draining)(instance) {
                    continue;
                }
                let Some(head) = queue.next() else { return Some(time) };
                future.join(head, begin(time), instance, None);
                continue;
            }
            let &Starting { ready, instance, bound } = starting.next()?;
            let mut bound = bound;
            for _ in 0..ahead.slots {
                let Some(request) = bound.take().or_else(|| queue.next()) else { return Some(ready) };
                future.join(request, begin(ready), instance, None);
            }
        }
    }
}

/// By the mark, equal ones by turn.
impl Ord for InService {
    fn cmp(&self, other: &InService) -> Ordering {
        (self.mark, self.turn).cmp(&(other.mark, other.turn))
    }
}

impl PartialOrd for InService {
    fn partial_cmp(&self, other: &InService) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for InService {
    fn eq(&self, other: &InService) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for InService {}
