//! Models as files: read and write, with version and checksum; hostile bytes are told from good ones.
//!
//! Layout, little-endian: the eight bytes `STANCE\0\x1a`, format version (u32), length of the body (u64),
//! SHA-256 of the body (32 bytes), the body. The body is a JSON header behind its length (u32), the words and
//! character n-grams (length and bytes each), the pairs of word ids of the 2-grams, document frequencies, and
//! per head and class one scale (f32) and a 16-bit integer per term.

use std::path::Path;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::thread::ThreadStage;
use super::{Head, Info, Model};
use crate::error::{Error, Kind, Result};
use crate::features::Recipe;
use crate::features::embedding::Embedding;
use crate::features::table::{Pairs, Strings};
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

/// Rounds weights to what is stored, so that a model in memory equals the same model read back.
pub(crate) fn quantise(weights: &mut Array2<f32>) {
    for mut column in weights.columns_mut() {
        let scale = scale_of(column.iter().copied());
        column.map_inplace(|w| *w = f32::from(to_i16(*w, scale)) * scale);
    }
}

fn scale_of(column: impl Iterator<Item = f32>) -> f32 {
    // A power of two, so that rounding twice changes nothing.
    let max = column.fold(0.0_f32, |m, w| m.max(w.abs()));
    if max == 0.0 { 1.0 } else { (max / 32767.0).log2().ceil().exp2() }
}

fn to_i16(w: f32, scale: f32) -> i16 {
    (w / scale).round().clamp(-32767.0, 32767.0) as i16
}

fn put_varint(out: &mut Vec<u8>, mut x: u32) {
    while x >= 0x80 {
        out.push(x as u8 | 0x80);
        x >>= 7;
    }
    out.push(x as u8);
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
        for i in 0..strings.len() as u32 {
            let s = strings.get(i).as_bytes();
            put_varint(&mut body, s.len() as u32);
            body.extend_from_slice(s);
        }
    }
    for i in 0..v.vocabulary.bigrams.len() as u32 {
        let (a, b) = v.vocabulary.bigrams.get(i);
        put_varint(&mut body, a);
        put_varint(&mut body, b);
    }
    for df in &v.df {
        put_varint(&mut body, *df);
    }
    for head in &model.heads {
        for column in head.weights.columns() {
            let scale = scale_of(column.iter().copied());
            body.extend_from_slice(&scale.to_le_bytes());
            for w in column {
                body.extend_from_slice(&to_i16(*w, scale).to_le_bytes());
            }
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
    let fail = |what: &str, hint: &str| Error::new(Kind::Model, what).hint(hint);
    let again = "train the model again, or copy it again from where it came";
    if !bytes.starts_with(&MAGIC[..bytes.len().min(8)]) || bytes.is_empty() {
        return Err(fail(
            "is not a model of this program",
            "make one with: stance train LABELS.csv -o MODEL",
        ));
    }
    if bytes.len() < HEADER_LEN {
        return Err(fail("the model file is truncated: not even its header is whole", again));
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
        return Err(fail("the model file was altered: it names no format", again));
    }
    let length = u64::from(word(12)) | u64::from(word(16)) << 32;
    let body = &bytes[HEADER_LEN..];
    if (body.len() as u64) < length {
        let what = format!("the model file is truncated: {} of {length} bytes are there", body.len());
        return Err(fail(&what, again));
    }
    if body.len() as u64 > length || Sha256::digest(body)[..] != bytes[20..52] {
        return Err(fail("the model file was altered: its checksum differs", again));
    }
    let nonsense = || {
        fail("the model file has a good checksum but what it holds makes no sense", "train the model again")
    };
    let mut reader = Reader { bytes: body, at: 0 };
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
    let mut model = reader.model(meta, embedding).ok_or_else(nonsense)?;
    model.sha256 = hex(&Sha256::digest(bytes));
    Ok(model)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(n)?;
        let out = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(out)
    }

    fn varint(&mut self) -> Option<u32> {
        let mut x = 0_u64;
        for shift in (0..35).step_by(7) {
            let b = *self.bytes.get(self.at)?;
            self.at += 1;
            x |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return u32::try_from(x).ok();
            }
        }
        None
    }

    fn strings(&mut self, n: usize) -> Option<Strings> {
        let mut out = Strings::with_capacity(n);
        for i in 0..n {
            let len = self.varint()? as usize;
            let s = std::str::from_utf8(self.take(len)?).ok()?;
            // Equal strings would share an id and shift all that follow.
            if out.intern(s) as usize != i {
                return None;
            }
        }
        Some(out)
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
        let words = self.strings(n_words)?;
        let chars = self.strings(n_chars)?;
        let mut bigrams = Pairs::with_capacity(n_bigrams);
        for i in 0..n_bigrams {
            let (a, b) = (self.varint()?, self.varint()?);
            if a as usize >= n_words || b as usize >= n_words || bigrams.intern(a, b) as usize != i {
                return None;
            }
        }
        let n_terms = n_words + n_bigrams + n_chars;
        let df: Vec<u32> = (0..n_terms).map(|_| self.varint()).collect::<Option<_>>()?;
        if df.iter().any(|df| *df == 0 || *df > meta.n_docs) {
            return None;
        }
        let n_components = embedding.as_ref().map_or(0, Embedding::n_cols);
        let head = |h| self.head(h, n_terms, n_components);
        let heads = meta.heads.into_iter().map(head).collect::<Option<Vec<Head>>>()?;
        if heads.is_empty() || self.at != self.bytes.len() || !meta.recipe.is_sane() {
            return None;
        }
        let vocabulary = Vocabulary::new(words, bigrams, chars);
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
        let mut weights = Array2::zeros((n_terms, k));
        for c in 0..k {
            let s = self.take(4)?;
            let scale = f32::from_le_bytes([s[0], s[1], s[2], s[3]]);
            if !(scale.is_finite() && scale.abs() < 1e6) {
                return None;
            }
            let column = self.take(n_terms.checked_mul(2)?)?;
            for (w, b) in weights.column_mut(c).iter_mut().zip(column.chunks_exact(2)) {
                *w = f32::from(i16::from_le_bytes([b[0], b[1]])) * scale;
            }
        }
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
