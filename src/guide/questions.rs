//! The guide's ten questions, and what each answer favours.

use crate::unit::Span;

use super::matrix::{HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT};
use super::{Answers, Budget, Compliance, Control, DevOps, Expertise, Growth};

/// An answer that is needed within less than this is needed at once; one within exactly this may take seconds.
pub const SUB_SECOND: Span = Span::SECOND;

/// What an answer speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Favours {
    Serverless,
    Dedicated,
    /// Both serve: so it is between the guide's borders, and on them.
    Either,
}

impl Favours {
    /// As documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Favours::Serverless => "serverless",
            Favours::Dedicated => "dedicated",
            Favours::Either => "either",
        }
    }
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Workload,
    Team,
    Business,
}

/// One of the ten.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The key of its answer in an answers file.
    pub id: &'static str,
    pub topic: Topic,
    pub question: &'static str,
    favours: fn(&Answers) -> Option<Favours>,
}

impl Question {
    pub const ALL: [Question; 10] = [
        Question {
            id: "task_length",
            topic: Topic::Workload,
            question: "How long does a task take?",
            favours: |answers| {
                let length = answers.task_length?;
                Some(sides(length < SHORT, length > LONG))
            },
        },
        Question {
            id: "predictable",
            topic: Topic::Workload,
            question: "Is the traffic predictable?",
            favours: |answers| Some(sides(!answers.predictable?, answers.predictable?)),
        },
        Question {
            id: "latency",
            topic: Topic::Workload,
            question: "How soon is an answer needed?",
            favours: |answers| Some(sides(false, answers.latency? < SUB_SECOND)),
        },
        Question {
            id: "utilization",
            topic: Topic::Workload,
            question: "How much of the time is a GPU busy?",
            favours: |answers| {
                let share = answers.utilization?;
                Some(sides(share < LOW_UTILIZATION, share > HIGH_UTILIZATION))
            },
        },
        Question {
            id: "expertise",
            topic: Topic::Team,
            question: "What does the team know of infrastructure?",
            favours: |answers| Some(sides(answers.expertise? == Expertise::Limited, false)),
        },
        Question {
            id: "control",
            topic: Topic::Team,
            question: "How much control of the machines is needed?",
            favours: |answers| Some(sides(answers.control? == Control::Standard, answers.control? == Control::Full)),
        },
        Question {
            id: "devops",
            topic: Topic::Team,
            question: "Who runs the service?",
            favours: |answers| Some(sides(answers.devops? == DevOps::Limited, false)),
        },
        Question {
            id: "budget",
            topic: Topic::Business,
            question: "May the bill vary, or is it fixed?",
            favours: |answers| Some(sides(answers.budget? == Budget::Variable, answers.budget? == Budget::Fixed)),
        },
        Question {
            id: "compliance",
            topic: Topic::Business,
            question: "How strictly must the work be isolated?",
            favours: |answers| Some(sides(false, answers.compliance? == Compliance::Strict)),
        },
        Question {
            id: "growth",
            topic: Topic::Business,
            question: "Is it clear how traffic will grow?",
            favours: |answers| Some(sides(answers.growth? == Growth::Uncertain, answers.growth? == Growth::Clear)),
        },
    ];

    /// What the answer favours; `None` where it was skipped.
    #[must_use]
    pub fn favours(&self, answers: &Answers) -> Option<Favours> {
        (self.favours)(answers)
    }

    /// What the guide adds to an answer that favours dedicated instances.
    #[must_use]
    pub fn remark(&self, favours: Favours) -> Option<&'static str> {
        match (self.id, favours) {
            ("latency", Favours::Dedicated) => Some("kept warm"),
            ("budget", Favours::Dedicated) => Some("reserved"),
            ("growth", Favours::Dedicated) => Some("plan for it"),
            _ => None,
        }
    }
}

fn sides(serverless: bool, dedicated: bool) -> Favours {
    match (serverless, dedicated) {
        (true, _) => Favours::Serverless,
        (_, true) => Favours::Dedicated,
        _ => Favours::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the question of an id says of some answers.
    fn said(id: &str, answers: &Answers) -> Option<Favours> {
        Question::ALL.iter().find(|question| question.id == id).unwrap().favours(answers)
    }

    #[test]
    fn there_are_ten_questions_and_a_skipped_one_favours_nothing() {
        let ids: Vec<&str> = Question::ALL.iter().map(|question| question.id).collect();
        let keys = ["task_length", "predictable", "latency", "utilization", "expertise", "control", "devops"];
        assert_eq!(ids, [&keys[..], &["budget", "compliance", "growth"]].concat());
        assert!(Question::ALL.iter().all(|question| question.favours(&Answers::default()).is_none()));
    }

    #[test]
    fn lengths_and_shares_on_a_border_favour_either() {
        use Favours::{Dedicated, Either, Serverless};
        let nanosecond = |span: Span, more: i64| Span::from_nanos(span.nanos().saturating_add_signed(more));
        for (length, favours) in [
            (Span::ZERO, Serverless),
            (nanosecond(Span::MINUTE, -1), Serverless),
            (Span::MINUTE, Either),
            (nanosecond(LONG, -1), Either),
            (Span::from_nanos(600_000_000_000), Either),
            (nanosecond(LONG, 1), Dedicated),
        ] {
            let answers = Answers { task_length: Some(length), ..Answers::default() };
            assert_eq!(said("task_length", &answers), Some(favours), "{length}");
        }
        for (share, favours) in [
            (0.0, Serverless),
            (0.3_f64.next_down(), Serverless),
            (0.3, Either),
            (0.5, Either),
            (0.5_f64.next_up(), Dedicated),
            (1.0, Dedicated),
        ] {
            let answers = Answers { utilization: Some(share), ..Answers::default() };
            assert_eq!(said("utilization", &answers), Some(favours), "{share}");
        }
        for (latency, favours) in [(nanosecond(SUB_SECOND, -1), Dedicated), (SUB_SECOND, Either), (Span::DAY, Either)] {
            let answers = Answers { latency: Some(latency), ..Answers::default() };
            assert_eq!(said("latency", &answers), Some(favours), "{latency}");
        }
    }

    #[test]
    fn every_word_favours_what_the_guide_says() {
        use Favours::{Dedicated, Either, Serverless};
        let none = Answers::default;
        for (id, answers, favours) in [
            ("predictable", Answers { predictable: Some(true), ..none() }, Dedicated),
            ("predictable", Answers { predictable: Some(false), ..none() }, Serverless),
            ("expertise", Answers { expertise: Some(Expertise::Limited), ..none() }, Serverless),
            ("expertise", Answers { expertise: Some(Expertise::Strong), ..none() }, Either),
            ("control", Answers { control: Some(Control::Full), ..none() }, Dedicated),
            ("control", Answers { control: Some(Control::Standard), ..none() }, Serverless),
            ("devops", Answers { devops: Some(DevOps::Limited), ..none() }, Serverless),
            ("devops", Answers { devops: Some(DevOps::Team), ..none() }, Either),
            ("budget", Answers { budget: Some(Budget::Variable), ..none() }, Serverless),
            ("budget", Answers { budget: Some(Budget::Fixed), ..none() }, Dedicated),
            ("compliance", Answers { compliance: Some(Compliance::Strict), ..none() }, Dedicated),
            ("compliance", Answers { compliance: Some(Compliance::Standard), ..none() }, Either),
            ("growth", Answers { growth: Some(Growth::Uncertain), ..none() }, Serverless),
            ("growth", Answers { growth: Some(Growth::Clear), ..none() }, Dedicated),
        ] {
            assert_eq!(said(id, &answers), Some(favours), "{id} {answers:?}");
            let others = Question::ALL.iter().filter(|question| question.id != id);
            assert!(others.into_iter().all(|question| question.favours(&answers).is_none()), "{id}");
        }
    }
}
