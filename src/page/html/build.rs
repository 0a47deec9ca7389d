//! Tokens -> tree, leniently: void elements, implied ends, and a bound on depth. No adoption agency, no foster
//! parents: text stays where it is written, which is what reading needs.

use std::convert::Infallible;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::tag::{self, Name};
use super::{Attr, Dom, Id, MAX_DEPTH, Node};

/// Longest attribute value kept, in bytes: classes, dates and addresses are far shorter, inlined images are not.
const MAX_VALUE: usize = 4096;
/// Bytes read at most, so that every offset fits 32 bits.
const MAX_INPUT: usize = 1 << 31;

pub(super) fn build(html: &str) -> Dom {
    let mut end = html.len().min(MAX_INPUT);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let mut builder = Builder::new(end);
    // The emitter owns its callback, so the builder goes in and its work comes out through a reference.
    let mut emitter = CallbackEmitter::<_, Infallible>::new(Sink(&mut builder));
    emitter.naively_switch_states(true);
    if let Some(token) = Tokenizer::new_with_emitter(&html[..end], emitter).next() {
        match token {
            Ok(never) => match never {},
        }
    }
    builder.finish()
}

struct Sink<'a>(&'a mut Builder);

impl Callback<Infallible, ()> for Sink<'_> {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Infallible> {
        match event {
            CallbackEvent::OpenStartTag { name } => self.0.open(&text_of(name)),
            CallbackEvent::AttributeName { name } => self.0.attr_name(&text_of(name)),
            CallbackEvent::AttributeValue { value } => self.0.attr_value(&text_of(value)),
            CallbackEvent::CloseStartTag { self_closing } => self.0.opened(self_closing),
            CallbackEvent::EndTag { name } => self.0.close(&text_of(name)),
            CallbackEvent::String { value } => self.0.text(&text_of(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    }
}

fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

struct Builder {
    dom: Dom,
    /// Open elements, the root first.
    open: Vec<Id>,
    /// How many elements of each name are open: an end tag without a start is found at once.
    n_open: Vec<u32>,
    /// Element whose start tag is being read.
    starting: Option<Id>,
    attr: Option<Name>,
}

impl Builder {
    fn new(n_bytes: usize) -> Self {
        let mut dom = Dom::default();
        // A first guess; pages have a node per some 40 bytes and half their bytes in text and values.
        dom.nodes.reserve(n_bytes / 64);
        dom.buf.reserve(n_bytes / 2);
        dom.nodes.push(Node { name: tag::ROOT, parent: 0, end: 1, from: 0, to: 0 });
        Builder { dom, open: vec![0], n_open: Vec::new(), starting: None, attr: None }
    }

    fn finish(mut self) -> Dom {
        while !self.open.is_empty() {
            self.pop();
        }
        self.dom
    }

    fn top(&self) -> Id {
        self.open.last().copied().unwrap_or(0)
    }

    fn name_at(&self, depth: usize) -> Name {
        self.dom.node(self.open[depth]).name
    }

    fn count(&mut self, name: Name) -> &mut u32 {
        let at = usize::from(name.0);
        if self.n_open.len() <= at {
            self.n_open.resize(at + 1, 0);
        }
        &mut self.n_open[at]
    }

    fn pop(&mut self) {
        if let Some(id) = self.open.pop() {
            let end = self.dom.len();
            let node = &mut self.dom.nodes[id as usize];
            node.end = end;
            let name = node.name;
            let n = self.count(name);
            *n = n.saturating_sub(1);
        }
    }

    fn pop_to(&mut self, depth: usize) {
        while self.open.len() > depth.max(1) {
            self.pop();
        }
    }

    /// Depth of the nearest open element of one of `names`, not looking past one of `walls`.
    fn find(&mut self, names: &[Name], walls: &[Name]) -> Option<usize> {
        if names.iter().all(|&n| *self.count(n) == 0) {
            return None;
        }
        for depth in (1..self.open.len()).rev() {
            let name = self.name_at(depth);
            if names.contains(&name) {
                return Some(depth);
            }
            if walls.contains(&name) {
                return None;
            }
        }
        None
    }

    /// Ends what the start of `name` ends by itself.
    fn imply(&mut self, name: Name) {
        use tag::{
            BUTTON, CAPTION, COLGROUP, DD, DL, DT, LI, MENU, OBJECT, OL, OPTGROUP, OPTION, P, SELECT, TABLE,
            TBODY, TD, TFOOT, TH, THEAD, TR, UL,
        };
        let closes: (&[Name], &[Name]) = match name {
            LI => (&[LI], &[UL, OL, MENU, TABLE, TD, OBJECT]),
            DT | DD => (&[DT, DD], &[DL, TABLE, TD, OBJECT]),
            TR => (&[TR, CAPTION, COLGROUP], &[TABLE]),
            TD | TH => (&[TD, TH], &[TABLE, TR]),
            THEAD | TBODY | TFOOT => (&[THEAD, TBODY, TFOOT], &[TABLE]),
            OPTION => (&[OPTION], &[SELECT]),
            OPTGROUP => (&[OPTGROUP], &[SELECT]),
            _ if name.is_block() || name == tag::HR => (&[P], &[BUTTON, TABLE, TD, TH, CAPTION, OBJECT]),
            _ => return,
        };
        if let Some(depth) = self.find(closes.0, closes.1) {
            self.pop_to(depth);
        }
    }

    fn open(&mut self, name: &str) {
        let name = self.dom.names.intern(name);
        self.imply(name);
        if self.open.len() >= MAX_DEPTH {
            self.pop();
        }
        let (id, at) = (self.dom.len(), self.dom.attrs.len() as u32);
        let parent = self.top();
        self.dom.nodes.push(Node { name, parent, end: id + 1, from: at, to: at });
        self.open.push(id);
        *self.count(name) += 1;
        self.starting = Some(id);
        self.attr = None;
    }

    fn attr_name(&mut self, name: &str) {
        // Handlers are script; they would only take room.
        self.attr = None;
        if self.starting.is_none() || name.starts_with("on") {
            return;
        }
        let name = self.dom.names.intern(name);
        if name == tag::OTHER {
            return;
        }
        self.attr = Some(name);
        let at = self.dom.buf.len() as u32;
        self.dom.attrs.push(Attr { name, from: at, to: at });
        self.end_attrs();
    }

    fn attr_value(&mut self, value: &str) {
        if self.attr.take().is_none() || value.len() > MAX_VALUE {
            return;
        }
        self.dom.buf.push_str(value);
        let to = self.dom.buf.len() as u32;
        if let Some(attr) = self.dom.attrs.last_mut() {
            attr.to = to;
        }
    }

    fn end_attrs(&mut self) {
        let to = self.dom.attrs.len() as u32;
        if let Some(id) = self.starting {
            self.dom.nodes[id as usize].to = to;
        }
    }

    fn opened(&mut self, self_closing: bool) {
        if let Some(id) = self.starting.take() {
            let name = self.dom.node(id).name;
            let foreign = self_closing && !name.is_block() && !name.is_inline();
            if name.is_void() || (foreign && self.in_svg()) {
                self.pop();
            }
        }
    }

    fn in_svg(&mut self) -> bool {
        *self.count(tag::SVG) > 0 || *self.count(tag::MATH) > 0
    }

    fn close(&mut self, name: &str) {
        // Attributes of an end tag arrive before it and belong to nothing.
        self.starting = None;
        let Some(name) = self.dom.names.find(name) else { return };
        if matches!(name, tag::BODY | tag::HTML) {
            // Much is written after a stray end of the body.
            return;
        }
        let walls: &[Name] = if name.is_inline() {
            // An inline end never closes a block around it.
            &[tag::DIV, tag::LI, tag::TD, tag::TABLE, tag::P, tag::ARTICLE, tag::SECTION, tag::BLOCKQUOTE]
        } else if name == tag::LI {
            &[tag::UL, tag::OL, tag::TABLE]
        } else if matches!(name, tag::P | tag::DIV | tag::SECTION | tag::ARTICLE) {
            &[tag::TD, tag::TH, tag::TABLE]
        } else {
            &[tag::TABLE]
        };
        if let Some(depth) = self.find(&[name], walls) {
            self.pop_to(depth);
        } else if name == tag::BR {
            self.open("br");
            self.opened(false);
        }
    }

    fn text(&mut self, text: &str) {
        self.starting = None;
        let parent = self.top();
        let node = self.dom.node(parent);
        if node.name == tag::SCRIPT || node.name == tag::STYLE {
            // Only data that describes the page is kept.
            let json = self.dom.attr_of(parent, tag::TYPE).is_some_and(|t| t.contains("ld+json"));
            if !json {
                return;
            }
        }
        let from = self.dom.buf.len() as u32;
        self.dom.buf.push_str(text);
        let (id, to) = (self.dom.len(), self.dom.buf.len() as u32);
        self.dom.nodes.push(Node { name: tag::TEXT, parent, end: id + 1, from, to });
    }
}
