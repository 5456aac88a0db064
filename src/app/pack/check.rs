//! `pack check`: proves a pack. Every sample and its variants are rendered, read back, judged and compared with the
//! expected files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use similar::{ChangeTag, TextDiff};

use crate::app::proof::{Brought, closed, pack, prove_with};
use crate::app::resolution::load;
use crate::app::resolution::terms::{Terms, TrustRequest};
use crate::app::{CommandError, Outcome};
use crate::domain::blueprint::Blueprint;
use crate::domain::lines::with_ends;
use crate::domain::pack::Pack;
use crate::domain::pack::allowance::is_forbidden_type;
use crate::domain::spec::{Spec, visible};
use crate::interview::{Answers, Preset};
use crate::io::files::{self, DirectoryChange};
use crate::io::parallel;
use crate::render::Templates;

/// The pack to prove.
#[derive(Clone, Debug)]
pub struct PackCheckRequest {
    /// Its folder, or its archive.
    pub dir: PathBuf,
    /// True if the samples' output becomes the expected output.
    pub accept: bool,
    /// Resource types that users of the pack allow.
    pub allow: Vec<String>,
    /// The keys and owners that are trusted.
    pub trust: TrustRequest,
}

/// Answers that each sample is also rendered with, to cover other branches of the templates. Combinations that the
/// built-in templates also refuse, or that the pack does not take, prove nothing about the pack and are skipped.
const VARIANTS: &[&[&str]] = &[
    &["proxy.auth=end-to-end-iam"],
    &[
        "proxy.auth=end-to-end-iam",
        "database.resource_id=db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ],
    &[
        "proxy.auth=end-to-end-iam",
        "database.resource_id=cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    ],
    &["proxy.auth=secrets"],
    &[
        "database.tls=create-parameter-group",
        "database.engine_version=16.4",
    ],
    &[
        "database.tls=create-parameter-group",
        "database.engine_version=8.0.36",
    ],
    &["encryption.strict_secret_policy=true"],
    &[
        "encryption.kms_key=arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ],
    &["proxy.engine=mysql"],
    &["proxy.engine=postgresql"],
    &["proxy.engine=mariadb"],
    &["proxy.engine=sqlserver"],
    &[
        "proxy.engine=aurora-mysql",
        "database.kind=cluster",
        "proxy.read_only_endpoint=true",
    ],
    &[
        "proxy.engine=aurora-postgresql",
        "database.kind=cluster",
        "proxy.read_only_endpoint=true",
    ],
    &["pool.max_connections_percent=50", "pool.borrow_timeout=30"],
    &["monitoring.log_retention_days=365"],
    &["tags.Team=\"${data}\" #{{ x }}"],
];

/// The result of one sample.
struct Tried {
    /// Files that differ from those of the built-in templates.
    changed: BTreeMap<String, String>,
    /// The differences, one line for each file.
    lines: Vec<String>,
    variants: usize,
}

/// Proves all samples, and compares their output with the expected files or replaces these.
///
/// # Errors
/// When the pack cannot be read, has no sample, or a sample fails the proof.
pub fn run(request: &PackCheckRequest) -> Result<Outcome, CommandError> {
    if request.accept && !files::is_folder(&request.dir) {
        return Err(CommandError::input(
            "what is expected is written only in a folder, and this is none",
        ));
    }
    let reference = request.dir.to_string_lossy();
    let terms = Terms::new(&request.trust, &[&reference])?;
    let (mut pack, _) = load::opened(&reference, &terms)?;
    pack.allowed = allowed(&request.allow)?;
    if pack.samples.is_empty() {
        return Err(CommandError::input(
            "the pack has no sample, so that nothing can be proved of it",
        )
        .hint("put an rdsproxy.toml into samples/"));
    }
    let samples: Vec<_> = pack.samples.iter().collect();
    let templates = &pack::templates(&pack)?;
    let checked = CheckedPack {
        preset: load::preset(&pack).map_err(CommandError::input)?,
        ready: pack::Ready {
            pack: &pack,
            templates,
        },
    };
    let tried = parallel::map(&samples, |(name, text)| checked.tried(name, text));
    let mut text = format!("{} {}\n", pack.manifest.name, pack.manifest.version);
    let mut given = BTreeMap::new();
    for ((name, _), tried) in samples.iter().zip(tried) {
        let tried = tried?;
        add_sample(&mut text, name, &tried);
        for (path, file) in tried.changed {
            given.insert(format!("{name}/{path}"), file);
        }
    }
    let differing = differing(&pack.expected, &given);
    if request.accept {
        accept(request, &pack, given)?;
        text.push_str("expected/ is what the samples give\n");
    } else if !differing.is_empty() {
        for path in &differing {
            let _ = writeln!(text, "  ! expected/{path} is not what the sample gives");
        }
        text.push_str("look at what changed, and run it with --accept to take it\n");
        return Ok(Outcome {
            found: true,
            ..Outcome::text(text)
        });
    }
    text.push_str(
        "every sample and every variant of it says what was meant and keeps every rule\n",
    );
    Ok(Outcome::text(text))
}

/// Returns the resource types that users may allow a pack.
fn allowed(kinds: &[String]) -> Result<Vec<String>, CommandError> {
    match kinds.iter().find(|kind| is_forbidden_type(kind)) {
        None => Ok(kinds.to_vec()),
        Some(kind) => Err(CommandError::input(format!(
            "--allow {}: no trust file can allow a pack this type",
            visible(kind)
        ))),
    }
}

fn add_sample(text: &mut String, name: &str, tried: &Tried) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "  samples/{name}.toml and {} variants",
        tried.variants
    );
    for line in &tried.lines {
        let _ = writeln!(text, "    {line}");
    }
}

/// Returns the output of the built-in templates, which are proved elsewhere.
fn built_in(spec: &Spec) -> Result<BTreeMap<String, String>, CommandError> {
    let blueprint = Blueprint::harden(spec).map_err(CommandError::input)?;
    closed::built_in(&blueprint)
}

/// The pack, and its rules for answers.
struct CheckedPack<'p> {
    ready: pack::Ready<'p>,
    preset: Preset,
}

impl CheckedPack<'_> {
    /// Renders and proves a sample and its variants.
    fn tried(&self, name: &str, text: &str) -> Result<Tried, CommandError> {
        let file = format!("samples/{name}.toml");
        let text =
            load::completed(&self.preset, text, &file).map_err(|error| under(error, &file))?;
        let spec = Spec::parse(&text, &file).map_err(CommandError::input)?;
        let files = self
            .ready
            .proved(&spec)
            .map_err(|error| under(error, &file))?;
        let plain = built_in(&spec)?;
        let (changed, lines) = changed(&plain, files);
        let mut variants = 0;
        for assignments in self.variants() {
            let Some(spec) = self.variant(&text, &file, &assignments) else {
                continue;
            };
            let with = format!("{file} with {}", assignments.join(" "));
            match self.ready.proved(&spec) {
                Ok(_) => variants += 1,
                // Checked last, since it doubles the work and is seldom needed.
                Err(error) if self.is_kept_by_the_built_in(&spec) => {
                    return Err(under(error, &with));
                }
                Err(_) => {}
            }
        }
        Ok(Tried {
            changed,
            lines,
            variants,
        })
    }

    /// True if the built-in templates pass for this spec, within the limits of the pack.
    fn is_kept_by_the_built_in(&self, spec: &Spec) -> bool {
        let blueprint = Blueprint::harden(spec).map_err(CommandError::input);
        let limits = self.ready.pack.limits;
        let proven = blueprint.and_then(|blueprint| {
            let templates = &Templates::built_in().map_err(CommandError::bug)?;
            prove_with(&blueprint, None, Brought { templates, limits })
        });
        proven.is_ok()
    }

    /// Returns the variants of a sample: answers for other branches of the templates, and the extremes that the pack
    /// allows.
    fn variants(&self) -> Vec<Vec<String>> {
        let ours = VARIANTS.iter().map(|assignments| {
            let assignments = assignments.iter();
            assignments
                .map(|assignment| (*assignment).to_owned())
                .collect()
        });
        let of_pack = self.preset.extremes().into_iter();
        ours.chain(of_pack.map(|assignment| vec![assignment]))
            .collect()
    }

    /// Returns the sample with other answers; none if the pack does not allow them.
    fn variant(&self, text: &str, file: &str, assignments: &[String]) -> Option<Spec> {
        let mut answers = Answers::from_toml(text, file).ok()?;
        for assignment in assignments {
            answers.set(assignment).ok()?;
        }
        let text = load::completed(&self.preset, &answers.to_toml(), file).ok()?;
        Spec::parse(&text, file).ok()
    }
}

/// Adds the name of the sample and its answers to an error.
fn under(error: CommandError, what: &str) -> CommandError {
    CommandError {
        source: format!("{what}: {}", error.source).into(),
        ..error
    }
}

/// Returns the files that differ from the built-in output, and the number of added and removed lines in each.
fn changed(
    plain: &BTreeMap<String, String>,
    files: BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Vec<String>) {
    let mut changed = BTreeMap::new();
    let mut lines = Vec::new();
    for (path, text) in files {
        match plain.get(&path) {
            Some(old) if *old == text => continue,
            Some(old) => {
                let diff = TextDiff::from_slices(&with_ends(old), &with_ends(&text));
                let count = |tag| {
                    diff.iter_all_changes()
                        .filter(|change| change.tag() == tag)
                        .count()
                };
                let (new, gone) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
                lines.push(format!("~ {path} (+{new} -{gone})"));
            }
            None => lines.push(format!("+ {path}")),
        }
        changed.insert(path, text);
    }
    (changed, lines)
}

/// Returns the paths whose texts differ.
fn differing<'f>(
    expected: &'f BTreeMap<String, String>,
    given: &'f BTreeMap<String, String>,
) -> BTreeSet<&'f String> {
    expected
        .keys()
        .chain(given.keys())
        .filter(|path| expected.get(*path) != given.get(*path))
        .collect()
}

fn accept(
    request: &PackCheckRequest,
    pack: &Pack,
    given: BTreeMap<String, String>,
) -> Result<(), CommandError> {
    let below = |path: &String| format!("expected/{path}");
    let stale = pack
        .expected
        .keys()
        .filter(|path| !given.contains_key(*path));
    let change = DirectoryChange {
        remove: stale.map(below).collect(),
        write: given
            .iter()
            .map(|(path, text)| (below(path), text.clone()))
            .collect(),
    };
    files::apply(&request.dir, &change).map_err(CommandError::environment)
}
