//! Evaluates a root module with each variable file next to it. Each variant is judged separately, as one environment
//! of the module.

use crate::app::folders::terraform::TerraformFolders;
use crate::language::terraform::Root;

/// Separates folder and variable file in the name of a variant; no path contains it.
const BETWEEN: char = '\n';

/// One evaluation of a root module.
pub(super) struct RootRun<'r> {
    pub(super) root: &'r Root,
    /// True if the root module fits into the size limit.
    pub(super) fits: bool,
    /// The variable file that is used in addition to those of the command line.
    pub(super) file: Option<String>,
}

impl RootRun<'_> {
    /// Returns the name of the variant's documents.
    pub(super) fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("{}{BETWEEN}{file}", self.root.folder),
            None => self.root.folder.clone(),
        }
    }
}

/// Returns one run for every root module, or one for each of its variable files.
pub(super) fn runs<'r>(
    estate: &TerraformFolders<'_>,
    roots: &'r [Root],
    each: bool,
) -> Vec<RootRun<'r>> {
    let fits = estate.fits(roots).into_iter();
    let runs = fits.flat_map(|(root, fits)| {
        let files = if each {
            estate.offers(root)
        } else {
            Vec::new()
        };
        let files: Vec<Option<String>> = if files.is_empty() {
            vec![None]
        } else {
            files.into_iter().map(Some).collect()
        };
        files
            .into_iter()
            .map(move |file| RootRun { root, fits, file })
    });
    runs.collect()
}

/// Splits the name of a variant into the folder of the root module and the variable file.
pub(super) fn parts(name: Option<String>) -> (Option<String>, Option<String>) {
    match name.as_deref().and_then(|name| name.split_once(BETWEEN)) {
        Some((folder, file)) => (Some(folder.to_owned()), Some(file.to_owned())),
        None => (name, None),
    }
}

/// Returns the folder of the root module, which all its variants share.
pub(super) fn folder(name: &str) -> &str {
    name.split(BETWEEN).next().unwrap_or(name)
}
