//! What a design is called, for people.

use crate::scenario::DesignFamily;

use super::resize::is_held;

/// The family's name and what varies, in words: `hybrid, 2 instances, keep-alive 20s`. A pool is named only where another one
/// varies in the same.
#[must_use]
pub fn label(family: &DesignFamily, design: usize) -> String {
    words(family, &family.designs[design].values)
}

fn words(family: &DesignFamily, values: &[String]) -> String {
    let words = family.varied.iter().zip(values).map(|(key, value)| format!(", {}", phrase(short(family, key), value)));
    std::iter::once(family.name.clone()).chain(words).collect()
}

/// A key without its pool, where no other pool's is called alike.
fn short<'a>(family: &DesignFamily, key: &'a str) -> &'a str {
    let last = |key: &'a str| key.rsplit('.').next().unwrap_or(key);
    let alike = family.varied.iter().filter(|other| other.rsplit('.').next() == Some(last(key))).count();
    if alike == 1 { last(key) } else { key }
}

/// The same of the design in another size: of its first dedicated pool, or of what is kept warm.
#[must_use]
pub fn label_in_size(family: &DesignFamily, design: usize, size: u32) -> String {
    let last = |key: &String| key.rsplit('.').next().unwrap_or_default().to_owned();
    let sized = |name: &str| family.varied.iter().position(|key| last(key) == name);
    let design = &family.designs[design];
    let is_held = is_held(&design.fleet);
    let place = if is_held { sized("instances") } else { sized("min_instances") };
    let mut values = design.values.clone();
    let beside = match place {
        Some(place) => {
            values[place] = size.to_string();
            String::new()
        }
        None => format!(", {}", phrase(if is_held { "instances" } else { "min_instances" }, &size.to_string())),
    };
    words(family, &values) + &beside
}

/// One key and its value in words.
fn phrase(key: &str, value: &str) -> String {
    let (pool, key) = key.rsplit_once('.').map_or((String::new(), key), |(pool, key)| (format!("{pool} "), key));
    let plural = if value == "1" { "" } else { "s" };
    match key {
        "instances" => format!("{value} {pool}instance{plural}"),
        "min_instances" => format!("{value} {pool}warm"),
        "slots" => format!("{value} {pool}slot{plural}"),
        "keep_alive" => format!("{pool}keep-alive {value}"),
        "purchase" | "preset" | "types" => format!("{pool}{value}"),
        _ => format!("{pool}{} {value}", key.replace('_', "-")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::fixture::dedicated;
    use crate::scenario::Design;

    fn family(varied: &[&str], values: &[&str]) -> DesignFamily {
        let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let design = Design { values: strings(values), fleet: dedicated("mix", 2) };
        DesignFamily { name: "mix".to_owned(), varied: strings(varied), designs: vec![design] }
    }

    #[test]
    fn a_pool_is_named_only_where_another_one_varies_in_the_same() {
        let one = family(&["h100.instances", "spare.keep_alive"], &["2", "20s"]);
        assert_eq!(label(&one, 0), "mix, 2 instances, keep-alive 20s");
        assert_eq!(label_in_size(&one, 0, 3), "mix, 3 instances, keep-alive 20s");
        let two = family(&["h100.instances", "l4.instances"], &["2", "1"]);
        assert_eq!(label(&two, 0), "mix, 2 h100 instances, 1 l4 instance");
        assert_eq!(label_in_size(&family(&["queue_limit"], &["9"]), 0, 4), "mix, queue-limit 9, 4 instances");
    }

    #[test]
    fn keys_and_values_read_as_words() {
        for (key, value, words) in [
            ("instances", "1", "1 instance"),
            ("base.instances", "2", "2 base instances"),
            ("min_instances", "3", "3 warm"),
            ("burst.keep_alive", "20s", "burst keep-alive 20s"),
            ("types", "H100", "H100"),
            ("queue_limit", "4", "queue-limit 4"),
        ] {
            assert_eq!(phrase(key, value), words);
        }
    }
}
