//! The trust decisions of a run: whom it trusts, which hosts it contacts, and what it takes for the newest version,
//! against attackers who write the project, control a pack source, or sit in between.

mod attacks;
mod lists;
mod narrow;
mod sources;

use std::path::Path;

use crate::packs::stores::Desk;
use crate::support::program::{ended, stderr, stdout};

/// Runs the program on a given day and returns its exit code and its full output.
fn run_on(desk: &Desk, day: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = desk.program();
    if !day.is_empty() {
        command.env("SOURCE_DATE_EPOCH", seconds(day));
    }
    let output = ended(command.args(arguments));
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

/// Runs the program today.
fn run(desk: &Desk, arguments: &[&str]) -> (i32, String) {
    run_on(desk, "", arguments)
}

/// The Unix time at noon of a day.
fn seconds(day: &str) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(day, format).unwrap();
    let noon = day.with_hms(12, 0, 0).unwrap().assume_utc();
    noon.unix_timestamp().to_string()
}

/// Generates a project with a pack, from the pack's own sample.
fn project(desk: &Desk, name: &str, arguments: &[&str]) -> (i32, String) {
    let sample = [
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ];
    run(desk, &[&["new", name], &sample[..], arguments].concat())
}

/// Writes a file and makes its folder if it is missing.
fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}
