//! Text from outside on its way into HTML, and bytes into `data:` links.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// `s` as HTML text or as the value of a quoted attribute. Control and direction characters become spaces: they
/// could reorder what stands around them.
pub fn esc(s: &str) -> Cow<'_, str> {
    let needed = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || is_control(c);
    if !s.contains(needed) {
        return Cow::Borrowed(s);
    }
    let mut out = String::with_capacity(s.len() + 16);
    for c in s.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            c if is_control(c) => out.push(' '),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Base64 with padding (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(char::from(DIGITS[(bits >> (18 - 6 * i)) as usize & 63]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// A pair of links that hand out a chart's data.
pub fn links(name: &str, csv: &str, json: &str) -> String {
    let mut out = String::from("<p class=\"data\">Data: ");
    let one = |out: &mut String, ext: &str, mime: &str, text: &str| {
        let _ = write!(
            out,
            "<a download=\"{name}.{ext}\" href=\"data:{mime};charset=utf-8;base64,{}\">{}<span class=\"sr\"> of \
             {name}</span></a>",
            base64(text.as_bytes()),
            ext.to_uppercase()
        );
    };
    one(&mut out, "csv", "text/csv", csv);
    out.push_str(" · ");
    one(&mut out, "json", "application/json", json);
    out.push_str("</p>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn nothing_escapes() {
        assert_eq!(esc("<script>\"'&\u{202e}\0"), "&lt;script&gt;&quot;&#39;&amp;  ");
        assert!(matches!(esc("обычный текст"), Cow::Borrowed(_)));
    }
}
