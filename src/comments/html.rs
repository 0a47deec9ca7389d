//! HTML page -> [`Thread`]: the system that wrote the page if it is known, else the generic rule, else why there is none.

use super::dates::Clock;
use super::rules::html as rules;
use super::systems::engine::{self, Found, Page};
use super::systems::{self, generic, jsonld};
use super::{Comment, Evidence, Status, Thread, elsewhere};
use crate::page::Document;
use crate::page::html::select::Seen;
use crate::page::html::text::whole;
use crate::page::html::{Dom, Id, article, tag};

/// Which rules read a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rules {
    /// The systems, then the generic rule.
    #[default]
    All,
    /// The generic rule alone: what a site of no known system gets. For measuring.
    Generic,
}

/// The article and the comments of an HTML page.
///
/// `text` is the document's decoded text. Authors are as printed; names, quotations and translator's notes are left to
/// the caller. Never fails: what cannot be read gives a thread without comments, with the reason as its status.
///
/// # Example
/// ```
/// use commentariat::comments::html::{Rules, html_thread};
/// use commentariat::page::{Document, Kind};
/// let page = "<title>Rain</title><ol class=commentlist><li class='comment depth-1' id=comment-3>\
///             <cite class=fn>Ann</cite><div class=comment-content><p>At last!</p></div></li></ol>";
/// let doc = Document { source: "rain.html".into(), bytes: Vec::new(), kind: Kind::Html,
///     declared_charset: None, url: None, captured: None };
/// let thread = html_thread(&doc, page, Rules::All);
/// assert_eq!(thread.comments[0].text, "At last!");
/// assert_eq!(thread.comments[0].author.as_deref(), Some("Ann"));
/// ```
pub fn html_thread(doc: &Document, text: &str, rules: Rules) -> Thread {
    let dom = Dom::parse(text);
    let values = jsonld::values(&dom);
    let head = article::head(&dom, &values);
    let clock = Clock::new(doc.captured.as_deref(), head.date.as_deref(), head.lang.as_deref());
    let page = Page { dom: &dom, seen: Seen::new(&dom), clock };
    let (system, found) = read(&page, &values, rules);
    let declared = declared(&dom, found.first().map(|f| f.node));
    let mut thread = Thread::new(doc);
    if doc.url.is_none()
        && let Some(url) = head.url
    {
        thread.article.clone_from(&url);
        thread.url = Some(url);
    }
    thread.title = head.title;
    thread.lang = head.lang;
    thread.byline = head.authors;
    thread.date = head.date.map(|d| page.clock.read(&d).unwrap_or(d));
    thread.status = Status::Found;
    thread.declared = declared;
    thread.system = system.map(str::to_owned);
    thread.comments = comments(found);
    if thread.comments.is_empty() {
        explain(&mut thread, &dom);
    } else {
        check_count(&mut thread);
    }
    thread
}

/// The article's own text, comments, navigation and the like left out: a line per block.
pub fn article_text(text: &str) -> String {
    article::body(&Dom::parse(text))
}

fn read(page: &Page<'_>, values: &[serde_json::Value], rules: Rules) -> (Option<&'static str>, Vec<Found>) {
    let mut best: (Option<&'static str>, Vec<Found>) = (None, Vec::new());
    if rules == Rules::All {
        for system in systems::all() {
            let found = engine::read(page, system);
            if found.len() > best.1.len() && (best.1.is_empty() || found.len() >= 3 * best.1.len()) {
                best = (Some(system.system.name), found);
            }
        }
        let described = jsonld::read(page, values);
        if described.len() > 2 * best.1.len() {
            best = (Some("json-ld"), described);
        }
    }
    if best.1.is_empty() {
        let found = generic::read(page);
        if !found.is_empty() {
            best = (Some("generic"), found);
        }
    }
    best
}

fn comments(mut found: Vec<Found>) -> Vec<Comment> {
    unnumber(&mut found);
    (1..)
        .zip(found)
        .map(|(no, f)| Comment {
            no,
            id: if f.id.is_empty() { no.to_string() } else { f.id },
            parent: f.parent.map(|p| p as u32 + 1),
            evidence: f.parent.map(|_| Evidence::Nesting),
            depth: f.depth,
            author: f.author,
            time: f.time,
            text: f.text,
            ..Comment::default()
        })
        .collect()
}

/// Takes the comments' numbers off the names where they count: "1 Anna", "2 Boris". "50 Cent" is a name.
fn unnumber(found: &mut [Found]) {
    let cut = |f: &Found| -> Option<(u32, usize)> {
        let (number, _) = f.author.as_deref()?.split_once(' ')?;
        Some((number.parse().ok()?, number.len() + 1))
    };
    let numbers: Vec<Option<(u32, usize)>> = found.iter().map(cut).collect();
    let steps =
        numbers.windows(2).filter(|w| w[0].zip(w[1]).is_some_and(|(a, b)| a.0.abs_diff(b.0) == 1)).count();
    if found.len() < 2 || steps * 10 < (found.len() - 1) * 7 {
        return;
    }
    for (f, number) in found.iter_mut().zip(numbers) {
        if let (Some(author), Some((_, end))) = (&mut f.author, number) {
            author.drain(..end);
        }
    }
}

/// The status of a page without comments.
fn explain(thread: &mut Thread, dom: &Dom) {
    thread.system = None;
    if let Some(host) = elsewhere::host(dom) {
        thread.status = Status::Elsewhere;
        thread.host = Some(host.to_owned());
        let who = if host == "script" { "a script".to_owned() } else { host.to_owned() };
        thread.warnings.push(format!(
            "the comments are loaded by {who} and are not in the file; save the page after they are shown, or export them there"
        ));
    } else if thread.declared.is_some_and(|n| n > 0) {
        thread.status = Status::Empty;
        thread.warnings.push(
            "the page declares comments and holds none; save it after they are shown, or save their own page"
                .to_owned(),
        );
    } else if has_section(dom) {
        thread.status = Status::Empty;
    } else {
        thread.status = Status::None;
    }
}

fn has_section(dom: &Dom) -> bool {
    (1..dom.len()).any(|id| {
        matches!(
            dom.html_id(id),
            "comments" | "comment" | "respond" | "commentform" | "comment-form" | "comments-section"
        ) || dom.has_class(id, "comments-area")
    })
}

fn check_count(thread: &mut Thread) {
    let n_found = thread.comments.len() as u32;
    let Some(declared) = thread.declared.filter(|&n| n != n_found) else { return };
    let reason = if declared > n_found {
        "more pages of comments, folded replies, deleted comments or pingbacks"
    } else {
        "the page's number is older than its comments, or what was read holds more than the thread"
    };
    thread.warnings.push(format!(
        "the page declares {declared} comments and {n_found} were found: {reason}; see which lines were taken with --show-lines"
    ));
}

/// The number of comments that the page declares: nearest before the first comment, else the first that there is.
fn declared(dom: &Dom, first: Option<Id>) -> Option<u32> {
    let mut before = None;
    for id in 1..dom.len() {
        if !dom.is_text(id) || dom.text(id).len() > 200 || !names_comments(dom.text(id)) {
            continue;
        }
        if dom
            .ancestors(id)
            .take(6)
            .any(|up| matches!(dom.name(up), tag::SCRIPT | tag::STYLE | tag::TITLE | tag::LI))
        {
            continue;
        }
        let mut up = id;
        let mut n = rules::declared(dom.text(id));
        // The number may stand in an element of its own.
        for _ in 0..2 {
            if n.is_some() {
                break;
            }
            up = dom.parent(up);
            if up == 0 || dom.end(up) - up > 14 {
                break;
            }
            n = rules::declared(&whole(dom, up).replace('\n', " "));
        }
        match (n, first) {
            (Some(n), Some(first)) if id < first => before = Some(n),
            (Some(n), _) => return before.or(Some(n)),
            (None, _) => {}
        }
    }
    before
}

fn names_comments(text: &str) -> bool {
    [
        "omment",
        "OMMENT",
        "esponse",
        "eplies",
        "hought",
        "eaction",
        "омментар",
        "ОММЕНТАР",
        "оментар",
        "ntwort",
        "éaction",
        "ікір",
        "zoh",
        "изоҳ",
        "арҳҳо",
        "икир",
        "oment",
    ]
    .iter()
    .any(|w| text.contains(w))
}
