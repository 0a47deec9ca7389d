//! Bodies written in HTML -> plain text; quoted blocks get a `>` before each line.

/// Elements that end a line.
const BLOCKS: &[&str] =
    &["p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "pre", "tr", "blockquote", "aside", "hr"];
/// Elements whose content is no text.
const SILENT: &[&str] = &["script", "style", "img", "svg"];

/// The text of a fragment of HTML. Linear in its length, whatever the nesting.
pub(super) fn text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.trim().to_owned();
    }
    let mut out = String::with_capacity(html.len());
    let (mut quoted, mut silent) = (0usize, 0usize);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if silent == 0 {
            push(&mut out, &rest[..at], quoted > 0);
        }
        rest = &rest[at..];
        let name: &str = rest[1..]
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or("");
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        let Some(end) = rest.find('>').filter(|_| is_tag) else {
            if silent == 0 {
                push(&mut out, "<", quoted > 0);
            }
            rest = &rest[1..];
            continue;
        };
        let closes = rest[1..].starts_with('/');
        let name = name.to_ascii_lowercase();
        if BLOCKS.contains(&name.as_str()) {
            newline(&mut out);
        }
        if name == "blockquote" || name == "aside" {
            quoted = if closes { quoted.saturating_sub(1) } else { quoted + 1 };
        }
        if SILENT.contains(&name.as_str()) && name != "img" {
            silent = if closes { silent.saturating_sub(1) } else { silent + 1 };
        }
        rest = &rest[end + 1..];
    }
    if silent == 0 {
        push(&mut out, rest, quoted > 0);
    }
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|l| !l.is_empty() && *l != ">").collect();
    lines.join("\n")
}

fn newline(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

fn push(out: &mut String, text: &str, quoted: bool) {
    for piece in text.split_inclusive('\n') {
        if piece.trim().is_empty() {
            if out.ends_with('\n') || out.is_empty() {
                continue;
            }
            out.push_str(if piece.contains('\n') { "\n" } else { " " });
            continue;
        }
        if quoted && (out.is_empty() || out.ends_with('\n')) {
            out.push_str("> ");
        }
        unescape(out, piece);
    }
}

/// Appends `text` with its entities resolved; unknown ones stay.
pub(super) fn unescape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        if let Some((c, end)) = end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end))) {
            out.push(c);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().filter(|&c| c != 0).and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "laquo" => '«',
        "raquo" => '»',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "lsquo" => '‘',
        "rsquo" => '’',
        "shy" => '\u{ad}',
        "copy" => '©',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn blocks_quotes_and_entities() {
        assert_eq!(text("<p>One &amp; two</p><p>three<br>four</p>"), "One & two\nthree\nfour");
        assert_eq!(text("<blockquote><p>Old words</p></blockquote><p>No.</p>"), "> Old words\nNo.");
        assert_eq!(text("3 < 4 and a <b>bold</b> claim &unknown;"), "3 < 4 and a bold claim &unknown;");
        assert_eq!(text("<script>x()</script>Yes&#33;"), "Yes!");
        assert_eq!(text(&"<div>".repeat(100_000)), "");
    }
}
