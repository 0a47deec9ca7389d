//! Language of a comment, told early where its first words leave no doubt.
//!
//! [`crate::tokens::language::detect`] decides. Most comments need only a glance: a few common words of one
//! language, none of another, letters that agree. Where the glance is in doubt it says nothing.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::tokens::{is_letter, language, lower_letter};

/// Bytes that the glance takes in.
const GLANCE: usize = 400;

/// Words that stand in most sentences of a language and in hardly any of another, at most eight bytes each.
///
/// The last line holds words of other languages in Latin script, which speak against all.
const WORDS: [(&str, &str); 5] = [
    (
        "en",
        "the and of you is are this that with have they what not your there from who how would just been were has \
         had but if his we does did about their them some than then when which will could should only our very \
         my it be",
    ),
    (
        "de",
        "der die das und nicht ist ich sie ein eine zu mit auf auch dem den sich nur aber bei sind wird für oder \
         wenn zum zur vom hat wir einen einer kann doch schon im es von als aus haben nach",
    ),
    (
        "fr",
        "les des et est qui dans pour pas sur sont avec mais par plus du au cette nous vous ont leur être ce je \
         aux tout elle comme une",
    ),
    (
        "ru",
        "и не на что это как если для все они есть его было так вот где уже бы кто или при я он но то же только \
         мы вы их еще ещё когда",
    ),
    (
        "",
        "het een van dat niet zijn voor maar ook naar heeft wordt el los las por una con para del más lo di che \
         non è della anche não uma og ikke det på som jeg att och inte nie się jest że",
    ),
];

/// In the place of a line's number: several lines have the word.
const SHARED: u8 = u8::MAX;

static TABLE: LazyLock<FxHashMap<u64, u8>> = LazyLock::new(|| {
    let mut table = FxHashMap::default();
    for (i, (_, list)) in (0..).zip(WORDS) {
        for word in list.split_whitespace() {
            let key = word.bytes().fold(0, |key: u64, b| key << 8 | u64::from(b));
            // A word of two lines tells nothing.
            table.entry(key).and_modify(|lang| *lang = SHARED).or_insert(i);
        }
    }
    table
});

/// Language code of a comment's text, or `None` where it does not tell.
pub(super) fn of(text: &str) -> Option<&'static str> {
    glance(&text[..text.floor_char_boundary(GLANCE)]).or_else(|| language::detect(text))
}

fn glance(head: &str) -> Option<&'static str> {
    let mut votes = [0u32; WORDS.len()];
    let (mut n_words, mut n_cyrillic, mut n_other) = (0u32, 0u32, 0u32);
    let (mut key, mut len) = (0u64, 0usize);
    let table = &*TABLE;
    for c in head.chars().chain(std::iter::once(' ')) {
        if !is_letter(c) {
            if len > 0 {
                n_words += 1;
                if len <= 8
                    && let Some(&lang) = table.get(&key)
                    && let Some(n) = votes.get_mut(lang as usize)
                {
                    *n += 1;
                }
                (key, len) = (0, 0);
            }
            continue;
        }
        let low = lower_letter(c);
        match low {
            'а'..='я' | 'ё' => n_cyrillic += 1,
            '\0'..='\x7f' | 'ß'..='ÿ' | 'œ' => {}
            // Letters of other languages.
            _ => return None,
        }
        n_other += u32::from(!matches!(low, 'а'..='я' | 'ё'));
        let mut bytes = [0; 4];
        for &b in low.encode_utf8(&mut bytes).as_bytes() {
            key = key << 8 | u64::from(b);
            len += 1;
        }
    }
    let best = (0..votes.len()).max_by_key(|&i| votes[i])?;
    let others = votes.iter().sum::<u32>() - votes[best];
    // No other language is written in the letters of Russian alone and has several of its words.
    let (script, rare, min) = match WORDS[best].0 {
        "ru" => (n_other * 3 <= n_cyrillic, 16, 2),
        _ => (n_cyrillic == 0, 7, 3),
    };
    let many = votes[best] >= min && votes[best] * rare >= n_words && others * 5 <= votes[best];
    let few = votes[best] == 2 && n_words <= 14 && others == 0;
    (script && (many || few)).then_some(WORDS[best].0).filter(|lang| !lang.is_empty())
}

#[cfg(test)]
mod tests {
    use super::glance;
    use crate::tokens::language::detect;

    #[test]
    fn a_glance_agrees_with_the_look() {
        for (lang, text) in [
            ("en", "You would think that they have read the article before they are angry with it."),
            ("de", "Das ist doch nicht wahr, und wer sich das ausdenkt, kann auch nicht rechnen."),
            ("fr", "Je ne crois pas que les habitants du village sont pour cette route, mais il est tard."),
            ("ru", "Если это так, то где были все они, и кто теперь за это заплатит?"),
        ] {
            assert_eq!((glance(text), detect(text)), (Some(lang), Some(lang)), "{text}");
        }
    }

    #[test]
    fn doubt_is_left_to_the_look() {
        for text in
            ["Это не так, ніхто не вірить", "ok", "", "Бұл не? Это не на месте", "Das Wort und the word"]
        {
            assert_eq!(glance(text), None, "{text}");
        }
    }
}
