//! Shingles of a text, their `MinHash` in bands, and the exact similarity.

/// Characters of a shingle.
const SHINGLE: usize = 5;
/// Bands, and values in each. Two texts of similarity .8 share a band with probability 1 - (1 - .8^4)^16 > .999, of
/// .5 with .64: the exact check has work, and misses are rare.
pub const N_BANDS: usize = 16;
const N_ROWS: usize = 4;

/// Calls `f` with the 64-bit hash of each shingle, in text order; a text shorter than a shingle is one.
fn each(text: &str, mut f: impl FnMut(u64)) {
    let mut window = [0_u32; SHINGLE];
    let mut n = 0;
    for c in text.chars() {
        window.rotate_left(1);
        window[SHINGLE - 1] = c.into();
        n += 1;
        if n >= SHINGLE {
            f(hash(&window));
        }
    }
    if n > 0 && n < SHINGLE {
        f(hash(&window));
    }
}

/// Polynomial over the characters, then the finaliser of `MurmurHash3`.
fn hash(window: &[u32; SHINGLE]) -> u64 {
    let mut h = window
        .iter()
        .fold(0_u64, |h, &c| h.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(c) + 1));
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// The set of shingles as sorted hashes.
pub fn shingles(text: &str) -> Vec<u32> {
    let mut out = Vec::with_capacity(text.len());
    each(text, |h| out.push(h as u32));
    out.sort_unstable();
    out.dedup();
    out
}

/// Size of the intersection over size of the union, of sorted sets.
pub fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let (small, large) = (a.len().min(b.len()), a.len().max(b.len()));
    // The intersection is at most the smaller set: most candidates end here.
    if large == 0 || (small as f64) < super::MIN_SIMILARITY * large as f64 {
        return 0.0;
    }
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        both += usize::from(a[i] == b[j]);
        let (x, y) = (a[i], b[j]);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both as f64 / (a.len() + b.len() - both) as f64
}

/// One key per band of the `MinHash` signature.
///
/// The `k`-th hash of a shingle is `low + k high` of its 64 bits (Kirsch and Mitzenmacher 2008), so that a signature
/// costs additions and comparisons alone.
pub fn bands(text: &str) -> [u32; N_BANDS] {
    let mut least = [u32::MAX; N_BANDS * N_ROWS];
    each(text, |h| {
        let (low, high) = (h as u32, (h >> 32) as u32 | 1);
        for (k, least) in least.iter_mut().enumerate() {
            *least = (*least).min(low.wrapping_add((k as u32).wrapping_mul(high)));
        }
    });
    std::array::from_fn(|band| {
        least[band * N_ROWS..][..N_ROWS].iter().fold(band as u32, |key, &v| {
            (key ^ v).wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_add(0xe654_6b64)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jaccard_is_intersection_over_union() {
        assert!((jaccard(&[1, 2, 3, 4, 5], &[1, 2, 3, 4, 6]) - 4.0 / 6.0).abs() < 1e-12);
        assert!((jaccard(&[1, 2], &[1, 2]) - 1.0).abs() < 1e-12);
        assert!(jaccard(&[], &[]) < 1e-12);
        assert!(jaccard(&[1], &[2, 3]) < 1e-12);
    }

    #[test]
    fn minhash_agrees_as_often_as_the_sets_do() {
        // 400 pairs of known similarity: the share of equal bands must be near its expectation.
        let word = |i: u32| format!("w{:05}", i.wrapping_mul(2_654_435_761) % 100_000);
        let (mut equal, mut expected) = (0.0, 0.0);
        for pair in 0..400 {
            let text = |from: u32| (from..from + 40).map(word).collect::<Vec<_>>().join(" ");
            let (a, b) = (text(pair * 1000), text(pair * 1000 + 2));
            let similarity = jaccard(&shingles(&a), &shingles(&b));
            expected += similarity.powi(4) * N_BANDS as f64;
            equal += bands(&a).iter().zip(bands(&b)).filter(|(x, y)| **x == *y).count() as f64;
        }
        assert!((equal / expected - 1.0).abs() < 0.1, "{equal} of {expected}");
    }
}
