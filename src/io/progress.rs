//! How far a long work is, on standard error, and only where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use super::parallel;

/// Fewer things than this are done before anybody could read a bar.
const WORTH_A_BAR: usize = 20;

/// A bar that counts.
#[derive(Debug)]
pub struct Bar(ProgressBar);

/// A bar for so many things; `what` is how they are called.
pub fn bar(things: usize, what: &'static str) -> Bar {
    let bar = match things {
        few if few < WORTH_A_BAR => ProgressBar::hidden(),
        many => ProgressBar::new(u64::try_from(many).unwrap_or(u64::MAX)),
    };
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} {msg}");
    let bar = bar.with_message(what);
    match style {
        Ok(style) => Bar(bar.with_style(style)),
        Err(_) => Bar(bar),
    }
}

/// Does one thing for each of many, at once, and shows how far it is.
pub fn over<T: Sync, R: Send>(
    things: &[T],
    what: &'static str,
    each: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let bar = bar(things.len(), what);
    let done = parallel::map(things, |thing| {
        let done = each(thing);
        bar.step();
        done
    });
    bar.finish();
    done
}

impl Bar {
    /// One more is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// All is done: the bar goes.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
