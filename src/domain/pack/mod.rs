//! A pack: templates, samples and their names, as data. The storage of packs and their trust are handled elsewhere.

pub mod allowance;
pub mod freshness;
mod limits;
mod manifest;
mod path;
mod reference;
pub mod status;
pub mod succession;
mod template;
mod yanked;

use std::collections::BTreeMap;

pub use manifest::{
    CONTEXT_VERSION, Inherits, Manifest, PACK_FILE, PACK_SCHEMA, is_name, json_schema,
};
pub use path::{PathError, TakenPaths, portable};
pub use reference::{
    GitPlace, OciPlace, Pin, Reference, ReferenceError, Revision, Transport, is_authority,
    is_loopback, plain_authority, tag_of_version, version_of_git_tag, version_of_tag,
};
use thiserror::Error;
pub use yanked::{
    Edition, YANKED_FILE, YANKED_SCHEMA, YANKED_SIGNATURE_FILE, Yanked, YankedVersion,
    yanked_schema,
};

pub use self::limits::FLOOR_FILE;
use super::limits::Limits;
use super::spec::{SpecError, visible};

/// The files of a pack: relative paths with `/`, and their texts.
pub type Files = BTreeMap<String, String>;

/// The signature of a pack in a folder. It covers all other files.
pub const SIGNATURE_FILE: &str = "pack.minisig";

/// The files beside those of a pack, which are added later and are never part of the signed bytes.
pub const BESIDE: [&str; 3] = [SIGNATURE_FILE, YANKED_FILE, YANKED_SIGNATURE_FILE];

/// The file with a pack's answers. The questions interpret it.
pub const ANSWERS_FILE: &str = "answers.toml";

/// The maximum size of a template in bytes. Our own limit: the largest built-in one has a fifth of it.
pub const TEMPLATE_BYTES: usize = 64 * 1024;

/// The maximum number of templates of a pack. Our own limit: there are fewer than fifty built-in ones.
pub const TEMPLATES: usize = 64;

/// A pack that was read and verified to contain nothing but data.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The content of `pack.toml`.
    pub manifest: Manifest,
    /// The templates by their name below `templates`: `terraform/main.tf.tera`.
    pub templates: BTreeMap<String, String>,
    /// The texts of `samples/NAME.toml` by `NAME`.
    pub samples: BTreeMap<String, String>,
    /// The expected output of the samples where it differs from that of the built-in templates, by path:
    /// `NAME/terraform/main.tf`.
    pub expected: BTreeMap<String, String>,
    /// The text of `answers.toml`, unparsed.
    pub answers: Option<String>,
    /// The limits of `policy.toml`, or the service's own.
    pub limits: Limits,
    /// The resource types that the user allows the pack, beyond those that every pack may add.
    pub allowed: Vec<String>,
    /// The parent of the pack.
    pub above: Option<Box<Self>>,
}

/// The reason why a pack is refused.
#[derive(Debug, Error)]
pub enum PackError {
    /// The folder has no manifest.
    #[error("there is no {PACK_FILE}: this is not a pack")]
    NoManifest,
    /// The manifest `pack.toml` is invalid.
    #[error(transparent)]
    Manifest(SpecError),
    /// `policy.toml` is invalid, or would loosen something.
    #[error(transparent)]
    Floor(SpecError),
    /// A file has a name that some systems cannot store.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A file has no meaning in a pack.
    #[error("{path}: {why}")]
    Unknown {
        /// The path of the file.
        path: String,
        /// The problem with the file.
        why: &'static str,
    },
    /// A template could do more than print.
    #[error("{place}: {why}")]
    Template {
        /// The position, as `file:line:column`.
        place: String,
        /// The construct that is refused, with the reason.
        why: String,
    },
    /// A limit is exceeded.
    #[error("{what}: {found} is more than the {most} that a pack may have")]
    TooLarge {
        /// The thing that has a limit: `templates`, or the path of a template.
        what: String,
        /// The actual number, or size in bytes.
        found: usize,
        /// The maximum that a pack may have.
        most: usize,
    },
}

impl Pack {
    /// Reads a pack.
    ///
    /// # Errors
    /// If the manifest is invalid, a file has no meaning, or a template could do more than print.
    pub fn read(files: &Files) -> Result<Self, PackError> {
        let manifest = files.get(PACK_FILE).ok_or(PackError::NoManifest)?;
        let manifest = Manifest::parse(manifest).map_err(PackError::Manifest)?;
        let mut pack = Self {
            manifest,
            templates: BTreeMap::new(),
            samples: BTreeMap::new(),
            expected: BTreeMap::new(),
            answers: None,
            limits: Limits::SERVICE,
            allowed: Vec::new(),
            above: None,
        };
        let mut taken = TakenPaths::default();
        files.keys().try_for_each(|path| taken.take(path))?;
        for (path, text) in files.iter().filter(|(path, _)| *path != PACK_FILE) {
            pack.take(path, text)?;
        }
        at_most("templates", pack.templates.len(), TEMPLATES)?;
        Ok(pack)
    }

    /// Returns the pack with `above` as its parent: it inherits the templates that it does not have itself, and the
    /// stricter of both for every limit.
    #[must_use]
    pub fn below(mut self, above: Self) -> Self {
        let mut templates = above.templates.clone();
        templates.extend(self.templates);
        self.templates = templates;
        self.limits = self.limits.tightened(above.limits);
        self.above = Some(Box::new(above));
        self
    }

    fn take(&mut self, path: &str, text: &str) -> Result<(), PackError> {
        let text = text.to_owned();
        if let Some(name) = path.strip_prefix("templates/") {
            at_most(path, text.len(), TEMPLATE_BYTES)?;
            placed(name).map_err(|why| unknown(path, why))?;
            template::only_prints(path, &text)?;
            self.templates.insert(name.to_owned(), text);
        } else if let Some(name) = path.strip_prefix("samples/") {
            let name = name
                .strip_suffix(".toml")
                .filter(|name| !name.contains('/'))
                .ok_or_else(|| unknown(path, "a sample is samples/NAME.toml"))?;
            self.samples.insert(name.to_owned(), text);
        } else if let Some(name) = path.strip_prefix("expected/") {
            self.expected.insert(name.to_owned(), text);
        } else if path == ANSWERS_FILE {
            self.answers = Some(text);
        } else if path == FLOOR_FILE {
            self.limits = limits::floor(&text).map_err(PackError::Floor)?;
        } else if !TEXTS.contains(&path) && !BESIDE.contains(&path) {
            return Err(unknown(
                path,
                "a pack has pack.toml, answers.toml, policy.toml, templates, samples and expected, and nothing else",
            ));
        }
        Ok(())
    }
}

/// The files of a pack that are for people only.
const TEXTS: [&str; 3] = ["README.md", "CHANGELOG.md", "LICENSE"];

fn unknown(path: &str, why: &'static str) -> PackError {
    PackError::Unknown {
        path: visible(path),
        why,
    }
}

fn at_most(what: &str, found: usize, most: usize) -> Result<(), PackError> {
    if found <= most {
        Ok(())
    } else {
        Err(PackError::TooLarge {
            what: visible(what),
            found,
            most,
        })
    }
}

/// The parameter group that makes the database refuse unencrypted connections is attached by hand, after generation. A
/// proof of the generated code therefore cannot tell what the database would do with a different one.
const DATABASE_TLS: &str = "what makes the database refuse clear text is not for a pack to change";

/// Hardening is not configurable: a variable whose default satisfies a rule today can be set to break it tomorrow.
const VARIABLES: &str = "what a caller can set is not for a pack to change";

/// Checks that a pack may have this template. Clients and scripts, which programs run, and the choice of providers stay
/// the built-in ones, because the proof does not read them back.
fn placed(name: &str) -> Result<(), &'static str> {
    let stem = name
        .strip_suffix(".tera")
        .ok_or("a template is named NAME.tera")?;
    let (folder, file) = stem
        .split_once('/')
        .ok_or("a template stands in the folder of its target")?;
    let is = |suffix: &str| file.ends_with(suffix);
    match folder {
        "terraform" if file == "variables.tf" => Err(VARIABLES),
        "cloudformation" if file == "parts/parameters.yaml" => Err(VARIABLES),
        "terraform" if file == "database_tls.tf" => Err(DATABASE_TLS),
        "terraform" if is("override.tf") => Err("a file of this name would change what others say"),
        "terraform" if !file.contains('/') && (is(".tf") || is(".md")) => Ok(()),
        "cloudformation" if file == "parts/database_tls.yaml" => Err(DATABASE_TLS),
        "cloudformation" if file.starts_with("parts/") && !is(".md") => Ok(()),
        "cloudformation" if !file.contains('/') && is(".md") => Ok(()),
        "shared" if file.starts_with("readme/") && is(".md") => Ok(()),
        _ => Err(
            "a pack may have templates of .tf and .md in terraform, of parts and .md in cloudformation, and of .md in shared/readme",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "schema = 1\nname = \"acme\"\nversion = \"1.0.0\"\ntool = \"0.1.0\"\ndescription = \"d\"\nowner = \"o\"\n";

    fn read(path: &str, text: &str) -> Result<Pack, PackError> {
        let files = [(PACK_FILE, MANIFEST), (path, text)];
        Pack::read(
            &files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
        )
    }

    #[test]
    fn what_no_proof_reads_is_not_a_packs() {
        for path in [
            "templates/shared/sql/set_password.py.tera",
            "templates/shared/clients/nodejs/package.json.tera",
            "templates/terraform/main_override.tf.tera",
            "templates/terraform/tests/hardening.tftest.hcl.tera",
            "templates/terraform/../x.tf.tera",
            "templates/terraform/variables.tf.tera",
            "templates/cloudformation/parts/parameters.yaml.tera",
            "templates/terraform/database_tls.tf.tera",
            "templates/cloudformation/parts/database_tls.yaml.tera",
            "templates/cloudformation/template.yaml.tera",
            "templates/cloudformation/run.sh.tera",
            "templates/x.tera",
            "hooks/post.sh",
            "samples/a/b.toml",
        ] {
            let error = read(path, "").unwrap_err().to_string();
            assert!(error.contains(path), "{error}");
        }
    }

    #[test]
    fn a_huge_template_is_refused() {
        let text = "a".repeat(TEMPLATE_BYTES + 1);
        let error = read("templates/terraform/main.tf.tera", &text).unwrap_err();
        assert!(error.to_string().contains("65537 is more than the 65536"));
    }

    #[test]
    fn templates_and_samples_are_known_by_their_names() {
        let pack = read("templates/terraform/main.tf.tera", "# {{ proxy.name }}").unwrap();
        assert!(pack.templates.contains_key("terraform/main.tf.tera"));
        assert!(
            read("samples/small.toml", "")
                .unwrap()
                .samples
                .contains_key("small")
        );
    }
}
