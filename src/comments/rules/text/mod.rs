//! What the furniture of comment sections says, per language, as data. All lower case, without final marks.
//!
//! A new language is a line in each table. Longer phrases stand before their own beginnings where a table is
//! matched by prefix.

/// Makes tables of phrases that are searched by how a text begins.
macro_rules! tables {
    ($($table:ident = $($phrases:ident)|+;)*) => {
        $(pub(crate) static $table: std::sync::LazyLock<crate::comments::rules::table::Table> =
            std::sync::LazyLock::new(|| crate::comments::rules::table::Table::new(&[$($phrases),+].concat()));)*
    };
}

pub(crate) mod bylines;
pub(crate) mod elsewhere;
pub(crate) mod furniture;
pub(crate) mod headings;
pub(crate) mod times;
