//! Terms and their ids, in a fixed order: words, word 2-grams, character n-grams, each by document frequency.

use super::analyser::{BEGINS, CHARS, ENDS, Lexicon, Slots};
use super::index::{Index, Marks};
use super::table::{Pairs, Strings, hash_bytes, hash_pair};
use super::texts::Texts;
use crate::tokens::PaddedPart;

/// The terms a model knows. Ids run through the three kinds: words, then 2-grams, then character n-grams.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    pub(crate) words: Texts,
    pub(crate) bigrams: Vec<(u32, u32)>,
    pub(crate) chars: Texts,
    /// Per word: whether it begins and ends a 2-gram of the vocabulary, as bits of its id.
    flags: Vec<u32>,
    word_index: Index,
    pair_index: Index,
    char_index: Index,
    /// Which pairs to look for at all.
    pair_marks: Marks,
}

fn index_of(texts: &Texts) -> Option<Index> {
    let mut index = Index::with_capacity(texts.len());
    (0..texts.len() as u32).all(|i| index.insert(hash_bytes(texts.bytes(i)), i)).then_some(index)
}

impl Vocabulary {
    /// The vocabulary of these terms; `None` where a term comes twice or a 2-gram names a word that is not there.
    pub(crate) fn new(words: Texts, bigrams: Vec<(u32, u32)>, chars: Texts) -> Option<Self> {
        let mut flags = vec![0; words.len()];
        let mut pair_index = Index::with_capacity(bigrams.len());
        let mut pair_marks = Marks::with_capacity(bigrams.len());
        for (i, &(a, b)) in bigrams.iter().enumerate() {
            *flags.get_mut(a as usize)? |= BEGINS;
            *flags.get_mut(b as usize)? |= ENDS;
            if !pair_index.insert(hash_pair(a, b), i as u32) {
                return None;
            }
            pair_marks.set(hash_pair(a, b));
        }
        let (word_index, char_index) = (index_of(&words)?, index_of(&chars)?);
        Some(Vocabulary { words, bigrams, chars, flags, word_index, pair_index, char_index, pair_marks })
    }

    /// Number of terms of each kind: words, 2-grams, character n-grams.
    pub fn sizes(&self) -> [usize; 3] {
        [self.words.len(), self.bigrams.len(), self.chars.len()]
    }

    /// Number of terms.
    pub fn n_terms(&self) -> usize {
        self.sizes().iter().sum()
    }

    /// First id of each kind.
    pub(crate) fn offsets(&self) -> [u32; 3] {
        let [w, b, _] = self.sizes();
        [0, w as u32, (w + b) as u32]
    }

    /// The term with this id as people read it; a character n-gram shows its spaces as `_`.
    ///
    /// # Panics
    /// The id is not below [`Vocabulary::n_terms`].
    pub fn term(&self, id: u32) -> String {
        let [_, bigrams, chars] = self.offsets();
        if id >= chars {
            self.chars.get(id - chars).replace(' ', "_")
        } else if id >= bigrams {
            let (a, b) = self.bigrams[(id - bigrams) as usize];
            format!("{} {}", self.words.get(a), self.words.get(b))
        } else {
            self.words.get(id).into_owned()
        }
    }

    /// Whether the term with this id is a character n-gram.
    pub fn is_chars(&self, id: u32) -> bool {
        id >= self.offsets()[CHARS]
    }
}

/// Scoring: terms outside the vocabulary have no id.
impl Lexicon for &Vocabulary {
    fn word(&mut self, word: &str) -> Option<u32> {
        let id = self.word_index.get(hash_bytes(word.as_bytes()))?;
        Some(id | self.flags[id as usize])
    }

    fn chars(&mut self, part: &PaddedPart, lengths: (u8, u8), slots: &mut Slots, out: &mut Vec<u32>) {
        slots.clear();
        let text = part.text().as_bytes();
        part.for_each_ngram(lengths.0.into(), lengths.1.into(), |start, end| {
            let hash = hash_bytes(&text[start..end]);
            self.char_index.prefetch(hash);
            slots.push((hash, 0));
        });
        out.extend(slots.iter().filter_map(|&(hash, _)| self.char_index.get(hash)));
    }

    fn bigrams(&mut self, pairs: &[(u32, u32)], slots: &mut Slots, out: &mut Vec<(u32, u32)>) {
        slots.clear();
        for (i, &(a, b)) in (0..).zip(pairs) {
            let hash = hash_pair(a, b);
            self.pair_marks.prefetch(hash);
            slots.push((hash, i));
        }
        // Always written and counted if marked: whether a pair is cannot be guessed ahead.
        let mut n = 0;
        for i in 0..slots.len() {
            slots[n] = slots[i];
            n += usize::from(self.pair_marks.may_hold(slots[i].0));
        }
        slots.truncate(n);
        for (hash, _) in slots.iter() {
            self.pair_index.prefetch(*hash);
        }
        out.extend(slots.iter().filter_map(|&(hash, i)| Some((i, self.pair_index.get(hash)?))));
    }
}

/// Training: every term gets an id.
#[derive(Debug, Default)]
pub(crate) struct Growing {
    pub words: Strings,
    pub bigrams: Pairs,
    pub chars: Strings,
}

impl Lexicon for Growing {
    fn word(&mut self, word: &str) -> Option<u32> {
        Some(self.words.intern(word) | BEGINS | ENDS)
    }

    fn chars(&mut self, part: &PaddedPart, lengths: (u8, u8), _: &mut Slots, out: &mut Vec<u32>) {
        part.for_each_ngram(lengths.0.into(), lengths.1.into(), |start, end| {
            out.push(self.chars.intern(&part.text()[start..end]));
        });
    }

    fn bigrams(&mut self, pairs: &[(u32, u32)], _: &mut Slots, out: &mut Vec<(u32, u32)>) {
        out.extend((0..).zip(pairs).map(|(i, &(a, b))| (i, self.bigrams.intern(a, b))));
    }
}
