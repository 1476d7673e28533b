//! Progress on a terminal: a bar for work that takes longer than a second.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use relscan::io::Input;

use crate::outcome::say;

/// Work shorter than this shows no bar.
const QUIET: Duration = Duration::from_secs(1);
const KNOWN: &str =
    "{elapsed_precise} {bar:24} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} ETA {eta} {msg}";
const UNKNOWN: &str = "{elapsed_precise} {spinner} {decimal_bytes} {decimal_bytes_per_sec} {msg}";

/// A bar on standard error, or nothing.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Cell<bool>,
    /// How much there is to read, as soon as it is known; nothing if no bar is wanted.
    total: Option<Receiver<Option<u64>>>,
}

impl Progress {
    /// Begins; a bar is shown only if it is `enabled`.
    pub(crate) fn start(enabled: bool, inputs: &[Input]) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let total = enabled.then(|| {
            let (sender, total) = channel();
            let inputs = inputs.to_vec();
            // Folders may be large: the work does not wait for their sizes.
            std::thread::spawn(move || sender.send(inputs.iter().map(Input::bytes).sum()));
            total
        });
        Progress { bar, started: Instant::now(), shown: Cell::new(false), total }
    }

    /// Says how far the work is.
    pub(crate) fn update(&self, bytes: u64, associations: u64) {
        let Some(total) = &self.total else { return };
        if !self.shown.get() {
            if self.started.elapsed() < QUIET {
                return;
            }
            self.shown.set(true);
            self.style(UNKNOWN);
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        if let Ok(Some(bytes)) = total.try_recv() {
            self.bar.set_length(bytes);
            self.style(KNOWN);
        }
        self.bar.set_position(bytes);
        self.bar.set_message(format!("{} associations", HumanCount(associations)));
    }

    /// Writes a line to standard error without spoiling the bar.
    pub(crate) fn say(&self, message: &str) {
        self.bar.suspend(|| say(message));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}
