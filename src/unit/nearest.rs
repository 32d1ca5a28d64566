//! The name that someone probably meant.

/// The candidate that comes closest to `written`: spelled alike but for case, `-` and `_`, or a few letters away.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this share of equal letters a suggestion confuses more than it helps.
    const LEAST_LIKENESS: f64 = 0.6;
    let plain = |name: &str| -> String { name.to_lowercase().replace(['-', ' ', '.'], "_") };
    let wanted = plain(written);
    candidates
        .into_iter()
        .map(|candidate| (likeness(&wanted, &plain(candidate)), candidate))
        .filter(|&(likeness, _)| likeness >= LEAST_LIKENESS)
        // The first of equals, so that the answer follows the order of the candidates.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, candidate)| candidate)
}

/// 1 for equal names, 0 for names that share nothing. A name that starts or ends with the other is likely meant.
fn likeness(a: &str, b: &str) -> f64 {
    const PART: f64 = 0.75;
    const SHORTEST_PART: usize = 3;
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let part = short.len() >= SHORTEST_PART && (long.starts_with(short) || long.ends_with(short));
    let letters = strsim::normalized_damerau_levenshtein(a, b);
    if part { letters.max(PART) } else { letters }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_found_by_case_separator_and_typing_mistakes() {
        let keys = ["keep_alive", "cold_start", "min_instances", "max_instances", "price"];
        for (written, expected) in [
            ("keepalive", Some("keep_alive")),
            ("Cold-Start", Some("cold_start")),
            ("max_instance", Some("max_instances")),
            ("prcie", Some("price")),
            ("colour", None),
        ] {
            assert_eq!(nearest(written, keys), expected, "{written}");
        }
    }
}
