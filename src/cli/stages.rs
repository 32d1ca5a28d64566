//! `breakeven stages`: the guide's plans for companies of three sizes, beside other plans, and a company that grows.

use clap::Args as ClapArgs;
use clap::builder::PossibleValuesParser;
use jiff::civil::Date;

use crate::advice::{self, Growth, Path, StageStudy};
use crate::guide::{PORTFOLIOS, Portfolio};
use crate::report::stages::{StagesDocument, stages_report, write_stages};
use crate::scenario::Loaded;

use super::exit::Failure;
use super::flags::{self, OutputFlags};
use super::progress::Progress;
use super::{notes, results};

#[derive(ClapArgs, Clone, Debug)]
pub struct Args {
    /// Only this company [default: all]
    #[arg(value_parser = PossibleValuesParser::new(PORTFOLIOS.map(|portfolio| portfolio.stage)))]
    stage: Option<String>,

    /// Let the company's traffic and jobs grow by this share every month [default: 10% of the startup; no other grows]
    #[arg(long, value_name = "SHARE", value_parser = rate)]
    growth: Option<f64>,

    /// How many months of growth are simulated
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,

    /// Seed of all random numbers
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Warn of prices and presets of the catalogue that are more than 180 days old on this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = flags::day)]
    today: Option<Date>,

    #[command(flatten)]
    output: OutputFlags,
}

pub const EXAMPLES: &str = "\
Examples:
  breakeven stages                                  all three, and the startup that grows
  breakeven stages startup --growth 20% --months 12
  breakeven scenarios show stages/startup/production
  breakeven stages --json | jq '.stages[] | {name, plans}'";

/// The growth of a startup that says nothing.
const USUAL_GROWTH: f64 = 0.1;

/// Load, simulate, write, show.
pub fn execute(args: &Args) -> Result<(), Failure> {
    let is_asked = |portfolio: &&Portfolio| args.stage.as_deref().is_none_or(|stage| stage == portfolio.stage);
    let asked: Vec<Asked> =
        PORTFOLIOS.iter().filter(is_asked).map(|portfolio| load(portfolio, args)).collect::<Result<_, Failure>>()?;
    let folder = args.output.claim("stages")?;
    let (studies, growth) = simulate(&asked, args)?;
    let growth = growth.as_ref().map(|(stage, growth, paths)| (*stage, *growth, &paths[..]));
    let document = StagesDocument::new(&studies, growth);
    let place = folder.path().display().to_string();
    results::publish(folder, document.schema, |path| write_stages(&document, path))?;
    results::show(&document, |look| stages_report(&document, look), &args.output)?;
    notes::written_exactly(&place, "stages.json, Parquet", &args.output);
    Ok(())
}

/// A company and its workloads.
type Asked = (&'static Portfolio, Vec<Loaded>);

fn load(portfolio: &'static Portfolio, args: &Args) -> Result<Asked, Failure> {
    let of = |name| flags::embedded(&format!("stages/{}/{name}", portfolio.stage), args.seed, args.today);
    let loaded = portfolio.workloads.iter().map(|workload| of(workload.name)).collect::<Result<_, Failure>>()?;
    Ok((portfolio, loaded))
}

type Grown = (&'static str, Growth, Vec<Path>);

fn simulate(asked: &[Asked], args: &Args) -> Result<(Vec<StageStudy>, Option<Grown>), Failure> {
    let progress = Progress::new("simulating", args.output.quiet);
    let stages = || asked.iter().map(|(portfolio, loaded)| advice::study_stage(portfolio, loaded, &progress)).collect();
    let studies: Result<Vec<StageStudy>, _> = args.output.on_threads(stages)?;
    let grows = asked.first().filter(|(portfolio, _)| args.growth.is_some() || portfolio.stage == "startup");
    let Some((portfolio, loaded)) = grows else { return Ok((studies?, None)) };
    let growth = Growth { rate: args.growth.unwrap_or(USUAL_GROWTH), months: args.months };
    let paths = args.output.on_threads(|| advice::growth_paths(portfolio, loaded, growth, &progress))??;
    Ok((studies?, Some((portfolio.stage, growth, paths))))
}

/// `10%` or `0.1`, above zero and at most doubling.
fn rate(text: &str) -> Result<f64, String> {
    flags::number_or_percent(text)
        .filter(|rate| *rate > 0.0 && *rate <= 1.0)
        .ok_or_else(|| "write a share above 0% and of at most 100%, such as 10% or 0.1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_of_growth_is_a_share() {
        assert_eq!((rate("10%"), rate("0.1"), rate("100%")), (Ok(0.1), Ok(0.1), Ok(1.0)));
        for text in ["0%", "-5%", "101%", "NaN", "ten"] {
            assert!(rate(text).unwrap_err().contains("such as 10%"), "{text}");
        }
    }
}
