//! Text on its way into the page. Names and descriptions come from scenarios, which anybody may have written, so nothing gets into
//! the page but through here.

/// Text between tags, or within a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(letter),
            // HTML knows no control characters.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// JSON that is to stand within a script element: nothing in it can end the element or begin a comment.
pub(super) fn json_in_script(json: &str) -> String {
    // In JSON these signs are found within strings alone, where they may be written by their numbers.
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Text with the addresses in it as links, each written out as it is.
pub(super) fn with_links(text: &str) -> String {
    let word = |word: &str| {
        let address = word.trim_end_matches(['.', ',', ';', ')', ':']);
        let is_address = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
        match is_address {
            true => {
                let (shown, rest) = (escape(address), escape(&word[address.len()..]));
                format!("<a href=\"{shown}\" rel=\"noopener noreferrer\">{shown}</a>{rest}")
            }
            false => escape(word),
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_a_tag_an_attribute_or_a_reference() {
        let name = "<script>alert(\"1\")</script> & 'x' \u{0}\u{1b}[31m";
        let escaped = escape(name);
        assert!(!escaped.contains(['<', '>', '"', '\'', '\u{0}', '\u{1b}']), "{escaped}");
        assert_eq!(escape("a & b\n"), "a &amp; b\n");
        assert_eq!(escape("&lt;"), "&amp;lt;", "what is escaped already is told as it was written");
    }

    #[test]
    fn json_cannot_end_its_element_and_reads_back_the_same() {
        let name = "</script><!-- & \u{2028}";
        let json = json_in_script(&serde_json::to_string(name).unwrap());
        assert!(!json.contains(['<', '>', '&', '\u{2028}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }

    #[test]
    fn addresses_are_links_and_nothing_else_is() {
        let text = with_links("see https://example.com/a?b=1&c=2, or javascript:alert(1) <b>");
        assert!(text.contains("<a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener noreferrer\">"), "{text}");
        assert!(text.contains("</a>, or javascript:alert(1) &lt;b&gt;"), "{text}");
        assert_eq!(text.matches("<a ").count(), 1);
        assert!(!with_links("https://x\"onclick=\"y").contains("\"onclick"));
    }
}
