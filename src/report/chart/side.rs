//! A way along a map of cells: the edges between them, where an axis has their values, and what is written beside them.

use super::axis::{Scale, Tick};
use super::quantity::{Axis, AxisScale};

/// The cells along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Side {
    pub scale: Scale,
    /// A tick in the middle of each cell.
    pub ticks: Vec<Tick>,
    /// One more than cells, ascending.
    edges: Vec<f64>,
    /// Whether values of the axis have a place between cells: not where the values of the cells have none themselves.
    measured: bool,
}

/// Digits of the value of a cell.
const DIGITS: i32 = 3;

impl Side {
    /// How many cells there are.
    pub(super) fn count(axis: &Axis, values: &[f64]) -> usize {
        match &axis.scale {
            AxisScale::Labels(labels) => labels.len(),
            AxisScale::Linear | AxisScale::Logarithmic => values.len(),
        }
    }

    /// `None` without a cell. Values that do not ascend, or have no place on the axis, are evenly spaced like labels.
    pub(super) fn new(axis: &Axis, values: &[f64], positions: (f64, f64)) -> Option<Side> {
        let written = |&value: &f64| axis.unit.write(value, DIGITS);
        match &axis.scale {
            AxisScale::Labels(labels) => Side::even(labels.clone(), positions, true),
            AxisScale::Linear | AxisScale::Logarithmic => {
                let ascending = values.windows(2).all(|pair| pair[0] < pair[1]);
                if !ascending || !values.iter().all(|&value| axis.holds(value)) {
                    return Side::even(values.iter().map(written).collect(), positions, false);
                }
                let logarithmic = axis.scale == AxisScale::Logarithmic;
                let edges = if logarithmic { logarithmic_edges(values) } else { linear_edges(values) };
                let ends = (*edges.first()?, *edges.last()?);
                let scale =
                    if logarithmic { Scale::logarithmic(ends, positions) } else { Scale::linear(ends, positions) };
                let ticks = values.iter().map(|value| Tick { value: *value, label: written(value) }).collect();
                Some(Side { scale, ticks, edges, measured: true })
            }
        }
    }

    fn even(labels: Vec<String>, positions: (f64, f64), measured: bool) -> Option<Side> {
        let count = labels.len();
        let edges: Vec<f64> = (0..=count).map(|index| index as f64 - 0.5).collect();
        let ends = (-0.5, count as f64 - 0.5);
        let ticks = labels.into_iter().enumerate().map(|(index, label)| Tick { value: index as f64, label }).collect();
        (count > 0).then(|| Side { scale: Scale::linear(ends, positions), ticks, edges, measured })
    }

    /// The edges of a cell.
    pub(super) fn cell(&self, index: usize) -> Option<(f64, f64)> {
        Some((*self.edges.get(index)?, *self.edges.get(index.checked_add(1)?)?))
    }

    /// Whether a guide at a value lies on the map.
    pub(super) fn guides(&self, value: f64) -> bool {
        let ends = self.edges.first().zip(self.edges.last());
        self.measured && ends.is_some_and(|(low, high)| *low <= value && value <= *high)
    }

    /// The length of the shortest cell.
    pub(super) fn narrowest(&self) -> f64 {
        let lengths = self.edges.windows(2).map(|edges| (self.scale.at(edges[1]) - self.scale.at(edges[0])).abs());
        lengths.fold(f64::INFINITY, f64::min)
    }
}

/// Half way between values; the first and last cell reach as far beyond their values.
fn linear_edges(values: &[f64]) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (values.first(), values.last()) else {
        return Vec::new();
    };
    let between = values.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    let mut edges: Vec<f64> = std::iter::once(first).chain(between).chain([last]).collect();
    let end = edges.len() - 1;
    if end == 1 {
        let half = if first == 0.0 { 0.5 } else { first.abs() / 2.0 };
        return vec![first - half, first + half];
    }
    edges[0] = first - (edges[1] - first);
    edges[end] = last + (last - edges[end - 1]);
    edges
}

/// Likewise between the logarithms of positive values.
fn logarithmic_edges(values: &[f64]) -> Vec<f64> {
    if let [only] = values {
        return vec![only / 2.0, only * 2.0];
    }
    let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    linear_edges(&logarithms).into_iter().map(f64::exp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::quantity::Unit;

    fn side(scale: AxisScale, values: &[f64]) -> Option<Side> {
        let axis = Axis { title: String::new(), scale, unit: Unit::Seconds };
        Side::new(&axis, values, (0.0, 400.0))
    }

    #[test]
    fn edges_lie_half_way_between_values_on_the_scale() {
        let linear = side(AxisScale::Linear, &[10.0, 20.0, 40.0]).unwrap();
        assert_eq!(linear.edges, [5.0, 15.0, 30.0, 50.0]);
        let logarithmic = side(AxisScale::Logarithmic, &[1.0, 100.0]).unwrap();
        let exact = [0.1, 10.0, 1_000.0];
        assert!(logarithmic.edges.iter().zip(exact).all(|(edge, exact)| (edge / exact - 1.0).abs() < 1e-12));
        assert!((logarithmic.narrowest() - 200.0).abs() < 1e-6);
        assert!(logarithmic.guides(60.0) && !logarithmic.guides(3_600.0));
    }

    #[test]
    fn one_value_has_a_cell_around_it_and_no_value_none() {
        for scale in [AxisScale::Linear, AxisScale::Logarithmic] {
            let only = side(scale.clone(), &[60.0]).unwrap();
            let (low, high) = only.cell(0).unwrap();
            assert!(low < 60.0 && 60.0 < high);
            assert_eq!(only.cell(1), None);
            assert_eq!(only.cell(usize::MAX), None);
            assert_eq!(side(scale, &[]), None);
        }
    }

    #[test]
    fn values_without_order_or_place_are_evenly_spaced_and_take_no_guide() {
        for values in [[3.0, 2.0, 9.0], [5.0, 5.0, 5.0], [0.0, 1.0, 2.0]] {
            let even = side(AxisScale::Logarithmic, &values).unwrap();
            assert_eq!(even.edges, [-0.5, 0.5, 1.5, 2.5]);
            assert!(!even.guides(1.0));
        }
        let named = side(AxisScale::Labels(vec!["a".to_owned(), "b".to_owned()]), &[]).unwrap();
        assert_eq!(named.cell(1), Some((0.5, 1.5)));
        assert!(named.guides(0.5), "between two labels");
    }
}
