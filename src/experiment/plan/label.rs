//! What a design is called, for people.

use crate::scenario::DesignFamily;

use super::resize::is_held;

/// The family's name and what varies, in words: `hybrid, 2 base instances, burst keep-alive 20s`.
#[must_use]
pub fn label(family: &DesignFamily, design: usize) -> String {
    let values = family.varied.iter().zip(&family.designs[design].values);
    let words = values.map(|(key, value)| format!(", {}", phrase(key, value)));
    std::iter::once(family.name.clone()).chain(words).collect()
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
    let words = family.varied.iter().zip(&values).map(|(key, value)| format!(", {}", phrase(key, value)));
    std::iter::once(family.name.clone()).chain(words).chain([beside]).collect()
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
