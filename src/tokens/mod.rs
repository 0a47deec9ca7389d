//! text -> tokens with offsets: normalise, language, stem, n-grams.
