//! HTML text -> [`Dom`]: a compact tree that any bytes give, in linear time.
//!
//! Nodes lie in document order in one array, each with its parent and the end of its subtree, so that
//! "everything inside" is a range and no walk is recursive. Elements deeper than [`MAX_DEPTH`] become
//! siblings at that depth, as in browsers; so every walk to the root is bounded. Tokenising is html5gum's.

pub(crate) mod article;
mod build;
pub(crate) mod select;
pub(crate) mod tag;
pub(crate) mod text;

use tag::Name;

/// Depth of open elements after which new ones become siblings (browsers use the same bound).
pub(crate) const MAX_DEPTH: usize = 512;

/// Index of a node in its [`Dom`].
pub(crate) type Id = u32;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Tag of an element, [`tag::TEXT`] for text.
    name: Name,
    parent: Id,
    /// One past the last node of the subtree.
    end: Id,
    /// Attributes (element) or bytes of `Dom::buf` (text).
    from: u32,
    to: u32,
}

#[derive(Debug, Clone, Copy)]
struct Attr {
    name: Name,
    from: u32,
    to: u32,
}

/// A parsed page.
#[derive(Debug, Default)]
pub(crate) struct Dom {
    nodes: Vec<Node>,
    attrs: Vec<Attr>,
    /// Text and attribute values, one after another.
    buf: String,
    names: tag::Names,
}

impl Dom {
    /// Parses `html`; never fails. Input beyond 2 GiB is left unread.
    pub(crate) fn parse(html: &str) -> Dom {
        build::build(html)
    }

    /// Number of nodes; node 0 is the root that holds everything.
    pub(crate) fn len(&self) -> Id {
        self.nodes.len() as Id
    }

    fn node(&self, id: Id) -> Node {
        self.nodes[id as usize]
    }

    /// The tag of an element, [`tag::TEXT`] for text.
    pub(crate) fn name(&self, id: Id) -> Name {
        self.node(id).name
    }

    /// The tag as written, lower case.
    pub(crate) fn tag_str(&self, id: Id) -> &str {
        self.names.get(self.node(id).name)
    }

    pub(crate) fn is_text(&self, id: Id) -> bool {
        self.node(id).name == tag::TEXT
    }

    /// The parent; the root is its own parent.
    pub(crate) fn parent(&self, id: Id) -> Id {
        self.node(id).parent
    }

    /// One past the last node inside `id`.
    pub(crate) fn end(&self, id: Id) -> Id {
        self.node(id).end
    }

    /// Everything inside `id`, in document order.
    pub(crate) fn inside(&self, id: Id) -> std::ops::Range<Id> {
        id + 1..self.end(id)
    }

    /// Whether `id` lies inside `outer` (or is it).
    pub(crate) fn within(&self, id: Id, outer: Id) -> bool {
        id >= outer && id < self.end(outer)
    }

    /// The ancestors of `id`, nearest first, the root left out.
    pub(crate) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let mut at = id;
        std::iter::from_fn(move || {
            at = self.parent(at);
            (at != 0).then_some(at)
        })
    }

    /// Text of a text node, empty for elements.
    pub(crate) fn text(&self, id: Id) -> &str {
        let n = self.node(id);
        if n.name == tag::TEXT { &self.buf[n.from as usize..n.to as usize] } else { "" }
    }

    /// Value of an attribute whose name is one of the [`tag`] constants.
    pub(crate) fn attr_of(&self, id: Id, name: Name) -> Option<&str> {
        let n = self.node(id);
        if n.name == tag::TEXT {
            return None;
        }
        let a = self.attrs[n.from as usize..n.to as usize].iter().find(|a| a.name == name)?;
        Some(&self.buf[a.from as usize..a.to as usize])
    }

    /// Value of the attribute called `name`.
    pub(crate) fn attr(&self, id: Id, name: &str) -> Option<&str> {
        self.attr_of(id, self.names.find(name)?)
    }

    /// The class attribute, empty where there is none.
    pub(crate) fn class(&self, id: Id) -> &str {
        self.attr_of(id, tag::CLASS).unwrap_or("")
    }

    /// The id attribute, empty where there is none.
    pub(crate) fn html_id(&self, id: Id) -> &str {
        self.attr_of(id, tag::ID).unwrap_or("")
    }

    /// Whether one of the classes of `id` is `class`.
    pub(crate) fn has_class(&self, id: Id, class: &str) -> bool {
        self.class(id).split_ascii_whitespace().any(|c| c == class)
    }
}
