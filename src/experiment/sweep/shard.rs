//! A part of a sweep, for one of several machines.

use std::fmt;
use std::str::FromStr;

/// Every N-th cell from the I-th on: `I/N`, I from 1 to N.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// The most parts.
    pub const MOST: u64 = 10_000;

    #[must_use]
    pub fn has(self, cell: u64) -> bool {
        cell % self.of == self.number - 1
    }

    /// The part of `of` that a cell belongs to.
    #[must_use]
    pub fn of_cell(cell: u64, of: u64) -> Shard {
        Shard { number: cell % of + 1, of }
    }

    /// Into how many parts the sweep is divided.
    #[must_use]
    pub fn parts(self) -> u64 {
        self.of
    }

    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) && of <= Shard::MOST => Ok(Shard { number, of }),
            Some((0, of)) if of > 0 => Err(format!("parts are counted from 1: write 1/{of}")),
            _ => Err(format!("write I/N, such as 1/4 for the first of four parts; at most {} parts", Shard::MOST)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_share_the_cells_out() {
        let shards: Vec<Shard> = (1..=3).map(|number| format!("{number}/3").parse().unwrap()).collect();
        for cell in 0..10 {
            let has: Vec<Shard> = shards.iter().copied().filter(|shard| shard.has(cell)).collect();
            assert_eq!(has, [Shard::of_cell(cell, 3)]);
        }
        assert_eq!(shards[1].to_string(), "2/3");
    }

    #[test]
    fn fails_on_parts_that_do_not_exist() {
        for text in ["0/4", "5/4", "1/0", "1", "1/4/2", "a/b", "-1/4", "1/100000"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert!("0/4".parse::<Shard>().unwrap_err().contains("1/4"));
    }
}
