//! Authors' names: kept, hashed or dropped.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{Options, Thread, pseudonyms};

/// What becomes of authors' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authors {
    /// As printed.
    Keep,
    /// A salted hash of 16 hexadecimal digits: within a thread the same name gives the same hash, and `@` with it stands
    /// for the name inside the texts.
    #[default]
    Hash,
    /// Left out; inside the texts a number stands for a name (`@commenter3`, the third to comment).
    Drop,
}

/// Salt of the hashes of authors' names.
#[derive(Clone)]
pub struct Salt {
    bytes: Vec<u8>,
    /// Whether a name has the same hash under every article.
    links: bool,
}

impl Salt {
    /// A given salt, to make hashes the same across runs and articles.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Salt { bytes: bytes.into(), links: true }
    }
}

impl Default for Salt {
    /// A random salt; with it a name has another hash under each article.
    fn default() -> Self {
        Salt { bytes: rand::random::<[u8; 32]>().to_vec(), links: false }
    }
}

impl std::fmt::Debug for Salt {
    // A salt in a log would undo the hashing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// Applies the option to every comment, after names were used to find parents and mentions.
pub(super) fn apply(thread: &mut Thread, options: &Options) {
    match options.authors {
        Authors::Keep => {}
        Authors::Drop => {
            pseudonyms::apply(thread, |no, _| format!("commenter{no}"));
            for c in &mut thread.comments {
                c.author = None;
                c.names = Vec::new();
            }
        }
        Authors::Hash => {
            let article = thread.article.clone();
            pseudonyms::apply(thread, |_, name| hash(&options.salt, &article, name));
            let mut known: FxHashMap<String, String> = FxHashMap::default();
            for c in &mut thread.comments {
                for name in c.author.iter_mut().chain(&mut c.names) {
                    if !known.contains_key(name.as_str()) {
                        known.insert(name.clone(), hash(&options.salt, &article, name));
                    }
                    name.clone_from(&known[name.as_str()]);
                }
            }
        }
    }
    if options.authors != Authors::Keep {
        thread.byline = Vec::new();
    }
}

fn hash(salt: &Salt, article: &str, name: &str) -> String {
    let mut digest = Sha256::new();
    for part in [&*salt.bytes, if salt.links { b"" } else { article.as_bytes() }] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.update(name.trim().to_lowercase());
    digest.finalize()[..8].iter().map(|b| format!("{b:02x}")).collect()
}
