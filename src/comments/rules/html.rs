//! Words of HTML comment sections: what is not the writer's, and how a thread says how many there are.

/// What follows a name: "X says:", "X пишет". Lower case; the name ends here.
pub(crate) const SAYS: &[&str] = &[
    " says",
    " said",
    " wrote",
    " writes",
    " commented",
    " replied",
    " responded",
    " sagt",
    " sagte",
    " schreibt",
    " schrieb",
    " meint",
    " meinte",
    " kommentierte",
    " a dit",
    " a écrit",
    " dit :",
    " écrit :",
    " пишет",
    " написал",
    " сказал",
    " говорит",
    " комментирует",
    " отвечает",
    " ответил",
    " каже",
    " пише",
    " dijo",
    " dice",
    " ha detto",
    " scrive",
    " napisał",
    " mówi",
    " skrev",
    " zegt",
    " schreef",
    " disse",
    " diz",
    " diyor",
    " yazdı",
];

/// What stands before a name. Lower case.
pub(crate) const BY: &[&str] = &[
    "posted by:",
    "posted by ",
    "submitted by ",
    "comment by ",
    "comment from ",
    "by ",
    "von ",
    "par ",
    "de ",
    "от ",
    "автор:",
    "автор ",
    "від ",
    "kommentar von ",
    "verfasst von ",
    "geschrieben von ",
    "author:",
    "from:",
    "name:",
    "soumis par ",
    "publié par ",
    "gespeichert von ",
    "опубликовано ",
    "прислал ",
    "comment author: ",
];

/// Lines that are buttons. Lower case, without blanks, brackets, numbers and marks at the ends.
const BUTTONS: &[&str] = &[
    "reply",
    "reply to this",
    "reply to this comment",
    "replies",
    "reply to comment",
    "reply to",
    "quote",
    "report",
    "report abuse",
    "report comment",
    "flag",
    "flag as inappropriate",
    "flag as offensive",
    "flag comment",
    "like",
    "likes",
    "like this",
    "unlike",
    "dislike",
    "share",
    "share this",
    "edit",
    "delete",
    "permalink",
    "link",
    "link to this comment",
    "link to this",
    "recommend",
    "recommended",
    "vote up",
    "vote down",
    "upvote",
    "downvote",
    "more",
    "show more",
    "read more",
    "see more",
    "collapse",
    "expand",
    "hide",
    "parent",
    "log in to reply",
    "login to reply",
    "log in or register to post comments",
    "login or register to post comments",
    "like this comment",
    "loading",
    "email this",
    "ignore user",
    "report this",
    "complain about this comment",
    "add comment",
    "respond",
    "respond to this",
    "thumbs up",
    "thumbs down",
    "top",
    "back to top",
    "helpful",
    "actions",
    "ответить",
    "ответ",
    "ответить с цитированием",
    "пожаловаться",
    "поделиться",
    "цитировать",
    "ссылка",
    "редактировать",
    "удалить",
    "свернуть",
    "развернуть",
    "свернуть ветку",
    "развернуть ветку",
    "нравится",
    "не нравится",
    "мне нравится",
    "читать дальше",
    "показать ещё",
    "показать полностью",
    "жалоба",
    "спам",
    "в избранное",
    "наверх",
    "раскрыть ветку",
    "показать ответы",
    "ответы",
    "скрыть",
    "відповісти",
    "поскаржитися",
    "поширити",
    "цитувати",
    "подобається",
    "antworten",
    "antwort",
    "zitieren",
    "melden",
    "kommentar melden",
    "beitrag melden",
    "teilen",
    "gefällt mir",
    "gefällt mir nicht",
    "bearbeiten",
    "löschen",
    "mehr anzeigen",
    "weniger anzeigen",
    "zum kommentieren anmelden",
    "permanenter link",
    "kommentieren",
    "zum seitenanfang",
    "nach oben",
    "répondre",
    "citer",
    "signaler",
    "signaler un abus",
    "partager",
    "j'aime",
    "modifier",
    "supprimer",
    "lire la suite",
    "voir plus",
    "lien permanent",
    "alerter",
    "recommander",
    "voir les réponses",
    "masquer",
    "responder",
    "denunciar",
    "compartir",
    "me gusta",
    "rispondi",
    "segnala",
    "odpowiedz",
    "beantwoorden",
    "reageren",
    "svara",
    "yanıtla",
    "жауап беру",
    "javob berish",
    "жооп берүү",
    "ҷавоб додан",
    "жавоб бериш",
];

/// Whether a line of text is a button, a count or a mark, and nothing a reader wrote.
pub(crate) fn is_button(line: &str) -> bool {
    let line = line.trim_matches(|c: char| !c.is_alphabetic());
    // Buttons are short; most lines are told by that alone.
    line.len() <= 64 && !line.is_empty() && {
        let lower = line.to_lowercase();
        BUTTONS.contains(&lower.as_str())
    }
}

/// `text` without the buttons at its ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    while lines.last().is_some_and(|l| l.trim().is_empty() || (is_button(l) && has_sign(l, &lines))) {
        lines.pop();
    }
    let start = lines.iter().position(|l| !l.trim().is_empty()).unwrap_or(lines.len());
    lines[start..].join("\n").trim().to_owned()
}

/// A lone word may be all that a reader wrote; a button follows something.
fn has_sign(_line: &str, lines: &[&str]) -> bool {
    lines.len() > 1
}

/// Words that name comments beside a number: "12 Comments", "Комментарии (12)". Lower case.
const NAMES: &[&str] = &[
    "comments",
    "comment",
    "responses",
    "response",
    "replies",
    "reply",
    "thoughts",
    "thought",
    "reactions",
    "комментарии",
    "комментариев",
    "комментария",
    "комментарий",
    "ответов",
    "коментарі",
    "коментарів",
    "коментар",
    "коментаря",
    "kommentare",
    "kommentar",
    "antworten",
    "reaktionen",
    "meinungen",
    "commentaires",
    "commentaire",
    "réactions",
    "réaction",
    "comentarios",
    "commenti",
    "пікір",
    "пікірлер",
    "izohlar",
    "изоҳлар",
    "пикирлер",
    "шарҳҳо",
    "komentarze",
    "komentarzy",
    "reacties",
];

/// The number of comments that a short line declares: "12 Comments", "12 Responses to “X”", "Комментарии (12)".
pub(crate) fn declared(line: &str) -> Option<u32> {
    if line.len() > 200 {
        return None;
    }
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | ':' | '[' | ']' | '|' | '{' | '}' | '•' | '·')
        })
        .filter(|w| !w.is_empty())
        .take(8)
        .collect();
    let number = |w: &str| -> Option<u32> {
        let digits: String = w.chars().filter(|c| !matches!(c, ',' | '.' | '\'')).collect();
        match digits.as_str() {
            "one" => Some(1),
            "no" => Some(0),
            d if d.len() <= 6 => d.parse().ok(),
            _ => None,
        }
    };
    let name = |w: &str| NAMES.contains(&w);
    match words.as_slice() {
        [n, w, ..] if number(n).is_some() && name(w) => number(n),
        [n, _, w, ..] if number(n).is_some() && name(w) && n.parse::<u32>().is_ok() => number(n),
        [w, n] if name(w) => number(n),
        [a, w, n] if name(w) && (*a == "all" || *a == "все" || *a == "alle") => number(n),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_declared_counts() {
        for (line, n) in [
            ("12 Comments", Some(12)),
            ("1,204 comments", Some(1204)),
            ("7 Responses to “Rain”", Some(7)),
            ("Комментарии (41)", Some(41)),
            ("One Response to Rain", Some(1)),
            ("No comments", Some(0)),
            ("3 user comments", Some(3)),
            ("In 2012 comments were open", None),
        ] {
            assert_eq!(declared(line), n, "{line}");
        }
    }

    #[test]
    fn tidies_buttons_at_the_end_only() {
        assert_eq!(tidy("Reply to them all\nI did\nReply\nShare (3)"), "Reply to them all\nI did");
        assert_eq!(tidy("Like"), "Like");
    }
}
