//! Values in even ratios.

/// Value `index` of those from `from` (index 0) to `to` (index `last`, at least 1) on a logarithmic scale; the ends themselves are
/// better taken as they are. Both are above zero. The same bits on every machine.
#[must_use]
pub(super) fn in_even_ratios(from: f64, to: f64, index: usize, last: usize) -> f64 {
    let (low, high) = (libm::log(from), libm::log(to));
    libm::exp(low + (high - low) * index as f64 / last as f64)
}
