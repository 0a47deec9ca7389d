//! A progress bar on long work: on a terminal, after a moment, unless `--quiet`.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Context;

/// Work shorter than this shows no bar.
const QUIET_FOR: Duration = Duration::from_millis(700);

/// A bar over bytes.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: std::cell::Cell<bool>,
}

impl Progress {
    /// A bar to `total` bytes; 0 where the total is not known.
    pub fn bytes(ctx: &Context, total: u64) -> Self {
        let bar = if ctx.global.quiet || !std::io::stderr().is_terminal() || total == 0 {
            ProgressBar::hidden()
        } else {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
            let style = "{bar:30} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
            // The template is fixed; a wrong one only costs its looks.
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar
        };
        Progress { bar, start: Instant::now(), shown: std::cell::Cell::new(false) }
    }

    /// Moves the bar.
    pub fn set(&self, n_bytes: u64) {
        if !self.shown.get() && self.start.elapsed() > QUIET_FOR && self.bar.length().is_some_and(|n| n > 0) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown.set(true);
        }
        self.bar.set_position(n_bytes);
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
