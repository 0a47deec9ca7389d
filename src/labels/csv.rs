//! Delimited text -> records with line numbers; quoted fields per RFC 4180, borrowed where nothing is escaped.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

use crate::error::{Error, Result};

/// Longest field that is read: far beyond any comment.
pub const MAX_FIELD: usize = 1 << 20;

/// Reads records from text. The separator is a comma, or what the first line uses instead: `;` or a tab.
///
/// # Example
/// ```
/// use commentariat::labels::csv::Records;
/// let mut records = Records::new("id,text\n1,\"a, \"\"b\"\"\"\n");
/// let mut fields = Vec::new();
/// assert_eq!(records.next_into(&mut fields).unwrap(), Some(1));
/// assert_eq!(records.next_into(&mut fields).unwrap(), Some(2));
/// assert_eq!(fields[1], "a, \"b\"");
/// assert_eq!(records.next_into(&mut fields).unwrap(), None);
/// ```
#[derive(Debug, Clone)]
pub struct Records<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    separator: u8,
}

impl<'a> Records<'a> {
    /// Records of `text`; a byte-order mark is skipped.
    pub fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let count = |b: u8| first.bytes().filter(|c| *c == b).count();
        let separator = [b';', b'\t'].into_iter().find(|b| count(*b) > count(b',')).unwrap_or(b',');
        Records { text, at: 0, line: 1, separator }
    }

    /// Records of a piece of a larger text that begins at `line`.
    pub fn with_separator(text: &'a str, separator: u8, line: u64) -> Self {
        Records { text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0, line, separator }
    }

    /// The separator.
    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads the next record into `fields` and gives its line, or `None` at the end. Empty lines are skipped.
    ///
    /// # Errors
    /// A quoted field that is never closed; a field longer than [`MAX_FIELD`].
    pub fn next_into(&mut self, fields: &mut Vec<Cow<'a, str>>) -> Result<Option<u64>> {
        fields.clear();
        let bytes = self.text.as_bytes();
        while let Some(b'\n' | b'\r') = bytes.get(self.at) {
            self.line += u64::from(bytes[self.at] == b'\n');
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return Ok(None);
        }
        let line = self.line;
        loop {
            let start = self.at;
            let field = if bytes.get(start) == Some(&b'"') { self.quoted(line)? } else { self.plain() };
            if field.len() > MAX_FIELD {
                let size = field.len() as f64 / 1e6;
                return Err(Error::input(format!("field {} is {size:.1} MB long", fields.len() + 1))
                    .line(line)
                    .hint("a comment is at most 1 MB; look for a quotation mark that is not closed"));
            }
            fields.push(field);
            match bytes.get(self.at) {
                Some(b) if *b == self.separator => self.at += 1,
                Some(_) => {
                    // The end of the line: \n, \r\n or \r.
                    let crlf = bytes[self.at] == b'\r' && bytes.get(self.at + 1) == Some(&b'\n');
                    self.at += 1 + usize::from(crlf);
                    self.line += 1;
                    return Ok(Some(line));
                }
                None => return Ok(Some(line)),
            }
        }
    }

    fn plain(&mut self) -> Cow<'a, str> {
        let rest = &self.text[self.at..];
        let len = memchr3(self.separator, b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        self.at += len;
        Cow::Borrowed(&rest[..len])
    }

    fn quoted(&mut self, line: u64) -> Result<Cow<'a, str>> {
        let text = self.text;
        let start = self.at + 1;
        let mut from = start;
        let mut field: Option<String> = None;
        loop {
            let Some(len) = memchr(b'"', &text.as_bytes()[from..]) else {
                return Err(Error::input("a quoted field is not closed")
                    .line(line)
                    .hint("close the quotation mark, or double the marks inside the field"));
            };
            let end = from + len;
            self.line += memchr::memchr_iter(b'\n', &text.as_bytes()[from..end]).count() as u64;
            if text.as_bytes().get(end + 1) == Some(&b'"') {
                let field = field.get_or_insert_with(String::new);
                field.push_str(&text[from..=end]);
                from = end + 2;
                continue;
            }
            // Whatever stands between the closing mark and the separator belongs to the field, as other
            // readers have it.
            let tail = &text[end + 1..];
            let tail_len = memchr3(self.separator, b'\n', b'\r', tail.as_bytes()).unwrap_or(tail.len());
            self.at = end + 1 + tail_len;
            return Ok(match field {
                None if tail_len == 0 => Cow::Borrowed(&text[start..end]),
                field => {
                    let mut field = field.unwrap_or_default();
                    field.push_str(&text[from..end]);
                    field.push_str(&tail[..tail_len]);
                    Cow::Owned(field)
                }
            });
        }
    }
}

/// Writes one field, quoted where it must be.
pub fn write_field(out: &mut Vec<u8>, field: &str) {
    let bytes = field.as_bytes();
    if memchr3(b',', b'"', b'\n', bytes).is_none() && memchr2(b'\r', b'\n', bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    for part in field.split_inclusive('"') {
        out.extend_from_slice(part.as_bytes());
        if part.ends_with('"') {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{Records, write_field};

    fn all(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text);
        let (mut fields, mut out) = (Vec::new(), Vec::new());
        while let Some(line) = records.next_into(&mut fields).unwrap() {
            out.push((line, fields.iter().map(|f| f.clone().into_owned()).collect()));
        }
        out
    }

    #[test]
    fn lines_are_counted_through_quoted_line_breaks() {
        let rows = all("\u{feff}a;b\r\n\r\n\"x\ny\";\"\"\"q\"\"\"\r\nlast;");
        assert_eq!(rows[0], (1, vec!["a".into(), "b".into()]));
        assert_eq!(rows[1], (3, vec!["x\ny".into(), "\"q\"".into()]));
        assert_eq!(rows[2], (5, vec!["last".into(), String::new()]));
    }

    #[test]
    fn an_open_quote_and_a_huge_field_are_errors_with_their_line() {
        let mut records = Records::new("a,b\n1,\"never closed\n2,x\n");
        let mut fields = Vec::new();
        records.next_into(&mut fields).unwrap();
        let e = records.next_into(&mut fields).unwrap_err();
        assert!(e.to_string().contains("line 2"), "{e}");
        let huge = format!("a\n{}\n", "x".repeat(2 << 20));
        let mut records = Records::new(&huge);
        records.next_into(&mut fields).unwrap();
        assert!(records.next_into(&mut fields).unwrap_err().to_string().contains("2.1 MB"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(fields in proptest::collection::vec("[a\",;\n\r é]{1,8}", 2..5)) {
            let mut out = Vec::new();
            out.extend_from_slice(b"h,h\n");
            for (i, f) in fields.iter().enumerate() {
                if i > 0 { out.push(b','); }
                write_field(&mut out, f);
            }
            let text = String::from_utf8(out).unwrap();
            let rows = all(&text);
            proptest::prop_assert_eq!(&rows[1].1, &fields);
        }
    }
}
