//! Names of tags and attributes as small numbers; the ones the rules ask for are constants.

use rustc_hash::FxHashMap;

/// A tag or attribute name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name(pub(crate) u16);

macro_rules! names {
    ($($konst:ident $text:literal),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code, reason = "only their order counts")]
        #[repr(u16)]
        enum Fixed { $($konst),* }
        $(#[allow(dead_code, reason = "a tag is a number for tables by tag, named in rules or not")]
        pub(crate) const $konst: Name = Name(Fixed::$konst as u16);)*
        const FIXED: &[&str] = &[$($text),*];
    };
}

names! {
    TEXT "#text", ROOT "#root", OTHER "#other",
    CLASS "class", ID "id", STYLE "style",
    A "a", ABBR "abbr", ACRONYM "acronym", B "b", BIG "big", BDI "bdi", CITE "cite", CODE "code", DEL "del",
    DFN "dfn", EM "em", FONT "font", I "i", INS "ins", KBD "kbd", MARK "mark", Q "q", S "s", SAMP "samp",
    SMALL "small", SPAN "span", STRIKE "strike", STRONG "strong", SUB "sub", SUP "sup", TIME "time", TT "tt",
    U "u", VAR "var", LABEL "label",
    AREA "area", BASE "base", BR "br", COL "col", EMBED "embed", HR "hr", IMG "img", INPUT "input", LINK "link",
    META "meta", PARAM "param", SOURCE "source", TRACK "track", WBR "wbr", KEYGEN "keygen",
    SCRIPT "script", NOSCRIPT "noscript", TEMPLATE "template", TITLE "title", TEXTAREA "textarea",
    SELECT "select", OPTION "option", OPTGROUP "optgroup", BUTTON "button", SVG "svg", IFRAME "iframe",
    OBJECT "object", MATH "math", CANVAS "canvas", AUDIO "audio", VIDEO "video",
    HTML "html", HEAD "head", BODY "body",
    P "p", DIV "div", LI "li", UL "ul", OL "ol", DL "dl", DT "dt", DD "dd", MENU "menu", DIR "dir",
    TABLE "table", THEAD "thead", TBODY "tbody", TFOOT "tfoot", TR "tr", TD "td", TH "th", CAPTION "caption",
    COLGROUP "colgroup", H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", ARTICLE "article",
    ASIDE "aside", NAV "nav", SECTION "section", HEADER "header", FOOTER "footer", MAIN "main", FORM "form",
    FIELDSET "fieldset", LEGEND "legend", PRE "pre", BLOCKQUOTE "blockquote", ADDRESS "address",
    FIGURE "figure", FIGCAPTION "figcaption", DETAILS "details", SUMMARY "summary", CENTER "center",
    HGROUP "hgroup", DIALOG "dialog", ITEMPROP "itemprop", HREF "href", REL "rel", CONTENT "content",
    NAME "name", PROPERTY "property", DATETIME "datetime", LANG "lang", SRC "src", TYPE "type",
    HIDDEN "hidden", ITEMTYPE "itemtype",
}

impl Name {
    /// Elements that cannot hold anything.
    pub(crate) fn is_void(self) -> bool {
        (AREA.0..=KEYGEN.0).contains(&self.0)
    }

    /// Elements that run on inside a line.
    pub(crate) fn is_inline(self) -> bool {
        (A.0..=LABEL.0).contains(&self.0) || self == TEXT
    }

    /// Elements that start a line of their own.
    pub(crate) fn is_block(self) -> bool {
        (HTML.0..=DIALOG.0).contains(&self.0)
    }
}

/// The names of one page.
#[derive(Debug)]
pub(crate) struct Names {
    list: Vec<Box<str>>,
    index: FxHashMap<Box<str>, Name>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Names { list: Vec::new(), index: FxHashMap::default() };
        for text in FIXED {
            names.add(text);
        }
        names
    }
}

impl Names {
    /// Distinct names kept; a page with more is an attack, and what is over is [`OTHER`].
    const MAX: usize = 4096;

    fn add(&mut self, text: &str) -> Name {
        let name = Name(self.list.len() as u16);
        self.list.push(text.into());
        self.index.insert(text.into(), name);
        name
    }

    /// The number of `text`, given out now if it is new.
    pub(crate) fn intern(&mut self, text: &str) -> Name {
        match self.index.get(text) {
            Some(&name) => name,
            None if self.list.len() < Self::MAX && text.len() <= 64 => self.add(text),
            None => OTHER,
        }
    }

    pub(crate) fn find(&self, text: &str) -> Option<Name> {
        self.index.get(text).copied()
    }

    pub(crate) fn get(&self, name: Name) -> &str {
        self.list.get(usize::from(name.0)).map_or("", |s| s)
    }

    /// Every name of the page and every fixed one.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|s| &**s)
    }
}
