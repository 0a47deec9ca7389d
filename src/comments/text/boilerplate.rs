//! Lines around a body that the page repeats under every comment, whatever its language.

use super::lines::{Class, Line};
use super::segment::Segment;

/// Fewer comments show no pattern.
const MIN_COMMENTS: usize = 4;
/// Repeated lines that are taken off one side.
const MAX_LINES: usize = 6;

/// Takes off the first and last lines of the bodies that most comments share: the same words but for numbers and
/// the author's name, or the same two first words.
pub(super) fn strip(lines: &[Line<'_>], segments: &mut [Segment<'_>]) {
    if segments.len() < MIN_COMMENTS {
        return;
    }
    for side in [Side::First, Side::Last] {
        for _ in 0..MAX_LINES {
            if !strip_once(lines, segments, side) {
                break;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

fn strip_once(lines: &[Line<'_>], segments: &mut [Segment<'_>], side: Side) -> bool {
    let keys: Vec<Option<String>> = segments.iter().map(|s| key(lines, s, side)).collect();
    let mut sorted: Vec<&String> = keys.iter().flatten().collect();
    sorted.sort_unstable();
    let common = sorted.chunk_by(|a, b| a == b).max_by_key(|c| c.len());
    let Some(common) = common.filter(|c| c.len() * 2 >= segments.len() && c.len() >= 3).map(|c| c[0].clone())
    else {
        return false;
    };
    let mut any = false;
    for (segment, key) in segments.iter_mut().zip(&keys) {
        // A comment of one line keeps it.
        if key.as_deref() == Some(&common)
            && segment.body.iter().filter(|&&i| !matches!(lines[i].class, Class::Blank)).count() > 1
        {
            match side {
                Side::First => {
                    segment.body.remove(0);
                    while segment.body.first().is_some_and(|&i| matches!(lines[i].class, Class::Blank)) {
                        segment.body.remove(0);
                    }
                }
                Side::Last => {
                    segment.body.pop();
                    while segment.body.last().is_some_and(|&i| matches!(lines[i].class, Class::Blank)) {
                        segment.body.pop();
                    }
                }
            }
            any = true;
        }
    }
    any
}

/// What a line is told by: short lines only, digits as one sign, the author's name as another.
fn key(lines: &[Line<'_>], segment: &Segment<'_>, side: Side) -> Option<String> {
    let at = match side {
        Side::First => segment.body.first(),
        Side::Last => segment.body.last(),
    };
    let text = lines[*at?].text;
    if text.len() > 160 {
        return None;
    }
    let author = segment.author.filter(|a| a.len() > 2);
    let named = author.is_some_and(|a| text.contains(a));
    let text = author.map_or_else(|| text.to_owned(), |a| text.replace(a, "@"));
    if named && side == Side::First {
        // "Show the comment of X and 2 answers": what follows the name varies.
        return text.split('@').next().map(|head| format!("{head}@"));
    }
    Some(text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
}
