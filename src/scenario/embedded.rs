//! The scenarios and the data files that the program carries.

use std::path::PathBuf;

use crate::unit::nearest;

use super::Origin;

/// One embedded scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// As it is named on the command line.
    pub name: &'static str,
    /// The file's text.
    pub text: &'static str,
}

/// The scenario of `run` without an argument.
pub const DEFAULT: &str = "variable-api";

macro_rules! use_case {
    ($name:literal) => {
        Embedded {
            name: concat!("use-cases/", $name),
            text: include_str!(concat!("../../scenarios/use-cases/", $name, ".toml")),
        }
    };
}

macro_rules! stage {
    ($name:literal) => {
        Embedded {
            name: concat!("stages/", $name),
            text: include_str!(concat!("../../scenarios/stages/", $name, ".toml")),
        }
    };
}

/// Every embedded scenario that stands for itself, the default first.
pub const SCENARIOS: [Embedded; 23] = [
    Embedded { name: DEFAULT, text: include_str!("../../scenarios/variable-api.toml") },
    Embedded { name: "guide-arithmetic", text: include_str!("../../scenarios/guide-arithmetic.toml") },
    Embedded { name: "azure-conversation", text: include_str!("../../scenarios/azure-conversation.toml") },
    Embedded { name: "bursty", text: include_str!("../../scenarios/bursty.toml") },
    Embedded { name: "h100-modal-runpod", text: include_str!("../../scenarios/h100-modal-runpod.toml") },
    Embedded { name: "l4-modal-aws", text: include_str!("../../scenarios/l4-modal-aws.toml") },
    Embedded { name: "float16-h100", text: include_str!("../../scenarios/float16-h100.toml") },
    Embedded { name: "fine-tune", text: include_str!("../../scenarios/fine-tune.toml") },
    Embedded { name: "retry-storm", text: include_str!("../../scenarios/retry-storm.toml") },
    Embedded { name: "spot-base", text: include_str!("../../scenarios/spot-base.toml") },
    Embedded { name: "skyserve", text: include_str!("../../scenarios/skyserve.toml") },
    Embedded { name: "office-hours", text: include_str!("../../scenarios/office-hours.toml") },
    Embedded { name: "two-regions", text: include_str!("../../scenarios/two-regions.toml") },
    Embedded { name: "container-platforms", text: include_str!("../../scenarios/container-platforms.toml") },
    Embedded { name: "managed-endpoints", text: include_str!("../../scenarios/managed-endpoints.toml") },
    Embedded { name: "functions", text: include_str!("../../scenarios/functions.toml") },
    Embedded { name: "kubernetes", text: include_str!("../../scenarios/kubernetes.toml") },
    Embedded { name: "hybrid-1000", text: include_str!("../../scenarios/hybrid-1000.toml") },
    Embedded {
        name: "mistakes/serverless-training",
        text: include_str!("../../scenarios/mistakes/serverless-training.toml"),
    },
    Embedded {
        name: "mistakes/dedicated-sporadic",
        text: include_str!("../../scenarios/mistakes/dedicated-sporadic.toml"),
    },
    Embedded { name: "mistakes/cold-starts", text: include_str!("../../scenarios/mistakes/cold-starts.toml") },
    Embedded {
        name: "mistakes/over-provisioned",
        text: include_str!("../../scenarios/mistakes/over-provisioned.toml"),
    },
    STARTER,
];

/// A scenario for each use case of the guide, in its order.
pub const USE_CASE_SCENARIOS: [Embedded; 9] = [
    use_case!("large-model-training"),
    use_case!("fine-tuning"),
    use_case!("experiments"),
    use_case!("hyper-parameter-search"),
    use_case!("chatbot"),
    use_case!("batch-processing"),
    use_case!("variable-api"),
    use_case!("high-volume-api"),
    use_case!("development"),
];

/// The workloads of the guide's companies, by stage.
pub const STAGE_SCENARIOS: [Embedded; 9] = [
    stage!("startup/development"),
    stage!("startup/testing"),
    stage!("startup/production"),
    stage!("growth/development"),
    stage!("growth/training"),
    stage!("growth/production"),
    stage!("enterprise/development"),
    stage!("enterprise/training"),
    stage!("enterprise/production"),
];

/// The commented file that a new scenario starts from.
pub const STARTER: Embedded = Embedded { name: "starter", text: include_str!("../../scenarios/starter.toml") };

/// What stands before the name of an embedded data file, in any scenario.
pub(super) const DATA_PREFIX: &str = "embedded:";

/// The data files that embedded scenarios name, by the path that they write.
const DATA: [(&str, &[u8]); 1] = [(
    "traces/azure_llm_2023_conversation.csv.gz",
    include_bytes!("../../scenarios/traces/azure_llm_2023_conversation.csv.gz"),
)];

/// Every scenario that the program carries.
fn all() -> impl Iterator<Item = &'static Embedded> {
    SCENARIOS.iter().chain(&USE_CASE_SCENARIOS).chain(&STAGE_SCENARIOS)
}

impl Embedded {
    /// The scenario of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Embedded> {
        find(name)
    }
}

pub(super) fn find(name: &str) -> Option<&'static Embedded> {
    all().find(|scenario| scenario.name == name)
}

pub(super) fn data(name: &str) -> Option<&'static [u8]> {
    DATA.iter().find(|(known, _)| *known == name).map(|&(_, bytes)| bytes)
}

pub(super) fn data_names() -> impl Iterator<Item = &'static str> {
    DATA.iter().map(|&(name, _)| name)
}

/// A scenario that is neither a file nor embedded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario file `{written}` and no embedded scenario of that name; {}", mend(.nearest.as_deref()))]
pub struct UnknownScenario {
    pub written: String,
    /// The embedded name that comes closest.
    pub nearest: Option<String>,
}

fn mend(nearest: Option<&str>) -> String {
    let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? Embedded are: {}", names.join(", ")),
        None => format!("embedded are: {}", names.join(", ")),
    }
}

impl Origin {
    /// What a command line argument names: an existing file, else an embedded scenario, else an existing folder (which
    /// [`super::load`] refuses with its name).
    ///
    /// # Errors
    /// When it is neither.
    pub fn of(text: &str) -> Result<Origin, UnknownScenario> {
        let path = PathBuf::from(text);
        if path.exists() && !path.is_dir() {
            return Ok(Origin::File(path));
        }
        match find(text) {
            Some(embedded) => Ok(Origin::Embedded(embedded.name)),
            None if path.is_dir() => Ok(Origin::File(path)),
            None => Err(UnknownScenario {
                written: text.to_owned(),
                nearest: nearest(text, all().map(|scenario| scenario.name)).map(str::to_owned),
            }),
        }
    }

    /// The embedded default scenario.
    #[must_use]
    pub fn default_scenario() -> Origin {
        Origin::Embedded(DEFAULT)
    }

    /// The name without folder and ending, after which an output folder is named.
    #[must_use]
    pub fn stem(&self) -> String {
        match self {
            Origin::Embedded(name) => name.rsplit('/').next().unwrap_or(name).to_owned(),
            Origin::File(path) => {
                path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned())
            }
        }
    }
}
