//! Output of a dry run: the review, and a unified diff of every file that would change.

use std::collections::BTreeMap;

use super::ProjectDraft;
use crate::domain::visible::shown;
use crate::io::files::{ExistingFile, existing};
use crate::report::patch::{painted, unified};
use crate::rewrite::secrecy::Secrecy;

/// Unchanged lines shown around each change.
const CONTEXT: usize = 3;

/// Returns the review, the differences, and the note that nothing was written. In a directory without a project, new
/// files are only listed.
pub(super) fn dry_run(draft: &ProjectDraft, review: &str) -> String {
    let mut text = shown(review).into_owned();
    let placement = &draft.placement;
    let created = placement.created.iter().filter(|_| draft.is_project);
    let mut paths: Vec<&String> = created
        .chain(&placement.updated)
        .chain(&placement.changed_by_hand)
        .chain(&placement.removed)
        .collect();
    paths.sort();
    // rdsproxy-gen's own records are in the list of files; their diff is of no interest.
    for path in paths.into_iter().filter(|path| !path.starts_with('.')) {
        text.push('\n');
        text.push_str(&difference(draft, path));
    }
    text + "\nNothing was written.\n"
}

fn difference(draft: &ProjectDraft, path: &str) -> String {
    let new = draft.files.get(path).map(String::as_str);
    let old = match existing(&draft.dir, path) {
        ExistingFile::Text(old) => Some(old),
        ExistingFile::Absent => None,
        ExistingFile::Other => {
            return format!(
                "{} is not a text file: no difference to show\n",
                shown(path)
            );
        }
    };
    let name = |text: Option<&str>| text.map_or("/dev/null", |_| path).to_owned();
    let names = [name(old.as_deref()), name(new)];
    let [before, after] = [old.as_deref(), new].map(|text| text.unwrap_or_default());
    // Generated text holds no secret, but later edits can add one.
    let secrecy = Secrecy::new(vec![(path, before)], &BTreeMap::new());
    let texts = [before, after].map(|text| secrecy.shown(path, text));
    painted(&unified(
        [&names[0], &names[1]],
        [&texts[0], &texts[1]],
        CONTEXT,
    ))
}
