//! Stemmers, one per language that has one; no language is ever stemmed as another.

use rust_stemmers::{Algorithm, Stemmer};

/// Cuts a word to its stem.
pub trait Stem: Sync {
    /// The stem of a normalised word.
    fn stem(&self, word: &str) -> String;
}

impl Stem for Algorithm {
    fn stem(&self, word: &str) -> String {
        Stemmer::create(*self).stem(word).into_owned()
    }
}

/// Languages with a Snowball stemmer. To add one: a line here, and its code in the table of
/// [`super::language`]. Ukrainian, Kazakh, Uzbek, Kyrgyz and Tajik have none; character n-grams carry them.
static STEMMERS: [(&str, Algorithm); 16] = [
    ("ru", Algorithm::Russian),
    ("en", Algorithm::English),
    ("de", Algorithm::German),
    ("fr", Algorithm::French),
    ("es", Algorithm::Spanish),
    ("it", Algorithm::Italian),
    ("pt", Algorithm::Portuguese),
    ("nl", Algorithm::Dutch),
    ("sv", Algorithm::Swedish),
    ("da", Algorithm::Danish),
    ("nb", Algorithm::Norwegian),
    ("fi", Algorithm::Finnish),
    ("hu", Algorithm::Hungarian),
    ("ro", Algorithm::Romanian),
    ("tr", Algorithm::Turkish),
    ("el", Algorithm::Greek),
];

/// The stemmer of a language.
///
/// # Example
/// ```
/// use commentariat::tokens::stem::{Stem, for_language};
/// assert_eq!(for_language("ru").unwrap().stem("санкциями"), "санкц");
/// assert!(for_language("kk").is_none());
/// ```
pub fn for_language(lang: &str) -> Option<&'static dyn Stem> {
    STEMMERS.iter().find(|(l, _)| *l == lang).map(|(_, a)| a as &dyn Stem)
}

/// Which stemmer the words of a comment get, by their script: a comment in one language may hold words of
/// another, and a Kazakh comment's Cyrillic words must not be cut as Russian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stemming {
    cyrillic: bool,
    latin: u8,
}

const NO_STEMMER: u8 = u8::MAX;
const ENGLISH: u8 = 1;

impl Stemming {
    /// The stemmers for a comment in `lang`. Latin words of a comment in an undetermined language or in
    /// Cyrillic script are taken as English, the commonest case.
    pub fn of(lang: Option<&str>) -> Self {
        let index = lang.and_then(|lang| STEMMERS.iter().position(|(l, _)| *l == lang));
        match (lang, index) {
            (Some("ru") | None, _) => Stemming { cyrillic: true, latin: ENGLISH },
            (Some("uk" | "be" | "kk" | "ky" | "tg" | "sr"), _) => {
                Stemming { cyrillic: false, latin: ENGLISH }
            }
            (Some(_), Some(i)) => Stemming { cyrillic: true, latin: i as u8 },
            (Some(_), None) => Stemming { cyrillic: false, latin: NO_STEMMER },
        }
    }

    /// A number that tells stemmings apart, spread over 64 bits.
    pub fn code(self) -> u64 {
        (u64::from(self.latin) << 1 | u64::from(self.cyrillic)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The stem of a normalised word, by the script of its first letter.
    pub fn stem(self, word: &str) -> Option<String> {
        let first = word.chars().find(|c| c.is_alphabetic())?;
        if ('\u{400}'..='\u{4ff}').contains(&first) {
            self.cyrillic.then(|| Algorithm::Russian.stem(word))
        } else if first <= '\u{24f}' && self.latin != NO_STEMMER {
            Some(STEMMERS[self.latin as usize].1.stem(word))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stemming;

    #[test]
    fn no_language_is_stemmed_as_another() {
        assert_eq!(Stemming::of(Some("kk")).stem("өтіріктер"), None);
        assert_eq!(Stemming::of(Some("uk")).stem("санкціями"), None);
        assert_eq!(Stemming::of(Some("uz")).stem("bolalar"), None);
        assert_eq!(Stemming::of(Some("ru")).stem("санкциями").as_deref(), Some("санкц"));
        assert_eq!(Stemming::of(Some("ru")).stem("sanctions").as_deref(), Some("sanction"));
        assert_eq!(Stemming::of(Some("de")).stem("häuser").as_deref(), Some("haus"));
    }
}
