//! Carries a project that is one flat folder over to a root module and a module below it: files move, references to
//! what moved are rewired, and `moved` blocks tell Terraform that nothing is deployed.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::CommandError;
use crate::app::comparison::places::{CurrentPlaces, is_override};
use crate::app::comparison::project::{Home, Project};
use crate::app::comparison::{MODULE, SETTINGS, carried_path, holds_code};
use crate::domain::blueprint::Blueprint;
use crate::io::files::{ExistingFile, existing};
use crate::language::Texts;
use crate::language::terraform::folder_of;
use crate::render::{self, OF_PROVIDER, TARGETS};
use crate::rewrite::relocate::{
    Declared, declared, mention, rewired, with_variables, without_variables,
};

/// References from outside of the module to what it makes, and the same afterwards. Those without an output of their own
/// are left out: see [`Carry::rewire`].
const REWIRED: [(&str, &str); 9] = [
    ("aws_db_proxy.this.endpoint", "module.proxy.endpoint"),
    ("aws_db_proxy.this.arn", "module.proxy.proxy_arn"),
    ("aws_db_proxy.this.name", "var.name"),
    (
        "aws_db_proxy_endpoint.read_only.endpoint",
        "module.proxy.read_only_endpoint",
    ),
    (
        "aws_security_group.proxy.id",
        "module.proxy.security_group_id",
    ),
    (
        "aws_db_parameter_group.force_tls.name",
        "module.proxy.parameter_group_name",
    ),
    (
        "aws_rds_cluster_parameter_group.force_tls.name",
        "module.proxy.parameter_group_name",
    ),
    ("local.proxy_id", "module.proxy.proxy_id"),
    ("local.secret_arns", "module.proxy.secret_arns"),
];

/// A project as if it had been generated with a module: the inputs of the merge.
pub(super) struct Carry {
    pub(super) places: CurrentPlaces,
    pub(super) home: Home,
    /// The generated texts of before.
    pub(super) before: Texts,
    /// The texts of today.
    pub(super) ours: Texts,
    /// The paths of today, by the paths to come.
    sources: BTreeMap<String, String>,
    /// The user's own files that change.
    own: BTreeMap<String, String>,
    /// The text of the file with the `moved` blocks.
    pub(super) moved: String,
}

/// The reasons why a project cannot be carried over.
type Faults = Vec<String>;

/// Prepares to carry a project over. None if it has a module already.
///
/// # Errors
/// When code of the user depends on what moves, and cannot be rewired.
pub(super) fn carry(
    project: &Project,
    blueprint: &Blueprint,
) -> Result<Option<Carry>, CommandError> {
    let uses_terraform = blueprint.targets.iter().any(|target| target == "terraform");
    if !project.places.is_flat() || !uses_terraform {
        return Ok(None);
    }
    if let Some(caller) = project.places.caller() {
        return Err(called(project, caller));
    }
    let folder = FlatFolder::read(project)?;
    let places = project.places.carried(|path| folder.stays(path));
    let mut carry = Carry {
        home: Home::new(&project.dir, &places),
        places,
        before: folder.before.clone(),
        ours: folder.ours.clone(),
        sources: BTreeMap::new(),
        own: BTreeMap::new(),
        moved: String::new(),
    };
    let mut faults = carry.move_files(project, &folder);
    faults.extend(carry.rewire(&folder));
    if !faults.is_empty() {
        return Err(refused(project, &faults));
    }
    carry.call(blueprint)?;
    Ok(Some(carry))
}

fn called(project: &Project, caller: &str) -> CommandError {
    let message = format!(
        "{} is called as a module from {}, and was generated before it could be: it cannot be carried over",
        project.named(project.places.module()),
        project.named(caller),
    );
    CommandError::input(message).hint(
        "generate the project anew in another directory from the same rdsproxy.toml, and call its terraform/modules/proxy instead",
    )
}

fn refused(project: &Project, faults: &Faults) -> CommandError {
    let message = format!(
        "{}: from this version on the code is a module, {}/modules/proxy, and what it makes cannot be named from outside; nothing was written:\n  {}",
        project.dir.display(),
        project.places.module(),
        faults.join("\n  ")
    );
    CommandError::input(message).hint(
        "use an output of the module in its place, as module.proxy.endpoint after the update, or move the block into a generated file, so that it moves along",
    )
}

/// The flat folder of today.
struct FlatFolder {
    /// The generated texts, and those of today at their places.
    before: Texts,
    ours: Texts,
    /// The user's own files.
    own: Texts,
    /// What each file of today declares.
    declared: BTreeMap<String, Declared>,
    name: String,
    settings: String,
}

impl FlatFolder {
    fn read(project: &Project) -> Result<Self, CommandError> {
        let before = project.places.written(&project.baseline.texts());
        let text = |path: &String| match existing(&project.dir, path) {
            ExistingFile::Text(text) => Some((path.clone(), text)),
            ExistingFile::Absent | ExistingFile::Other => None,
        };
        let ours: Texts = before.keys().filter_map(text).collect();
        let name = project.places.module().to_owned();
        let all = project.after.module_texts(&project.dir).into_iter();
        let own: Texts = all
            .filter(|(path, _)| holds_code(&name, path) && !before.contains_key(path))
            .collect();
        let mut folder = Self {
            settings: project.places.current(SETTINGS).to_owned(),
            declared: BTreeMap::new(),
            before,
            ours,
            own,
            name,
        };
        for (path, text) in folder.ours.iter().chain(&folder.own) {
            if !holds_code(&folder.name, path) {
                continue;
            }
            let Some(found) = declared(text) else {
                let message = format!("{}: cannot be read as Terraform", project.named(path));
                return Err(CommandError::input(message)
                    .hint("`terraform validate` shows why; mend it, and update again"));
            };
            folder.declared.insert(path.clone(), found);
        }
        Ok(folder)
    }

    /// True for a file that stays in the root module: settings, and the user's own code, except for what overrides
    /// generated blocks.
    fn stays(&self, path: &str) -> bool {
        let Some(declared) = self.declared.get(path) else {
            return path == self.settings;
        };
        let is_own = self.own.contains_key(path) && !is_override(path);
        path == self.settings || is_own || !declared.has_code
    }

    /// Returns what is declared by the files that move, or by those that stay.
    fn names(&self, stay: bool) -> BTreeSet<String> {
        let files = self.declared.iter();
        let files = files.filter(|(path, _)| self.stays(path) == stay);
        files.flat_map(|(_, file)| file.names.clone()).collect()
    }

    /// Returns the path to come of a file.
    fn path(&self, path: &str) -> String {
        carried_path(&self.name, &|path| self.stays(path), path)
    }
}

impl Carry {
    /// Moves code and tests below the module, and leaves the variables of the provider behind.
    fn move_files(&mut self, project: &Project, folder: &FlatFolder) -> Faults {
        let mut faults = Faults::new();
        let overrides = folder.own.iter().filter(|(path, _)| !folder.stays(path));
        for (path, text) in overrides {
            self.own.insert(folder.path(path), text.clone());
            self.sources.insert(folder.path(path), path.clone());
        }
        let mixed = folder
            .declared
            .iter()
            .filter(|(path, file)| !folder.stays(path) && file.has_settings);
        faults.extend(mixed.map(|(path, _)| {
            format!(
                "{}: holds settings of Terraform or of a provider, which stay, and code, which moves: part them",
                project.named(path)
            )
        }));
        for texts in [&mut self.before, &mut self.ours] {
            let moved = std::mem::take(texts).into_iter();
            *texts = moved
                .map(|(path, text)| (folder.path(&path), text))
                .collect();
        }
        for path in folder.before.keys() {
            let to = folder.path(path);
            if to == *path {
                continue;
            }
            if existing(&project.dir, &to) != ExistingFile::Absent {
                faults.push(format!(
                    "{}: stands where {} moves to",
                    project.named(&to),
                    path
                ));
            }
            self.sources.insert(to, path.clone());
        }
        faults
    }

    /// Rewires the user's own files, which stay, and finds what cannot be.
    fn rewire(&mut self, folder: &FlatFolder) -> Faults {
        let mut faults = Faults::new();
        let moved = folder.names(false);
        // A variable keeps its name and its form in the root module.
        let moved: Vec<&String> = moved
            .iter()
            .filter(|name| !name.starts_with("var."))
            .collect();
        let staying = folder.own.iter().filter(|(path, _)| folder.stays(path));
        for (path, text) in staying {
            let rewritten = rewired(text, &REWIRED);
            if let Some(left) = mention(&rewritten, moved.iter().copied()) {
                faults.push(format!(
                    "{path}:{}: {} moves into the module",
                    left.line, left.name
                ));
            } else if rewritten != *text {
                self.own.insert(path.clone(), rewritten);
                self.sources.insert(path.clone(), path.clone());
            }
        }
        let stay = folder.names(true);
        let own: Vec<&String> = stay
            .iter()
            .filter(|name| !name.starts_with("var."))
            .collect();
        let code = folder.ours.iter().chain(&folder.own);
        let code = code.filter(|(path, _)| holds_code(&folder.name, path) && !folder.stays(path));
        faults.extend(code.filter_map(|(path, text)| {
            let left = mention(text, own.iter().copied())?;
            Some(format!(
                "{path}:{}: moves into the module, and {} does not",
                left.line, left.name
            ))
        }));
        faults
    }

    /// Adds the files of the root module, as they follow from the module of before and of today, and the `moved` blocks.
    fn call(&mut self, blueprint: &Blueprint) -> Result<(), CommandError> {
        let module = self.places.module().to_owned();
        let unread = || CommandError::bug("a generated file is not Terraform");
        let mut blocks = [Vec::new(), Vec::new()];
        let mentioned = OF_PROVIDER.map(|name| format!("var.{name}"));
        // Their own validations are no use.
        let is_used = self.module_texts().any(|text| {
            let rest = without_variables(text, &OF_PROVIDER);
            rest.is_some_and(|(rest, _)| mention(&rest, &mentioned).is_some())
        });
        for (side, texts) in [&mut self.before, &mut self.ours].into_iter().enumerate() {
            let keeps = side == 1 && is_used;
            for (_, text) in texts
                .iter_mut()
                .filter(|(path, _)| holds_code(&module, path))
            {
                let (left, taken) = without_variables(text, &OF_PROVIDER).ok_or_else(unread)?;
                blocks[side].extend(taken);
                if !keeps {
                    *text = left;
                }
            }
        }
        let resources = self.module_texts().filter_map(|text| declared(text));
        let resources: BTreeSet<String> = resources.flat_map(|file| file.resources).collect();
        self.moved = moved_blocks(&resources);
        let [base, mine] =
            [&self.before, &self.ours].map(|texts| self.root_files(blueprint, texts));
        let mut mine = mine?;
        for block in &blocks[1] {
            let is_edited = !blocks[0].contains(block);
            for text in mine.values_mut().filter(|_| is_edited) {
                *text = with_variables(text, std::slice::from_ref(block)).ok_or_else(unread)?;
            }
        }
        self.before.extend(base?);
        self.ours.extend(mine);
        Ok(())
    }

    /// Returns the texts of today that belong to the module.
    fn module_texts(&self) -> impl Iterator<Item = &String> {
        let module = self.places.module();
        let own = self.own.iter();
        let all = self.ours.iter().chain(own);
        all.filter(move |(path, _)| holds_code(module, path))
            .map(|(_, text)| text)
    }

    /// Returns the files that call a module with these texts.
    fn root_files(&self, blueprint: &Blueprint, texts: &Texts) -> Result<Texts, CommandError> {
        let Some(target) = TARGETS.iter().find(|target| target.id == "terraform") else {
            return Ok(Texts::new());
        };
        let module = self.places.module();
        let code = texts.iter().filter(|(path, _)| folder_of(path) == module);
        let code = code.map(|(path, text)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (format!("{MODULE}/{name}"), text.clone())
        });
        let files = render::callers(blueprint, target, &code.collect());
        let files = files.map_err(CommandError::bug)?.into_iter();
        let files: Texts = files.map(|file| (file.path, file.text)).collect();
        Ok(self.places.placed(&files))
    }

    /// Returns the path of today of a file; none for a new file.
    pub(super) fn source<'p>(&'p self, path: &'p str) -> Option<&'p str> {
        let moved = self.sources.get(path).map(String::as_str);
        let is_left = || self.left_behind().any(|left| left == path);
        moved.or_else(|| (!is_left()).then_some(path))
    }

    /// Returns the user's own files that move or are rewired, by the paths to come.
    pub(super) fn own(&self) -> &BTreeMap<String, String> {
        &self.own
    }

    /// Returns the paths of today that are left behind.
    pub(super) fn left_behind(&self) -> impl Iterator<Item = &String> {
        let sources = self.sources.iter();
        sources
            .filter(|(to, from)| to != from)
            .map(|(_, from)| from)
    }
}

/// Returns the blocks that tell Terraform where the resources are now.
fn moved_blocks(resources: &BTreeSet<String>) -> String {
    let mut text = "# Where everything was before it became a module. Remove this file once each state has been applied with it.\n".to_owned();
    for address in resources {
        text.push_str(&format!(
            "\nmoved {{\n  from = {address}\n  to   = module.proxy.{address}\n}}\n"
        ));
    }
    text
}
