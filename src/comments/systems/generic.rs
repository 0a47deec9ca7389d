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
    "recentcomments",
    "sidebar",
    "widget",
    "related",
    "popular",
    "teaser",
    "latest",
    "most",
    "trending",
    "breadcrumb",
    "breadcrumbs",
    "navbar",
    "nav",
    "menu",
    "tooltip",
    "respond",
    "liveblog",
    "commentform",
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

/// The ways to read an element: with a text of its own inside or as a whole, and with author and time in it or beside.
static VARIANTS: LazyLock<[(Compiled, f64); 4]> = LazyLock::new(|| {
    let whole: &'static System = Box::leak(Box::new(System { body: &[], ..PARTS }));
    let beside: &'static System = Box::leak(Box::new(System { around: Around::Both, ..PARTS }));
    let whole_beside: &'static System =
        Box::leak(Box::new(System { body: &[], around: Around::Both, ..PARTS }));
    [
        (Compiled::new(&PARTS), 1.0),
        (Compiled::new(whole), 0.8),
        (Compiled::new(beside), 0.7),
        (Compiled::new(whole_beside), 0.5),
    ]
});

/// Comments told by repetition, in page order.
pub(crate) fn read(page: &Page<'_>) -> Vec<Found> {
    let mut groups: Vec<(Key, Vec<Id>)> = groups(page.dom).into_iter().collect();
    // The order must not depend on the hash.
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.1[0].cmp(&b.1[0])));
    groups.truncate(MAX_GROUPS);
    let mut best: (f64, Vec<Found>, &[Id], usize) = (0.0, Vec::new(), &[], 0);
    for (key, ids) in &groups {
        let tried = &ids[..ids.len().min(MAX_TRIED)];
        if is_teasers(page.dom, tried) {
            continue;
        }
        for (n, (parts, weight)) in VARIANTS.iter().enumerate() {
            let scale = weight * ids.len() as f64 / tried.len() as f64;
            // The most it could be worth.
            if tried.len() as f64 * 5.0 * scale < best.0 || (n >= 2 && (!key.strong || tried.len() < 2)) {
                continue;
            }
            let found = engine::read_group(page, parts, tried);
            let worth = worth(page, key, &found, tried.len()) * scale;
            // Equal worth: the outer element, which comes first, knows the nesting.
            let first = |ids: &[Id]| ids.first().copied().unwrap_or(Id::MAX);
            if worth > best.0 * 1.001 || (worth > best.0 * 0.999 && worth > 0.0 && first(ids) < first(best.2))
            {
                best = (worth, found, ids, n);
            }
            if worth > 0.0 {
                break;
            }
        }
    }
    let (_, found, ids, variant) = best;
    if ids.len() > MAX_TRIED { engine::read_group(page, &VARIANTS[variant].0, ids) } else { found }
}

/// Whether the elements are articles or point at articles: most hold the page's headline, or are mostly links, or have
/// a headline that is one.
fn is_teasers(dom: &Dom, ids: &[Id]) -> bool {
    let teaser = |&id: &Id| {
        let (mut linked_until, mut in_links, mut all) = (0, 0, 0);
        for at in dom.inside(id) {
            match dom.name(at) {
                tag::H1 => return true,
                tag::H2 | tag::H3 => {
                    let link = dom.inside(at).find(|&a| dom.name(a) == tag::A);
                    if link.and_then(|a| dom.attr_of(a, tag::HREF)).is_some_and(|h| !h.starts_with('#'))
                        || at < linked_until
                    {
                        return true;
                    }
                }
                tag::A => linked_until = linked_until.max(dom.end(at)),
                tag::TEXT => {
                    let n = dom.text(at).trim().len();
                    all += n;
                    in_links += if at < linked_until { n } else { 0 };
                }
                _ => {}
            }
        }
        all > 40 && in_links * 10 > all * 7
    };
    ids.iter().filter(|id| teaser(id)).count() * 2 > ids.len()
}

/// Whether a text is a heading line of a comment and no comment: a time, a name, a count, a button.
fn is_label(page: &Page<'_>, comment: &Found) -> bool {
    let text = comment.text.as_str();
    let rest = comment.author.as_deref().and_then(|a| text.strip_prefix(a)).unwrap_or(text);
    (rest.len() < text.len() && rest.chars().count() <= 16)
        || rules::declared(text).is_some()
        || rules::is_button(text)
        || (text.chars().count() <= 40 && page.clock.read(text).is_some())
}

/// How much a group looks like a thread; 0 for one that does not.
fn worth(page: &Page<'_>, key: &Key, found: &[Found], n_elements: usize) -> f64 {
    let real: Vec<&Found> = found.iter().filter(|c| !is_label(page, c)).collect();
    if real.is_empty() {
        return 0.0;
    }
    let n = real.len() as f64;
    let share = |test: &dyn Fn(&Found) -> bool| real.iter().filter(|c| test(c)).count() as f64 / n;
    let (authors, times) = (share(&|c| c.author.is_some()), share(&|c| c.time.is_some()));
    // A lone element is a comment only if it says so and shows who and when; a repeated one, if it shows either.
    let enough = match (real.len(), key.strong) {
        (1, true) => authors > 0.0 && times > 0.0 && real[0].text.len() < 6000,
        (1, false) => false,
        (_, true) => authors >= 0.5 || times >= 0.5,
        (_, false) => authors >= 0.5 && times >= 0.5,
    };
    if !enough {
        return 0.0;
    }
    let full = n / n_elements as f64;
    let words = real.iter().map(|c| c.text.split_whitespace().count().min(100)).sum::<usize>() as f64 / n;
    let long = 0.5 + (words / 15.0).min(0.5);
    n * (0.2 + authors + times) * (0.5 + full) * long * if key.strong { 1.5 } else { 1.0 }
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
        if (points(class) || points(id)) && !whole_page(dom, at) {
            // A widget, unless it is all there is.
            at = dom.end(at);
            continue;
        }
        let strong = strong_name(class, id);
        if let Some(name) = strong {
            push(&mut groups, dom, at, name, true);
        } else if !sections.is_empty() {
            let class = class.split_ascii_whitespace().next().map(fold).unwrap_or_default();
            let numbered = id.bytes().any(|b| b.is_ascii_digit());
            push(&mut groups, dom, at, if numbered || class.is_empty() { fold(id) } else { class }, false);
        } else if has_word(class, WEAK)
            && let Some(word) = class.split_ascii_whitespace().find(|c| has_word(c, WEAK))
        {
            push(&mut groups, dom, at, fold(word), false);
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

/// Whether `id` holds more than a fifth of the page.
fn whole_page(dom: &Dom, id: Id) -> bool {
    (dom.end(id) - id) * 5 > dom.len()
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
