//! tokens -> sparse TF-IDF rows (`n_comments` x `n_terms`).

pub mod vectors;
