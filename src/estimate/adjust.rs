//! The shares on the simplex whose image under a matrix of rates is nearest to what was counted: the `minimize`
//! solver of ACC and PACC.
//!
//! QuaPy minimises the norm (not its square) by SLSQP, which stops when a step gains less than 1e-6. On a face of
//! the simplex that is up to .002 short of the minimum, so an exact solver would not agree with QuaPy in the third
//! digit. This is therefore the same iteration (Kraft 1988): a quadratic model updated by damped BFGS, minimised
//! over the simplex, an Armijo search along the step, and the same stopping rule.

use super::linear::solve_spd;

/// SLSQP's `ftol`.
const TOLERANCE: f64 = 1e-6;
/// SLSQP's `maxiter`.
const MAX_STEPS: usize = 100;
/// Step of the forward difference that scipy takes the gradient by.
const DIFFERENCE: f64 = 1.490_116_119_384_765_6e-8;
/// Most step halvings, and the smallest factor of one, in the search along a step.
const MAX_SEARCH: usize = 10;
const MIN_FACTOR: f64 = 0.1;

/// Minimises `|rates x - counted|` over the simplex, from equal shares. `rates` is K x K, row after row.
pub(super) fn least_squares(rates: &[f64], counted: &[f64]) -> Vec<f64> {
    let k = counted.len();
    let loss = |x: &[f64]| -> f64 {
        let residual = |i: usize| (0..k).map(|j| rates[i * k + j] * x[j]).sum::<f64>() - counted[i];
        (0..k).map(|i| residual(i).powi(2)).sum::<f64>().sqrt()
    };
    let gradient = |x: &mut [f64], f: f64| -> Vec<f64> {
        (0..k)
            .map(|i| {
                let (here, h) = (x[i], if x[i] + DIFFERENCE > 1.0 { -DIFFERENCE } else { DIFFERENCE });
                x[i] = here + h;
                let slope = (loss(x) - f) / (x[i] - here);
                x[i] = here;
                slope
            })
            .collect()
    };
    let mut x = vec![1.0 / k as f64; k];
    let mut f = loss(&x);
    let mut g = gradient(&mut x, f);
    let mut hessian = identity(k);
    for _ in 0..MAX_STEPS {
        let Some(step) = simplex_step(&hessian, &g, &x) else { break };
        let slope = dot(&g, &step);
        if slope.abs() < TOLERANCE {
            break;
        }
        if slope >= 0.0 {
            hessian = identity(k);
            continue;
        }
        let (start, f_start) = (x.clone(), f);
        let mut taken = step;
        let mut promised = slope;
        for search in 0.. {
            for ((x, s), d) in x.iter_mut().zip(&start).zip(&taken) {
                *x = (s + d).clamp(0.0, 1.0);
            }
            f = loss(&x);
            let change = f - f_start;
            if change <= promised / 10.0 || search >= MAX_SEARCH {
                break;
            }
            let factor = (promised / (2.0 * (promised - change))).max(MIN_FACTOR);
            taken.iter_mut().for_each(|d| *d *= factor);
            promised *= factor;
        }
        if (f - f_start).abs() < TOLERANCE || dot(&taken, &taken).sqrt() < TOLERANCE {
            break;
        }
        let next = gradient(&mut x, f);
        let change: Vec<f64> = next.iter().zip(&g).map(|(a, b)| a - b).collect();
        update(&mut hessian, &taken, &change);
        g = next;
    }
    x
}

fn identity(k: usize) -> Vec<f64> {
    (0..k * k).map(|i| f64::from(u8::from(i % (k + 1) == 0))).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Powell's damped BFGS: keeps the model convex.
fn update(b: &mut [f64], s: &[f64], y: &[f64]) {
    let k = s.len();
    let bs: Vec<f64> = (0..k).map(|i| dot(&b[i * k..(i + 1) * k], s)).collect();
    let (mut sy, sbs) = (dot(s, y), dot(s, &bs));
    if sbs <= 0.0 {
        return;
    }
    let mut y = y.to_vec();
    if sy < 0.2 * sbs {
        let damping = 0.8 * sbs / (sbs - sy);
        y.iter_mut().zip(&bs).for_each(|(y, v)| *y = damping * *y + (1.0 - damping) * v);
        sy = 0.2 * sbs;
    }
    for i in 0..k {
        for j in 0..k {
            b[i * k + j] += y[i] * y[j] / sy - bs[i] * bs[j] / sbs;
        }
    }
}

/// Minimises `s'Bs/2 + g's` with `x + s` on the simplex: an active set of shares held at 0.
fn simplex_step(b: &[f64], g: &[f64], x: &[f64]) -> Option<Vec<f64>> {
    let k = x.len();
    let mut free = vec![true; k];
    let mut step = vec![0.0; k];
    for _ in 0..4 * k + 8 {
        let set: Vec<usize> = (0..k).filter(|i| free[*i]).collect();
        if set.is_empty() {
            return None;
        }
        (0..k).filter(|i| !free[*i]).for_each(|i| step[i] = -x[i]);
        let fixed: Vec<usize> = (0..k).filter(|i| !free[*i]).collect();
        let m: Vec<f64> = set.iter().flat_map(|&i| set.iter().map(move |j| b[i * k + j])).collect();
        let pull: Vec<f64> =
            set.iter().map(|i| g[*i] + fixed.iter().map(|j| b[i * k + j] * step[*j]).sum::<f64>()).collect();
        let u = solve_spd(&m, &pull, set.len())?;
        let v = solve_spd(&m, &vec![1.0; set.len()], set.len())?;
        // The shares sum to 1 already up to rounding; the step restores what is missing.
        let missing = 1.0 - x.iter().sum::<f64>() - fixed.iter().map(|i| step[*i]).sum::<f64>();
        let nu = (u.iter().sum::<f64>() + missing) / v.iter().sum::<f64>();
        set.iter().enumerate().for_each(|(a, &i)| step[i] = nu * v[a] - u[a]);
        let lowest = set.iter().copied().min_by(|a, b| (x[*a] + step[*a]).total_cmp(&(x[*b] + step[*b])))?;
        if x[lowest] + step[lowest] < -1e-15 {
            free[lowest] = false;
            continue;
        }
        // A held share is let go where the model falls as it grows.
        let multiplier = |i: usize| g[i] + dot(&b[i * k..(i + 1) * k], &step) - nu;
        match fixed.iter().copied().min_by(|a, b| multiplier(*a).total_cmp(&multiplier(*b))) {
            Some(i) if multiplier(i) < -1e-12 => free[i] = true,
            _ => return Some(step),
        }
    }
    Some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_shares_where_they_exist() {
        let rates = [0.7, 0.2, 0.1, 0.2, 0.6, 0.3, 0.1, 0.2, 0.6];
        let truth = [0.5, 0.2, 0.3];
        let counted: Vec<f64> = (0..3).map(|i| dot(&rates[i * 3..i * 3 + 3], &truth)).collect();
        let x = least_squares(&rates, &counted);
        assert!(x.iter().zip(truth).all(|(a, b)| (a - b).abs() < 1e-4), "{x:?}");
    }

    #[test]
    fn stays_on_the_simplex_where_they_do_not() {
        let rates = [0.6, 0.3, 0.2, 0.2, 0.4, 0.3, 0.2, 0.3, 0.5];
        let x = least_squares(&rates, &[1.0, 0.0, 0.0]);
        assert!((x.iter().sum::<f64>() - 1.0).abs() < 1e-9 && x.iter().all(|v| *v >= 0.0));
        assert!(x[0] > 0.99, "{x:?}");
        // A singular matrix has no single answer; any point of the simplex will do, none may be NaN.
        let x = least_squares(&[0.5; 4], &[0.9, 0.1]);
        assert!((x.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
