//! What an axis shows: a quantity in its unit, or values that are not numbers.

use crate::report::number;

use super::axis::{RoundIn, Scale, Tick, linear_ends, linear_values, logarithmic_ends, logarithmic_values};

/// An axis of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub title: String,
    pub scale: AxisScale,
    pub unit: Unit,
}

/// How values are spread along an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisScale {
    Linear,
    /// Values of zero and below have no place on it: what has them is left out.
    Logarithmic,
    /// Evenly spaced texts: the value 0 is the first one, 1 the next.
    Labels(Vec<String>),
}

/// How the values of an axis are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `$100`, `$2.5k`.
    Dollars,
    /// `500`, `10k`, `1M`.
    Count,
    /// Of values in seconds: `250 ms`, `10 min`.
    Seconds,
    /// Of values in [0, 1]: `30%`.
    Share,
    /// As they are: `0.25`, `1200`.
    Plain,
}

impl Unit {
    /// A value of an axis, to so many significant digits at most, without zeros that say nothing; a dash for what is no number.
    pub(super) fn write(self, value: f64, digits: i32) -> String {
        if !value.is_finite() {
            return number::NONE.to_owned();
        }
        // A negative zero is written without its sign.
        let value = value + 0.0;
        match self {
            Unit::Dollars => format!("{}${}", if value < 0.0 { "-" } else { "" }, short(value.abs(), digits)),
            Unit::Count => short(value, digits),
            Unit::Seconds => number::round_duration(value),
            Unit::Share => format!("{}%", digits_of(value * 100.0, digits)),
            Unit::Plain => digits_of(value, digits),
        }
    }

    fn round_in(self) -> RoundIn {
        match self {
            Unit::Seconds => RoundIn::Durations,
            Unit::Dollars | Unit::Count | Unit::Share | Unit::Plain => RoundIn::Numbers,
        }
    }
}

fn digits_of(value: f64, digits: i32) -> String {
    number::without_zeros(&number::significant(value, digits)).to_owned()
}

/// From a thousand on in thousands, millions and so on.
fn short(value: f64, digits: i32) -> String {
    let (scale, unit) = match value.abs() {
        size if size < 999.9995 => (1.0, ""),
        size if size < 999.9995e3 => (1e3, "k"),
        size if size < 999.9995e6 => (1e6, "M"),
        size if size < 999.9995e9 => (1e9, "G"),
        _ => (1e12, "T"),
    };
    format!("{}{unit}", digits_of(value / scale, digits))
}

/// An axis laid along a chart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ruler {
    pub scale: Scale,
    pub ticks: Vec<Tick>,
}

/// Digits of a tick: enough to tell close ones apart.
const TICK_DIGITS: i32 = 6;

impl Axis {
    /// A value as a table has it.
    pub(super) fn written(&self, value: f64) -> String {
        const DIGITS: i32 = 4;
        match &self.scale {
            AxisScale::Labels(labels) => labels.get(value as usize).cloned().unwrap_or_default(),
            AxisScale::Linear | AxisScale::Logarithmic => match self.unit {
                Unit::Dollars => number::dollars(value),
                Unit::Seconds => number::duration(value),
                Unit::Count | Unit::Share | Unit::Plain => self.unit.write(value, DIGITS),
            },
        }
    }

    /// Whether a value has a place on the axis.
    pub(super) fn holds(&self, value: f64) -> bool {
        // Beyond these, sums and ratios of two values would not be finite.
        const LEAST: f64 = 1e-100;
        const MOST: f64 = 1e100;
        match &self.scale {
            AxisScale::Linear => value.abs() <= MOST,
            AxisScale::Logarithmic => (LEAST..=MOST).contains(&value),
            AxisScale::Labels(labels) => value >= 0.0 && value <= labels.len() as f64 - 1.0,
        }
    }

    /// From the least to the greatest value, with at most `count` ticks between; `None` where no value has a place.
    pub(super) fn across(
        &self,
        values: impl Iterator<Item = f64>,
        positions: (f64, f64),
        count: usize,
    ) -> Option<Ruler> {
        let (low, high) = self.range(values)?;
        let ends = match &self.scale {
            AxisScale::Linear if low == high => (low - half_or_one(low), high + half_or_one(high)),
            AxisScale::Logarithmic if low == high => (low / 2.0, high * 2.0),
            _ => (low, high),
        };
        Some(self.ruler(ends, positions, count))
    }

    /// Between round values that hold all, from zero where the scale has one; `None` where no value has a place.
    pub(super) fn rising(
        &self,
        values: impl Iterator<Item = f64>,
        positions: (f64, f64),
        count: usize,
    ) -> Option<Ruler> {
        let (low, high) = self.range(values)?;
        let ends = match self.scale {
            AxisScale::Linear => linear_ends((low.min(0.0), high.max(0.0)), count, self.unit.round_in()),
            AxisScale::Logarithmic => logarithmic_ends((low, high), self.unit.round_in()),
            AxisScale::Labels(_) => (low, high),
        };
        Some(self.ruler(ends, positions, count))
    }

    /// The same axis on another scale, where every one of its values has a place on that.
    pub(super) fn on_the_other_scale(&self) -> Option<Axis> {
        let scale = match self.scale {
            AxisScale::Linear => AxisScale::Logarithmic,
            AxisScale::Logarithmic => AxisScale::Linear,
            AxisScale::Labels(_) => return None,
        };
        Some(Axis { title: self.title.clone(), scale, unit: self.unit })
    }

    fn range(&self, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
        let held = values.filter(|&value| self.holds(value));
        let (low, high) =
            held.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        (low <= high).then_some((low, high))
    }

    fn ruler(&self, ends: (f64, f64), positions: (f64, f64), count: usize) -> Ruler {
        let round = self.unit.round_in();
        let (scale, values) = match &self.scale {
            AxisScale::Labels(labels) => return label_ruler(labels, positions),
            AxisScale::Linear => (Scale::linear(ends, positions), linear_values(ends, count, round)),
            AxisScale::Logarithmic => (Scale::logarithmic(ends, positions), logarithmic_values(ends, count, round)),
        };
        let tick = |value: f64| Tick { value, label: self.unit.write(value, TICK_DIGITS) };
        Ruler { scale, ticks: values.into_iter().map(tick).collect() }
    }
}

/// Half a place is left at either end.
fn label_ruler(labels: &[String], positions: (f64, f64)) -> Ruler {
    let tick = |(index, label): (usize, &String)| Tick { value: index as f64, label: label.clone() };
    Ruler {
        scale: Scale::linear((-0.5, labels.len() as f64 - 0.5), positions),
        ticks: labels.iter().enumerate().map(tick).collect(),
    }
}

fn half_or_one(value: f64) -> f64 {
    if value == 0.0 { 1.0 } else { value.abs() / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(scale: AxisScale, unit: Unit) -> Axis {
        Axis { title: "of a test".to_owned(), scale, unit }
    }

    fn labels(ruler: Option<Ruler>) -> Vec<String> {
        ruler.map(|ruler| ruler.ticks.into_iter().map(|tick| tick.label).collect()).unwrap_or_default()
    }

    #[test]
    fn ticks_are_written_in_the_unit_of_the_axis() {
        let written = |unit: Unit, values: &[f64]| -> Vec<String> {
            values.iter().map(|&value| unit.write(value, TICK_DIGITS)).collect()
        };
        assert_eq!(
            written(Unit::Dollars, &[0.002, 100.0, 1_000.0, 2_500.0, -50.0]),
            ["$0.002", "$100", "$1k", "$2.5k", "-$50"]
        );
        assert_eq!(written(Unit::Count, &[500.0, 1e4, 999_999.9, 1e6, -0.0]), ["500", "10k", "1M", "1M", "0"]);
        assert_eq!(written(Unit::Seconds, &[0.25, 600.0]), ["250 ms", "10 min"]);
        assert_eq!(written(Unit::Share, &[0.3, 0.005, 0.9995, 1.0]), ["30%", "0.5%", "99.95%", "100%"]);
        assert_eq!(written(Unit::Plain, &[0.1 + 0.2, 1_200.0, 1e-7]), ["0.3", "1200", "0.0000001"]);
        assert_eq!(Unit::Share.write(0.131_818, 3), "13.2%");
        assert_eq!(Unit::Seconds.write(f64::NAN, 3), "–");
    }

    #[test]
    fn an_axis_across_volumes_ends_on_its_data_and_one_up_costs_on_round_values() {
        let volumes = axis(AxisScale::Logarithmic, Unit::Count);
        let ruler = volumes.across([2e4, 0.0, 3e5].into_iter(), (0.0, 100.0), 6);
        assert_eq!(ruler.as_ref().map(|ruler| (ruler.scale.at(2e4), ruler.scale.at(3e5))), Some((0.0, 100.0)));
        assert_eq!(labels(ruler), ["20k", "50k", "100k", "200k"]);
        let costs = axis(AxisScale::Linear, Unit::Dollars);
        assert_eq!(
            labels(costs.rising([2_300.0].into_iter(), (100.0, 0.0), 5)),
            ["$0", "$500", "$1k", "$1.5k", "$2k", "$2.5k"]
        );
    }

    #[test]
    fn values_without_a_place_are_not_held() {
        let logarithmic = axis(AxisScale::Logarithmic, Unit::Plain);
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(!logarithmic.holds(value), "{value}");
        }
        assert_eq!(logarithmic.across([0.0, -3.0].into_iter(), (0.0, 1.0), 5), None);
        let none = axis(AxisScale::Labels(Vec::new()), Unit::Plain);
        assert_eq!(none.across([0.0].into_iter(), (0.0, 1.0), 5), None);
    }

    #[test]
    fn labels_are_evenly_spaced() {
        let rules = axis(AxisScale::Labels(["newest", "oldest"].map(str::to_owned).to_vec()), Unit::Plain);
        let ruler = rules.across([0.0].into_iter(), (0.0, 100.0), 5).unwrap();
        assert_eq!((ruler.scale.at(0.0), ruler.scale.at(1.0)), (25.0, 75.0));
        assert_eq!(labels(Some(ruler)), ["newest", "oldest"]);
    }
}
