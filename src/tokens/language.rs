//! Language of a comment: its letters first, then its commonest words, then a trigram library for Latin script.
//!
//! Short comments rarely hold enough text for a statistical guess, but one `ұ` or `ї` settles the matter, and
//! so does a handful of words such as "это" or "the". Evidence is summed chunk by chunk, so that whoever has
//! seen a chunk before need not look at its letters again.

use super::{function_words, is_letter};

/// Languages that can be told, in the order of [`Evidence`]'s votes.
const LANGS: [&str; 8] = ["ru", "uk", "be", "kk", "ky", "uz", "tg", "en"];
const RU: usize = 0;
const UK: usize = 1;
const BE: usize = 2;
const KK: usize = 3;
const UZ: usize = 5;
const TG: usize = 6;
const EN: usize = 7;

/// What the letters and words of a text say about its language, summed over its first chunks.
///
/// Counts stand in lanes side by side, so that a chunk is added in a handful of instructions: letters by script,
/// words, then the function words of each language of [`LANGS`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    lanes: [u16; N_LANES],
    /// Which telling letters were seen, a bit each (see `bit`).
    seen: u32,
    n_chunks: u16,
}

const N_LANES: usize = 16;
/// Letters of the Cyrillic script, of the Latin script, of any other.
const CYRILLIC: usize = 0;
const LATIN: usize = 1;
const OTHER: usize = 2;
/// Latin letters outside ASCII.
const ACCENTED: usize = 3;
/// Words of two or more letters.
const WORDS: usize = 4;
/// Words that hold a letter Russian does not have.
const MARKED: usize = 5;
/// First lane of the function words.
const VOTES: usize = 8;
/// Chunks beyond this tell nothing new; 255 times as many still fit a lane.
const MAX_CHUNKS: u16 = 256;

/// [`Evidence`] of one chunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct OfChunk {
    lanes: [u8; N_LANES],
    seen: u32,
}

/// Bit of a telling Cyrillic letter; 0 for every other letter.
const fn bit(c: char) -> u32 {
    let index = match c {
        'ә' => 0,
        'ғ' => 1,
        'қ' => 2,
        'ң' => 3,
        'ө' => 4,
        'ұ' => 5,
        'ү' => 6,
        'һ' => 7,
        'і' => 8,
        'ї' => 9,
        'є' => 10,
        'ґ' => 11,
        'ў' => 12,
        'ҳ' => 13,
        'ҷ' => 14,
        'ӣ' => 15,
        'ӯ' => 16,
        'ы' => 17,
        'э' => 18,
        'ё' => 19,
        'ъ' => 20,
        'щ' => 21,
        'ђ' | 'ј' | 'љ' | 'њ' | 'ћ' | 'џ' => 22,
        _ => return 0,
    };
    1 << index
}

/// Bits of letters.
const fn bits<const N: usize>(letters: [char; N]) -> u32 {
    let (mut out, mut i) = (0, 0);
    while i < N {
        out |= bit(letters[i]);
        i += 1;
    }
    out
}

/// Letters that Russian has.
const RUSSIAN: u32 = bits(['ы', 'э', 'ё', 'ъ', 'щ']);

/// Bits of the letters from U+0430 to U+045F.
pub(super) const CYRILLIC_BITS: [u32; 48] = {
    let (mut table, mut i) = ([0; 48], 0);
    while i < 48 {
        if let Some(c) = char::from_u32(0x430 + i as u32) {
            table[i] = bit(c);
        }
        i += 1;
    }
    table
};

impl OfChunk {
    /// Evidence of one chunk; counts are cut at 255. Web addresses and names of users are in no language.
    pub(crate) fn new(chunk: &str) -> Self {
        let mut e = OfChunk::default();
        let chunk = before_address(chunk);
        let mut lower = String::new();
        let is_part = |c: char| is_letter(c) || matches!(c, '\'' | '’' | 'ʻ' | '‘' | 'ʼ');
        for word in chunk.split(|c: char| !is_part(c)).filter(|w| !w.is_empty()) {
            lower.clear();
            let mut seen = 0;
            let mut n_letters = 0;
            for c in word.chars().map(super::lower_letter) {
                match c {
                    'a'..='z' => e.count(LATIN),
                    '\u{400}'..='\u{52f}' => {
                        e.count(CYRILLIC);
                        seen |= bit(c);
                    }
                    '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                        e.count(LATIN);
                        e.count(ACCENTED);
                    }
                    '’' | 'ʻ' | '‘' | 'ʼ' | '\'' => {
                        lower.push('\'');
                        continue;
                    }
                    _ => e.count(OTHER),
                }
                n_letters += 1;
                lower.push(c);
            }
            e.seen |= seen;
            if n_letters >= 2 {
                e.count(WORDS);
                if seen & !RUSSIAN != 0 {
                    e.count(MARKED);
                }
            }
            e.count_votes(function_words::languages(lower.trim_matches('\'')));
        }
        e
    }

    /// Adds a word of Latin letters without accents and of Cyrillic ones, `seen` among them.
    #[inline]
    pub(super) fn add_word(&mut self, n_latin: usize, n_cyrillic: usize, seen: u32, votes: u8) {
        let mut add = |lane: usize, n: usize| {
            self.lanes[lane] = self.lanes[lane].saturating_add(n.min(255) as u8);
        };
        add(LATIN, n_latin);
        add(CYRILLIC, n_cyrillic);
        if n_latin + n_cyrillic >= 2 {
            add(WORDS, 1);
            add(MARKED, usize::from(seen & !RUSSIAN != 0));
        }
        self.seen |= seen;
        self.count_votes(votes);
    }

    fn count_votes(&mut self, mut votes: u8) {
        while votes != 0 {
            self.count(VOTES + votes.trailing_zeros() as usize);
            votes &= votes - 1;
        }
    }

    fn count(&mut self, lane: usize) {
        self.lanes[lane] = self.lanes[lane].saturating_add(1);
    }
}

impl Evidence {
    /// Adds the evidence of a chunk.
    #[inline]
    pub(crate) fn add(&mut self, chunk: &OfChunk) {
        if self.n_chunks == MAX_CHUNKS {
            return;
        }
        self.n_chunks += 1;
        self.seen |= chunk.seen;
        for (sum, n) in self.lanes.iter_mut().zip(chunk.lanes) {
            *sum += u16::from(n);
        }
    }

    fn has<const N: usize>(&self, letters: [char; N]) -> bool {
        self.seen & bits(letters) != 0
    }

    fn vote(&self, lang: usize) -> u16 {
        self.lanes[VOTES + lang]
    }

    /// The language with most votes; the first of equals.
    fn most(&self, langs: impl IntoIterator<Item = usize>) -> usize {
        langs.into_iter().reduce(|a, b| if self.vote(b) > self.vote(a) { b } else { a }).unwrap_or(RU)
    }

    fn n(&self, lane: usize) -> u32 {
        u32::from(self.lanes[lane])
    }

    /// The language where letters and function words settle it. `text` is asked only for Latin script that
    /// they leave open.
    pub fn decide(&self, text: impl FnOnce() -> String) -> Option<&'static str> {
        let letters = self.n(CYRILLIC) + self.n(LATIN) + self.n(OTHER);
        if letters < 2 || self.n(OTHER) * 2 > letters {
            return None;
        }
        if self.n(CYRILLIC) >= self.n(LATIN) { self.cyrillic_language() } else { self.latin_language(text) }
    }

    fn cyrillic_language(&self) -> Option<&'static str> {
        if self.n(WORDS) == 0 {
            return None;
        }
        if self.has(['ђ']) && !self.has(['ы', 'э', 'ё']) {
            return Some("sr");
        }
        // One foreign name in a Russian sentence does not change its language.
        let marked = self.n(MARKED) * 5 >= self.n(WORDS) && self.n(MARKED) > 0;
        if marked {
            return Some(self.marked_language());
        }
        let best = self.most(UK..=TG);
        let foreign = self.vote(best);
        if foreign > self.vote(RU) && (foreign >= 2 || self.n(WORDS) <= 4) && !self.has(['щ', 'ъ']) {
            return Some(LANGS[best]);
        }
        Some("ru")
    }

    /// Which of the languages with letters of their own.
    fn marked_language(&self) -> &'static str {
        if self.has(['ҷ', 'ӣ', 'ӯ']) {
            return "tg";
        }
        if self.has(['ұ', 'ә']) || self.has(['і']) && self.has(['қ', 'ғ', 'ң', 'ө', 'ү', 'һ']) {
            return "kk";
        }
        if self.has(['ї', 'є', 'ґ']) {
            return "uk";
        }
        if self.has(['ў']) {
            let belarusian = self.has(['і', 'ы', 'ё']) && !self.has(['қ', 'ғ', 'ҳ']);
            return if belarusian { "be" } else { "uz" };
        }
        if self.has(['ҳ']) {
            return if self.vote(UZ) > self.vote(TG) { "uz" } else { "tg" };
        }
        if self.has(['қ', 'ғ']) {
            return LANGS[self.most([KK, UZ, TG])];
        }
        if self.has(['ң', 'ө', 'ү']) {
            return "ky";
        }
        if self.has(['һ']) {
            return "kk";
        }
        // і alone: Ukrainian has no ы, э or ё; Belarusian and Kazakh have.
        if self.has(['ы', 'э', 'ё']) {
            return if self.vote(BE) > self.vote(KK) { "be" } else { "kk" };
        }
        "uk"
    }

    fn latin_language(&self, text: impl FnOnce() -> String) -> Option<&'static str> {
        let (en, uz) = (u32::from(self.vote(EN)), u32::from(self.vote(UZ)));
        if en > uz && en * 8 >= self.n(WORDS) && self.n(ACCENTED) * 20 <= self.n(LATIN) {
            return Some("en");
        }
        if uz >= 2 && uz > en {
            return Some("uz");
        }
        if self.n(ACCENTED) == 0 && (self.n(WORDS) < 6 || en > 0) || self.n(WORDS) < 3 {
            // Too short for trigrams, or English all but certain.
            return (en > 0).then_some("en");
        }
        let text = text();
        let guess = whatlang::detect(&text).filter(whatlang::Info::is_reliable);
        guess.and_then(|i| two_letters(i.lang()))
    }
}

/// ISO 639-1 code of the Latin-script languages one meets under articles.
fn two_letters(lang: whatlang::Lang) -> Option<&'static str> {
    use whatlang::Lang as L;
    Some(match lang {
        L::Eng => "en",
        L::Deu => "de",
        L::Fra => "fr",
        L::Spa => "es",
        L::Ita => "it",
        L::Por => "pt",
        L::Nld => "nl",
        L::Pol => "pl",
        L::Ces => "cs",
        L::Slk => "sk",
        L::Ron => "ro",
        L::Hun => "hu",
        L::Tur => "tr",
        L::Aze => "az",
        L::Uzb => "uz",
        L::Swe => "sv",
        L::Dan => "da",
        L::Nob => "nb",
        L::Fin => "fi",
        L::Est => "et",
        L::Lav => "lv",
        L::Lit => "lt",
        L::Hrv => "hr",
        L::Slv => "sl",
        _ => return None,
    })
}

/// Language of a text as an ISO 639-1 code, or `None` where it does not tell: no letters, a script of its own,
/// or Latin words too few to know.
///
/// Cyrillic text is told by letters (Kazakh, Kyrgyz, Tajik, Uzbek, Ukrainian, Belarusian, Serbian), then by
/// function words, and is Russian otherwise. Latin text is told by function words, then by trigrams (crate
/// `whatlang`) where these are reliable.
///
/// # Example
/// ```
/// use commentariat::tokens::language::detect;
/// assert_eq!(detect("Зачем это всё нужно?"), Some("ru"));
/// assert_eq!(detect("Бұл кімге керек?"), Some("kk"));
/// assert_eq!(detect("Кому це потрібно?"), Some("uk"));
/// assert_eq!(detect("What is this for?"), Some("en"));
/// assert_eq!(detect("+1 :)"), None);
/// ```
pub fn detect(text: &str) -> Option<&'static str> {
    // The first kilobytes tell as much as the rest.
    let head = &text[..text.floor_char_boundary(4096)];
    let mut evidence = Evidence::default();
    super::for_each_chunk(head, |chunk| evidence.add(&OfChunk::new(chunk)));
    evidence.decide(|| guessed_part(head))
}

/// What trigrams are counted in: the beginning of a text (more costs time and tells no more) without web addresses
/// and names of users.
pub(crate) fn guessed_part(text: &str) -> String {
    let mut out = String::new();
    super::for_each_chunk(&text[..text.floor_char_boundary(400)], |chunk| {
        if out.len() < 200 {
            out.extend([before_address(chunk), " "]);
        }
    });
    out
}

/// A chunk up to the web address or the `@name` in it.
fn before_address(chunk: &str) -> &str {
    let name = memchr::memchr(b'@', chunk.as_bytes());
    let end = name.into_iter().chain(super::address(chunk)).min();
    &chunk[..end.unwrap_or(chunk.len())]
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn letters_settle_the_languages_of_central_asia() {
        for (lang, text) in [
            ("kk", "Мен бұған сенбеймін, өтірік айтып отыр"),
            ("kk", "Дұрыс айтасың, қазақ елі өзі шешеді"),
            ("ky", "Бул жөнүндө эч ким айткан жок, өкмөт эмнени күтүп жатат"),
            ("uz", "Бу гап тўғри эмас, ҳеч ким ишонмайди"),
            ("uz", "Bu yolg'on, menimcha hech kim bunga ishonmaydi va kerak emas"),
            ("tg", "Ин дуруғ аст, ҳеҷ кас бовар намекунад"),
            ("uk", "Ніхто в це вже не вірить, її слова порожні"),
            ("be", "Гэта няпраўда, ніхто ў гэта не верыць, ён хлусіць"),
            ("ru", "Никто в это уже не верит"),
            ("ru", "Съездил в Қазақстан, всё понравилось, люди добрые и отзывчивые, вернусь ещё"),
            ("ru", "согласен"),
        ] {
            assert_eq!(detect(text), Some(lang), "{text}");
        }
    }

    #[test]
    fn addresses_and_names_of_users_are_in_no_language() {
        assert_eq!(detect("@SomeLongName @another_name Ну и отлично"), Some("ru"));
        assert_eq!(
            detect("Ну и зачем https://example.org/some/long/path-of-latin-words?and=more"),
            Some("ru")
        );
        assert_eq!(detect("https://example.org/das-glaubt-doch-kein-mensch-mehr-was-sie-da-erzählt"), None);
        assert_eq!(detect("@name: das glaubt doch kein Mensch mehr, was sie da erzählt"), Some("de"));
    }

    #[test]
    fn latin_words_are_told_or_left_open() {
        assert_eq!(detect("They should have stopped this years ago"), Some("en"));
        assert_eq!(detect("Das glaubt doch kein Mensch mehr, was die Regierung da erzählt"), Some("de"));
        assert_eq!(detect("lol"), None);
        assert_eq!(detect("Stay safe internet dude, hold on to those close"), Some("en"));
        assert_eq!(detect("12345 !!!"), None);
        assert_eq!(detect(""), None);
        assert_eq!(detect("これは嘘だ"), None);
    }
}
