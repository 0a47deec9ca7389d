//! What a page says about its article, and the article's text.

use serde_json::Value;

use super::select::Selector;
use super::text::{Visit, Writer, whole};
use super::{Dom, Id, tag};
use std::sync::LazyLock;

/// What the page says about the article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) title: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<String>,
    /// Names of its author.
    pub(crate) authors: Vec<String>,
}

/// Reads title, language, address and date; each from the most reliable place that has it.
pub(crate) fn head(dom: &Dom, values: &[Value]) -> Head {
    let meta = Metas::read(dom);
    let ld = values.iter().flat_map(objects).find(|o| is_article(o));
    let from_ld = |key: &str| ld.and_then(|o| o[key].as_str()).map(str::to_owned);
    let title = meta
        .get(&["og:title", "twitter:title"])
        .or_else(|| from_ld("headline"))
        .or_else(|| only_heading(dom))
        .or(meta.title.clone())
        .map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|t| !t.is_empty());
    let lang = meta.lang.clone().or_else(|| meta.get(&["og:locale", "content-language", "language"]));
    Head {
        title,
        lang: lang.and_then(|l| code(&l)),
        url: meta.canonical.clone().or_else(|| meta.get(&["og:url"])).filter(|u| u.starts_with("http")),
        date: meta
            .get(&[
                "article:published_time",
                "datepublished",
                "date",
                "dc.date",
                "dc.date.issued",
                "pubdate",
                "publishdate",
                "sailthru.date",
                "parsely-pub-date",
                "og:published_time",
            ])
            .or_else(|| from_ld("datePublished"))
            .or_else(|| meta.published.clone()),
        authors: authors(&meta, ld),
    }
}

/// Most authors of one article.
const MAX_AUTHORS: usize = 8;

/// The author's names: of the tags that hold one, and of JSON-LD.
fn authors(meta: &Metas<'_>, ld: Option<&Value>) -> Vec<String> {
    let named = ["author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author"];
    let tags = meta.list.iter().filter(|(name, _)| named.contains(&name.as_str())).map(|(_, v)| *v);
    let listed = ld.map_or(&Value::Null, |o| &o["author"]);
    let objects = listed.as_array().map_or(std::slice::from_ref(listed), Vec::as_slice);
    let described = objects.iter().filter_map(|a| a["name"].as_str().or_else(|| a.as_str()));
    let mut out: Vec<String> = Vec::new();
    for name in tags.chain(described).flat_map(|v| v.split([',', ';'])) {
        let name = name.trim();
        let name = name.strip_prefix("By ").unwrap_or(name);
        if !name.is_empty() && !name.contains("://") && !out.iter().any(|o| o == name) {
            out.push(name.to_owned());
        }
    }
    out.truncate(MAX_AUTHORS);
    out
}

/// `ru` of `ru_RU`, `ru-RU`.
fn code(lang: &str) -> Option<String> {
    let short = lang.trim().split(['-', '_', ',', ' ']).next()?.to_ascii_lowercase();
    ((2..=3).contains(&short.len()) && short.bytes().all(|b| b.is_ascii_lowercase())).then_some(short)
}

fn is_article(value: &Value) -> bool {
    let named = |v: &Value| {
        v.as_str().is_some_and(|t| t.ends_with("Article") || t.ends_with("Posting") || t == "NewsArticle")
    };
    match &value["@type"] {
        Value::Array(list) => list.iter().any(named),
        one => named(one),
    }
}

fn objects(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(o) => {
            o.get("@graph").and_then(Value::as_array).map_or_else(|| vec![value], |g| g.iter().collect())
        }
        _ => Vec::new(),
    }
}

#[derive(Debug, Default)]
struct Metas<'a> {
    list: Vec<(String, &'a str)>,
    title: Option<String>,
    lang: Option<String>,
    canonical: Option<String>,
    published: Option<String>,
}

impl<'a> Metas<'a> {
    fn read(dom: &'a Dom) -> Self {
        let mut out = Metas::default();
        for id in 1..dom.len() {
            match dom.name(id) {
                tag::HTML => {
                    out.lang = out.lang.or_else(|| {
                        dom.attr_of(id, tag::LANG).or_else(|| dom.attr(id, "xml:lang")).map(str::to_owned)
                    });
                }
                tag::TITLE
                    if out.title.is_none() && !dom.ancestors(id).any(|up| dom.name(up) == tag::SVG) =>
                {
                    out.title = Some(dom.inside(id).map(|n| dom.text(n)).collect());
                }
                tag::META => {
                    let name = dom
                        .attr_of(id, tag::PROPERTY)
                        .or_else(|| dom.attr_of(id, tag::NAME))
                        .or_else(|| dom.attr_of(id, tag::ITEMPROP))
                        .or_else(|| dom.attr(id, "http-equiv"));
                    if let (Some(name), Some(content)) = (name, dom.attr_of(id, tag::CONTENT)) {
                        out.list.push((name.to_ascii_lowercase(), content));
                    }
                }
                tag::LINK if out.canonical.is_none() && dom.attr_of(id, tag::REL) == Some("canonical") => {
                    out.canonical = dom.attr_of(id, tag::HREF).map(str::to_owned);
                }
                tag::TIME | tag::SPAN | tag::ABBR | tag::DIV if out.published.is_none() => {
                    let named = dom.attr_of(id, tag::ITEMPROP) == Some("datePublished")
                        || dom.attr(id, "pubdate").is_some();
                    if named || (dom.name(id) == tag::TIME && !in_comment(dom, id)) {
                        out.published = dom
                            .attr_of(id, tag::DATETIME)
                            .or_else(|| dom.attr_of(id, tag::CONTENT))
                            .map(str::to_owned);
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn get(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            self.list
                .iter()
                .find(|(n, v)| n == name && !v.trim().is_empty())
                .map(|(_, v)| v.trim().to_owned())
        })
    }
}

fn in_comment(dom: &Dom, id: Id) -> bool {
    dom.ancestors(id).any(|up| dom.class(up).contains("comment") || dom.html_id(up).contains("comment"))
}

/// The page's one first-level heading.
fn only_heading(dom: &Dom) -> Option<String> {
    let mut headings = (1..dom.len()).filter(|&id| dom.name(id) == tag::H1);
    let first = headings.next()?;
    let text = whole(dom, first).replace('\n', " ");
    (headings.next().is_none() && !text.is_empty()).then_some(text)
}

/// Where articles stand, best first.
const PLACES: &[&str] = &[
    "[itemprop=articleBody]",
    ".entry-content, .post-content, .article-content, .article-body, .article__body, .article__text, .story-body, .post-body, .post__text, .post-text, .td-post-content, .field-name-body, .field--name-body",
    "article",
    "main, [role=main]",
];

/// What is never the article's text.
const NOT: &str = "nav, aside, footer, form, header nav, .*comment*, #comments, #respond, .*sidebar*, .*related*, .*share*, .*social*, .*widget*, .*breadcrumb*, .*newsletter*, .*cookie*, .*promo*, .*recommended*, .*author-box*, .*tags";

/// The text of the article without its comments.
pub(crate) fn body(dom: &Dom) -> String {
    static COMPILED: LazyLock<(Vec<Selector>, Selector)> =
        LazyLock::new(|| (PLACES.iter().map(|s| Selector::new(s)).collect(), Selector::new(NOT)));
    let (places, not) = &*COMPILED;
    let read = |id: Id| {
        let mut writer = Writer::default();
        writer.node(dom, id, &mut |at| {
            let skip = at != id && not.matches(dom, at) && (dom.end(at) - at) * 2 < dom.len();
            if skip { Visit::Skip } else { Visit::Read }
        });
        writer.finish()
    };
    for place in places {
        let best = (1..dom.len())
            .filter(|&id| {
                place.matches(dom, id)
                    && !dom.ancestors(id).any(|up| not.matches(dom, up) && (dom.end(up) - up) * 2 < dom.len())
            })
            .take(40)
            .map(read)
            .max_by_key(String::len);
        // A teaser is no article.
        if let Some(text) = best.filter(|t| t.len() >= 200) {
            return text;
        }
    }
    paragraphs(dom, not)
}

/// Without a place for it: the element whose own paragraphs are longest.
fn paragraphs(dom: &Dom, not: &Selector) -> String {
    let mut length: Vec<(Id, usize)> = Vec::new();
    for id in (1..dom.len()).filter(|&id| dom.name(id) == tag::P) {
        if dom.ancestors(id).any(|up| not.matches(dom, up) && (dom.end(up) - up) * 2 < dom.len()) {
            continue;
        }
        let n: usize = dom.inside(id).map(|n| dom.text(n).len()).sum();
        let parent = dom.parent(id);
        match length.iter_mut().rev().take(8).find(|(p, _)| *p == parent) {
            Some((_, sum)) => *sum += n,
            None => length.push((parent, n)),
        }
    }
    let Some(&(best, _)) = length.iter().max_by_key(|(_, n)| *n) else { return String::new() };
    let mut writer = Writer::default();
    writer.node(dom, best, &mut |at| if not.matches(dom, at) { Visit::Skip } else { Visit::Read });
    writer.finish()
}
