//! `pack new`: creates a starter pack, which passes `pack check`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::app::{CommandError, Outcome};
use crate::domain::pack::{Manifest, PACK_FILE};
use crate::domain::spec::visible;
use crate::io::files::{self, DirectoryChange, ExistingFile, existing};

/// The pack to create.
#[derive(Clone, Debug)]
pub struct PackNewRequest {
    /// Name of the pack, and of its folder unless DIR is given.
    pub name: String,
    /// The folder to write to; by default the pack's name.
    pub dir: Option<PathBuf>,
}

const README: &str = include_str!("scaffold/README.md");
const HOUSE: &str = include_str!("scaffold/HOUSE.md.tera");
/// The output of [`HOUSE`] for the sample.
const EXPECTED: &str = include_str!("scaffold/HOUSE.md");
const INSTANCE: &str = include_str!("scaffold/instance.toml");

/// Writes the starter pack to a folder without files of the same names.
///
/// # Errors
/// When the name is none, or a file is there already.
pub fn run(request: &PackNewRequest) -> Result<Outcome, CommandError> {
    let manifest = manifest(&request.name);
    Manifest::parse(&manifest).map_err(|_| {
        let message = format!("{:?} is not a pack's name", visible(&request.name));
        CommandError::input(message)
            .hint("a name has at most 64 lower-case letters, digits and hyphens, and begins with a letter")
    })?;
    let dir = request
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(&request.name));
    let write = scaffold(&request.name, manifest);
    if let Some(path) = write
        .keys()
        .find(|path| existing(&dir, path) != ExistingFile::Absent)
    {
        let message = format!("{} is there already", dir.join(path).display());
        return Err(CommandError::input(message).hint("name another folder"));
    }
    let count = write.len();
    let change = DirectoryChange {
        write,
        remove: Vec::new(),
    };
    files::apply(&dir, &change).map_err(CommandError::environment)?;
    let dir = dir.display();
    Ok(Outcome::text(format!(
        "{count} files written to {dir}\n\nNext\n  rdsproxy-gen pack check {dir}\n"
    )))
}

fn manifest(name: &str) -> String {
    let tool = env!("CARGO_PKG_VERSION");
    let name = serde_json::Value::from(name);
    format!(
        "schema = 1\nname = {name}\nversion = \"0.1.0\"\n# The oldest rdsproxy-gen that can use it.\ntool = \"{tool}\"\n\
         description = \"What this pack is for\"\nowner = \"Who answers for it\"\nchangelog = \"The first version\"\n"
    )
}

fn scaffold(name: &str, manifest: String) -> BTreeMap<String, String> {
    [
        (PACK_FILE, manifest),
        ("README.md", README.replace("NAME", name)),
        ("templates/terraform/HOUSE.md.tera", HOUSE.to_owned()),
        ("templates/cloudformation/HOUSE.md.tera", HOUSE.to_owned()),
        ("samples/instance.toml", INSTANCE.to_owned()),
        ("expected/instance/terraform/HOUSE.md", EXPECTED.to_owned()),
        (
            "expected/instance/cloudformation/HOUSE.md",
            EXPECTED.to_owned(),
        ),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into()
}
