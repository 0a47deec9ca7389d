//! Models as files: read and write, with version and checksum; hostile bytes are told from good ones.
//!
//! Layout, little-endian: the eight bytes `STANCE\0\x1a`, format version (u32), length of the body (u64),
//! SHA-256 of the body (32 bytes), the body. The body is a JSON header behind its length (u32), the words and
//! character n-grams (length and bytes each), the pairs of word ids of the 2-grams, document frequencies, and
//! per head and class one scale (f32) and a 16-bit integer per term.

use std::borrow::Cow;
use std::path::Path;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::quantised::{Column, Quantised};
use super::thread::ThreadStage;
use super::{Head, Info, Model};
use crate::error::{Error, Kind, Result};
use crate::features::Recipe;
use crate::features::embedding::Embedding;
use crate::features::texts::{Texts, put_varint, take_varint};
use crate::features::tfidf::Vectoriser;
use crate::features::vocabulary::Vocabulary;

const MAGIC: &[u8; 8] = b"STANCE\0\x1a";
/// Format that is written, and the only one that is read.
const VERSION: u32 = 1;
const HEADER_LEN: usize = 8 + 4 + 8 + 32;
/// Larger files are refused before they are read.
const MAX_FILE: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
struct Meta {
    info: Info,
    recipe: Recipe,
    n_docs: u32,
    sizes: [usize; 3],
    #[serde(skip_serializing_if = "Option::is_none", default)]
    vectors: Option<VectorsMeta>,
    heads: Vec<HeadMeta>,
}

/// The word vectors a model was trained with: they are part of the program, not of the model file.
#[derive(Serialize, Deserialize)]
struct VectorsMeta {
    sha256: String,
    means: [Vec<f32>; 2],
}

#[derive(Serialize, Deserialize)]
struct HeadMeta {
    name: String,
    classes: Vec<String>,
    intercept: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    dense: Option<(Vec<Vec<f32>>, Vec<f64>)>,
    thread: ThreadStage,
    decision: Vec<f64>,
    counts: Vec<usize>,
    macro_f1: [f64; 2],
    #[serde(skip_serializing_if = "Option::is_none", default)]
    quantifier: Option<serde_json::Value>,
}

/// Notes in the model the checksum of the file it is stored as.
pub(crate) fn seal(model: &mut Model) {
    model.sha256 = hex(&Sha256::digest(to_bytes(model)));
}

/// The model as bytes. The same model gives the same bytes.
pub fn to_bytes(model: &Model) -> Vec<u8> {
    let v = &model.vectoriser;
    let meta = Meta {
        info: model.info.clone(),
        recipe: v.recipe.clone(),
        n_docs: v.n_docs,
        sizes: v.vocabulary.sizes(),
        vectors: v
            .embedding
            .as_ref()
            .map(|e| VectorsMeta { sha256: e.sha256.to_owned(), means: e.means.clone() }),
        heads: model
            .heads
            .iter()
            .map(|h| HeadMeta {
                name: h.name.clone(),
                classes: h.classes.clone(),
                intercept: h.intercept.clone(),
                dense: h
                    .dense
                    .as_ref()
                    .map(|(w, b)| (w.rows().into_iter().map(|r| r.to_vec()).collect(), b.clone())),
                thread: h.thread.clone(),
                decision: h.decision.clone(),
                counts: h.counts.clone(),
                macro_f1: h.macro_f1,
                quantifier: h.quantifier.clone(),
            })
            .collect(),
    };
    let json = serde_json::to_vec(&meta).unwrap_or_default();
    let mut body = Vec::with_capacity(json.len() + v.df.len() * 16);
    body.extend_from_slice(&(json.len() as u32).to_le_bytes());
    body.extend_from_slice(&json);
    for strings in [&v.vocabulary.words, &v.vocabulary.chars] {
        body.extend_from_slice(strings.stored());
    }
    for &(a, b) in &v.vocabulary.bigrams {
        put_varint(&mut body, a);
        put_varint(&mut body, b);
    }
    for df in &v.df {
        put_varint(&mut body, *df);
    }
    for head in &model.heads {
        for column in head.weights.columns() {
            body.extend_from_slice(&column.scale.to_le_bytes());
            body.extend_from_slice(column.bytes());
        }
    }
    let mut out = Vec::with_capacity(HEADER_LEN + body.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(body.len() as u64).to_le_bytes());
    out.extend_from_slice(&Sha256::digest(&body));
    out.extend_from_slice(&body);
    out
}

/// Reads a stored model.
///
/// # Errors
/// Told apart: not a model at all, of a newer format, truncated, altered (the checksum differs), broken inside.
pub fn from_bytes(bytes: &[u8]) -> Result<Model> {
    let body = body(bytes)?;
    if Sha256::digest(body)[..] != bytes[20..52] {
        return Err(fail("the model file was altered: its checksum differs", AGAIN));
    }
    read_body(Reader { bytes: body, in_place: None, at: 0 }, hex(&Sha256::digest(bytes)))
}

/// Reads the model that is part of the program: in place, and its checksums are not computed again, which takes an eighth
/// of a report on one page; a test does.
pub(crate) fn embedded(bytes: &'static [u8], sha256: &str) -> Result<Model> {
    let body = body(bytes)?;
    let in_place = bytes.get(HEADER_LEN..);
    read_body(Reader { bytes: body, in_place, at: 0 }, sha256.to_owned())
}

const AGAIN: &str = "train the model again, or copy it again from where it came";

fn fail(what: &str, hint: &str) -> Error {
    Error::new(Kind::Model, what).hint(hint)
}

/// The body of a model file whose header is sound.
fn body(bytes: &[u8]) -> Result<&[u8]> {
    if !bytes.starts_with(&MAGIC[..bytes.len().min(8)]) || bytes.is_empty() {
        return Err(fail(
            "is not a model of this program",
            "make one with: stance train LABELS.csv -o MODEL",
        ));
    }
    if bytes.len() < HEADER_LEN {
        return Err(fail("the model file is truncated: not even its header is whole", AGAIN));
    }
    let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let version = word(8);
    if version > VERSION {
        return Err(fail(
            &format!("the model file has format {version}; this program reads format {VERSION}"),
            "it comes from a newer version of this program: update, or train the model again",
        ));
    }
    if version == 0 {
        return Err(fail("the model file was altered: it names no format", AGAIN));
    }
    let length = u64::from(word(12)) | u64::from(word(16)) << 32;
    let body = &bytes[HEADER_LEN..];
    if (body.len() as u64) < length {
        let what = format!("the model file is truncated: {} of {length} bytes are there", body.len());
        return Err(fail(&what, AGAIN));
    }
    if body.len() as u64 > length {
        return Err(fail("the model file was altered: something follows its end", AGAIN));
    }
    Ok(body)
}

fn read_body(mut reader: Reader<'_>, sha256: String) -> Result<Model> {
    let nonsense = || {
        fail("the model file has a good checksum but what it holds makes no sense", "train the model again")
    };
    let meta = reader.meta().ok_or_else(nonsense)?;
    let embedding = match &meta.vectors {
        None => None,
        Some(vectors) => {
            let mut embedding = Embedding::new()?;
            if vectors.sha256 != embedding.sha256 {
                return Err(fail(
                    "the model was trained with word vectors that this version of the program does not have",
                    "train it again, or use the version of the program that made it",
                ));
            }
            let fits = |g: usize| vectors.means[g].len() == embedding.means[g].len();
            if !(fits(0) && fits(1) && vectors.means.iter().flatten().all(|x| x.is_finite())) {
                return Err(nonsense());
            }
            embedding.means.clone_from(&vectors.means);
            Some(embedding)
        }
    };
    let model = reader.model(meta, embedding).ok_or_else(nonsense)?;
    Ok(Model { sha256, ..model })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// The same bytes where they outlive the model.
    in_place: Option<&'static [u8]>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(n)?;
        let out = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(out)
    }

    /// As [`Reader::take`], to be kept.
    fn keep(&mut self, n: usize) -> Option<Cow<'static, [u8]>> {
        let start = self.at;
        let taken = self.take(n)?;
        Some(match self.in_place {
            Some(bytes) => bytes.get(start..self.at)?.into(),
            None => taken.to_vec().into(),
        })
    }

    fn varint(&mut self) -> Option<u32> {
        take_varint(self.bytes, &mut self.at)
    }

    fn texts(&mut self, n: usize) -> Option<Texts> {
        let (starts, len) = Texts::starts_in(self.bytes.get(self.at..)?, n)?;
        let texts = Texts::from_parts(self.keep(len)?, starts);
        (self.in_place.is_some() || texts.is_utf8()).then_some(texts)
    }

    fn meta(&mut self) -> Option<Meta> {
        let len = self.take(4)?;
        let len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        serde_json::from_slice(self.take(len)?).ok()
    }

    fn model(mut self, meta: Meta, embedding: Option<Embedding>) -> Option<Model> {
        let [n_words, n_bigrams, n_chars] = meta.sizes;
        // Every term takes bytes of its own, so counts beyond the file's size are lies.
        if meta.sizes.iter().any(|n| *n > self.bytes.len()) || meta.n_docs == 0 {
            return None;
        }
        let words = self.texts(n_words)?;
        let chars = self.texts(n_chars)?;
        let mut bigrams = Vec::with_capacity(n_bigrams);
        for _ in 0..n_bigrams {
            bigrams.push((self.varint()?, self.varint()?));
        }
        let n_terms = n_words + n_bigrams + n_chars;
        let mut df = Vec::with_capacity(n_terms);
        for _ in 0..n_terms {
            df.push(self.varint()?);
        }
        if df.iter().any(|df| *df == 0 || *df > meta.n_docs) {
            return None;
        }
        let n_components = embedding.as_ref().map_or(0, Embedding::n_cols);
        let head = |h| self.head(h, n_terms, n_components);
        let heads = meta.heads.into_iter().map(head).collect::<Option<Vec<Head>>>()?;
        if heads.is_empty() || self.at != self.bytes.len() || !meta.recipe.is_sane() {
            return None;
        }
        // Equal terms would share an id.
        let vocabulary = Vocabulary::new(words, bigrams, chars)?;
        let vectoriser = Vectoriser { recipe: meta.recipe, vocabulary, df, n_docs: meta.n_docs, embedding };
        Some(Model::assemble(vectoriser, heads, meta.info))
    }

    fn head(&mut self, h: HeadMeta, n_terms: usize, n_components: usize) -> Option<Head> {
        let k = h.classes.len();
        let n_inputs = super::context::n_inputs(k, n_components > 0);
        let numbers = h.intercept.iter().chain(&h.decision).chain(&h.thread.intercept);
        let fits = (2..=64).contains(&k)
            && [h.intercept.len(), h.decision.len(), h.counts.len(), h.thread.intercept.len()] == [k; 4]
            && h.thread.coefficients.len() == k
            && h.thread.coefficients.iter().all(|c| c.len() == n_inputs && c.iter().all(|x| x.is_finite()))
            && numbers.into_iter().all(|x| x.is_finite());
        if !fits || h.dense.is_some() != (n_components > 0) {
            return None;
        }
        let dense = match h.dense {
            None => None,
            Some((rows, b)) => {
                let fits = rows.len() == n_components && rows.iter().all(|r| r.len() == k) && b.len() == k;
                if !fits || !rows.iter().flatten().all(|x| x.is_finite()) || !b.iter().all(|x| x.is_finite())
                {
                    return None;
                }
                Some((Array2::from_shape_fn((n_components, k), |(j, c)| rows[j][c]), b))
            }
        };
        let mut columns = Vec::with_capacity(k);
        for _ in 0..k {
            let s = self.take(4)?;
            let scale = f32::from_le_bytes([s[0], s[1], s[2], s[3]]);
            if !(scale.is_finite() && scale.abs() < 1e6) {
                return None;
            }
            columns.push(Column::new(scale, self.keep(n_terms.checked_mul(2)?)?));
        }
        let weights = Quantised::from_columns(n_terms, columns);
        Some(Head {
            name: h.name,
            classes: h.classes,
            weights,
            intercept: h.intercept,
            dense,
            thread: h.thread,
            decision: h.decision,
            counts: h.counts,
            macro_f1: h.macro_f1,
            quantifier: h.quantifier,
        })
    }
}

/// Reads a model file.
///
/// # Errors
/// As [`from_bytes`], and a file that cannot be read, is a folder, or is larger than 1 GiB.
pub fn read(path: &Path) -> Result<Model> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(Error::new(Kind::Model, "is a folder where a model file is meant")
            .file(name)
            .hint("name the file that stance train wrote"));
    }
    let size = path.metadata().map_err(|e| Error::io(&name, e))?.len();
    if size > MAX_FILE {
        return Err(Error::new(Kind::Model, format!("{size} bytes are more than any model has")).file(name));
    }
    #[expect(clippy::disallowed_methods, reason = "model files are read here")]
    let bytes = std::fs::read(path).map_err(|e| Error::io(&name, e))?;
    from_bytes(&bytes).map_err(|e| e.file(name))
}

/// Writes a model file.
///
/// # Errors
/// What the writer refuses.
pub fn write(model: &Model, out: &mut impl std::io::Write) -> Result<()> {
    out.write_all(&to_bytes(model)).map_err(|e| Error::io("the model file", e))
}

impl Model {
    /// Reads a stored model from memory; see [`from_bytes`].
    ///
    /// # Errors
    /// As [`from_bytes`].
    pub fn load(bytes: &[u8]) -> Result<Self> {
        from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_shipped_model_read_in_place_is_the_one_its_checksum_stands_for() {
        let in_place = super::super::shipped().unwrap();
        let checked = super::from_bytes(crate::model::SHIPPED).unwrap();
        assert_eq!(checked.sha256(), in_place.sha256());
    }
}
