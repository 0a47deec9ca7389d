//! Seeded random streams: one per named piece of work, so that no result depends on the order of work.

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// `x` rounded down, as an index; negative numbers and NaN give 0.
#[expect(clippy::cast_sign_loss, reason = "the cast saturates, which is what is wanted")]
#[inline]
pub(crate) fn floor(x: f64) -> usize {
    x as usize
}

/// A PCG stream with the few draws the estimator needs.
#[derive(Debug, Clone)]
pub(crate) struct Stream(Pcg64Mcg);

impl Stream {
    /// The stream named by `parts` and `seed`; other names give unrelated streams.
    pub fn named(seed: u64, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for part in parts {
            // The length keeps ("ab", "c") apart from ("a", "bc").
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let mut state = [0; 16];
        state.copy_from_slice(&hash.finalize()[..16]);
        Stream(Pcg64Mcg::from_seed(state))
    }

    /// Uniform on [0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on (0, 1], for logarithms.
    #[inline]
    pub fn uniform_open(&mut self) -> f64 {
        1.0 - self.uniform()
    }

    /// Uniform on 0..n.
    #[inline]
    pub fn index(&mut self, n: usize) -> usize {
        floor(self.uniform() * n as f64).min(n.saturating_sub(1))
    }

    /// Standard normal.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// Number of successes in `n` trials of probability `p`.
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n < 16 {
            return (0..n).filter(|_| self.uniform() < p).count() as u64;
        }
        match rand_distr::Binomial::new(n, p.clamp(0.0, 1.0)) {
            Ok(d) => d.sample(&mut self.0),
            Err(_) => 0,
        }
    }

    /// Gamma of shape `a`, scale 1.
    pub fn gamma(&mut self, a: f64) -> f64 {
        match rand_distr::Gamma::new(a.max(1e-3), 1.0) {
            Ok(d) => d.sample(&mut self.0),
            Err(_) => 0.0,
        }
    }
}
