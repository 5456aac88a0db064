//! Progress bars on standard error, shown only if it is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

use super::parallel;

/// The minimum number of items for a bar. Fewer are done before a bar could be read.
const WORTH_A_BAR: usize = 20;

/// A progress bar that counts finished items.
#[derive(Debug)]
pub struct Bar(ProgressBar);

/// Creates a bar for this many items; `what` is the noun to show for them.
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

/// Does the work for each item in parallel and shows the progress.
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
    /// Counts one more finished item.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Finishes and removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
