//! Requests that wait: in one FIFO queue, or bound to the instance that was started for them; and when they give up.

use std::collections::VecDeque;

use crate::unit::{Span, Time};

use super::meter::Request;

/// Names one waiting request, for as long as it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    place: u32,
    number: u64,
}

/// The waiting requests of a pool.
pub(super) struct WaitingRoom {
    places: Vec<Place>,
    vacant: Vec<u32>,
    numbers: u64,
    queue: VecDeque<Ticket>,
    /// How many of `queue` still wait.
    queued: u64,
    bound: u64,
    timeouts: Vec<Option<Span>>,
    /// By class, for classes with a time-out: when each gives up, in the order of arrival.
    deadlines: Vec<VecDeque<(Time, Ticket)>>,
}

struct Place {
    /// The number of the request that waits here; `None` when vacant.
    number: Option<u64>,
    request: Request,
    /// The instance that was started for it; `None` in the queue.
    bound_to: Option<u32>,
}

impl WaitingRoom {
    pub fn new(timeouts: Vec<Option<Span>>) -> WaitingRoom {
        WaitingRoom {
            places: Vec::new(),
            vacant: Vec::new(),
            numbers: 0,
            queue: VecDeque::new(),
            queued: 0,
            bound: 0,
            deadlines: timeouts.iter().map(|_| VecDeque::new()).collect(),
            timeouts,
        }
    }

    /// Requests in the queue.
    #[inline]
    pub fn queued(&self) -> u64 {
        self.queued
    }

    /// Requests in the queue or bound to an instance.
    #[inline]
    pub fn waiting(&self) -> u64 {
        self.queued + self.bound
    }

    /// A request joins the end of the queue.
    pub fn join(&mut self, request: Request) {
        let ticket = self.admit(request, None);
        self.queue.push_back(ticket);
        self.queued += 1;
    }

    /// A request whose service was interrupted is at the head of the queue again. It does not give up any more.
    pub fn rejoin(&mut self, request: Request) {
        let ticket = self.file(request, None);
        self.queue.push_front(ticket);
        self.queued += 1;
    }

    /// A request waits for the instance that is started for it.
    pub fn bind(&mut self, request: Request, instance: u32) -> Ticket {
        self.bound += 1;
        self.admit(request, Some(instance))
    }

    fn admit(&mut self, request: Request, bound_to: Option<u32>) -> Ticket {
        let ticket = self.file(request, bound_to);
        let class = usize::from(request.class);
        if let Some(timeout) = self.timeouts[class] {
            self.deadlines[class].push_back((request.arrival + timeout, ticket));
        }
        ticket
    }

    fn file(&mut self, request: Request, bound_to: Option<u32>) -> Ticket {
        let number = self.numbers;
        self.numbers += 1;
        let place = Place { number: Some(number), request, bound_to };
        let index = match self.vacant.pop() {
            Some(index) => {
                self.places[index as usize] = place;
                index
            }
            None => {
                self.places.push(place);
                u32::try_from(self.places.len() - 1).expect("fewer than 2^32 requests wait at once")
            }
        };
        Ticket { place: index, number }
    }

    /// The request that holds a ticket, if it still waits.
    pub fn holder(&self, ticket: Ticket) -> Option<&Request> {
        let place = &self.places[ticket.place as usize];
        (place.number == Some(ticket.number)).then_some(&place.request)
    }

    /// The request that holds a ticket stops waiting, with the instance that it was bound to.
    pub fn leave(&mut self, ticket: Ticket) -> Option<(Request, Option<u32>)> {
        let place = &mut self.places[ticket.place as usize];
        if place.number != Some(ticket.number) {
            return None;
        }
        place.number = None;
        self.vacant.push(ticket.place);
        match place.bound_to {
            Some(_) => self.bound -= 1,
            None => self.queued -= 1,
        }
        Some((place.request, place.bound_to))
    }

    /// A request that waits for an instance waits for another one.
    pub fn rebind(&mut self, ticket: Ticket, instance: u32) {
        self.places[ticket.place as usize].bound_to = Some(instance);
    }

    /// A request that waits for an instance waits at the head of the queue: that instance is not to be.
    pub fn unbind(&mut self, ticket: Ticket) {
        let place = &mut self.places[ticket.place as usize];
        if place.number == Some(ticket.number) && place.bound_to.take().is_some() {
            self.bound -= 1;
            self.queued += 1;
            self.queue.push_front(ticket);
        }
    }

    /// Somebody stops waiting, with the instance that it was bound to: in the order of the queue, then of places.
    pub fn take_any(&mut self) -> Option<(Request, Option<u32>)> {
        if let Some(request) = self.take_head() {
            return Some((request, None));
        }
        let place = self.places.iter().position(|place| place.number.is_some())?;
        let number = self.places[place].number?;
        self.leave(Ticket { place: place as u32, number })
    }

    /// The head of the queue stops waiting.
    pub fn take_head(&mut self) -> Option<Request> {
        while let Some(ticket) = self.queue.pop_front() {
            if let Some((request, _)) = self.leave(ticket) {
                return Some(request);
            }
        }
        None
    }

    /// When the next request gives up, and its ticket; at equal times the one that came first.
    pub fn next_deadline(&mut self) -> Option<(Time, Ticket)> {
        if self.waiting() == 0 {
            return None;
        }
        for deadlines in &mut self.deadlines {
            while let Some((_, ticket)) = deadlines.front()
                && self.places[ticket.place as usize].number != Some(ticket.number)
            {
                deadlines.pop_front();
            }
        }
        let heads = self.deadlines.iter().filter_map(|deadlines| deadlines.front().copied());
        heads.min_by_key(|&(time, ticket)| (time, ticket.number))
    }

    /// The head of the queue. Those before it that wait no more are forgotten.
    pub fn head(&mut self) -> Option<&Request> {
        while let Some(&ticket) = self.queue.front()
            && self.holder(ticket).is_none()
        {
            self.queue.pop_front();
        }
        self.queue.front().and_then(|&ticket| self.holder(ticket))
    }

    /// The requests in the queue, its head first.
    pub fn in_line(&self) -> impl Iterator<Item = &Request> {
        self.queue.iter().filter_map(|&ticket| self.holder(ticket))
    }
}
