//! Near-copies of one text among many comments.
//!
//! Two comments are near-copies when the Jaccard similarity of their sets of shingles (character 5-grams of the
//! normalised words) is at least [`MIN_SIMILARITY`]. Candidates come from `MinHash` with banding, every one is checked
//! exactly; groups are connected components. Mentions, addresses and quotations of others are set aside first, short
//! texts are left out: a thousand readers who write "well said" have copied nothing.

mod shingles;

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{CopyGroup, CopyMember};
use crate::comments::Span;
use crate::model::Item;
use crate::model::context::own_words;
use crate::tokens::{MENTION, URL, normalise, segments, words};
use shingles::{N_BANDS, bands, jaccard, shingles};

/// Least Jaccard similarity of two near-copies.
pub const MIN_SIMILARITY: f64 = 0.8;
/// Shorter normalised texts (in characters) are nobody's copy.
pub const MIN_CHARS: usize = 30;
/// Comments of one bucket that each new one is compared with; only texts made to collide reach it.
const MAX_LEADERS: usize = 256;

/// The words of a comment that count for copies: normalised, one space between them, without mentions, addresses
/// and quotations of others.
///
/// # Example
/// ```
/// use commentariat::report::copies::normalised;
/// assert_eq!(normalised("@Anna, Read THIS:  https://example.org !", &[]), "read this");
/// ```
pub fn normalised(text: &str, quotes: &[Span]) -> String {
    let own = own_words(&Item { text, quotes, ..Item::default() });
    let mut out = String::with_capacity(own.len());
    for chunk in segments(&own).filter(|s| !s.space) {
        let chunk = normalise(chunk.text, true);
        if chunk.contains(URL) {
            continue;
        }
        for word in words(&chunk).filter(|w| *w != MENTION) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Collects normalised texts, then groups near-copies. About 200 bytes a comment.
#[derive(Debug, Clone, Default)]
pub struct Copies {
    texts: String,
    ends: Vec<usize>,
}

/// Near-copies: indices of the texts, in order, and the least similarity that joined one to the group.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Indices of the texts, ascending.
    pub members: Vec<u32>,
    /// Least similarity that joined a member.
    pub similarity: f64,
}

impl Copies {
    /// Adds a text that [`normalised`] gave; its index is the number of texts before it.
    pub fn push(&mut self, normalised: &str) {
        self.texts.push_str(normalised);
        self.ends.push(self.texts.len());
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn text(&self, i: u32) -> &str {
        let i = i as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.texts[start..self.ends[i]]
    }

    /// Groups of near-copies, the largest first, ties in order of their first member. Does not depend on the number
    /// of threads.
    pub fn groups(&self) -> Vec<Found> {
        let long: Vec<u32> =
            (0..self.len() as u32).filter(|&i| self.text(i).chars().nth(MIN_CHARS - 1).is_some()).collect();
        let mut sets = Sets::new(self.len());
        let leaders = self.same(long, &mut sets);
        let signatures: Vec<[u32; N_BANDS]> = leaders.par_iter().map(|&i| bands(self.text(i))).collect();
        for band in 0..N_BANDS {
            let mut keys: Vec<(u32, u32)> =
                leaders.iter().zip(&signatures).map(|(&i, s)| (s[band], i)).collect();
            keys.par_sort_unstable();
            let joined: Vec<(u32, u32, f64)> = keys
                .chunk_by(|a, b| a.0 == b.0)
                .filter(|bucket| bucket.len() > 1)
                .collect::<Vec<_>>()
                .into_par_iter()
                .flat_map_iter(|bucket| self.compare(bucket, &sets))
                .collect();
            joined.into_iter().for_each(|(a, b, similarity)| sets.join(a, b, similarity));
        }
        sets.groups()
    }

    /// Joins texts that are the same; one of each is returned.
    fn same(&self, mut long: Vec<u32>, sets: &mut Sets) -> Vec<u32> {
        long.par_sort_by(|&a, &b| self.text(a).cmp(self.text(b)).then(a.cmp(&b)));
        let mut leaders: Vec<u32> = Vec::new();
        for same in long.chunk_by(|&a, &b| self.text(a) == self.text(b)) {
            leaders.push(same[0]);
            same[1..].iter().for_each(|&i| sets.join(same[0], i, 1.0));
        }
        leaders.sort_unstable();
        leaders
    }

    /// Checks the comments of a bucket against the first of each group in it.
    fn compare(&self, bucket: &[(u32, u32)], sets: &Sets) -> Vec<(u32, u32, f64)> {
        let mut leaders: Vec<(u32, u32, Vec<u32>)> = Vec::new();
        let mut joined = Vec::new();
        for &(_, i) in bucket {
            let root = sets.find(i);
            if leaders.iter().any(|(r, ..)| *r == root) {
                continue;
            }
            let set = shingles(self.text(i));
            let near = leaders.iter().find_map(|(_, leader, other)| {
                let similarity = jaccard(&set, other);
                (similarity >= MIN_SIMILARITY).then_some((*leader, similarity))
            });
            match near {
                Some((leader, similarity)) => joined.push((leader, i, similarity)),
                None if leaders.len() < MAX_LEADERS => leaders.push((root, i, set)),
                None => {}
            }
        }
        joined
    }
}

/// Disjoint sets of texts; the smallest index stands for its set.
struct Sets {
    parent: Vec<u32>,
    similarity: Vec<f64>,
}

impl Sets {
    fn new(n: usize) -> Self {
        Sets { parent: (0..n as u32).collect(), similarity: vec![1.0; n] }
    }

    fn find(&self, mut i: u32) -> u32 {
        while self.parent[i as usize] != i {
            i = self.parent[i as usize];
        }
        i
    }

    fn join(&mut self, a: u32, b: u32, similarity: f64) {
        let (a_root, b_root) = (self.find(a), self.find(b));
        let (root, other) = (a_root.min(b_root), a_root.max(b_root));
        if root == other {
            return;
        }
        let least = similarity.min(self.similarity[root as usize]).min(self.similarity[other as usize]);
        self.similarity[root as usize] = least;
        self.parent[other as usize] = root;
        // Paths stay short when what was asked for points to its root.
        for i in [a, b] {
            self.parent[i as usize] = root;
        }
    }

    fn groups(&self) -> Vec<Found> {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for i in 0..self.parent.len() as u32 {
            let root = self.find(i);
            if root != i {
                members.entry(root).or_insert_with(|| vec![root]).push(i);
            }
        }
        let mut groups: Vec<Found> = members
            .into_iter()
            .map(|(root, members)| Found { members, similarity: self.similarity[root as usize] })
            .collect();
        groups.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then(a.members[0].cmp(&b.members[0])));
        groups
    }
}

/// A group as the report shows it; `member` says where a text stands.
pub fn shown(found: &Found, member: impl Fn(u32) -> CopyMember) -> CopyGroup {
    let members: Vec<CopyMember> = found.members.iter().map(|&i| member(i)).collect();
    let articles: std::collections::BTreeSet<&str> = members.iter().map(|m| m.article.as_str()).collect();
    CopyGroup { n: members.len(), n_articles: articles.len(), similarity: found.similarity, members }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(texts: &[&str]) -> Vec<Vec<u32>> {
        let mut copies = Copies::default();
        texts.iter().for_each(|t| copies.push(&normalised(t, &[])));
        copies.groups().into_iter().map(|g| g.members).collect()
    }

    #[test]
    fn mentions_addresses_and_case_do_not_hide_a_copy() {
        let found = groups(&[
            "@Ivan The new bridge will be paid for by those who never cross it!",
            "Something else entirely was said about the price of bread in the market.",
            "the new bridge will be paid for by those, who never cross it... https://example.org/x",
            "Well said!",
            "Well said!",
        ]);
        assert_eq!(found, [[0, 2]]);
    }

    #[test]
    fn a_quotation_is_no_copy() {
        let text = "> the new bridge will be paid for by those who never cross it\nNo, it will not, and you know that well";
        let quote = Span { start: 0, end: text.find('\n').unwrap() };
        assert_eq!(normalised(text, &[quote]), "no it will not and you know that well");
    }

    #[test]
    fn the_order_of_texts_decides_nothing_but_their_indices() {
        let texts = [
            "every train to the coast is late again this week",
            "every train to the coast is late again this weeks",
        ];
        assert_eq!(groups(&texts), groups(&[texts[1], texts[0]]));
        assert_eq!(groups(&texts), [[0, 1]]);
    }
}
