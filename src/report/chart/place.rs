//! Where labels go: beside their points, inside the plot, and never over one another.

use super::canvas::Point;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A straight piece of a line.
pub(super) type Segment = (Point, Point);

/// What has to be placed: the point it belongs to, its width and its height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label {
    pub at: Point,
    pub width: f64,
    pub height: f64,
}

/// What labels keep away from.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    /// The plot: labels stay inside.
    pub within: Bounds,
    /// What must stay visible.
    pub taken: Vec<Bounds>,
    /// What is covered only where nothing near the point is free.
    pub lines: Vec<Segment>,
}

/// From a point to the nearest corner of its label, each way.
const OFFSET: f64 = 7.0;
/// A label is moved in steps of this, along and up.
const STEP: (f64, f64) = (18.0, 9.0);
/// Beyond this it is better to cover a line than to be far away.
const NEAR: f64 = 90.0;

impl Bounds {
    pub(super) fn around((x, y): Point, half_width: f64, half_height: f64) -> Bounds {
        Bounds { left: x - half_width, top: y - half_height, right: x + half_width, bottom: y + half_height }
    }

    pub(super) fn middle(&self) -> Point {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    /// The point of the rectangle that is nearest to another one.
    pub(super) fn nearest(&self, (x, y): Point) -> Point {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    pub(super) fn overlaps(&self, other: &Bounds) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn holds(&self, other: &Bounds) -> bool {
        self.left <= other.left && other.right <= self.right && self.top <= other.top && other.bottom <= self.bottom
    }

    /// Whether a segment runs through the rectangle: the part of it that lies between the sides, each way, is not empty.
    pub(super) fn crossed_by(&self, (from, to): Segment) -> bool {
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for (start, end, low, high) in [(from.0, to.0, self.left, self.right), (from.1, to.1, self.top, self.bottom)] {
            let length = end - start;
            if length == 0.0 {
                if start < low || start > high {
                    return false;
                }
                continue;
            }
            let (one, other) = ((low - start) / length, (high - start) / length);
            enters = enters.max(one.min(other));
            leaves = leaves.min(one.max(other));
        }
        enters <= leaves
    }
}

/// A rectangle for each label, in their order; `None` where none is left. Tried are above right, above left, below right and
/// below left of the point, then the same farther and farther away.
pub(super) fn place(labels: &[Label], around: &Surroundings) -> Vec<Option<Bounds>> {
    let mut shifts = shifts(&around.within);
    shifts.sort_by(|one, other| one.0.hypot(one.1).total_cmp(&other.0.hypot(other.1)));
    let mut taken = around.taken.clone();
    let mut placed = Vec::with_capacity(labels.len());
    for label in labels {
        let allowed =
            |bounds: &Bounds| around.within.holds(bounds) && !taken.iter().any(|other| other.overlaps(bounds));
        let candidates = || shifts.iter().flat_map(|&shift| label.candidates(shift).map(move |bounds| (shift, bounds)));
        let clear = |bounds: &Bounds| !around.lines.iter().any(|&line| bounds.crossed_by(line));
        let near = candidates().take_while(|((along, up), _)| along.hypot(*up) <= NEAR);
        let found = near
            .map(|(_, bounds)| bounds)
            .find(|bounds| allowed(bounds) && clear(bounds))
            .or_else(|| candidates().map(|(_, bounds)| bounds).find(allowed));
        taken.extend(found);
        placed.push(found);
    }
    placed
}

/// How far a label may be moved, along and up: from not at all to across the plot.
fn shifts(within: &Bounds) -> Vec<(f64, f64)> {
    let steps = |length: f64, step: f64| (length / step).clamp(0.0, 200.0) as usize;
    let along = steps(within.right - within.left, STEP.0);
    let up = steps(within.bottom - within.top, STEP.1);
    (0..=along).flat_map(|x| (0..=up).map(move |y| (x as f64 * STEP.0, y as f64 * STEP.1))).collect()
}

/// Moves the middles of labels along a line as little as keeps them from touching, within the ends if there is room;
/// each is given by its middle and its length.
pub(super) fn spread(labels: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|&one, &other| labels[one].0.total_cmp(&labels[other].0));
    let mut middles: Vec<f64> = labels.iter().map(|label| label.0).collect();
    let mut free_to = high;
    for &index in order.iter().rev() {
        let half = labels[index].1 / 2.0;
        middles[index] = middles[index].min(free_to - half);
        free_to = middles[index] - half;
    }
    let mut free_from = low;
    for &index in &order {
        let half = labels[index].1 / 2.0;
        middles[index] = middles[index].max(free_from + half);
        free_from = middles[index] + half;
    }
    middles
}

impl Label {
    fn candidates(&self, (along, up): (f64, f64)) -> [Bounds; 4] {
        let (x, y) = self.at;
        let right = x + OFFSET + along;
        let left = x - OFFSET - along - self.width;
        let above = y - OFFSET - up - self.height;
        let below = y + OFFSET + up;
        [(right, above), (left, above), (right, below), (left, below)].map(|(left, top)| Bounds {
            left,
            top,
            right: left + self.width,
            bottom: top + self.height,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLOT: Bounds = Bounds { left: 76.0, top: 120.0, right: 932.0, bottom: 500.0 };

    fn label(at: Point) -> Label {
        Label { at, width: 84.0, height: 18.0 }
    }

    fn place_in_plot(labels: &[Label], taken: Vec<Bounds>, lines: Vec<Segment>) -> Vec<Bounds> {
        let placed = place(labels, &Surroundings { within: PLOT, taken, lines });
        placed.into_iter().map(|bounds| bounds.expect("there is room")).collect()
    }

    fn assert_apart(placed: &[Bounds]) {
        for (index, one) in placed.iter().enumerate() {
            assert!(PLOT.holds(one), "{one:?} is cut off");
            for other in &placed[index + 1..] {
                assert!(!one.overlaps(other), "{one:?} lies over {other:?}");
            }
        }
    }

    #[test]
    fn no_two_labels_overlap_even_when_all_belong_to_one_point() {
        for at in [(500.0, 300.0), (76.0, 120.0), (932.0, 500.0), (932.0, 120.0)] {
            let taken = vec![Bounds::around(at, 6.0, 6.0)];
            let mut placed = place_in_plot(&[label(at); 20], taken.clone(), Vec::new());
            placed.extend(taken.into_iter().filter(|ring| PLOT.holds(ring)));
            assert_apart(&placed);
        }
    }

    #[test]
    fn no_two_labels_overlap_along_a_row_of_close_points() {
        let row: Vec<Label> = (0..20).map(|index| label((300.0 + 11.0 * f64::from(index), 310.0))).collect();
        assert_apart(&place_in_plot(&row, Vec::new(), vec![((76.0, 330.0), (932.0, 290.0))]));
    }

    #[test]
    fn a_label_goes_to_the_side_where_no_line_runs() {
        let above_right = place_in_plot(&[label((500.0, 300.0))], Vec::new(), Vec::new());
        assert!(above_right[0].left > 500.0 && above_right[0].bottom < 300.0);
        let rising = ((76.0, 480.0), (932.0, 110.0));
        let beside = place_in_plot(&[label((500.0, 300.0))], Vec::new(), vec![rising]);
        assert!(!beside[0].crossed_by(rising));
        assert!((beside[0].nearest((500.0, 300.0)).0 - 500.0).abs() <= NEAR, "it stays near: {beside:?}");
    }

    #[test]
    fn a_label_that_fits_nowhere_is_told() {
        let huge = Label { at: (500.0, 300.0), width: 2_000.0, height: 18.0 };
        let placed = place(&[huge], &Surroundings { within: PLOT, taken: Vec::new(), lines: Vec::new() });
        assert_eq!(placed, [None]);
    }

    #[test]
    fn labels_along_a_line_are_moved_only_as_far_as_they_would_touch() {
        assert_eq!(spread(&[(50.0, 20.0), (20.0, 10.0)], (0.0, 100.0)), [50.0, 20.0]);
        assert_eq!(spread(&[(50.0, 20.0), (52.0, 20.0)], (0.0, 100.0)), [32.0, 52.0]);
        assert_eq!(spread(&[(99.0, 20.0), (2.0, 20.0)], (0.0, 100.0)), [90.0, 10.0]);
        assert_eq!(spread(&[(5.0, 20.0), (6.0, 20.0)], (0.0, 100.0)), [10.0, 30.0]);
    }

    #[test]
    fn a_segment_crosses_a_rectangle_only_where_it_enters_it() {
        let bounds = Bounds { left: 10.0, top: 10.0, right: 20.0, bottom: 20.0 };
        assert!(bounds.crossed_by(((0.0, 0.0), (30.0, 30.0))) && bounds.crossed_by(((15.0, 0.0), (15.0, 30.0))));
        assert!(!bounds.crossed_by(((0.0, 15.0), (9.0, 15.0))) && !bounds.crossed_by(((0.0, 25.0), (25.0, 50.0))));
    }
}
