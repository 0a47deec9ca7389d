//! text -> tokens with offsets: normalise, language, stem, n-grams.

mod function_words;
pub mod language;
