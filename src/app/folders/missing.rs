//! Reports modules that Terraform and Terragrunt call but that are not in view, since they may contain a proxy.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::evidence::Origin;
use crate::io::walk::ScannedFolder;
use crate::language::terraform::{Lead, Root};
use crate::language::{Texts, terraform};
use crate::report::Skipped;

/// Maximum number of modules named in one line.
const MOST_NAMED: usize = 10;

/// Returns calls of missing folders, units with a remote module, and remote modules.
pub(in crate::app) fn missing(
    folders: &BTreeMap<String, ScannedFolder>,
    elsewhere: &[Lead],
    roots: &[Root],
) -> BTreeSet<Skipped> {
    let mut missing: BTreeSet<Skipped> = absent_folders(folders, roots).collect();
    missing.extend(broken(folders, roots));
    missing.extend(units(elsewhere));
    let unknown = elsewhere.iter().filter(|lead| !lead.is_unit);
    missing.extend(unknown.filter_map(|lead| {
        let reason = lead.source.as_ref().err()?;
        let reason = format!("the module that is called here was not read: {reason}");
        Some(skipped(&lead.origin, reason))
    }));
    missing.extend(remote(folders, elsewhere));
    missing
}

fn skipped(origin: &Origin, reason: String) -> Skipped {
    Skipped {
        origin: origin.clone(),
        reason,
    }
}

/// Returns files that cannot be read and may call a module with a proxy. Those of a root module are reported when it
/// is read.
fn broken<'f>(
    folders: &'f BTreeMap<String, ScannedFolder>,
    roots: &[Root],
) -> impl Iterator<Item = Skipped> + use<'f> {
    let read: BTreeSet<String> = roots.iter().flat_map(|root| root.reach.clone()).collect();
    let others = folders
        .iter()
        .filter(move |(folder, _)| !read.contains(*folder));
    let broken = others.flat_map(|(_, seen)| &seen.signs.broken);
    broken.map(|(reason, origin)| skipped(origin, reason.clone()))
}

/// Returns calls of missing folders. Those below a root module with a proxy are reported when it is read.
fn absent_folders(
    folders: &BTreeMap<String, ScannedFolder>,
    roots: &[Root],
) -> impl Iterator<Item = Skipped> {
    let read: BTreeSet<&String> = roots.iter().flat_map(|root| &root.reach).collect();
    let others = folders
        .iter()
        .filter(move |(folder, _)| !read.contains(folder));
    let calls = others.flat_map(|(_, seen)| &seen.signs.calls);
    let absent =
        calls.filter(|(called, _)| folders.get(*called).is_none_or(ScannedFolder::is_empty));
    absent.map(|(called, origin)| {
        let reason = format!("the module that is called here is not in view: {called}");
        skipped(origin, reason)
    })
}

/// Returns one line for all units that call the same module.
fn units(elsewhere: &[Lead]) -> Vec<Skipped> {
    let mut by_source: BTreeMap<&str, Vec<&Origin>> = BTreeMap::new();
    for lead in elsewhere.iter().filter(|lead| lead.is_unit) {
        let source = match &lead.source {
            Ok(source) if terraform::makes_no_proxy(source) => continue,
            Ok(source) => source.split('?').next().unwrap_or(source),
            Err(reason) => reason,
        };
        by_source.entry(source).or_default().push(&lead.origin);
    }
    let lines = by_source.into_iter().filter_map(|(source, origins)| {
        let (first, more) = origins.split_first()?;
        let more = match more.len() {
            0 => String::new(),
            1 => ", and that of 1 more unit,".to_owned(),
            more => format!(", and that of {more} more units,"),
        };
        let reason = format!("the module of this unit{more} was not read: {source}");
        Some(skipped(first, reason))
    });
    lines.collect()
}

/// Returns one line for all remote modules.
fn remote(folders: &BTreeMap<String, ScannedFolder>, elsewhere: &[Lead]) -> Option<Skipped> {
    let own = folders.values().flat_map(|seen| &seen.signs.remote);
    let own = own.map(|(source, origin)| (source.as_str(), origin));
    let worked_out = elsewhere.iter().filter(|lead| !lead.is_unit);
    let worked_out = worked_out.filter_map(|lead| {
        let source = lead.source.as_ref().ok()?;
        Some((source.split('?').next().unwrap_or(source), &lead.origin))
    });
    let downloaded = folders.values().flat_map(|seen| &seen.signs.downloaded);
    let downloaded: BTreeSet<&String> = downloaded.collect();
    let is_read = |source: &str| {
        terraform::makes_no_proxy(source)
            || terraform::is_understood(source)
            || downloaded.contains(&terraform::remote_place(source))
    };
    let mut modules: BTreeMap<&str, &Origin> = BTreeMap::new();
    for (source, origin) in own.chain(worked_out) {
        if !is_read(source) {
            modules.entry(source).or_insert(origin);
        }
    }
    let (_, first) = modules.first_key_value()?;
    let named: Vec<&str> = modules.keys().copied().take(MOST_NAMED).collect();
    let more = match modules.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let reason = format!(
        "a proxy that a module from elsewhere makes is not judged: {}{more} {} not in view",
        named.join(", "),
        if modules.len() == 1 { "is" } else { "are" }
    );
    Some(skipped(first, reason))
}

/// True if a root module may be meant to be called by others. One with its own variable values is applied by itself.
pub(in crate::app) fn may_be_a_module(files: &Texts) -> bool {
    let is_own_value = |path: &String| path.ends_with(".tfvars") || path.ends_with(".tfvars.json");
    !files.keys().any(is_own_value)
}

/// True if a unit may call this folder: its source is unknown, or it is another copy of the folder.
pub(in crate::app) fn may_lead_to(lead: &Lead, folder: &str) -> bool {
    let Ok(source) = &lead.source else {
        return true;
    };
    let address = source.split('?').next().unwrap_or(source);
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let inner = address.split_once("//").map(|(_, inner)| inner);
    let Some(inner) = inner.filter(|inner| !inner.is_empty()) else {
        return false;
    };
    folder == inner || folder.ends_with(&format!("/{inner}"))
}

/// Returns the reason why the values of a module that a unit may call are unknown.
pub(in crate::app) fn doubt(lead: &Lead) -> (String, Origin) {
    let why = match &lead.source {
        Ok(source) => format!("calls {source}"),
        Err(reason) => format!("was not read: {reason}"),
    };
    let reason = format!("a unit that may call this module may give it, and {why}");
    (reason, lead.origin.clone())
}
