//! A root module with each of the files of values beside it. Each is judged by itself: they are the environments of one module.

use super::folders::TerraformFolders;
use crate::language::terraform::Root;

/// What stands between the folder and the file in the name of a variant: no path has it.
const BETWEEN: char = '\n';

/// A root module as it is read once.
pub(super) struct RootRun<'r> {
    pub(super) root: &'r Root,
    /// Whether there is room for it.
    pub(super) fits: bool,
    /// The file of values that is given beside those of the command line.
    pub(super) file: Option<String>,
}

impl RootRun<'_> {
    /// How the documents of the variant are called.
    pub(super) fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("{}{BETWEEN}{file}", self.root.folder),
            None => self.root.folder.clone(),
        }
    }
}

/// Every root module once, or once with each file that there is.
pub(super) fn runs<'r>(
    estate: &TerraformFolders<'_>,
    roots: &'r [Root],
    each: bool,
) -> Vec<RootRun<'r>> {
    let fits = estate.fits(roots).into_iter();
    let runs = fits.flat_map(|(root, fits)| {
        let files = match each {
            true => estate.offers(root),
            false => Vec::new(),
        };
        let files: Vec<Option<String>> = match files.is_empty() {
            true => vec![None],
            false => files.into_iter().map(Some).collect(),
        };
        files
            .into_iter()
            .map(move |file| RootRun { root, fits, file })
    });
    runs.collect()
}

/// The folder of a root module, and the file of values that it was read with.
pub(super) fn parts(name: Option<String>) -> (Option<String>, Option<String>) {
    match name.as_deref().and_then(|name| name.split_once(BETWEEN)) {
        Some((folder, file)) => (Some(folder.to_owned()), Some(file.to_owned())),
        None => (name, None),
    }
}

/// The folder alone, which names of one root module with different values have in common.
pub(super) fn folder(name: &str) -> &str {
    name.split(BETWEEN).next().unwrap_or(name)
}
