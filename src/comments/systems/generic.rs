//! The rule for the rest of the web: what repeats, is named like a comment, and shows who wrote it or when.
//!
//! Elements are grouped by tag and by the part of their class or id that is the same for all of a thread. A group is
//! worth its comments with a text, more so where they show an author and a time; the best group is the thread. So a
//! list of texts, of buttons or of headlines loses against the list of whole comments.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::engine::{self, Found, Page};
use super::{Around, Compiled, Depth, System};
use crate::comments::rules::html as rules;
use crate::page::html::tag::{self, Name};
use crate::page::html::{Dom, Id};

/// Where the parts of any comment are, by the words their classes are made of.
static PARTS: System = System {
    name: "generic",
    needs: "",
    item: "*",
    skip: "",
    body: &[
        ".*comment*body, .*comment*text, .*comment*content, .*comment*message, .*comment*msg, [itemprop=commentText], [itemprop=text]",
        ".*body, .*text, .*message, .*content, .*entry, .*txt, .*copy, .*msg, .*text-formatted, .md, .*usertext, .*markup, .*quote-body, .prose, .*comment-p",
    ],
    drop: ".*author*, .*meta, .*meta-*, .*footer, .*vote, .*voting*, .*reply, .*reply-link*, .*replylink*, .*rating*, .*likes, .*like-*, .*avatar*, .*actions, .*action-*, .*toolbar*, .*tools, \
        .*share*, .*report*, .*permalink*, .*timestamp*, .*date, .*controls, .*badge*, .*karma*, .*buttons, .*button, .*signature*, cite, time, .*username*, .*nickname*, .*userinfo*, \
        .*user-info*, .*header, .*edited*, .*collapse-text, .*posted-on*, .*byline*, .says, .*comment-info*, .*comment-head*, .*comment-number*, .*complain*, .*hide, .*reactions, .*folded*, .*fold-*, .*tooltip*",
    title: "",
    author: &[
        "[itemprop=author]",
        "[itemprop=creator]",
        ".fn",
        "[rel=author]",
        ".*author-name*",
        ".*username*",
        ".*user-name*",
        ".*user_name*",
        ".*author a",
        ".*nickname*",
        ".*user-login*",
        ".*nick",
        ".*login",
        ".*author",
        ".*author*",
        ".*commenter*",
        ".*poster",
        ".*displayname*",
        ".*display-name*",
        ".*user a",
        ".*user",
        ".*userinfo*",
        ".*user-info*",
        "cite",
        ".*-name",
        ".name",
        ".*_name",
        ".vcard",
        "a[href*='/user']",
        "a[href*='/profile']",
        "a[href*='/author']",
        "a[href*='/people/']",
        ".*byline a",
        ".*by a",
        ".*by",
        ".*byline",
        ".*who",
        ".*meta strong",
        ".*meta b",
        ".*meta a",
        ".*header strong",
        ".*header b",
        ".*header a",
        ".*head a",
        "strong",
        "b",
        "h4",
        "h5",
        "h3",
    ],
    time: &[
        "time",
        "[itemprop=dateCreated]",
        "[itemprop=commentTime]",
        "abbr[title]",
        ".*date*",
        ".*time",
        ".*time-*",
        ".*timestamp*",
        ".*timeago*",
        ".*-ago",
        ".*ago",
        ".*published*",
        ".*posted*",
        ".*created*",
        ".*when",
        ".*age",
        ".*meta*",
        ".*info*",
        "small",
        ".*byline*",
        ".*header*",
        ".*footer*",
        "span",
        "a",
    ],
    around: Around::Inside,
    depth: Depth::Tree,
};

/// Class words that name a comment. The first row alone is evidence; the second needs a comment section around.
const STRONG: &[&str] = &[
    "comment",
    "cmt",
    "kommentar",
    "commentaire",
    "comentario",
    "komentar",
    "reply",
    "replies",
    "opinion",
    "reaction",
    "response",
    "discussion",
    "feedback",
    "leserbrief",
    "coment",
    "disqus",
    "thread",
];
const WEAK: &[&str] = &[
    "post", "message", "msg", "answer", "entry", "item", "node", "thread", "row", "talk", "note", "card",
    "media", "review",
];

/// What marks a section that only points at comments or is no thread.
const ELSEWHERE: &[&str] = &[
    "recent",
    "sidebar",
    "widget",
    "related",
    "popular",
    "teaser",
    "latest",
    "most-",
    "trending",
    "footer-",
    "breadcrumb",
    "navbar",
    "nav-",
    "menu",
    "tooltip",
    "author-bio",
    "respond",
    "form",
    "promo",
];

/// Tags that hold a comment.
fn holds(dom: &Dom, id: Id) -> bool {
    let name: Name = dom.name(id);
    matches!(
        name,
        tag::DIV
            | tag::LI
            | tag::ARTICLE
            | tag::SECTION
            | tag::DD
            | tag::TR
            | tag::TABLE
            | tag::TD
            | tag::UL
            | tag::OL
            | tag::DL
            | tag::BLOCKQUOTE
            | tag::P
            | tag::FIGURE
            | tag::TBODY
    ) || dom.tag_str(id).contains('-')
}

/// Whether a class or id names a widget or a form: its first word, or both of "recent-comments".
fn points(names: &str) -> bool {
    names.split_ascii_whitespace().any(|name| {
        let mut words = name.split(['-', '_']);
        words.next().is_some_and(|w| ELSEWHERE.iter().any(|e| w.eq_ignore_ascii_case(e)))
    })
}

fn has_word(text: &str, words: &[&str]) -> bool {
    if text.is_empty() {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    words.iter().any(|w| lower.contains(w))
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    tag: String,
    name: String,
    strong: bool,
}

/// Groups tried, by size; a page has a few dozen of them, an attack as many as it likes.
const MAX_GROUPS: usize = 60;
/// Elements of a group looked at before it is known to be the thread.
const MAX_TRIED: usize = 400;

/// Comments told by repetition, in page order.
pub(crate) fn read(page: &Page<'_>) -> Vec<Found> {
    static PARTS_COMPILED: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(&PARTS));
    let mut groups: Vec<(Key, Vec<Id>)> = groups(page.dom).into_iter().collect();
    // The order must not depend on the hash.
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.1[0].cmp(&b.1[0])));
    groups.truncate(MAX_GROUPS);
    let mut best: (f64, Vec<Found>, &[Id]) = (0.0, Vec::new(), &[]);
    for (key, ids) in &groups {
        let tried = &ids[..ids.len().min(MAX_TRIED)];
        let found = engine::read_group(page, &PARTS_COMPILED, tried);
        let worth = worth(key, &found, tried.len()) * ids.len() as f64 / tried.len() as f64;
        // Equal worth: the outer element, which comes first, knows the nesting.
        let first = |ids: &[Id]| ids.first().copied().unwrap_or(Id::MAX);
        if worth > best.0 * 1.001 || (worth > best.0 * 0.999 && first(ids) < first(best.2)) {
            best = (worth, found, ids);
        }
    }
    if best.2.len() > MAX_TRIED { engine::read_group(page, &PARTS_COMPILED, best.2) } else { best.1 }
}

/// How much a group looks like a thread; 0 for one that does not.
fn worth(key: &Key, found: &[Found], n_elements: usize) -> f64 {
    let real: Vec<&Found> = found.iter().filter(|c| rules::declared(&c.text).is_none()).collect();
    if real.is_empty() {
        return 0.0;
    }
    let n = real.len() as f64;
    let share = |test: &dyn Fn(&Found) -> bool| real.iter().filter(|c| test(c)).count() as f64 / n;
    let (authors, times) = (share(&|c| c.author.is_some()), share(&|c| c.time.is_some()));
    if times < 0.5 && (authors < 0.5 || !key.strong) {
        return 0.0;
    }
    let full = n / n_elements as f64;
    n.sqrt() * n.sqrt() * (0.2 + authors.min(1.0) + times) * (0.5 + full) * if key.strong { 1.5 } else { 1.0 }
}

/// Elements that may be comments, by what they have in common.
fn groups(dom: &Dom) -> FxHashMap<Key, Vec<Id>> {
    let mut groups: FxHashMap<Key, Vec<Id>> = FxHashMap::default();
    // Ends of the comment sections open here.
    let mut sections: Vec<Id> = Vec::new();
    let mut at = 1;
    while at < dom.len() {
        while sections.last().is_some_and(|&end| at >= end) {
            sections.pop();
        }
        let name = dom.name(at);
        if matches!(
            name,
            tag::HEAD | tag::SCRIPT | tag::STYLE | tag::TEMPLATE | tag::NAV | tag::FORM | tag::SELECT
        ) && !whole_page(dom, at)
        {
            at = dom.end(at);
            continue;
        }
        let (class, id) = (dom.class(at), dom.html_id(at));
        if name == tag::TEXT || !holds(dom, at) {
            at += 1;
            continue;
        }
        if (has_word(class, ELSEWHERE) || has_word(id, ELSEWHERE))
            && !has_word(class, &["comment"])
            && !whole_page(dom, at)
        {
            // A widget, unless it is all there is.
            at = dom.end(at);
            continue;
        }
        let strong = strong_name(class, id);
        if let Some(name) = strong {
            push(&mut groups, dom, at, name, true);
        } else if !sections.is_empty() {
            let first = class.split_ascii_whitespace().next().map(fold).unwrap_or_default();
            let own = if first.is_empty() { fold(id) } else { first };
            push(&mut groups, dom, at, own, false);
        } else if has_word(class, WEAK) {
            if let Some(word) = class.split_ascii_whitespace().find(|c| has_word(c, WEAK)) {
                push(&mut groups, dom, at, fold(word), false);
            }
        }
        if has_word(class, STRONG) || has_word(id, STRONG) {
            sections.push(dom.end(at));
        }
        at += 1;
    }
    groups
}

fn push(groups: &mut FxHashMap<Key, Vec<Id>>, dom: &Dom, id: Id, name: String, strong: bool) {
    groups.entry(Key { tag: dom.tag_str(id).to_owned(), name, strong }).or_default().push(id);
}

/// Whether `id` holds more than half of the page.
fn whole_page(dom: &Dom, id: Id) -> bool {
    (dom.end(id) - id) * 2 > dom.len()
}

/// The shortest class, else the id, that names a comment, digits folded.
fn strong_name(class: &str, id: &str) -> Option<String> {
    class
        .split_ascii_whitespace()
        .filter(|c| has_word(c, STRONG))
        .min_by_key(|c| c.len())
        .map(fold)
        .or_else(|| has_word(id, STRONG).then(|| fold(id)))
}

/// Digits folded, modifiers cut.
fn fold(text: &str) -> String {
    let text = text.split("--").next().unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('%') {
            out.push('%');
        }
    }
    out
}
