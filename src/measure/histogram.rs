//! A log-linear histogram of durations: every bucket is at most 1/512 of its values wide, so its middle is within
//! 0.1 % of each of them.
//!
//! The layout is that of HdrHistogram (Gil Tene, 2012): durations below 1,024 ns have a bucket each; above, every
//! octave is cut into 512 equal buckets.

use crate::unit::Span;

/// Buckets an octave, as a power of two.
const PRECISION_BITS: u32 = 9;
const BUCKETS_PER_OCTAVE: usize = 1 << PRECISION_BITS;
/// Buckets for all of 0..2^64 ns.
const BUCKETS: usize = (64 - PRECISION_BITS as usize + 1) * BUCKETS_PER_OCTAVE;

/// Counts durations into a [`Histogram`]; it has room for every duration, so that recording never allocates.
#[derive(Clone, Debug)]
pub struct HistogramRecorder {
    counts: Box<[u64; BUCKETS]>,
}

impl HistogramRecorder {
    #[must_use]
    #[expect(clippy::new_without_default, reason = "225 kB are not a default")]
    pub fn new() -> HistogramRecorder {
        let counts = vec![0; BUCKETS].try_into().expect("as many as there are buckets");
        HistogramRecorder { counts }
    }

    /// Counts one duration.
    #[inline]
    pub fn record(&mut self, value: Span) {
        self.counts[bucket_of(value.nanos())] += 1;
    }

    /// How many durations were recorded so far; it counts them again.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The histogram of what was recorded, without the empty buckets at both ends.
    #[must_use]
    pub fn finish(&self) -> Histogram {
        let Some(first) = self.counts.iter().position(|&count| count > 0) else { return Histogram::default() };
        let last = self.counts.iter().rposition(|&count| count > 0).expect("one bucket is not empty");
        let counts = self.counts[first..=last].to_vec();
        Histogram { first, total: counts.iter().sum(), counts }
    }
}

/// Counts of durations by bucket, as a [`HistogramRecorder`] has recorded them or several histograms together.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// The bucket that `counts[0]` counts.
    first: usize,
    counts: Vec<u64>,
    total: u64,
}

impl FromIterator<Span> for Histogram {
    fn from_iter<I: IntoIterator<Item = Span>>(values: I) -> Histogram {
        let mut recorder = HistogramRecorder::new();
        values.into_iter().for_each(|value| recorder.record(value));
        recorder.finish()
    }
}

impl Histogram {
    /// How many durations were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.total
    }

    /// Adds every count of `other`.
    pub fn merge(&mut self, other: &Histogram) {
        if other.total == 0 {
            return;
        }
        self.cover(other.first, other.first + other.counts.len());
        let offset = other.first - self.first;
        for (count, more) in self.counts[offset..].iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    /// Grows so that it has the buckets `first..end`.
    fn cover(&mut self, first: usize, end: usize) {
        if self.counts.is_empty() {
            self.first = first;
            self.counts = vec![0; end - first];
            return;
        }
        let old_end = self.first + self.counts.len();
        if first < self.first || end > old_end {
            let new_first = first.min(self.first);
            let mut counts = vec![0; end.max(old_end) - new_first];
            counts[self.first - new_first..old_end - new_first].copy_from_slice(&self.counts);
            self.first = new_first;
            self.counts = counts;
        }
    }

    /// The non-empty buckets in ascending order: the middle of each, and its count.
    pub fn buckets(&self) -> impl Iterator<Item = (Span, u64)> + '_ {
        self.counts
            .iter()
            .enumerate()
            .filter(|&(_, &count)| count > 0)
            .map(|(offset, &count)| (middle_of(self.first + offset), count))
    }

    /// The nearest-rank quantile: the middle of the bucket that holds the order statistic of rank ceil(q x count).
    /// `q` is clamped to [0, 1]; `None` when the histogram is empty.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<Span> {
        self.quantile_without(None, q)
    }

    /// The quantile of this histogram less the counts of `part`, which must have been merged into it: what a jackknife asks.
    #[must_use]
    pub fn quantile_without(&self, part: Option<&Histogram>, q: f64) -> Option<Span> {
        let left_out = |bucket: usize| {
            part.and_then(|part| part.counts.get(bucket.checked_sub(part.first)?)).copied().unwrap_or(0)
        };
        let rank = Histogram::rank(q, self.total - part.map_or(0, |part| part.total))?;
        let mut seen = 0;
        self.counts.iter().enumerate().find_map(|(offset, &count)| {
            let bucket = self.first + offset;
            seen += count - left_out(bucket);
            (seen >= rank).then(|| middle_of(bucket))
        })
    }

    /// The nearest rank of a quantile among `count` values: ceil(q x count), at least 1; `None` when `count` is zero.
    #[must_use]
    pub fn rank(q: f64, count: u64) -> Option<u64> {
        (count > 0).then(|| ((q * count as f64).ceil() as u64).clamp(1, count))
    }

    /// Whether two durations share a bucket, so that no histogram can tell which is the longer.
    #[must_use]
    pub fn takes_as_equal(a: Span, b: Span) -> bool {
        bucket_of(a.nanos()) == bucket_of(b.nanos())
    }
}

impl PartialEq for Histogram {
    /// Two histograms are equal when they counted alike, however much room they have.
    fn eq(&self, other: &Histogram) -> bool {
        self.total == other.total && self.buckets().eq(other.buckets())
    }
}

#[inline]
fn bucket_of(nanos: u64) -> usize {
    // Below 2 x BUCKETS_PER_OCTAVE the shift is zero and every value is its own bucket.
    let shift = (63 - (nanos | BUCKETS_PER_OCTAVE as u64).leading_zeros()) - PRECISION_BITS;
    ((shift as usize) << PRECISION_BITS) + (nanos >> shift) as usize
}

/// The middle of a bucket, to the nanosecond below.
fn middle_of(bucket: usize) -> Span {
    let shift = (bucket >> PRECISION_BITS).saturating_sub(1);
    let low = ((bucket - (shift << PRECISION_BITS)) as u64) << shift;
    Span::from_nanos(low + (((1_u64 << shift) - 1) >> 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u64]) -> Histogram {
        values.iter().copied().map(Span::from_nanos).collect()
    }

    #[test]
    fn the_greatest_duration_has_a_bucket() {
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn an_empty_histogram_has_no_quantile() {
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(of(&[]).quantile(0.5), None);
    }

    proptest! {
        #[test]
        fn a_bucket_is_within_a_thousandth_of_its_values(value: u64) {
            let middle = middle_of(bucket_of(value)).nanos();
            prop_assert!(middle.abs_diff(value) as f64 <= value as f64 * 0.001, "{value} became {middle}");
        }

        #[test]
        fn quantiles_are_within_a_thousandth_of_the_order_statistic(
            mut values in prop::collection::vec(0..u64::MAX / 2, 1..200), q in 0.0..=1.0_f64,
        ) {
            let histogram = of(&values);
            values.sort_unstable();
            let exact = values[((q * values.len() as f64).ceil() as usize).max(1) - 1];
            let read = histogram.quantile(q).unwrap().nanos();
            prop_assert!(read.abs_diff(exact) as f64 <= exact as f64 * 0.001);
        }

        #[test]
        fn merging_and_leaving_out_are_inverse(
            a in prop::collection::vec(0..1_000_000_u64, 1..50), b in prop::collection::vec(0..1_000_000_u64, 1..50), q in 0.0..=1.0_f64,
        ) {
            let (left, right) = (of(&a), of(&b));
            let mut both = left.clone();
            both.merge(&right);
            prop_assert_eq!(&both, &of(&[a, b].concat()));
            prop_assert_eq!(both.quantile_without(Some(&right), q), left.quantile(q));
        }
    }
}
