//! Whom a run trusts, whom it asks, and what it believes to be the newest: what somebody can do about it who writes the project, holds
//! the place of a pack, or stands in between.

mod attacks;
mod lists;
mod narrow;
mod sources;

use std::path::Path;

use crate::pack_stores::Desk;
use crate::program::{ended, stderr, stdout};

/// Runs the program on a day, and gives its code and all that it said.
fn run_on(desk: &Desk, day: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = desk.program();
    if !day.is_empty() {
        command.env("SOURCE_DATE_EPOCH", seconds(day));
    }
    let output = ended(command.args(arguments));
    let said = stdout(&output) + &stderr(&output);
    (output.status.code().unwrap(), said)
}

/// The same today.
fn run(desk: &Desk, arguments: &[&str]) -> (i32, String) {
    run_on(desk, "", arguments)
}

/// The seconds since 1970 at noon of a day.
fn seconds(day: &str) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = time::Date::parse(day, format).unwrap();
    let noon = day.with_hms(12, 0, 0).unwrap().assume_utc();
    noon.unix_timestamp().to_string()
}

/// Generates a project with a pack, from its own sample.
fn project(desk: &Desk, name: &str, arguments: &[&str]) -> (i32, String) {
    let sample = [
        "--answers",
        "acme/samples/instance.toml",
        "--non-interactive",
    ];
    run(desk, &[&["new", name], &sample[..], arguments].concat())
}

/// Writes a file whose folder may be missing.
fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}
