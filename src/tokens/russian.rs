//! The Snowball stemmer of Russian, on letters side by side: a third of the time of the generated one, which looks each
//! ending up in tables. Same stems, as a test shows on endings and random words.

/// Longest word that is stemmed here.
const MAX_LEN: usize = 40;

/// The stem of a word of the letters а–я; `None` for any other word, and for a longer one. A stem is a beginning.
pub(super) fn stem(word: &str) -> Option<&str> {
    let mut letters = ['\0'; MAX_LEN];
    let mut n = 0;
    for c in word.chars() {
        if !('а'..='я').contains(&c) || n == MAX_LEN {
            return None;
        }
        letters[n] = c;
        n += 1;
    }
    let is_vowel = |c: &char| matches!(c, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я');
    let letters = &letters[..n];
    // RV begins behind the first vowel; R2 behind the second vowel-consonant pair.
    let Some(rv) = letters.iter().position(is_vowel).map(|i| i + 1) else { return Some(word) };
    let pair_end = |from: usize| {
        let vowel = letters[from..].iter().position(is_vowel)? + from;
        Some(letters[vowel..].iter().position(|c| !is_vowel(c))? + vowel + 1)
    };
    let r2 = pair_end(0).and_then(pair_end).unwrap_or(n);
    let kept = rv + cut(&letters[rv..], r2.saturating_sub(rv));
    // Each letter takes two bytes.
    Some(&word[..kept * 2])
}

/// Length of what stays of RV; R2 begins at `r2` in it.
fn cut(rv: &[char], r2: usize) -> usize {
    let mut w = rv;
    match gerund(w) {
        0 => {
            if let [.., 'с', 'я' | 'ь'] = w {
                w = less(w, 2);
            }
            match adjective(w) {
                0 => match verb(w) {
                    0 => w = less(w, noun(w)),
                    n => w = less(w, n),
                },
                n => {
                    w = less(w, n);
                    w = less(w, participle(w));
                }
            }
        }
        n => w = less(w, n),
    }
    if let [.., 'и'] = w {
        w = less(w, 1);
    }
    let derived = match w {
        [.., 'о', 'с', 'т', 'ь'] => 4,
        [.., 'о', 'с', 'т'] => 3,
        _ => 0,
    };
    if derived > 0 && w.len() - derived >= r2 {
        w = less(w, derived);
    }
    match w {
        [.., 'е', 'й', 'ш', 'е'] => w = less(w, 4),
        [.., 'е', 'й', 'ш'] => w = less(w, 3),
        [.., 'ь'] => {
            w = less(w, 1);
            return w.len();
        }
        _ => {}
    }
    if let [.., 'н', 'н'] = w {
        w = less(w, 1);
    }
    w.len()
}

/// All but the last `n` letters.
fn less(w: &[char], n: usize) -> &[char] {
    &w[..w.len() - n]
}

/// Length of an ending that counts only behind а or я.
fn behind_a(w: &[char], n: usize) -> usize {
    if matches!(w[..w.len() - n], [.., 'а' | 'я']) { n } else { 0 }
}

fn gerund(w: &[char]) -> usize {
    match w {
        [.., 'и' | 'ы', 'в', 'ш', 'и', 'с', 'ь'] => 6,
        [.., 'в', 'ш', 'и', 'с', 'ь'] => behind_a(w, 5),
        [.., 'и' | 'ы', 'в', 'ш', 'и'] => 4,
        [.., 'в', 'ш', 'и'] => behind_a(w, 3),
        [.., 'и' | 'ы', 'в'] => 2,
        [.., 'в'] => behind_a(w, 1),
        _ => 0,
    }
}

fn adjective(w: &[char]) -> usize {
    match w {
        [.., 'и' | 'ы', 'м', 'и'] | [.., 'е' | 'о', 'г', 'о'] | [.., 'е' | 'о', 'м', 'у'] => 3,
        [.., 'е' | 'и' | 'ы' | 'о', 'е']
        | [.., 'е' | 'и' | 'ы' | 'о', 'й' | 'м']
        | [.., 'и' | 'ы', 'х']
        | [.., 'у' | 'ю' | 'о' | 'е', 'ю']
        | [.., 'а' | 'я', 'я'] => 2,
        _ => 0,
    }
}

fn participle(w: &[char]) -> usize {
    match w {
        [.., 'и' | 'ы', 'в', 'ш'] | [.., 'у', 'ю', 'щ'] => 3,
        [.., 'е', 'м'] | [.., 'н', 'н'] | [.., 'в', 'ш'] | [.., 'ю', 'щ'] => behind_a(w, 2),
        [.., 'щ'] => behind_a(w, 1),
        _ => 0,
    }
}

fn verb(w: &[char]) -> usize {
    match w {
        [.., 'е' | 'у', 'й', 'т', 'е'] => 4,
        [.., 'и' | 'ы', 'л', 'а' | 'и' | 'о']
        | [.., 'е', 'н', 'а' | 'о' | 'ы']
        | [.., 'и', 'т', 'е']
        | [.., 'у', 'е', 'т']
        | [.., 'у', 'ю', 'т']
        | [.., 'и' | 'ы', 'т', 'ь']
        | [.., 'и', 'ш', 'ь'] => 3,
        [.., 'е' | 'й', 'т', 'е'] | [.., 'е', 'ш', 'ь'] | [.., 'н', 'н', 'о'] => behind_a(w, 3),
        [.., 'е' | 'у', 'й']
        | [.., 'и' | 'ы', 'л' | 'м' | 'т']
        | [.., 'е', 'н']
        | [.., 'я', 'т']
        | [.., 'у', 'ю'] => 2,
        [.., 'л', 'а' | 'и' | 'о']
        | [.., 'н', 'а' | 'о' | 'ы']
        | [.., 'е', 'м' | 'т']
        | [.., 'ю', 'т']
        | [.., 'т', 'ь'] => behind_a(w, 2),
        [.., 'ю'] => 1,
        [.., 'й' | 'л' | 'н'] => behind_a(w, 1),
        _ => 0,
    }
}

fn noun(w: &[char]) -> usize {
    match w {
        [.., 'и', 'я', 'м', 'и'] => 4,
        [.., 'а' | 'я', 'м', 'и'] | [.., 'и', 'е', 'й' | 'м'] | [.., 'и', 'я', 'м' | 'х'] => 3,
        [.., 'е' | 'о', 'в']
        | [.., 'и' | 'ь', 'е' | 'ю' | 'я']
        | [.., 'е' | 'и', 'и']
        | [.., 'е' | 'о' | 'и', 'й']
        | [.., 'я' | 'а' | 'е' | 'о', 'м']
        | [.., 'а' | 'я', 'х'] => 2,
        [.., 'а' | 'е' | 'и' | 'й' | 'о' | 'у' | 'ы' | 'ь' | 'ю' | 'я'] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use rust_stemmers::{Algorithm, Stemmer};

    fn same(word: &str) {
        let expected = Stemmer::create(Algorithm::Russian).stem(word).into_owned();
        assert_eq!(super::stem(word), Some(expected.as_str()), "{word}");
    }

    const ENDINGS: &str = "в вши вшись ив ивши ившись ыв ывши ывшись ся сь ее ие ые ое ими ыми ей ий ый ой ем им ым ом \
        его ого ему ому их ых ую юю ая яя ою ею нн вш ющ щ ивш ывш ующ ла на ете йте ли й л н ло но ет ют ны ть ешь нно \
        ила ыла ена ейте уйте ите или ыли уй ил ыл ен ило ыло ено ят ует уют ит ыт ены ить ыть ишь ю а ев ов ье е иями \
        ями ами еи ии и ией иям ям ием ам о у ах иях ях ы ь ию ью ия ья я ост ость ейш ейше нн";

    #[test]
    fn every_pair_of_endings_is_cut_as_snowball_cuts_it() {
        for root in ["", "т", "ст", "да", "бря", "челове", "государ", "вздрогн", "а", "яя"]
        {
            for first in ENDINGS.split_whitespace().chain([""]) {
                for second in ENDINGS.split_whitespace().chain([""]) {
                    same(&format!("{root}{first}{second}"));
                }
            }
        }
        for word in ["её", "word", "что2", "қала"] {
            assert_eq!(super::stem(word), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_word_is_cut_as_snowball_cuts_it(word in "[а-я]{0,24}") {
            same(&word);
        }
    }
}
