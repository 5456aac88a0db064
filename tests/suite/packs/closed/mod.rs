//! The closed world of packs: permitted changes pass, and everything else is refused with its place and the reason.

mod allowed;
mod benign;
mod generator;
mod hostile;
mod tricks;

use std::path::Path;

use super::used::new;
use super::{acme, pack, put};

/// An edit of a pack's templates: the name of the template, a text of the built-in one, and its replacement. If the
/// text is empty, the replacement is appended to the built-in template, or is a new template.
type Edit<'e> = (&'e str, &'e str, &'e str);

/// Runs both commands that read packs with these templates; returns the working folder and their results.
fn tried(edits: &[Edit<'_>]) -> (tempfile::TempDir, [(i32, String); 2]) {
    let folder = edited(edits);
    let at = folder.path();
    let runs = [
        pack(at, &["check", "acme", "--accept"]),
        new(at, &["--pack", "acme"]),
    ];
    (folder, runs)
}

/// A pack with these templates.
fn edited(edits: &[Edit<'_>]) -> tempfile::TempDir {
    let folder = acme();
    for (template, from, to) in edits {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("templates")
            .join(template);
        let before = std::fs::read_to_string(built_in).unwrap_or_default();
        // Several edits may concern one template.
        let file = folder.path().join("acme/templates").join(template);
        let before = std::fs::read_to_string(file).unwrap_or(before);
        let after = if from.is_empty() {
            format!("{before}{to}")
        } else {
            before.replacen(from, to, 1)
        };
        assert_ne!(before, after, "{template} has no {from}");
        put(folder.path(), &format!("templates/{template}"), &after);
    }
    folder
}
