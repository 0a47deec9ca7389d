//! Whom a comment answers where its byline says so.

use rustc_hash::FxHashSet;

use super::segment::Segment;
use crate::comments::{Comment, Evidence};

/// Rounds in which names that were cut off make others known.
const MAX_ROUNDS: usize = 4;

/// Cuts bylines that print author and addressee without a mark between ("Anna Boris • 2 hours ago"), where enough
/// of them end in the name of somebody who wrote under that name alone.
pub(super) fn unjoin(segments: &mut [Segment<'_>]) {
    let mut known: FxHashSet<&str> = segments.iter().filter_map(|s| s.author).collect();
    let printed = known.clone();
    let cut = |known: &FxHashSet<&str>, name: &str, both: bool| -> Option<usize> {
        let spaces = name.match_indices(' ').map(|(at, _)| at);
        spaces.rev().find(|&at| {
            let (left, right) = (&name[..at], &name[at + 1..]);
            left != right && known.contains(right) && (!both || known.contains(left))
        })
    };
    let joined: Vec<(&str, usize)> = segments
        .iter()
        .filter_map(|s| s.author)
        .filter_map(|a| cut(&known, a, false).map(|at| (a, at)))
        .collect();
    let n_sure = joined.iter().filter(|(a, _)| cut(&known, a, true).is_some()).count();
    let addressees: FxHashSet<&str> = joined.iter().map(|&(a, at)| &a[at + 1..]).collect();
    // Two people may share their last word; a third of a thread does not, with several people.
    let many = joined.len() >= 3 && joined.len() * 3 >= segments.len() && addressees.len() > 1;
    if !many && (n_sure < 2 || n_sure * 10 < segments.len()) {
        return;
    }
    for _ in 0..MAX_ROUNDS {
        let mut again = false;
        for segment in segments.iter_mut().filter(|s| s.answers.is_none()) {
            let Some(author) = segment.author else { continue };
            if let Some(at) = cut(&known, author, true).or_else(|| cut(&known, author, false)) {
                segment.answers = Some(&author[at + 1..]);
                segment.author = Some(&author[..at]);
                again |= known.insert(&author[..at]) && !printed.contains(&author[..at]);
            }
        }
        if !again {
            return;
        }
    }
}

/// Parents from bylines. Replies stand below what they answer, so it is the last comment or one that this answers in
/// turn; only where nobody of these fits, the nearest earlier comment of whom it answers.
pub(super) fn resolve(comments: &mut [Comment], segments: &[Segment<'_>]) {
    // From the top of the branch to the last comment.
    let mut branch: Vec<usize> = Vec::new();
    for i in 0..comments.len() {
        if let Some(name) = segments[i].answers.filter(|_| comments[i].parent.is_none()) {
            let fits = |j: usize| comments[j].author.as_deref().is_some_and(|a| same(a, name));
            // Long threads are searched within reach, so that the work stays linear.
            let on_branch = branch.iter().rev().take(500).copied().find(|&j| fits(j));
            let Some(parent) = on_branch.or_else(|| (i.saturating_sub(500)..i).rev().find(|&j| fits(j)))
            else {
                branch = vec![i];
                continue;
            };
            let (no, depth) = (comments[parent].no, comments[parent].depth);
            let comment = &mut comments[i];
            comment.parent = Some(no);
            comment.depth = depth + 1;
            comment.evidence = Some(Evidence::Mention);
        }
        let parent = comments[i].parent.map(|no| no as usize - 1);
        while branch.last().is_some_and(|&j| Some(j) != parent) {
            branch.pop();
        }
        if branch.is_empty() {
            branch.extend(parent);
        }
        branch.push(i);
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
