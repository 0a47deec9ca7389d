//! Maximum a posteriori multinomial logistic regression on a handful of rows, around given logits.

use super::thread::softmax;

/// Minimises `sum_i s_i (-ln softmax(o_i + x_i V)_{y_i}) + |V|^2 / 2` over `V` (`n_cols` x `n_classes`).
///
/// `o` are logits that stand before anything is learned; a column's penalty is put into its scale. Unlike
/// [`super::newton`] nothing goes unpenalised and every row has logits of its own to start from.
#[derive(Clone, Copy)]
pub(crate) struct Map<'a> {
    /// Rows of (column, value).
    pub rows: &'a [Vec<(u32, f64)>],
    /// Logits each row starts from.
    pub offsets: &'a [Vec<f64>],
    pub y: &'a [Option<usize>],
    /// Weight of each row; 0 leaves it out.
    pub weights: &'a [f64],
    pub n_cols: usize,
    pub n_classes: usize,
}

/// Newton steps and, for each, products with the Hessian; both far above what some hundred rows need.
const MAX_STEPS: usize = 40;
const MAX_PRODUCTS: usize = 100;
/// Gradient norm, against that at zero, to stop at.
const TOLERANCE: f64 = 1e-5;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Map<'_> {
    /// Logits of a row under `v`.
    pub fn logits(&self, v: &[f64], i: usize) -> Vec<f64> {
        let mut z = self.offsets[i].clone();
        self.add_product(v, i, &mut z);
        z
    }

    fn add_product(&self, v: &[f64], row: usize, out: &mut [f64]) {
        for &(j, x) in &self.rows[row] {
            let weights = &v[j as usize * self.n_classes..][..self.n_classes];
            out.iter_mut().zip(weights).for_each(|(out, weight)| *out += x * weight);
        }
    }

    fn taught(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let rows = self.y.iter().zip(self.weights).enumerate();
        rows.filter_map(|(i, (y, s))| y.filter(|_| *s > 0.0).map(|y| (i, y, *s)))
    }

    fn objective(&self, v: &[f64]) -> f64 {
        let loss = |(i, y, s): (usize, usize, f64)| -s * softmax(&self.logits(v, i))[y].max(1e-300).ln();
        self.taught().map(loss).sum::<f64>() + 0.5 * dot(v, v)
    }

    /// Adds `X' u` of one row to `out`.
    fn add_transposed(&self, i: usize, u: &[f64], out: &mut [f64]) {
        let k = self.n_classes;
        for &(j, x) in &self.rows[i] {
            out[j as usize * k..][..k].iter_mut().zip(u).for_each(|(o, u)| *o += x * u);
        }
    }

    /// `V`, row after row, by Newton's method with conjugate gradients.
    pub fn solve(&self) -> Vec<f64> {
        let mut v = vec![0.0; self.n_cols * self.n_classes];
        let mut at_zero = None;
        for _ in 0..MAX_STEPS {
            let mut gradient = v.clone();
            let mut p = vec![Vec::new(); self.rows.len()];
            for (i, y, s) in self.taught() {
                p[i] = softmax(&self.logits(&v, i));
                let u: Vec<f64> =
                    p[i].iter().enumerate().map(|(c, p)| s * (p - f64::from(u8::from(c == y)))).collect();
                self.add_transposed(i, &u, &mut gradient);
            }
            let norm = dot(&gradient, &gradient).sqrt();
            if norm <= TOLERANCE * *at_zero.get_or_insert(norm) || norm == 0.0 {
                break;
            }
            let step = self.direction(&p, &gradient);
            let (before, slope) = (self.objective(&v), dot(&gradient, &step));
            let mut t = 1.0;
            loop {
                let trial: Vec<f64> = v.iter().zip(&step).map(|(v, d)| v + t * d).collect();
                if self.objective(&trial) <= before + 1e-4 * t * slope {
                    v = trial;
                    break;
                }
                t *= 0.5;
                if t < 1e-6 {
                    return v;
                }
            }
        }
        v
    }

    /// Solves `H d = -gradient` for the Hessian at probabilities `p`.
    fn direction(&self, p: &[Vec<f64>], gradient: &[f64]) -> Vec<f64> {
        let mut d = vec![0.0; gradient.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut search = residual.clone();
        let mut square = dot(&residual, &residual);
        let enough = square * 1e-4;
        for _ in 0..MAX_PRODUCTS {
            let mut product = search.clone();
            for (i, _, s) in self.taught() {
                let mut u = vec![0.0; self.n_classes];
                self.add_product(&search, i, &mut u);
                let mean = dot(&p[i], &u);
                u.iter_mut().zip(&p[i]).for_each(|(u, p)| *u = s * p * (*u - mean));
                self.add_transposed(i, &u, &mut product);
            }
            let step = square / dot(&search, &product).max(1e-300);
            d.iter_mut().zip(&search).for_each(|(d, s)| *d += step * s);
            residual.iter_mut().zip(&product).for_each(|(r, p)| *r -= step * p);
            let next = dot(&residual, &residual);
            if next <= enough {
                break;
            }
            let keep = next / square;
            square = next;
            search.iter_mut().zip(&residual).for_each(|(s, r)| *s = r + keep * *s);
        }
        d
    }
}

#[cfg(test)]
mod tests {
    use super::Map;

    #[test]
    fn the_gradient_vanishes_at_the_solution_and_no_label_changes_nothing() {
        let rows = vec![vec![(0, 1.0), (1, 0.5)], vec![(0, -1.0)], vec![(1, 2.0)]];
        let offsets = vec![vec![0.3, -0.3], vec![0.0, 0.0], vec![1.0, 0.0]];
        let y = [Some(0), Some(1), Some(1)];
        let map =
            Map { rows: &rows, offsets: &offsets, y: &y, weights: &[1.0, 2.0, 0.5], n_cols: 2, n_classes: 2 };
        let v = map.solve();
        let at = map.objective(&v);
        for j in 0..v.len() {
            for e in [-1e-3, 1e-3] {
                let mut near = v.clone();
                near[j] += e;
                assert!(map.objective(&near) > at, "coefficient {j}");
            }
        }
        let none = Map { weights: &[0.0; 3], ..map };
        assert!(none.solve().iter().all(|v| *v == 0.0));
    }
}
