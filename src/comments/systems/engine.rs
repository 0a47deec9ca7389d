//! Reads the comments of one system off a page.

use super::{Around, Compiled, Depth, field};
use crate::comments::dates::Clock;
use crate::comments::rules::html as rules;
use crate::page::html::select::Seen;
use crate::page::html::text::{Visit, Writer, has_words};
use crate::page::html::{Dom, Id, tag};

/// A page ready to be read by any system.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) dom: &'a Dom,
    pub(crate) seen: Seen<'a>,
    pub(crate) clock: Clock,
}

/// A comment as it stands on the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Its element, by which comments are in page order.
    pub(crate) node: Id,
    pub(crate) id: String,
    pub(crate) depth: u32,
    /// Index of the comment it answers, among the comments found.
    pub(crate) parent: Option<usize>,
    pub(crate) author: Option<String>,
    pub(crate) time: Option<String>,
    pub(crate) text: String,
}

/// An element taken as a comment, before it is known whether it has a text.
struct Item {
    id: Id,
    /// Nearest item around it.
    outer: Option<usize>,
    /// A pingback or the like: neither it nor its inside belongs to the item around.
    skipped: bool,
}

/// Comments of `system` on `page`, in page order; empty when it is not the page's system.
pub(crate) fn read(page: &Page<'_>, system: &Compiled) -> Vec<Found> {
    if !system.item.possible(&page.seen) || !(system.needs.is_empty() || needed(page, system)) {
        return Vec::new();
    }
    let items = items(page.dom, system);
    read_items(page, system, &items)
}

/// Comments in the elements `ids` (in document order), by the selectors of `system`.
pub(crate) fn read_group(page: &Page<'_>, system: &Compiled, ids: &[Id]) -> Vec<Found> {
    let mut items: Vec<Item> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for &id in ids {
        while open.last().is_some_and(|&n| !page.dom.within(id, items[n].id)) {
            open.pop();
        }
        items.push(Item { id, outer: open.last().copied(), skipped: false });
        open.push(items.len() - 1);
    }
    read_items(page, system, &items)
}

fn needed(page: &Page<'_>, system: &Compiled) -> bool {
    system.needs.possible(&page.seen) && (1..page.dom.len()).any(|id| system.needs.matches(page.dom, id))
}

fn items(dom: &Dom, system: &Compiled) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 1;
    while at < dom.len() {
        let name = dom.name(at);
        if name == tag::TEXT {
            at += 1;
            continue;
        }
        if name == tag::TEMPLATE && dom.attr(at, "shadowrootmode").is_none() {
            at = dom.end(at);
            continue;
        }
        let skipped = !system.skip.is_empty() && system.skip.matches(dom, at);
        if skipped || system.item.matches(dom, at) {
            while open.last().is_some_and(|&n| !dom.within(at, items[n].id)) {
                open.pop();
            }
            items.push(Item { id: at, outer: open.last().copied(), skipped });
            open.push(items.len() - 1);
        }
        at += 1;
    }
    items
}

/// The nodes of item `n` that belong to no other item.
fn own(dom: &Dom, items: &[Item], n: usize) -> Vec<Id> {
    let (start, end) = (items[n].id, dom.end(items[n].id));
    let mut next = n + 1;
    let (mut out, mut at) = (Vec::new(), start);
    while at < end {
        while next < items.len() && items[next].id < at {
            next += 1;
        }
        if next < items.len() && items[next].id == at {
            at = dom.end(at);
        } else {
            out.push(at);
            at += 1;
        }
    }
    out
}

fn read_items(page: &Page<'_>, system: &Compiled, items: &[Item]) -> Vec<Found> {
    let dom = page.dom;
    let mut found: Vec<Found> = Vec::new();
    // For each item: its comment, and its level (None: a wrapper that does not count).
    let mut at_found: Vec<Option<usize>> = vec![None; items.len()];
    let mut level: Vec<u32> = vec![0; items.len()];
    let mut counts: Vec<bool> = vec![false; items.len()];
    for n in 0..items.len() {
        let item = &items[n];
        if let Some(outer) = item.outer {
            level[n] = level[outer] + u32::from(counts[outer]);
        }
        if item.skipped {
            continue;
        }
        let nodes = own(dom, items, n);
        let around = around(page, system, items, n);
        // Where these parts stand beside the item, what is inside is its replies'.
        let (before, after) = around;
        let author =
            [&before, &after, &nodes].into_iter().find_map(|nodes| field::author(dom, &system.author, nodes));
        // What stands before may be the time of the comment before.
        let time = [&after, &before, &nodes]
            .into_iter()
            .find_map(|nodes| field::time(dom, &system.time, nodes, &page.clock));
        let fields = [author.as_ref().map(|a| a.0), time.as_ref().map(|t| t.0)];
        let text = body(page, system, items, n, &nodes, fields);
        // A stub ("deleted") has words of its own and holds a place in the tree; a wrapper has none.
        counts[n] = text.is_some() || author.is_some() || nodes.iter().any(|&id| has_text(dom, id));
        let Some(text) = text else { continue };
        let depth = depth(dom, system, item.id, &nodes).unwrap_or(level[n]);
        at_found[n] = Some(found.len());
        let parent = item.outer.and_then(|o| nearest(items, &counts, &at_found, o));
        found.push(Found {
            node: item.id,
            id: own_id(dom, item.id, &nodes),
            depth,
            parent,
            author: author.map(|a| a.1),
            time: time.map(|t| t.1),
            text,
        });
    }
    match system.system.depth {
        Depth::Nested => {}
        Depth::Tree => by_tree(dom, &mut found),
        Depth::Class(..) | Depth::Count(_) | Depth::Attr(..) => parents_by_depth(&mut found),
    }
    found
}

fn has_text(dom: &Dom, id: Id) -> bool {
    dom.is_text(id) && dom.text(id).chars().any(char::is_alphanumeric)
}

/// The comment of the nearest item around that counts; none when that is a stub.
fn nearest(items: &[Item], counts: &[bool], at_found: &[Option<usize>], from: usize) -> Option<usize> {
    let mut at = Some(from);
    while let Some(n) = at {
        if counts[n] {
            return at_found[n];
        }
        at = items[n].outer;
    }
    None
}

/// Where the depth is a number, the parent is the last comment one level up.
pub(crate) fn parents_by_depth(found: &mut [Found]) {
    let mut path: Vec<(u32, usize)> = Vec::new();
    for (n, comment) in found.iter_mut().enumerate() {
        while path.last().is_some_and(|&(depth, _)| depth >= comment.depth) {
            path.pop();
        }
        comment.parent = path.last().filter(|&&(depth, _)| depth + 1 == comment.depth).map(|&(_, at)| at);
        path.push((comment.depth, n));
    }
}

/// Words in the class of an element that holds the replies to what stands before it.
const BRANCH: &[&str] = &["child", "repl", "nested", "indent", "sub", "answer", "branch", "thread"];

/// A comment answers the nearest one before it that begins less deep, provided that it stands in an element which that
/// one heads, or in a branch right after it. Deeper alone is no evidence: pages are wrapped in many things.
fn by_tree(dom: &Dom, found: &mut [Found]) {
    let mut open: Vec<(usize, usize)> = Vec::new();
    for n in 0..found.len() {
        let id = found[n].node;
        let above = dom.ancestors(id).count();
        while open.last().is_some_and(|&(_, depth)| depth >= above) {
            open.pop();
        }
        let parent = open.last().map(|&(at, _)| at).filter(|&at| answers(dom, found, at, id));
        found[n].parent = parent;
        found[n].depth = parent.map_or(0, |p| found[p].depth + 1);
        open.push((n, above));
    }
}

fn answers(dom: &Dom, found: &[Found], parent: usize, id: Id) -> bool {
    let head = found[parent].node;
    if dom.within(id, head) {
        return true;
    }
    let mut branch = id;
    for up in dom.ancestors(id) {
        if dom.within(head, up) {
            // Heads it: nothing of the thread stands before it in there, and the thread goes on outside.
            let heads = parent == 0 || found[parent - 1].node < up;
            let all = found.first().is_some_and(|f| dom.within(f.node, up))
                && found.last().is_some_and(|f| dom.within(f.node, up));
            let class = dom.class(branch).to_ascii_lowercase();
            return (heads && !all)
                || BRANCH.iter().any(|w| class.contains(w))
                || (heads && dom.name(branch) != tag::DIV);
        }
        branch = up;
    }
    false
}

fn depth(dom: &Dom, system: &Compiled, id: Id, nodes: &[Id]) -> Option<u32> {
    match system.system.depth {
        Depth::Nested | Depth::Tree => None,
        Depth::Class(start, top) => std::iter::once(id)
            // The list item around the comment may bear the class.
            .chain(dom.ancestors(id).take(3))
            .find_map(|at| {
                dom.class(at)
                    .split_ascii_whitespace()
                    .find_map(|c| c.strip_prefix(start)?.parse::<u32>().ok())
            })
            .map(|n| n.saturating_sub(top)),
        Depth::Count(_) => Some(dom.ancestors(id).filter(|&up| system.level.matches(dom, up)).count() as u32),
        Depth::Attr(_, attr, step) => {
            let at = nodes.iter().find(|&&n| system.level.matches(dom, n))?;
            let value = dom.attr(*at, attr)?;
            let digits: String =
                value.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
            // More than 511 levels is no thread; the number is the page's, not ours.
            Some((digits.parse::<u32>().ok()? / step.max(1)).min(511))
        }
    }
}

/// The id the page gives: of the element, else of the first inside.
fn own_id(dom: &Dom, id: Id, nodes: &[Id]) -> String {
    let given = |id: Id| {
        ["id", "data-id", "data-comment-id", "data-fullname", "name"]
            .iter()
            .filter_map(|a| dom.attr(id, a))
            .find(|v| v.bytes().any(|b| b.is_ascii_digit()) && v.len() <= 80)
    };
    given(id).or_else(|| nodes.iter().take(12).find_map(|&n| given(n))).unwrap_or("").to_owned()
}

/// Nodes before and after item `n` where its author or time may be.
fn around(page: &Page<'_>, system: &Compiled, items: &[Item], n: usize) -> (Vec<Id>, Vec<Id>) {
    let (dom, id) = (page.dom, items[n].id);
    let parent = dom.parent(id);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let around = system.system.around;
    if matches!(around, Around::Before | Around::Both) {
        let last = (0..n).rev().map(|n| dom.end(items[n].id)).find(|&end| end <= id).unwrap_or(0);
        let from = last.max(parent + 1).max(id.saturating_sub(200));
        // Backwards, so that the nearest is found first.
        before.extend((from..id).rev());
    }
    if matches!(around, Around::After | Around::Both) {
        let to = items.get(n + 1).map_or(dom.end(parent), |next| next.id.min(dom.end(parent)));
        after.extend(dom.end(id)..to.min(dom.end(id) + 200));
    }
    (before, after)
}

/// The text of item `n`, or none.
fn body(
    page: &Page<'_>,
    system: &Compiled,
    items: &[Item],
    n: usize,
    nodes: &[Id],
    fields: [Option<Id>; 2],
) -> Option<String> {
    let dom = page.dom;
    let inner = inside(dom, items, n);
    for selector in &system.body {
        let mut writer = Writer::default();
        let mut done = 0;
        for &id in nodes {
            if id < done || fields.contains(&Some(id)) || !selector.matches(dom, id) {
                continue;
            }
            done = dom.end(id);
            writer.line();
            writer.node(dom, id, &mut |at| visit(dom, system, &inner, at, at == id));
        }
        if let Some(text) = finish(dom, system, nodes, writer) {
            return Some(text);
        }
    }
    if system.body.is_empty() {
        let mut writer = Writer::default();
        let item = items[n].id;
        writer.node(dom, item, &mut |at| {
            if at != item && fields.contains(&Some(at)) {
                Visit::Skip
            } else {
                visit(dom, system, &inner, at, at == item)
            }
        });
        return finish(dom, system, nodes, writer);
    }
    None
}

/// Elements of the items inside item `n`, sorted.
fn inside(dom: &Dom, items: &[Item], n: usize) -> Vec<Id> {
    items[n + 1..].iter().map(|i| i.id).take_while(|&id| dom.within(id, items[n].id)).collect()
}

fn visit(dom: &Dom, system: &Compiled, inner: &[Id], at: Id, is_root: bool) -> Visit {
    if is_root {
        return Visit::Read;
    }
    if inner.binary_search(&at).is_ok() || system.drop.matches(dom, at) { Visit::Skip } else { Visit::Read }
}

/// The text read, under the comment's own title; none without a word in it.
fn finish(dom: &Dom, system: &Compiled, nodes: &[Id], writer: Writer) -> Option<String> {
    let text = rules::tidy(&writer.finish());
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let title = nodes.iter().find(|&&id| !system.title.is_empty() && system.title.matches(dom, id));
    match title {
        Some(&id) if has_words(dom, id, &mut |_| Visit::Read) => {
            let title = field::line(dom, id);
            // Some systems fill the title with the first words of the text.
            let start = title.trim_end_matches(['.', '…', ' ']);
            let mut words = text.split_whitespace();
            let repeats =
                text.starts_with(start) || start.split_whitespace().all(|w| words.next() == Some(w));
            Some(if repeats { text } else { format!("{title}\n{text}") })
        }
        _ => Some(text),
    }
}
