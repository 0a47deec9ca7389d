//! Authors' names: kept, hashed or dropped.

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::{Options, Thread};

/// What becomes of authors' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authors {
    /// As printed.
    Keep,
    /// A salted hash of 16 hexadecimal digits: the same name gives the same hash within a run.
    #[default]
    Hash,
    /// Left out.
    Drop,
}

/// Salt of the hashes of authors' names.
#[derive(Clone)]
pub struct Salt(Vec<u8>);

impl Salt {
    /// A given salt, to make hashes the same across runs.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Salt(bytes.into())
    }
}

impl Default for Salt {
    /// A random salt.
    fn default() -> Self {
        Salt(rand::random::<[u8; 32]>().to_vec())
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
            for c in &mut thread.comments {
                c.author = None;
                c.names = Vec::new();
            }
        }
        Authors::Hash => {
            let mut known: FxHashMap<String, String> = FxHashMap::default();
            for c in &mut thread.comments {
                for name in c.author.iter_mut().chain(&mut c.names) {
                    if !known.contains_key(name.as_str()) {
                        known.insert(name.clone(), hash(&options.salt, name));
                    }
                    name.clone_from(&known[name.as_str()]);
                }
            }
        }
    }
}

fn hash(salt: &Salt, name: &str) -> String {
    let digest = Sha256::new().chain_update((salt.0.len() as u64).to_le_bytes()).chain_update(&salt.0);
    let digest = digest.chain_update(name.trim().to_lowercase()).finalize();
    digest[..8].iter().map(|b| format!("{b:02x}")).collect()
}
