//! Whom a comment answers where its byline says so.

use rustc_hash::FxHashSet;

use super::segment::Segment;
use crate::comments::{Comment, Evidence};

/// Cuts bylines that print author and addressee without a mark between ("Anna Boris • 2 hours ago") where both
/// names stand alone elsewhere.
pub(super) fn unjoin(segments: &mut [Segment<'_>]) {
    let known: FxHashSet<&str> = segments.iter().filter_map(|s| s.author).collect();
    let cuts = |name: &str, both: bool| -> Option<usize> {
        let spaces = name.match_indices(' ').map(|(at, _)| at);
        spaces.rev().find(|&at| {
            let (left, right) = (&name[..at], &name[at + 1..]);
            left != right && known.contains(right) && (!both || known.contains(left))
        })
    };
    let n_sure =
        segments.iter().filter_map(|s| s.author).filter(|a| cuts(a, true).is_some()).count();
    if n_sure < 2 || n_sure * 10 < segments.len() {
        return;
    }
    for segment in segments {
        let Some(author) = segment.author else { continue };
        if let Some(at) = cuts(author, true).or_else(|| cuts(author, false)) {
            segment.answers = Some(&author[at + 1..]);
            segment.author = Some(&author[..at]);
        }
    }
}

/// Parents from bylines: the nearest earlier comment of whom it answers.
pub(super) fn resolve(comments: &mut [Comment], segments: &[Segment<'_>]) {
    for i in 0..comments.len() {
        let Some(name) = segments[i].answers.filter(|_| comments[i].parent.is_none()) else {
            continue;
        };
        let fits = |c: &Comment| c.author.as_deref().is_some_and(|a| same(a, name));
        // Long threads are searched within reach, so that the work stays linear.
        let Some(parent) = comments[i.saturating_sub(500)..i].iter().rev().find(|c| fits(c)) else {
            continue;
        };
        let (no, depth) = (parent.no, parent.depth);
        let comment = &mut comments[i];
        comment.parent = Some(no);
        comment.depth = depth + 1;
        comment.evidence = Some(Evidence::Mention);
    }
}

/// Is `name` the author, perhaps only by the first word, perhaps in another case ("Anne" and "Anna")?
fn same(author: &str, name: &str) -> bool {
    let fold = |s: &str| -> Vec<char> {
        s.chars().take_while(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
    if author == name {
        return true;
    }
    let (a, b) = (fold(author), fold(name));
    let shared = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let shorter = a.len().min(b.len());
    name.split_whitespace().count() == 1
        && shorter >= 2
        && shared >= 2.max(shorter.saturating_sub(1))
        && a.len().abs_diff(b.len()) <= 2
}
