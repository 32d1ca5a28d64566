//! The command line as it is told to whoever wants the same results again.

use std::ffi::OsString;

/// What says how and where, and nothing of what: flags that take a value, and those that do not.
const WITH_VALUE: [&str; 3] = ["--threads", "--out", "--shard"];
const ALONE: [&str; 4] = ["--html", "--json", "--quiet", "--no-charts"];

/// The command that makes the same results, as a shell takes it: without what changes none of them.
pub fn again(arguments: &[OsString]) -> String {
    let mut words = vec!["breakeven".to_owned()];
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        if WITH_VALUE.contains(&&*argument) {
            arguments.next();
            continue;
        }
        let flag = argument.split_once('=').map_or(&*argument, |(flag, _)| flag);
        if !WITH_VALUE.contains(&flag) && !ALONE.contains(&&*argument) {
            words.push(quoted(&argument));
        }
    }
    words.join(" ")
}

/// A word that no shell takes apart.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,%+@".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &[&str]) -> String {
        again(&line.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn what_changes_no_result_is_left_out() {
        let line = ["/usr/bin/breakeven", "run", "mine.toml", "--threads", "2", "--html", "--out=x", "--seed", "3"];
        assert_eq!(told(&line), "breakeven run mine.toml --seed 3");
        assert_eq!(
            told(&["breakeven", "sweep", "--shard", "1/4", "--over", "seed=1,2"]),
            "breakeven sweep --over seed=1,2"
        );
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let line = ["breakeven", "run", "my file.toml", "--set", "fleet.a.price=$4/h", "it's"];
        assert_eq!(told(&line), "breakeven run 'my file.toml' --set 'fleet.a.price=$4/h' 'it'\\''s'");
    }
}
