//! Groups templates that can be deployed together. Two templates that each create a proxy of the same name cannot:
//! they are two environments, or a template and its packaged form. Evaluated together, each proxy would seem to share
//! the other's secrets.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::evidence::Origin;
use crate::language::cloudformation;
use crate::language::cloudformation::{CloudFormationFiles, Trees};
use crate::language::resource::Document;
use crate::source::assemble::named_proxies;

/// The CloudFormation type of a proxy.
const PROXY: &str = "AWS::RDS::DBProxy";

/// Maximum number of templates with the same proxy name that are each evaluated together with all other templates.
/// Each of them costs one evaluation of the whole set. Later ones are evaluated without the other templates.
const MOST_TURNS: usize = 32;

/// Returns one document for each possible deployment of the templates: the first without the second template of each
/// name, and so on.
pub(super) fn read(files: &CloudFormationFiles, trees: Trees) -> Vec<Document> {
    let whole = cloudformation::read_parsed(files, trees);
    let namesakes = namesakes(&whole);
    let most = namesakes.values().map(Vec::len).max().unwrap_or_default();
    if most == 0 {
        return vec![whole];
    }
    (0..most)
        .map(|turn| estate(files, &namesakes, turn))
        .collect()
}

/// Returns the files that define each proxy name, for names with several files. If a template that no stack calls
/// defines the name, proxies of nested stacks are ignored: their template may be called by that very template, and
/// must not be separated from it.
fn namesakes(document: &Document) -> BTreeMap<String, Vec<String>> {
    let mut files: BTreeMap<String, BTreeMap<bool, BTreeSet<String>>> = BTreeMap::new();
    for (proxy, name) in named_proxies(document) {
        let by_nesting = files.entry(name).or_default();
        let files = by_nesting.entry(is_nested(&proxy.address)).or_default();
        files.insert(proxy.origin.file.clone());
    }
    let files = files
        .into_iter()
        .filter_map(|(name, mut by_nesting)| Some((name, by_nesting.pop_first()?.1)));
    let several = files.filter(|(_, files)| files.len() > 1);
    several
        .map(|(name, files)| (name, files.into_iter().collect()))
        .collect()
}

/// True if the address passes through the logical ids of nested stacks: `Data.Proxy`, `app.yaml:Data.Proxy`.
fn is_nested(address: &str) -> bool {
    let (_, ids) = address.rsplit_once(':').unwrap_or(("", address));
    ids.contains('.')
}

/// Evaluates the templates of one turn. Only the first turn keeps the proxies without namesakes.
fn estate(
    files: &CloudFormationFiles,
    namesakes: &BTreeMap<String, Vec<String>>,
    turn: usize,
) -> Document {
    let own: BTreeSet<&String> = namesakes
        .values()
        .filter_map(|files| files.get(turn))
        .collect();
    let others: BTreeSet<&String> = namesakes
        .values()
        .flatten()
        .filter(|file| !own.contains(file))
        .collect();
    let is_alone = turn >= MOST_TURNS;
    let kept = files.templates.iter().filter(|(path, _)| {
        if is_alone {
            own.contains(path)
        } else {
            !others.contains(path)
        }
    });
    let mut document = cloudformation::read(&CloudFormationFiles {
        templates: kept
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect(),
        ..files.clone()
    });
    if is_alone {
        let told = own.iter().map(|path| {
            let message = format!(
                "more than {MOST_TURNS} templates make a proxy of this name: it was read without the other templates; audit it by itself"
            );
            (message, Origin::at(path.as_str(), 1, 1))
        });
        document.problems.extend(told);
    }
    if turn > 0 {
        document
            .resources
            .retain(|resource| resource.kind != PROXY || own.contains(&resource.origin.file));
    }
    document
}
