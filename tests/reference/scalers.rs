//! How many instances a scaler wants, computed anew at every look from all that has happened.

use breakeven::scenario::{Decimal, InFlight, QueueDelay, ScaleOut, Serverless, WindowedConcurrency};
use breakeven::unit::{Rate, Span, Time};

/// What a scaler is shown of its pool.
pub struct View {
    pub now: Time,
    /// Instances that are ready and do not drain.
    pub ready: u64,
    pub starting: u64,
    pub waiting: u64,
    pub in_service: u64,
    /// How long the head of the queue has waited.
    pub head_wait: Option<Span>,
    /// Of every request so far: when it arrived, and when it left.
    pub stays: Vec<(Time, Option<Time>)>,
}

impl View {
    fn present(&self) -> u64 {
        self.ready + self.starting
    }
}

#[derive(Clone, Debug)]
pub struct Scaler {
    rule: Rule,
    fewest: u64,
    most: u64,
    slots: u64,
    /// What it wanted last.
    wanted: u64,
    /// What was needed at every look.
    needed: Vec<(Time, u64)>,
}

#[derive(Clone, Debug)]
enum Rule {
    QueueDelay(QueueDelay),
    InFlight(InFlight),
    Windowed(WindowedConcurrency),
}

impl Scaler {
    /// `None` where arrivals themselves start instances.
    pub fn of(pool: &Serverless) -> Option<Scaler> {
        let rule = match pool.scale_out {
            ScaleOut::QueueDelay(rule) => Rule::QueueDelay(rule),
            ScaleOut::InFlight(rule) => Rule::InFlight(rule),
            ScaleOut::WindowedConcurrency(rule) => Rule::Windowed(rule),
            _ => return None,
        };
        let fewest = u64::from(pool.min_instances);
        let most = pool.max_instances.map_or(u64::MAX, u64::from);
        Some(Scaler { rule, fewest, most, slots: u64::from(pool.slots), wanted: fewest, needed: Vec::new() })
    }

    /// It looks at whole multiples of this.
    pub fn interval(&self) -> Span {
        match &self.rule {
            Rule::QueueDelay(rule) => rule.interval,
            Rule::InFlight(rule) => rule.interval,
            Rule::Windowed(rule) => rule.interval,
        }
    }

    /// Whether it takes instances away that it does not want; if not, they are stopped after their keep-alive time.
    pub fn takes_away(&self) -> bool {
        matches!(self.rule, Rule::Windowed(_))
    }

    /// How many instances there shall be, starting ones counted and draining ones not.
    pub fn look(&mut self, view: &View) -> u64 {
        let wanted = match self.rule {
            Rule::QueueDelay(rule) => self.by_queue_delay(&rule, view),
            Rule::InFlight(rule) => instances_for(u128::from(view.waiting + view.in_service), 1, rule.target),
            Rule::Windowed(rule) => self.by_window(&rule, view),
        };
        self.wanted = self.within(wanted);
        self.wanted
    }

    /// The same between looks, when a request comes and there is no instance at all.
    pub fn wake(&mut self, view: &View) -> u64 {
        match self.rule {
            Rule::QueueDelay(_) | Rule::InFlight(_) => self.look(view),
            Rule::Windowed(rule) => {
                // One for a request that waits, and those that are kept while there is traffic.
                let needed = if view.waiting > 0 { 1 + u64::from(rule.buffer) } else { 0 };
                self.wanted = self.within(self.wanted.max(needed));
                self.wanted
            }
        }
    }

    fn within(&self, wanted: u64) -> u64 {
        wanted.max(self.fewest).min(self.most)
    }

    /// From none the first request adds one. Later, while the head has waited longer than the delay, one and some extra
    /// ones, as far as more wait than slots start.
    fn by_queue_delay(&self, rule: &QueueDelay, view: &View) -> u64 {
        let lacking = view.waiting.div_ceil(self.slots).saturating_sub(view.starting);
        let at_most = match view.head_wait {
            _ if view.present() == 0 => 1,
            Some(waited) if waited > rule.delay => 1 + u64::from(rule.extra_workers),
            _ => 0,
        };
        view.present() + lacking.min(at_most)
    }

    /// The mean number in flight over the window / (target x utilisation), rounded up, and the buffer unless that is none.
    /// Fewer than there are only once the most that was needed during the delay is fewer, and not too many fewer at once.
    fn by_window(&mut self, rule: &WindowedConcurrency, view: &View) -> u64 {
        let (from, to) = (view.now.nanos().saturating_sub(rule.window.nanos()), view.now.nanos());
        let within = |&(arrival, left): &(Time, Option<Time>)| {
            let until = left.map_or(to, |left| left.nanos().clamp(from, to));
            u128::from(until - arrival.nanos().clamp(from, until))
        };
        let in_flight: u128 = view.stays.iter().map(within).sum();
        let billion = Decimal::ONE.billionths;
        let aim = u128::from(rule.target.billionths) * u128::from(rule.target_utilization.billionths);
        let aim = u64::try_from(aim / u128::from(billion)).expect("a target is small").max(1);
        let needed = match instances_for(in_flight, rule.window.nanos().into(), Decimal { billionths: aim }) {
            0 => 0,
            needed => needed + u64::from(rule.buffer),
        };
        let needed = self.within(needed);
        self.needed.push((view.now, needed));
        if needed >= view.present() {
            return needed;
        }
        let is_recent = |at: Time| at == view.now || at + rule.scale_down_delay > view.now;
        let recent = self.needed.iter().filter(|&&(at, _)| is_recent(at)).map(|&(_, needed)| needed);
        let delayed = recent.max().expect("this look at least");
        let stays = u128::from(view.present()) * u128::from(billion - rule.max_scale_down_rate.billionths);
        let stays = u64::try_from(stays / u128::from(billion)).expect("no more than there are");
        delayed.max(stays).min(view.present())
    }
}

/// `total / over` of something, at so much an instance, rounded up.
fn instances_for(total: u128, over: u128, per_instance: Decimal) -> u64 {
    let billion = u128::from(Decimal::ONE.billionths);
    let instances = (total * billion).div_ceil(over * u128::from(per_instance.billionths));
    u64::try_from(instances).expect("a test has few instances")
}

/// Whether a bucket of `burst` tokens, full at first, that fills at `rate`, has a token left at `now`, when one was taken at
/// each of these times.
pub fn has_token(rate: Rate, burst: u64, taken: &[Time], now: Time) -> bool {
    // In billionths of a token for each nanosecond of the rate's unit, so that what flows in is whole.
    let token = 1_000_000_000 * u128::from(rate.per().nanos());
    let full = u128::from(burst) * token;
    let (mut level, mut as_of) = (full, Time::START);
    let mut fill_until = |level: u128, time: Time| {
        let inflow = u128::from(time.nanos() - as_of.nanos()) * u128::from(rate.nano_events());
        as_of = time;
        full.min(level + inflow)
    };
    for &time in taken {
        level = fill_until(level, time) - token;
    }
    fill_until(level, now) >= token
}
