//! From an origin and overrides to a checked scenario, or to all that is wrong with it.

use std::fs;
use std::path::Path;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::catalog::{Entry, Preset};
use crate::trace::DataFile;

use super::context::{Context, DataFolder, Parts};
use super::place::{Place, SourceText};
use super::problem::Finding;
use super::read_scenario::{FleetChoice, scenario};
use super::tree::Node;
use super::warning::{self, Warning};
use super::{Origin, Plan, Problems, Scenario, designs, embedded, own_prices, presets, read_plan, set, tree};

/// What the command line changes of a scenario. Applied in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `PATH=VALUE`, later ones over earlier ones: `traffic.api.rate=4/s`.
    pub set: Vec<String>,
    pub seed: Option<u64>,
    pub replications: Option<u32>,
    pub horizon: Option<String>,
    /// The day on which prices of the catalogue are looked at: one that is more than [`Entry::STALE_AFTER_DAYS`] old warns.
    /// Without it, the day of the newest price that the program carries, so that nothing depends on the clock.
    pub today: Option<Date>,
    /// The names of the fleets to keep; all when there are none.
    pub fleets: Vec<String>,
    /// A `[plan]` as TOML, whose keys count where the scenario does not write them.
    pub plan: Option<String>,
}

/// A scenario that is ready to be simulated.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub scenario: Scenario,
    /// Of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// As `PATH=VALUE`, flags too.
    pub overrides: Vec<String>,
    pub warnings: Vec<Warning>,
    /// The entries of the catalogue that its prices are from, each once.
    pub catalog: Vec<Entry>,
    /// The presets that its fleets are filled in from, each once.
    pub presets: Vec<&'static Preset>,
    /// The user's own file of prices.
    pub prices_file: Option<DataFile>,
    /// What a plan searches, where designs are written.
    pub plan: Option<Plan>,
    sources: Vec<SourceText>,
}

impl Loaded {
    /// The warnings with the text that they are about, 80 columns wide; empty when there are none.
    #[must_use]
    pub fn render_warnings(&self, colour: bool) -> String {
        warning::render(&self.warnings, &self.sources, colour)
    }
}

/// Loads a scenario with at least one fleet.
///
/// # Errors
/// All mistakes of the file and of the overrides, at once.
pub fn load(origin: &Origin, overrides: &Overrides) -> Result<Loaded, Problems> {
    load_with(origin, overrides, true)
}

/// Loads a scenario of which only the traffic is generated: it may have no fleets.
///
/// # Errors
/// As [`load`].
pub fn load_traffic(origin: &Origin, overrides: &Overrides) -> Result<Loaded, Problems> {
    load_with(origin, overrides, !overrides.fleets.is_empty())
}

/// Loads a scenario from a text as if it were the file `name` in `folder`.
///
/// # Errors
/// As [`load`].
pub fn load_text(text: &str, name: &str, folder: &Path, overrides: &Overrides) -> Result<Loaded, Problems> {
    ScenarioFile::of_text(text, name, folder).load(overrides)
}

/// A scenario file, read once so that it can be loaded many times with other overrides.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    bytes: Vec<u8>,
    /// What messages call it.
    name: String,
    /// What the scenario is called that does not name itself.
    stem: String,
    data: DataFolder,
}

impl ScenarioFile {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(origin: &Origin) -> Result<ScenarioFile, Problems> {
        read(origin)
    }

    /// A text as if it were the file `name` in `folder`.
    #[must_use]
    pub fn of_text(text: &str, name: &str, folder: &Path) -> ScenarioFile {
        ScenarioFile {
            bytes: text.as_bytes().to_vec(),
            name: name.to_owned(),
            stem: "scenario".to_owned(),
            data: DataFolder::Disk(folder.to_path_buf()),
        }
    }

    /// A text that a stranger wrote: no file is read for it but those that the program carries.
    #[must_use]
    pub fn of_stranger(text: &str) -> ScenarioFile {
        ScenarioFile::of_text(text, "scenario.toml", Path::new("")).sealed()
    }

    /// The same scenario, for which no file is read but those that the program carries, whatever it or an override names.
    #[must_use]
    pub fn sealed(self) -> ScenarioFile {
        ScenarioFile { data: DataFolder::Sealed, ..self }
    }

    /// What is written in it.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// As [`load`].
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(&self, overrides: &Overrides) -> Result<Loaded, Problems> {
        self.load_with(overrides, &[], true)
    }

    /// As [`load`], with assignments `PATH=VALUE` that go over all others: those of a cell of a sweep.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load_cell(&self, overrides: &Overrides, assignments: &[String]) -> Result<Loaded, Problems> {
        self.load_with(overrides, assignments, true)
    }

    /// Of the file's bytes, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        Sha256::digest(&self.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn load_with(&self, overrides: &Overrides, cell: &[String], needs_fleets: bool) -> Result<Loaded, Problems> {
        let text = decode(&self.bytes, &self.name)?;
        let mut sources = vec![SourceText { name: self.name.clone(), text }];
        sources.extend(overrides.sources());
        sources.extend(cell.iter().map(|text| SourceText { name: OVER_FLAG.to_owned(), text: text.clone() }));
        let written = overrides.written().into_iter().chain(cell.iter().cloned()).collect();
        let plan = overrides.plan.as_ref().map(|text| SourceText { name: PLAN_TEXT.to_owned(), text: text.clone() });
        load_sources(self, sources, written, (overrides.today, plan), needs_fleets)
    }
}

fn load_with(origin: &Origin, overrides: &Overrides, needs_fleets: bool) -> Result<Loaded, Problems> {
    ScenarioFile::read(origin)?.load_with(overrides, &[], needs_fleets)
}

/// Loads the first of the texts with the others, which are overrides; `written` is how these are stored with a result.
fn load_sources(
    file: &ScenarioFile,
    sources: Vec<SourceText>,
    written: Vec<String>,
    (today, plan): (Option<Date>, Option<SourceText>),
    needs_fleets: bool,
) -> Result<Loaded, Problems> {
    let (root, syntax) = tree::parse(&sources[0].text, 0);
    let Some(mut root) = root else {
        return Err(Problems::new(syntax, sources));
    };
    let fleets: Vec<(String, Place)> = (0..)
        .zip(&sources)
        .filter(|(_, source)| source.name == FLEET_FLAG)
        .map(|(index, source)| (source.text.clone(), Place::new(index, 0..source.text.len())))
        .collect();
    let mut context = Context::new(sources, file.data.clone());
    syntax.into_iter().for_each(|finding| context.push(finding));
    plan.into_iter().for_each(|plan| lay_plan_under(&mut context, &mut root, plan));
    apply_overrides(&mut context, &mut root);
    own_prices::read(&mut context, &root);
    let families = designs::expand(&mut context, &root);
    let choice = match needs_fleets {
        true => FleetChoice::Some(&fleets),
        false => FleetChoice::Optional,
    };
    let scenario = scenario(&context, &root, &file.stem, &choice, today);
    let plan = read_plan::plan(&context, &root, families, scenario.as_ref(), today);
    let failed = context.has_problems();
    let Parts { findings, warnings, entries, presets, prices_file, sources } = context.into_parts();
    match scenario {
        Some(scenario) if !failed => {
            let sha256 = file.sha256();
            let (overrides, catalog) = (written, entries);
            Ok(Loaded { scenario, sha256, overrides, warnings, catalog, presets, prices_file, plan, sources })
        }
        _ => Err(Problems::new(findings, sources)),
    }
}

/// Puts the keys of a plan under those of the scenario.
fn lay_plan_under(context: &mut Context, root: &mut Node, plan: SourceText) {
    let (default, findings) = tree::parse(&plan.text, context.sources.len());
    context.sources.push(plan);
    findings.into_iter().for_each(|finding| context.push(finding));
    default.into_iter().for_each(|default| read_plan::lay_under(root, default));
}

/// Puts the overrides into the tree, and the presets' keys under what is written: those that choose presets go before.
fn apply_overrides(context: &mut Context, root: &mut Node) {
    let is_assignment = |source: &SourceText| source.name != FLEET_FLAG && source.name != PLAN_TEXT;
    let overrides = (0..).zip(&context.sources).skip(1).filter(|(_, source)| is_assignment(source));
    let overrides: Vec<usize> = overrides.map(|(index, _)| index).collect();
    let (first, others): (Vec<usize>, Vec<usize>) =
        overrides.into_iter().partition(|&index| presets::decides(&context.sources[index].text));
    first.into_iter().for_each(|index| set::apply(context, root, index));
    presets::lay_under(context, root);
    others.into_iter().for_each(|index| set::apply(context, root, index));
    presets::give_way(context, root);
}

const FLEET_FLAG: &str = "--fleet";
const OVER_FLAG: &str = "--over";
/// What messages call a plan that the scenario does not write.
const PLAN_TEXT: &str = "the usual [plan]";

impl Overrides {
    /// The flags but `--fleet`, each with the override that it stands for.
    fn flags(&self) -> Vec<(&'static str, String)> {
        let seed = self.seed.map(|seed| ("--seed", format!("seed={seed}")));
        let replications = self.replications.map(|count| ("--replications", format!("replications={count}")));
        let horizon = self.horizon.as_ref().map(|horizon| ("--horizon", format!("horizon={horizon}")));
        [seed, replications, horizon].into_iter().flatten().collect()
    }

    fn sources(&self) -> Vec<SourceText> {
        let set = self.set.iter().map(|text| ("--set", text.clone()));
        let fleets = self.fleets.iter().map(|name| (FLEET_FLAG, name.clone()));
        set.chain(self.flags()).chain(fleets).map(|(name, text)| SourceText { name: name.to_owned(), text }).collect()
    }

    /// As they are stored with a result.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        let flags = self.flags().into_iter().map(|(_, text)| text);
        let fleets = self.fleets.iter().map(|name| format!("fleet={name}"));
        let today = self.today.map(|today| format!("today={today}"));
        self.set.iter().cloned().chain(flags).chain(fleets).chain(today).collect()
    }
}

fn read(origin: &Origin) -> Result<ScenarioFile, Problems> {
    match origin {
        Origin::Embedded(name) => match embedded::find(name) {
            Some(scenario) => Ok(ScenarioFile {
                bytes: scenario.text.as_bytes().to_vec(),
                name: format!("{name}.toml (embedded)"),
                stem: origin.stem(),
                data: DataFolder::Embedded,
            }),
            None => Err(whole_file(
                name,
                "no embedded scenario of that name",
                "the name of an embedded scenario",
                "write a path, or the name of an embedded scenario",
            )),
        },
        Origin::File(path) => {
            let name = path.display().to_string();
            let bytes = fs::read(path).map_err(|error| {
                let found = format!("a file that cannot be read: {error}");
                whole_file(&name, &found, "a scenario file", "check the path")
            })?;
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            Ok(ScenarioFile { bytes, name, stem: origin.stem(), data: DataFolder::Disk(folder) })
        }
    }
}

fn decode(bytes: &[u8], name: &str) -> Result<String, Problems> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let found = format!("bytes that are not UTF-8 from byte {} on", error.valid_up_to());
        whole_file(name, &found, "a text file in UTF-8", "save the file as UTF-8")
    })
}

/// A mistake that has no place in the text.
fn whole_file(name: &str, found: &str, expected: &str, mend: &str) -> Problems {
    let finding = Finding {
        place: None,
        found: format!("{found} ({name})"),
        expected: expected.to_owned(),
        mend: mend.to_owned(),
    };
    let source = SourceText { name: name.to_owned(), text: String::new() };
    Problems::new(vec![finding], vec![source])
}
