//! A small part of CSS selectors, parsed once: what the rules of comment systems are written in.
//!
//! `tag`, `.class`, `#id`, `[attr]`, `[attr=value]`, `[attr^=start]`, `[attr*=part]`, `:not(...)` of one simple
//! selector, descendants by a blank, children by `>`, alternatives by a comma. Beyond CSS: in a class or id, `*` at
//! an end stands for any rest (and letter case does not matter where it is at the start) and `%` at the end for one or more digits, so that `#comment-%` is a comment's own id.

use super::{Dom, Id};

/// A compiled selector list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selector {
    alternatives: Vec<Chain>,
}

/// Compounds from the right; each with how the next one (leftwards) stands to it.
#[derive(Debug, Clone)]
struct Chain {
    last: Compound,
    before: Vec<(Link, Compound)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Inside,
    Child,
}

#[derive(Debug, Clone, Default)]
struct Compound {
    tag: Option<Box<str>>,
    tests: Vec<Test>,
}

#[derive(Debug, Clone)]
enum Test {
    Class(Pattern),
    Id(Pattern),
    Has(Box<str>),
    Equals(Box<str>, Box<str>),
    Starts(Box<str>, Box<str>),
    Contains(Box<str>, Box<str>),
    Not(Box<Compound>),
}

#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    Exact(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Part(Box<str>),
    Digits(Box<str>),
}

impl Pattern {
    fn new(text: &str) -> Self {
        if let Some(part) = text.strip_prefix('*').and_then(|t| t.strip_suffix('*')) {
            Pattern::Part(part.to_ascii_lowercase().into())
        } else if let Some(end) = text.strip_prefix('*') {
            Pattern::Suffix(end.to_ascii_lowercase().into())
        } else if let Some(start) = text.strip_suffix('*') {
            Pattern::Prefix(start.into())
        } else if let Some(start) = text.strip_suffix('%') {
            Pattern::Digits(start.into())
        } else {
            Pattern::Exact(text.into())
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Exact(whole) => **whole == *text,
            Pattern::Prefix(start) => text.starts_with(&**start),
            Pattern::Suffix(end) => text
                .len()
                .checked_sub(end.len())
                .is_some_and(|at| text.as_bytes()[at..].eq_ignore_ascii_case(end.as_bytes())),
            Pattern::Part(part) => contains(text, part),
            Pattern::Digits(start) => text
                .strip_prefix(&**start)
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())),
        }
    }
}

/// Whether `value` holds `part`, ASCII case aside (as `itemtype` addresses come in either scheme and case).
fn contains(value: &str, part: &str) -> bool {
    value.len() >= part.len()
        && value.as_bytes().windows(part.len().max(1)).any(|w| w.eq_ignore_ascii_case(part.as_bytes()))
}

impl Selector {
    /// Parses `text`; an unknown part never matches. The rules' own tests see that none is unknown.
    pub(crate) fn new(text: &str) -> Self {
        let alternatives =
            split_outside(text, ',').into_iter().filter(|s| !s.trim().is_empty()).map(chain).collect();
        Selector { alternatives }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alternatives.is_empty()
    }

    /// Whether `id` matches; ancestors are looked up through the whole page.
    pub(crate) fn matches(&self, dom: &Dom, id: Id) -> bool {
        !dom.is_text(id) && self.alternatives.iter().any(|chain| chain.matches(dom, id))
    }

    /// Whether the page can hold a match at all, told from its classes and ids alone.
    pub(crate) fn possible(&self, seen: &super::select::Seen) -> bool {
        self.alternatives.iter().any(|chain| {
            chain.last.possible(seen) && chain.before.iter().all(|(_, compound)| compound.possible(seen))
        })
    }
}

impl Chain {
    fn matches(&self, dom: &Dom, id: Id) -> bool {
        if !self.last.matches(dom, id) {
            return false;
        }
        let mut at = id;
        for (link, compound) in &self.before {
            let found = match link {
                Link::Child => {
                    let parent = dom.parent(at);
                    (parent != 0 && compound.matches(dom, parent)).then_some(parent)
                }
                Link::Inside => dom.ancestors(at).find(|&up| compound.matches(dom, up)),
            };
            match found {
                Some(up) => at = up,
                None => return false,
            }
        }
        true
    }
}

impl Compound {
    fn matches(&self, dom: &Dom, id: Id) -> bool {
        if self.tag.as_deref().is_some_and(|tag| dom.tag_str(id) != tag) {
            return false;
        }
        self.tests.iter().all(|test| match test {
            Test::Class(pattern) => dom.class(id).split_ascii_whitespace().any(|c| pattern.matches(c)),
            Test::Id(pattern) => pattern.matches(dom.html_id(id)),
            Test::Has(name) => dom.attr(id, name).is_some(),
            Test::Equals(name, value) => dom.attr(id, name) == Some(value),
            Test::Starts(name, value) => dom.attr(id, name).is_some_and(|v| v.starts_with(&**value)),
            Test::Contains(name, value) => dom.attr(id, name).is_some_and(|v| contains(v, value)),
            Test::Not(compound) => !compound.matches(dom, id),
        })
    }

    fn possible(&self, seen: &Seen) -> bool {
        self.tests.iter().all(|test| match test {
            Test::Class(pattern) => seen.has_class(pattern),
            Test::Id(pattern) => seen.has_id(pattern),
            Test::Has(name) | Test::Equals(name, _) | Test::Starts(name, _) | Test::Contains(name, _) => {
                seen.names.contains(&**name)
            }
            Test::Not(_) => true,
        }) && self.tag.as_deref().is_none_or(|tag| seen.names.contains(tag))
    }
}

/// The distinct classes, ids (digits folded) and names of a page: rules that cannot match are not tried.
#[derive(Debug, Default)]
pub(crate) struct Seen<'a> {
    classes: rustc_hash::FxHashSet<&'a str>,
    /// The digits at the end cut off; what was cut is not kept.
    ids: rustc_hash::FxHashSet<&'a str>,
    names: rustc_hash::FxHashSet<&'a str>,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(dom: &'a Dom) -> Self {
        let mut seen = Seen::default();
        // Whole attributes repeat far more than they differ.
        let mut attributes = rustc_hash::FxHashSet::default();
        for id in 1..dom.len() {
            if dom.is_text(id) {
                continue;
            }
            let class = dom.class(id);
            if !class.is_empty() && attributes.insert(class) {
                seen.classes.extend(class.split_ascii_whitespace());
            }
            let own = dom.html_id(id);
            if !own.is_empty() {
                seen.ids.insert(own.trim_end_matches(|c: char| c.is_ascii_digit()));
            }
        }
        seen.names = dom.names.all().collect();
        seen
    }

    fn has_class(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Exact(class) => self.classes.contains(&**class),
            _ => self.classes.iter().any(|class| pattern.matches(class)),
        }
    }

    fn has_id(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Exact(id) => self.ids.contains(id.trim_end_matches(|c: char| c.is_ascii_digit())),
            Pattern::Digits(start) => self.ids.contains(&**start),
            Pattern::Suffix(_) | Pattern::Part(_) => true,
            Pattern::Prefix(start) => self.ids.iter().any(|id| {
                let start = start.trim_end_matches(|c: char| c.is_ascii_digit());
                id.starts_with(start)
            }),
        }
    }
}

/// Splits at `sep` where no bracket is open.
fn split_outside(text: &str, sep: char) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            c if c == sep && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn chain(text: &str) -> Chain {
    let mut chain = Chain { last: Compound::default(), before: Vec::new() };
    let mut link = None;
    let spaced = text.replace('>', " > ");
    let words: Vec<&str> = split_outside(&spaced, ' ').into_iter().filter(|w| !w.is_empty()).collect();
    for (n, word) in words.iter().rev().enumerate() {
        if *word == ">" {
            link = Some(Link::Child);
        } else if n == 0 {
            chain.last = compound(word);
        } else {
            chain.before.push((link.take().unwrap_or(Link::Inside), compound(word)));
        }
    }
    chain
}

fn compound(text: &str) -> Compound {
    let end = text.find(['.', '#', '[', ':']).unwrap_or(text.len());
    let tag = &text[..end];
    let mut out = Compound { tag: (!tag.is_empty() && tag != "*").then(|| tag.into()), tests: Vec::new() };
    let mut rest = &text[end..];
    while let Some(sign) = rest.chars().next() {
        let after = &rest[sign.len_utf8()..];
        match sign {
            '.' | '#' => {
                let end = after.find(['.', '#', '[', ':']).unwrap_or(after.len());
                let pattern = Pattern::new(&after[..end]);
                out.tests.push(if sign == '.' { Test::Class(pattern) } else { Test::Id(pattern) });
                rest = &after[end..];
            }
            '[' => {
                let end = after.find(']').unwrap_or(after.len());
                out.tests.push(attribute(&after[..end]));
                rest = after.get(end + 1..).unwrap_or("");
            }
            _ => {
                let inner = after.strip_prefix("not(").unwrap_or(after);
                let end = inner.rfind(')').map_or(inner.len(), |_| closing(inner));
                out.tests.push(Test::Not(Box::new(compound(&inner[..end]))));
                rest = inner.get(end + 1..).unwrap_or("");
            }
        }
    }
    out
}

/// Where the bracket opened before `text` closes.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn attribute(text: &str) -> Test {
    let unquote = |v: &str| -> Box<str> { v.trim_matches(['"', '\'']).into() };
    match text.split_once('=') {
        None => Test::Has(text.into()),
        Some((name, value)) => {
            let value = unquote(value);
            match name.chars().last() {
                Some('^') => Test::Starts(name[..name.len() - 1].into(), value),
                Some('*' | '~') => Test::Contains(name[..name.len() - 1].into(), value),
                _ => Test::Equals(name.into(), value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(selector: &str, html: &str) -> Vec<String> {
        let dom = Dom::parse(html);
        let selector = Selector::new(selector);
        let seen = Seen::new(&dom);
        let hits: Vec<String> = (1..dom.len())
            .filter(|&id| selector.matches(&dom, id))
            .map(|id| dom.html_id(id).to_owned())
            .collect();
        assert!(hits.is_empty() || selector.possible(&seen), "the gate must not hide a match");
        hits
    }

    #[test]
    fn selects_as_css_does() {
        let html = "<ul id=l><li id=comment-12 class='comment odd depth-2'><p id=p data-x='a b'>t</p></li>\
                    <li id=comment-x class=pingback></li></ul>";
        assert_eq!(hits("li.comment", html), ["comment-12"]);
        assert_eq!(hits("#comment-%", html), ["comment-12"]);
        assert_eq!(hits("#comment-*", html), ["comment-12", "comment-x"]);
        assert_eq!(hits(".depth-%, p", html), ["comment-12", "p"]);
        assert_eq!(hits("ul > li:not(.pingback)", html), ["comment-12"]);
        assert_eq!(hits("ul > p", html), Vec::<String>::new());
        assert_eq!(hits("ul p[data-x^=a]", html), ["p"]);
        assert_eq!(hits("[data-x*='A B']", html), ["p"]);
    }
}
