//! The message for a panic. The original panic message can quote the text that was being read, including a password, so
//! only the location in our code is printed.

use std::panic::{self, Location};

use super::terminal;

/// Installs a panic hook that prints the location of the panic and nothing else.
pub fn say_only_the_place() {
    panic::set_hook(Box::new(|panic| {
        // stderr may be closed; ignore the error.
        let _ = terminal::note(&told(panic.location()));
    }));
}

fn told(place: Option<&Location<'_>>) -> String {
    let place = place.map_or_else(String::new, |place| format!(" at {place}"));
    format!(
        "error: rdsproxy-gen panicked{place}; what it was working on is not shown, since it could hold a secret\nhint: this is a fault of rdsproxy-gen, not of your input: please report it with this place\n"
    )
}
