//! The little dense algebra of a few classes: Cholesky, solving, condition number.

/// Lower Cholesky factor of the symmetric `d` x `d` matrix `m` (row after row); `None` where it is not
/// positive definite.
pub(crate) fn cholesky(m: &[f64], d: usize) -> Option<Vec<f64>> {
    let mut l = vec![0.0; d * d];
    for i in 0..d {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|t| l[i * d + t] * l[j * d + t]).sum();
            let v = m[i * d + j] - dot;
            if i == j {
                if !(v > 1e-300 && v.is_finite()) {
                    return None;
                }
                l[i * d + i] = v.sqrt();
            } else {
                l[i * d + j] = v / l[j * d + j];
            }
        }
    }
    Some(l)
}

/// `m^-1 b` for a symmetric positive definite `m`.
pub(super) fn solve_spd(m: &[f64], b: &[f64], d: usize) -> Option<Vec<f64>> {
    let l = cholesky(m, d)?;
    let mut x = b.to_vec();
    for i in 0..d {
        let dot: f64 = (0..i).map(|t| l[i * d + t] * x[t]).sum();
        x[i] = (x[i] - dot) / l[i * d + i];
    }
    back_substitute(&l, &mut x, d);
    Some(x)
}

/// `x := l^-T x`.
pub(crate) fn back_substitute(l: &[f64], x: &mut [f64], d: usize) {
    for i in (0..d).rev() {
        let dot: f64 = (i + 1..d).map(|t| l[t * d + i] * x[t]).sum();
        x[i] = (x[i] - dot) / l[i * d + i];
    }
}

/// Ratio of the largest to the smallest singular value of `m` (`d` x `d`); infinite where it is singular.
///
/// Jacobi rotations on `m^T m`: a handful of classes needs a handful of sweeps.
pub(super) fn condition_number(m: &[f64], d: usize) -> f64 {
    let mut a = vec![0.0; d * d];
    for i in 0..d {
        for j in 0..d {
            a[i * d + j] = (0..d).map(|t| m[t * d + i] * m[t * d + j]).sum();
        }
    }
    for _ in 0..50 {
        let mut off = 0.0;
        for p in 0..d {
            for q in p + 1..d {
                let apq = a[p * d + q];
                off += apq * apq;
                if apq.abs() < 1e-300 {
                    continue;
                }
                let theta = (a[q * d + q] - a[p * d + p]) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for r in 0..d {
                    let (x, y) = (a[r * d + p], a[r * d + q]);
                    a[r * d + p] = c * x - s * y;
                    a[r * d + q] = s * x + c * y;
                }
                for r in 0..d {
                    let (x, y) = (a[p * d + r], a[q * d + r]);
                    a[p * d + r] = c * x - s * y;
                    a[q * d + r] = s * x + c * y;
                }
            }
        }
        if off < 1e-30 {
            break;
        }
    }
    let eigen = (0..d).map(|i| a[i * d + i].max(0.0));
    let (min, max) = eigen.fold((f64::INFINITY, 0.0f64), |(lo, hi), v| (lo.min(v), hi.max(v)));
    if min <= max * 1e-24 { f64::INFINITY } else { (max / min).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn condition_number_of_known_matrices() {
        assert!((condition_number(&[1.0, 0.0, 0.0, 1.0], 2) - 1.0).abs() < 1e-12);
        assert!((condition_number(&[4.0, 0.0, 0.0, 0.5], 2) - 8.0).abs() < 1e-9);
        // numpy.linalg.cond([[.7, .2, .1], [.2, .6, .3], [.1, .2, .6]])
        let m = [0.7, 0.2, 0.1, 0.2, 0.6, 0.3, 0.1, 0.2, 0.6];
        assert!((condition_number(&m, 3) - 3.002_996_957_107_9).abs() < 1e-9, "{}", condition_number(&m, 3));
        assert!(condition_number(&[1.0, 1.0, 1.0, 1.0], 2).is_infinite());
    }

    #[test]
    fn solves_and_refuses() {
        let x = solve_spd(&[4.0, 1.0, 1.0, 3.0], &[1.0, 2.0], 2).unwrap();
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
        assert!(solve_spd(&[1.0, 2.0, 2.0, 1.0], &[1.0, 1.0], 2).is_none());
    }
}
