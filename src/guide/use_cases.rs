//! What the guide recommends for nine use cases.

/// How a fleet has its GPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Serverless,
    OnDemand,
    Reserved,
    /// With on-demand instances that stand in, too.
    Spot,
    /// Pools of more than one way.
    Hybrid,
}

impl Way {
    pub const ALL: [Way; 5] = [Way::OnDemand, Way::Reserved, Way::Spot, Way::Serverless, Way::Hybrid];

    /// As documents have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Way::Serverless => "serverless",
            Way::OnDemand => "on-demand",
            Way::Reserved => "reserved",
            Way::Spot => "spot",
            Way::Hybrid => "hybrid",
        }
    }
}

/// A way that the guide names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommended {
    Serverless,
    /// However it is bought: the guide does not say.
    Dedicated,
    Reserved,
    Spot,
}

impl Recommended {
    /// Whether a fleet is what the guide names. A hybrid never is: the guide has it apart.
    #[must_use]
    pub fn includes(self, way: Way) -> bool {
        match self {
            Recommended::Serverless => way == Way::Serverless,
            Recommended::Dedicated => matches!(way, Way::OnDemand | Way::Reserved | Way::Spot),
            Recommended::Reserved => way == Way::Reserved,
            Recommended::Spot => way == Way::Spot,
        }
    }
}

/// A use case of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseCase {
    /// On the command line, and of its scenario `use-cases/NAME`.
    pub name: &'static str,
    /// What the guide calls its answer.
    pub words: &'static str,
    /// Any of these is as the guide says.
    pub recommended: &'static [Recommended],
}

impl UseCase {
    /// Whether a fleet is what the guide recommends.
    #[must_use]
    pub fn recommends(&self, way: Way) -> bool {
        self.recommended.iter().any(|recommended| recommended.includes(way))
    }
}

/// In the order of the guide.
pub const USE_CASES: [UseCase; 9] = [
    UseCase { name: "large-model-training", words: "dedicated + reserved", recommended: &[Recommended::Reserved] },
    UseCase { name: "fine-tuning", words: "dedicated + spot", recommended: &[Recommended::Spot] },
    UseCase { name: "experiments", words: "serverless", recommended: &[Recommended::Serverless] },
    UseCase { name: "hyper-parameter-search", words: "dedicated + spot", recommended: &[Recommended::Spot] },
    UseCase { name: "chatbot", words: "dedicated", recommended: &[Recommended::Dedicated] },
    UseCase {
        name: "batch-processing",
        words: "serverless or spot",
        recommended: &[Recommended::Serverless, Recommended::Spot],
    },
    UseCase { name: "variable-api", words: "serverless", recommended: &[Recommended::Serverless] },
    UseCase { name: "high-volume-api", words: "dedicated", recommended: &[Recommended::Dedicated] },
    UseCase { name: "development", words: "serverless", recommended: &[Recommended::Serverless] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_case_recommends_the_ways_that_the_guide_names_and_no_others() {
        use Way::{OnDemand, Reserved, Serverless, Spot};
        let expected: [(&str, &[Way]); 9] = [
            ("large-model-training", &[Reserved]),
            ("fine-tuning", &[Spot]),
            ("experiments", &[Serverless]),
            ("hyper-parameter-search", &[Spot]),
            ("chatbot", &[OnDemand, Reserved, Spot]),
            ("batch-processing", &[Spot, Serverless]),
            ("variable-api", &[Serverless]),
            ("high-volume-api", &[OnDemand, Reserved, Spot]),
            ("development", &[Serverless]),
        ];
        for (use_case, (name, ways)) in USE_CASES.iter().zip(expected) {
            assert_eq!(use_case.name, name);
            let recommended: Vec<Way> = Way::ALL.into_iter().filter(|&way| use_case.recommends(way)).collect();
            assert_eq!(recommended, ways, "{name}");
        }
    }
}
