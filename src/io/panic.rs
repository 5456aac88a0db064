//! What is said when the program contradicts itself so badly that it cannot go on. The message of a panic can quote the text that
//! was being read, and with it a password: so only the place in our code is told.

use std::panic::{self, Location};

use super::terminal;

/// From here on a panic tells its place and nothing else.
pub fn say_only_the_place() {
    panic::set_hook(Box::new(|panic| {
        // Nothing better can be done when nobody can be told.
        let _ = terminal::note(&told(panic.location()));
    }));
}

fn told(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(String::new, |place| format!(" at {place}"));
    format!(
        "error: rdsproxy-gen panicked{place}; what it was working on is not shown, since it could hold a secret\nhint: this is a fault of rdsproxy-gen, not of your input: please report it with this place\n"
    )
}
