//! What a user answers to the guide's questions.

use crate::unit::{Span, Usd};

/// The answers; `None` where a question was skipped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// Whether the work is training, of any kind.
    pub training: Option<bool>,
    /// How long one request or task takes, alone on a warm instance.
    pub task_length: Option<Span>,
    /// Within what time an answer is needed.
    pub latency: Option<Span>,
    /// Whether the traffic can be foreseen.
    pub predictable: Option<bool>,
    /// The share of the time that a dedicated GPU is expected to be busy, from 0 to 1.
    pub utilization: Option<f64>,
    pub expertise: Option<Expertise>,
    pub control: Option<Control>,
    pub devops: Option<DevOps>,
    pub budget: Option<Budget>,
    pub compliance: Option<Compliance>,
    pub growth: Option<Growth>,
    /// Whether some requests may wait for a cold start.
    pub cold_start_ok: Option<bool>,
    pub requests_per_month: Option<u64>,
    /// What all GPUs together may cost a month.
    pub monthly_gpu_budget: Option<Usd>,
}

/// A closed set of words, as answers files have them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Each with its word.
            pub const ALL: &'static [(&'static str, $name)] = &[$(($word, $name::$variant)),+];

            /// The word.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// What the team knows of infrastructure.
    Expertise { Limited = "limited", Strong = "strong" }
}
words! {
    /// How much of the machines the team must be able to decide.
    Control {
        /// A hard constraint: serverless platforms do not give it.
        Full = "full",
        Standard = "standard",
    }
}
words! {
    /// Who runs the service.
    DevOps { Limited = "limited", Team = "team" }
}
words! {
    /// How money is given.
    Budget { Variable = "variable", Fixed = "fixed" }
}
words! {
    /// What the law or customers demand of where the work runs.
    Compliance {
        /// Strict isolation, a hard constraint: nobody else on the machine.
        Strict = "strict",
        Standard = "standard",
    }
}
words! {
    /// What is known of next year's traffic.
    Growth { Uncertain = "uncertain", Clear = "clear" }
}

impl Answers {
    /// Whether nothing was answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Answers::default()
    }

    /// These answers, and those of `others` where there are none.
    #[must_use]
    pub fn or(self, others: Answers) -> Answers {
        Answers {
            training: self.training.or(others.training),
            task_length: self.task_length.or(others.task_length),
            latency: self.latency.or(others.latency),
            predictable: self.predictable.or(others.predictable),
            utilization: self.utilization.or(others.utilization),
            expertise: self.expertise.or(others.expertise),
            control: self.control.or(others.control),
            devops: self.devops.or(others.devops),
            budget: self.budget.or(others.budget),
            compliance: self.compliance.or(others.compliance),
            growth: self.growth.or(others.growth),
            cold_start_ok: self.cold_start_ok.or(others.cold_start_ok),
            requests_per_month: self.requests_per_month.or(others.requests_per_month),
            monthly_gpu_budget: self.monthly_gpu_budget.or(others.monthly_gpu_budget),
        }
    }

    /// The answers that no price outvotes, in words: they leave dedicated instances alone.
    #[must_use]
    pub fn hard_constraints(&self) -> Vec<&'static str> {
        let strict = (self.compliance == Some(Compliance::Strict)).then_some("strict isolation");
        let full = (self.control == Some(Control::Full)).then_some("full control");
        strict.into_iter().chain(full).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strict_isolation_and_full_control_are_hard_constraints() {
        let none = Answers {
            compliance: Some(Compliance::Standard),
            control: Some(Control::Standard),
            budget: Some(Budget::Fixed),
            growth: Some(Growth::Clear),
            ..Answers::default()
        };
        assert!(none.hard_constraints().is_empty() && Answers::default().hard_constraints().is_empty());
        let strict = Answers { compliance: Some(Compliance::Strict), ..none.clone() };
        assert_eq!(strict.hard_constraints(), ["strict isolation"]);
        let full = Answers { control: Some(Control::Full), ..none };
        assert_eq!(full.hard_constraints(), ["full control"]);
        let both = Answers { compliance: Some(Compliance::Strict), ..full };
        assert_eq!(both.hard_constraints(), ["strict isolation", "full control"]);
    }

    #[test]
    fn earlier_answers_win_and_others_fill_what_was_skipped() {
        let typed = Answers { training: Some(false), utilization: Some(0.7), ..Answers::default() };
        let read = Answers { utilization: Some(0.2), latency: Some(Span::SECOND), ..Answers::default() };
        let both = typed.or(read);
        assert_eq!((both.training, both.utilization, both.latency), (Some(false), Some(0.7), Some(Span::SECOND)));
        assert!(!both.is_empty() && Answers::default().is_empty());
    }
}
