//! The guide's flowchart: four questions, each with a way on for yes and for no.

use crate::unit::Span;

use super::Answers;
use super::matrix::HIGH_UTILIZATION;

/// An answer that is needed within less than this is critical to the guide; one within exactly this is not.
pub const LATENCY_CRITICAL: Span = Span::from_nanos(500 * Span::MILLISECOND.nanos());

/// The two ends of the flowchart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Serverless,
    Dedicated,
}

impl Choice {
    /// As documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Choice::Serverless => "serverless",
            Choice::Dedicated => "dedicated",
        }
    }
}

/// Where an answer leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// To the next question.
    On,
    /// To an end, with what the guide adds to it.
    End(Choice, &'static str),
}

/// A question of the flowchart.
#[derive(Clone, Copy, Debug)]
pub struct Flowchart {
    /// The key of the answer that it asks for.
    pub id: &'static str,
    /// In words.
    pub question: &'static str,
    pub yes: Branch,
    pub no: Branch,
    answer: fn(&Answers) -> Option<bool>,
}

/// A question that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub id: &'static str,
    pub question: &'static str,
    pub yes: bool,
}

/// The way through the flowchart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub steps: Vec<Step>,
    /// The key of the first question on the way that was not answered.
    pub unanswered: Option<&'static str>,
    /// Where it ends; where a question was not answered, where every way from there ends, if that is one place.
    pub recommendation: Option<Choice>,
}

impl Flowchart {
    /// The questions from the first to the last.
    pub const QUESTIONS: [Flowchart; 4] = [
        Flowchart {
            id: "training",
            question: "Is it training?",
            yes: Branch::End(Choice::Dedicated, "dedicated"),
            no: Branch::On,
            answer: |answers| answers.training,
        },
        Flowchart {
            id: "latency",
            question: "Is latency critical (under 500 ms)?",
            yes: Branch::End(Choice::Dedicated, "dedicated, kept warm"),
            no: Branch::On,
            answer: |answers| Some(answers.latency? < LATENCY_CRITICAL),
        },
        Flowchart {
            id: "predictable",
            question: "Is the traffic predictable?",
            yes: Branch::On,
            no: Branch::End(Choice::Serverless, "serverless"),
            answer: |answers| answers.predictable,
        },
        Flowchart {
            id: "utilization",
            question: "Is a GPU busy more than 50% of the time?",
            yes: Branch::End(Choice::Dedicated, "dedicated"),
            no: Branch::End(Choice::Serverless, "serverless"),
            answer: |answers| Some(answers.utilization? > HIGH_UTILIZATION),
        },
    ];

    /// The way that these answers take.
    #[must_use]
    pub fn walk(answers: &Answers) -> Path {
        let mut steps = Vec::new();
        for (index, question) in Flowchart::QUESTIONS.iter().enumerate() {
            let Some(yes) = (question.answer)(answers) else {
                let ends = ends(&Flowchart::QUESTIONS[index..], answers);
                let recommendation = ends.first().copied().filter(|first| ends.iter().all(|end| end == first));
                return Path { steps, unanswered: Some(question.id), recommendation };
            };
            steps.push(Step { id: question.id, question: question.question, yes });
            if let Branch::End(choice, _) = question.way(yes) {
                return Path { steps, unanswered: None, recommendation: Some(choice) };
            }
        }
        Path { steps, unanswered: None, recommendation: None }
    }

    /// Where an answer leads.
    #[must_use]
    pub fn way(&self, yes: bool) -> Branch {
        if yes { self.yes } else { self.no }
    }
}

/// Every end that can be reached from the first of some questions, where one that was not answered leads both ways.
fn ends(questions: &[Flowchart], answers: &Answers) -> Vec<Choice> {
    let Some((question, rest)) = questions.split_first() else { return Vec::new() };
    let answer = (question.answer)(answers);
    let taken = [true, false].into_iter().filter(|&yes| answer.is_none_or(|answer| answer == yes));
    taken
        .flat_map(|yes| match question.way(yes) {
            Branch::End(choice, _) => vec![choice],
            Branch::On => ends(rest, answers),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Span {
        Span::from_nanos(millis * Span::MILLISECOND.nanos())
    }

    fn answers(training: bool, latency: Span, predictable: bool, utilization: f64) -> Answers {
        Answers {
            training: Some(training),
            latency: Some(latency),
            predictable: Some(predictable),
            utilization: Some(utilization),
            ..Answers::default()
        }
    }

    #[test]
    fn every_path_ends_where_the_guide_says() {
        use Choice::{Dedicated, Serverless};
        let (fast, slow) = (millis(499), millis(500));
        let (low, high) = (0.5, 0.5_f64.next_up());
        for (training, latency, predictable, utilization, steps, end) in [
            (true, fast, true, high, 1, Dedicated),
            (true, fast, true, low, 1, Dedicated),
            (true, fast, false, high, 1, Dedicated),
            (true, fast, false, low, 1, Dedicated),
            (true, slow, true, high, 1, Dedicated),
            (true, slow, true, low, 1, Dedicated),
            (true, slow, false, high, 1, Dedicated),
            (true, slow, false, low, 1, Dedicated),
            (false, fast, true, high, 2, Dedicated),
            (false, fast, true, low, 2, Dedicated),
            (false, fast, false, high, 2, Dedicated),
            (false, fast, false, low, 2, Dedicated),
            (false, slow, false, high, 3, Serverless),
            (false, slow, false, low, 3, Serverless),
            (false, slow, true, high, 4, Dedicated),
            (false, slow, true, low, 4, Serverless),
        ] {
            let path = Flowchart::walk(&answers(training, latency, predictable, utilization));
            let said: Vec<bool> = path.steps.iter().map(|step| step.yes).collect();
            let expected = [training, latency < LATENCY_CRITICAL, predictable, utilization > HIGH_UTILIZATION];
            assert_eq!(said, expected[..steps], "{path:?}");
            assert_eq!((path.recommendation, path.unanswered), (Some(end), None), "{path:?}");
        }
    }

    #[test]
    fn half_a_second_is_not_critical_and_half_the_time_is_not_high() {
        let path = Flowchart::walk(&answers(false, LATENCY_CRITICAL, true, HIGH_UTILIZATION));
        assert_eq!(path.steps.iter().map(|step| step.yes).collect::<Vec<_>>(), [false, false, true, false]);
        assert_eq!(path.recommendation, Some(Choice::Serverless));
        let just_under = Span::from_nanos(LATENCY_CRITICAL.nanos() - 1);
        let path = Flowchart::walk(&answers(false, just_under, true, HIGH_UTILIZATION));
        assert_eq!(path.recommendation, Some(Choice::Dedicated));
    }

    #[test]
    fn without_an_answer_the_path_stops_and_recommends_only_what_every_way_ends_at() {
        let whole = answers(false, Span::SECOND, true, 0.6);
        let stops = |answers: &Answers| {
            let path = Flowchart::walk(answers);
            (path.steps.len(), path.unanswered, path.recommendation)
        };
        assert_eq!(stops(&Answers::default()), (0, Some("training"), None));
        let dedicated = Some(Choice::Dedicated);
        // Busy more than half of a predictable time: dedicated whether it is training or not.
        assert_eq!(stops(&Answers { training: None, ..whole.clone() }), (0, Some("training"), dedicated));
        assert_eq!(stops(&Answers { latency: None, ..whole.clone() }), (1, Some("latency"), dedicated));
        assert_eq!(
            stops(&Answers { latency: None, utilization: Some(0.4), ..whole.clone() }),
            (1, Some("latency"), None)
        );
        assert_eq!(stops(&Answers { predictable: None, ..whole.clone() }), (2, Some("predictable"), None));
        let low = Answers { predictable: None, utilization: Some(0.4), ..whole.clone() };
        assert_eq!(stops(&low), (2, Some("predictable"), Some(Choice::Serverless)));
        assert_eq!(stops(&Answers { utilization: None, ..whole.clone() }), (3, Some("utilization"), None));
        let critical = Answers { latency: Some(Span::MILLISECOND), ..Answers::default() };
        assert_eq!(stops(&critical), (0, Some("training"), dedicated));
    }
}
