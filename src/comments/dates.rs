//! Times as comment sections print them -> ISO 8601, in English, Russian, Ukrainian, German and French.
//!
//! A zone is given only where the page gives one. Relative times ("2 hours ago", "вчера в 10:15") are counted from the
//! time of capture, else from the page's own date; without either they stay as printed.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Span, Timestamp};

/// What relative and short times are read against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    base: Option<DateTime>,
    /// `03/04/2012` is read month first.
    month_first: bool,
}

/// Month names by their start; the longer before the shorter where both begin alike.
const MONTHS: &[(&str, i8)] = &[
    ("jan", 1),
    ("feb", 2),
    ("fév", 2),
    ("mar", 3),
    ("mär", 3),
    ("maerz", 3),
    ("mrz", 3),
    ("apr", 4),
    ("avr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("juin", 6),
    ("jul", 7),
    ("juil", 7),
    ("aug", 8),
    ("aoû", 8),
    ("aou", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("déc", 12),
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("мая", 5),
    ("май", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
    ("січ", 1),
    ("лют", 2),
    ("бер", 3),
    ("кві", 4),
    ("тра", 5),
    ("чер", 6),
    ("лип", 7),
    ("сер", 8),
    ("вер", 9),
    ("жов", 10),
    ("лис", 11),
    ("гру", 12),
];

/// Units of relative times by their start, in seconds; months and years are counted as 30 and 365 days.
const UNITS: &[(&str, i64)] = &[
    ("sec", 1),
    ("sek", 1),
    ("сек", 1),
    ("month", 2_592_000),
    ("mon", 2_592_000),
    ("mois", 2_592_000),
    ("мес", 2_592_000),
    ("міс", 2_592_000),
    ("min", 60),
    ("мин", 60),
    ("хв", 60),
    ("hour", 3600),
    ("heure", 3600),
    ("hr", 3600),
    ("stund", 3600),
    ("std", 3600),
    ("час", 3600),
    ("год", 3600),
    ("day", 86_400),
    ("jour", 86_400),
    ("tag", 86_400),
    ("дн", 86_400),
    ("ден", 86_400),
    ("день", 86_400),
    ("week", 604_800),
    ("woche", 604_800),
    ("semaine", 604_800),
    ("недел", 604_800),
    ("тиж", 604_800),
    ("year", 31_536_000),
    ("jahr", 31_536_000),
    ("an", 31_536_000),
    ("лет", 31_536_000),
    ("рок", 31_536_000),
    ("рік", 31_536_000),
    ("h", 3600),
    ("d", 86_400),
    ("m", 60),
    ("w", 604_800),
    ("y", 31_536_000),
    ("s", 1),
    ("ч", 3600),
    ("м", 60),
];

/// Words that make a time relative, backwards.
const AGO: &[&str] = &["ago", "назад", "тому", "vor", "il y a"];

impl Clock {
    /// `captured`, else `date`, is what relative times are counted from; `lang` decides which of day and month comes
    /// first in `03/04/2012` (month in English).
    pub(crate) fn new(captured: Option<&str>, date: Option<&str>, lang: Option<&str>) -> Self {
        let month_first = lang.is_none_or(|l| l.starts_with("en"));
        let mut clock = Clock { base: None, month_first };
        clock.base = [captured, date].into_iter().flatten().find_map(|t| clock.parse(t)).map(|t| t.at);
        clock
    }

    /// `text` as ISO 8601, or `None` when it is no time that can be read.
    pub(crate) fn read(&self, text: &str) -> Option<String> {
        self.parse(text).map(|t| t.iso())
    }

    fn parse(&self, text: &str) -> Option<Moment> {
        let text = text.trim();
        if text.len() > 160 || !text.chars().any(char::is_alphanumeric) {
            return None;
        }
        iso(text).or_else(|| epoch(text)).or_else(|| self.loose(&text.to_lowercase()))
    }

    fn loose(&self, text: &str) -> Option<Moment> {
        let words = words(text);
        let time = clock_time(&words);
        if let Some(date) = self.date(text, &words) {
            return Some(Moment::new(date, time));
        }
        let base = self.base?;
        if let Some(back) = days_back(&words) {
            return Some(Moment::new(base.date().checked_sub(Span::new().days(back)).ok()?, time));
        }
        if AGO
            .iter()
            .any(|ago| if ago.contains(' ') { text.contains(ago) } else { words.iter().any(|w| w == ago) })
        {
            let at = words.iter().position(|w| w.bytes().all(|b| b.is_ascii_digit()));
            // "an hour ago", "час назад": one.
            let (n, unit) = match at {
                Some(at) => (words[at].parse::<i64>().ok()?, words.get(at + 1)?.as_str()),
                None => (1, words.iter().find(|w| w.chars().count() > 2 && unit(w).is_some())?.as_str()),
            };
            let back = Span::new().try_seconds(n.checked_mul(unit_of(unit)?)?).ok()?;
            let at = base.checked_sub(back).ok()?;
            return Some(Moment { at, zone: None, day_only: unit_of(unit)? >= 86_400 });
        }
        None
    }

    fn date(&self, text: &str, words: &[String]) -> Option<Date> {
        self.named_date(words).or_else(|| self.numbered_date(text))
    }

    /// A date whose month is a word.
    fn named_date(&self, words: &[String]) -> Option<Date> {
        let number = |at: Option<usize>| at.and_then(|at| words.get(at)).and_then(|w| day_number(w));
        words.iter().enumerate().find_map(|(at, word)| {
            let month = MONTHS.iter().find(|(start, _)| month_word(word, start))?.1;
            let (before, after, later) =
                (number(at.checked_sub(1)), number(Some(at + 1)), number(Some(at + 2)));
            let year = |n: Option<i16>| n.filter(|n| *n >= 1990);
            let day = |n: Option<i16>| n.filter(|n| (1..=31).contains(n));
            let tries = [
                (day(before), year(after)),
                (day(after), year(later)),
                (day(after), year(before)),
                (day(before), words.iter().skip(at + 1).take(2).find_map(|w| year(day_number(w)))),
            ];
            let whole = tries.iter().find_map(|&(d, y)| Date::new(y?, month, d? as i8).ok());
            whole.or_else(|| {
                // No year: the last such day before the base.
                let base = self.base?.date();
                let day = day(before).or(day(after))? as i8;
                let date = Date::new(base.year(), month, day).ok()?;
                if date > base { Date::new(base.year() - 1, month, day).ok() } else { Some(date) }
            })
        })
    }

    /// A date all in numbers: `15.05.2019`, `2019-05-15`, `5/15/2019`, `15.05.19`.
    fn numbered_date(&self, text: &str) -> Option<Date> {
        text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-'))).find_map(|word| {
            let word = word.trim_matches(['.', '/', '-']);
            let sep = word.chars().find(|c| !c.is_ascii_digit())?;
            let parts: Vec<i16> = word.split(sep).map(|p| p.parse().ok()).collect::<Option<_>>()?;
            let &[a, b, c] = parts.as_slice() else { return None };
            let (day, month, year) = if a >= 1990 {
                (c, b, a)
            } else if (sep != '.' && self.month_first && a <= 12) || b > 12 {
                (b, a, c)
            } else {
                (a, b, c)
            };
            let year = if year < 100 { year + 2000 } else { year };
            (year >= 1990)
                .then(|| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok())?
        })
    }
}

/// A point in time as far as it was printed.
#[derive(Debug, Clone)]
struct Moment {
    at: DateTime,
    /// Zone as in ISO 8601, where one was given.
    zone: Option<String>,
    day_only: bool,
}

impl Moment {
    fn new(date: Date, time: Option<Time>) -> Self {
        Moment {
            at: date.to_datetime(time.unwrap_or(Time::midnight())),
            zone: None,
            day_only: time.is_none(),
        }
    }

    fn iso(&self) -> String {
        if self.day_only {
            return self.at.date().to_string();
        }
        let whole = self.at.with().subsec_nanosecond(0).build().unwrap_or(self.at);
        format!("{whole}{}", self.zone.as_deref().unwrap_or(""))
    }
}

/// ISO 8601 proper, kept with the zone it names.
fn iso(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
        return None;
    }
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?.trim_start_matches(['T', 't', ' ']);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(rest.len());
    if rest.is_empty() || end < 4 {
        return Some(Moment::new(date, None));
    }
    let time: Time = rest[..end].parse().ok()?;
    let zone = rest[end..].trim();
    let zone = match zone.as_bytes().first() {
        Some(b'Z' | b'z') => Some("Z".to_owned()),
        Some(b'+' | b'-') if zone.len() <= 6 => Some(match (zone.len(), zone.contains(':')) {
            (5, false) => format!("{}:{}", zone.get(..3)?, zone.get(3..)?),
            _ => zone.to_owned(),
        }),
        _ => None,
    };
    Some(Moment { at: date.to_datetime(time), zone, day_only: false })
}

/// Seconds or milliseconds since 1970, from 1990 to 2100.
fn epoch(text: &str) -> Option<Moment> {
    let text = text.split('.').next()?;
    if !(9..=13).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = text.parse().ok()?;
    let seconds = if text.len() >= 12 { n / 1000 } else { n };
    if !(631_152_000..4_102_444_800).contains(&seconds) {
        return None;
    }
    let at = jiff::tz::TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
    Some(Moment { at, zone: Some("Z".to_owned()), day_only: false })
}

/// Runs of letters, digits and colons; `08h07` and `10:15am` are cut where digits and letters meet.
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut kind = 0;
    for c in text.chars() {
        let now = if c.is_ascii_digit() || (c == ':' && kind == 1) {
            1
        } else if c.is_alphabetic() {
            2
        } else {
            0
        };
        if now != 0 {
            if now == kind {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            } else {
                out.push(c.to_string());
            }
        }
        kind = now;
    }
    for word in &mut out {
        word.truncate(word.trim_end_matches(':').len());
    }
    out.truncate(40);
    out
}

fn day_number(word: &str) -> Option<i16> {
    (word.len() <= 4).then(|| word.parse().ok())?
}

/// Whether `word` is the month that begins with `start`: "mar" is March and not "margaret" or "marked".
fn month_word(word: &str, start: &str) -> bool {
    word.starts_with(start) && {
        let n = word.chars().count();
        let names = [
            "january",
            "february",
            "march",
            "april",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "januar",
            "februar",
            "märz",
            "maerz",
            "juni",
            "juli",
            "oktober",
            "dezember",
            "janvier",
            "février",
            "fevrier",
            "mars",
            "avril",
            "juin",
            "juillet",
            "août",
            "aout",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
            "decembre",
            "sept",
            "juil",
            "janv",
            "févr",
        ];
        n <= 3 || names.contains(&word) || (!word.is_ascii() && n <= 9 && !start.is_ascii())
    }
}

fn unit(word: &str) -> Option<i64> {
    UNITS
        .iter()
        .find(|(start, _)| if start.chars().count() == 1 { word == *start } else { word.starts_with(start) })
        .map(|&(_, seconds)| seconds)
}

fn unit_of(word: &str) -> Option<i64> {
    // Russian "год" is a year where Ukrainian "година" is an hour.
    if matches!(word, "год" | "года") { Some(31_536_000) } else { unit(word) }
}

fn days_back(words: &[String]) -> Option<i64> {
    words.iter().find_map(|w| match w.as_str() {
        "today" | "сегодня" | "сьогодні" | "heute" | "hui" => Some(0),
        "yesterday" | "вчера" | "вчора" | "gestern" | "hier" => Some(1),
        "позавчера" | "vorgestern" => Some(2),
        _ => None,
    })
}

/// A time of day: `10:15`, `10:15:20 pm`, `08h07`, `7 pm`.
fn clock_time(words: &[String]) -> Option<Time> {
    let half = |at: usize| match words.get(at).map(String::as_str) {
        Some("am" | "a") => Some(false),
        Some("pm" | "p") => Some(true),
        _ => None,
    };
    let hour = |h: i8, pm: Option<bool>| match pm {
        Some(true) if h < 12 => h + 12,
        Some(false) if h == 12 => 0,
        _ => h,
    };
    words.iter().enumerate().find_map(|(at, word)| {
        if let Some((h, rest)) = word.split_once(':') {
            let mut parts = rest.split(':');
            let minute = parts.next()?.parse().ok()?;
            let second = parts.next().and_then(|s| s.parse().ok()).unwrap_or(0);
            return Time::new(hour(h.parse().ok()?, half(at + 1)), minute, second, 0).ok();
        }
        let h: i8 = word.parse().ok()?;
        match words.get(at + 1).map(String::as_str) {
            Some("h" | "ч" | "год") => {
                let minute = words.get(at + 2).filter(|w| w.len() == 2).and_then(|w| w.parse().ok())?;
                Time::new(h, minute, 0, 0).ok()
            }
            Some("am" | "pm") => Time::new(hour(h, half(at + 1)), 0, 0, 0).ok(),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_as_they_are_printed() {
        let clock = Clock::new(Some("2020-03-10T12:00:00Z"), None, Some("ru"));
        for (text, iso) in [
            ("2019-05-15T08:07:09+03:00", "2019-05-15T08:07:09+03:00"),
            ("2019-05-15T08:07:09+0300", "2019-05-15T08:07:09+03:00"),
            ("2019-05-15", "2019-05-15"),
            ("1557907629", "2019-05-15T08:07:09Z"),
            ("le mercredi 15 mai 2019 à 08h07", "2019-05-15T08:07:00"),
            ("15. März 2019 um 8:07 Uhr", "2019-03-15T08:07:00"),
            ("March 15, 2019 at 8:07 pm", "2019-03-15T20:07:00"),
            ("15 марта 2019 в 08:07", "2019-03-15T08:07:00"),
            ("15 березня 2019 о 08:07", "2019-03-15T08:07:00"),
            ("15.03.19 в 08:07", "2019-03-15T08:07:00"),
            ("2 часа назад", "2020-03-10T10:00:00"),
            ("вчера в 08:07", "2020-03-09T08:07:00"),
            ("vor 3 Tagen", "2020-03-07"),
            ("il y a 2 heures", "2020-03-10T10:00:00"),
            ("2 hours ago", "2020-03-10T10:00:00"),
            ("7 Apr, 9:30", "2019-04-07T09:30:00"),
        ] {
            assert_eq!(clock.read(text).as_deref(), Some(iso), "{text}");
        }
        assert_eq!(Clock::default().read("2 hours ago"), None);
        assert_eq!(clock.read("Margaret 3 said"), None);
    }
}
