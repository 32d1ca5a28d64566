use super::exit::Failure;
use clap::Args as ClapArgs;
#[derive(ClapArgs, Clone, Debug)]
pub struct Args {}
pub const EXAMPLES: &str = "";
pub fn execute(_args: &Args) -> Result<(), Failure> {
    todo!()
}
