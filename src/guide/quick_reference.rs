//! The guide's quick reference: eight factors, and what each is like where serverless or dedicated fits.

use super::matrix::{HIGH_UTILIZATION, LONG, LOW_UTILIZATION, SHORT};
use super::{Answers, Budget, Compliance, Control, DevOps};

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Serverless,
    Dedicated,
}

impl Column {
    /// As documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Column::Serverless => "serverless",
            Column::Dedicated => "dedicated",
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    pub factor: &'static str,
    /// The key of the answer that tells which column is the user's.
    pub id: &'static str,
    pub serverless: &'static str,
    pub dedicated: &'static str,
    column: fn(&Answers) -> Option<Column>,
}

impl Factor {
    /// The user's column; `None` where it was not answered, or the answer is between the guide's borders or on one.
    #[must_use]
    pub fn column(&self, answers: &Answers) -> Option<Column> {
        (self.column)(answers)
    }
}

/// The rows from the first to the last.
pub const QUICK_REFERENCE: [Factor; 8] = [
    Factor {
        factor: "traffic",
        id: "predictable",
        serverless: "variable",
        dedicated: "steady",
        column: |answers| Some(either(answers.predictable?, Column::Dedicated, Column::Serverless)),
    },
    Factor {
        factor: "job length",
        id: "task_length",
        serverless: "short",
        dedicated: "long",
        column: |answers| {
            let length = answers.task_length?;
            sides(length < SHORT, length > LONG)
        },
    },
    Factor {
        factor: "utilisation",
        id: "utilization",
        serverless: "< 30%",
        dedicated: "> 50%",
        column: |answers| {
            let share = answers.utilization?;
            sides(share < LOW_UTILIZATION, share > HIGH_UTILIZATION)
        },
    },
    Factor {
        factor: "cold start acceptable",
        id: "cold_start_ok",
        serverless: "yes",
        dedicated: "not applicable",
        column: |answers| Some(either(answers.cold_start_ok?, Column::Serverless, Column::Dedicated)),
    },
    Factor {
        factor: "budget",
        id: "budget",
        serverless: "variable",
        dedicated: "fixed",
        column: |answers| Some(either(answers.budget? == Budget::Variable, Column::Serverless, Column::Dedicated)),
    },
    Factor {
        factor: "control",
        id: "control",
        serverless: "low",
        dedicated: "high",
        column: |answers| Some(either(answers.control? == Control::Standard, Column::Serverless, Column::Dedicated)),
    },
    Factor {
        factor: "team",
        id: "devops",
        serverless: "small",
        dedicated: "any",
        column: |answers| Some(either(answers.devops? == DevOps::Limited, Column::Serverless, Column::Dedicated)),
    },
    Factor {
        factor: "compliance",
        id: "compliance",
        serverless: "standard",
        dedicated: "strict",
        column: |answers| {
            Some(either(answers.compliance? == Compliance::Standard, Column::Serverless, Column::Dedicated))
        },
    },
];

fn either(holds: bool, then: Column, otherwise: Column) -> Column {
    if holds { then } else { otherwise }
}

fn sides(serverless: bool, dedicated: bool) -> Option<Column> {
    match (serverless, dedicated) {
        (true, _) => Some(Column::Serverless),
        (_, true) => Some(Column::Dedicated),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Span;

    fn columns(answers: &Answers) -> [Option<Column>; 8] {
        QUICK_REFERENCE.map(|factor| factor.column(answers))
    }

    #[test]
    fn each_factor_marks_the_column_of_its_answer() {
        let serverless = Answers {
            predictable: Some(false),
            task_length: Some(Span::SECOND),
            utilization: Some(0.1),
            cold_start_ok: Some(true),
            budget: Some(Budget::Variable),
            control: Some(Control::Standard),
            devops: Some(DevOps::Limited),
            compliance: Some(Compliance::Standard),
            ..Answers::default()
        };
        assert_eq!(columns(&serverless), [Some(Column::Serverless); 8]);
        let dedicated = Answers {
            predictable: Some(true),
            task_length: Some(Span::HOUR),
            utilization: Some(0.9),
            cold_start_ok: Some(false),
            budget: Some(Budget::Fixed),
            control: Some(Control::Full),
            devops: Some(DevOps::Team),
            compliance: Some(Compliance::Strict),
            ..Answers::default()
        };
        assert_eq!(columns(&dedicated), [Some(Column::Dedicated); 8]);
        assert_eq!(columns(&Answers::default()), [None; 8]);
    }

    #[test]
    fn between_the_borders_and_on_them_neither_column_is_the_users() {
        for (length, share) in [(SHORT, LOW_UTILIZATION), (LONG, HIGH_UTILIZATION), (SHORT, 0.4)] {
            let answers = Answers { task_length: Some(length), utilization: Some(share), ..Answers::default() };
            assert_eq!(columns(&answers), [None; 8], "{length} {share}");
        }
    }
}
