//! Text between elements, as the inside of a `"""…"""` literal.
//!
//! Pure. In text a backslash does what it did in 3.5: `\n`, `\r`, `\t` and `\"` mean themselves, `\\` is one backslash,
//! and `\a \b \f \v \'`, `\xhh`, octal numbers and a backslash at the end of a line are Python's. Every other backslash
//! is only a backslash, so that no text makes a literal that Python refuses.

use std::iter::Peekable;
use std::str::CharIndices;

/// The literal's inside; it has exactly the text's line ends.
pub(super) fn quoted(text: &str, literal: bool) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match escape(&text[at..]) {
                length @ 1.. if !literal => {
                    out.push_str(&text[at..at + length]);
                    skip(&mut chars, at + length);
                }
                _ => out.push_str("\\\\"),
            },
            '"' => out.push_str("\\\""),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\x00"),
            c => out.push(c),
        }
    }
    out
}

fn skip(chars: &mut Peekable<CharIndices<'_>>, to: usize) {
    while chars.next_if(|(at, _)| *at < to).is_some() {}
}

/// The length of the escape sequence of Python's that begins here; 0 for a backslash that begins none.
fn escape(text: &str) -> usize {
    let after = &text.as_bytes()[1..];
    let run =
        |digits: fn(&u8) -> bool, most: usize| after.iter().take(most).take_while(|b| digits(b)).count();
    match after {
        [b'\\' | b'\'' | b'a' | b'b' | b'f' | b'v' | b'\n', ..] => 2,
        [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => 4,
        // Beyond \377 Python has no such character.
        [b'4'..=b'7', b'0'..=b'7', b'0'..=b'7', ..] => 0,
        [b'0'..=b'7', ..] => 1 + run(|b| matches!(b, b'0'..=b'7'), 3),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn text_without_backslashes() {
        assert_eq!(quoted("a\"b\n\r'\0ü", false), "a\\\"b\n\\r'\\x00ü");
    }

    #[test]
    fn backslashes_that_mean_themselves() {
        for (text, inside) in [
            (r"\n", r"\\n"),
            (r"\r\t", r"\\r\\t"),
            ("\\\"", r#"\\\""#),
            (r"\d", r"\\d"),
            ("\\", r"\\"),
            (r"C:\users\x", r"C:\\users\\x"),
            (r"\xg1\N{DASH}", r"\\xg1\\N{DASH}"),
            (r"\400", r"\\400"),
            ("\\ü", "\\\\ü"),
        ] {
            assert_eq!(quoted(text, false), inside, "{text}");
        }
    }

    #[test]
    fn escapes_of_python() {
        for text in [
            r"\\",
            r"\'",
            r"\a\b\f\v",
            r"\x41",
            r"\0",
            r"\101",
            r"\1018",
            r"\47",
            "\\\n",
        ] {
            assert_eq!(quoted(text, false), text);
        }
        assert_eq!(quoted(r"\\n", false), r"\\n");
        assert_eq!(quoted(r"\\\n", false), r"\\\\n");
    }

    #[test]
    fn literal_backslashes() {
        assert_eq!(quoted(r"\x41 \\ \n", true), r"\\x41 \\\\ \\n");
        assert_eq!(quoted("\\\n", true), "\\\\\n");
    }
}
