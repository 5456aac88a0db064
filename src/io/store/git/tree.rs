//! Reads the files of one folder at one commit from git's objects: exactly as committed, within limits, and texts only.

use std::io::{BufRead, Read, Write};

use super::GitError;
use super::run::{GitQuery, Repository};
use crate::domain::pack::Files;
use crate::io::store::archive::Bounds;

/// The maximum length of the line before an object, which holds a name, a kind and a size.
const HEADER: u64 = 128;

/// A file entry of a tree.
struct TreeEntry {
    object: String,
    size: usize,
    path: String,
}

impl Repository {
    /// Returns the files of a folder at a commit, by their paths relative to it. As with a folder on disk, hidden files
    /// are left out.
    pub(super) fn files(
        &self,
        commit: &str,
        folder: Option<&str>,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Files, GitError> {
        let tree = match folder {
            Some(folder) => format!("{commit}:{folder}"),
            None => format!("{commit}^{{tree}}"),
        };
        let arguments = ["ls-tree", "-r", "-z", "-l", "--full-tree", &tree];
        let told = self
            .run(&tree, &arguments)
            .map_err(|error| match (error, folder) {
                (GitError::Failed { .. }, Some(folder)) => {
                    GitError::NoFolderInside(folder.to_owned())
                }
                (error, _) => error,
            })?;
        let entries = entries(&told, wanted)?;
        let mut asked = self.asked()?;
        entries.into_iter().map(|entry| asked.text(entry)).collect()
    }
}

impl Repository {
    /// Passes the files of a commit to `take`, one after the other, if `wanted` accepts their path and size. Entries
    /// that are not files or not UTF-8 are left out.
    pub(super) fn each(
        &self,
        commit: &str,
        wanted: impl Fn(&str, usize) -> bool,
        mut take: impl FnMut(&str, &str) -> std::io::Result<()>,
    ) -> Result<(), GitError> {
        let told = self.run(
            commit,
            &["ls-tree", "-r", "-z", "-l", "--full-tree", commit],
        )?;
        let lines = told.split(|byte| *byte == 0);
        let entries = lines.filter_map(|line| entry(line).ok().flatten());
        let mut asked = self.asked()?;
        for entry in entries.filter(|entry| wanted(&entry.path, entry.size)) {
            match asked.text(entry) {
                Ok((path, text)) => take(&path, &text).map_err(GitError::NoFolder)?,
                Err(GitError::NotUtf8(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn entries(told: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<TreeEntry>, GitError> {
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    for line in told
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty())
    {
        let Some(entry) = entry(line)? else {
            continue;
        };
        if !wanted(&entry.path) {
            continue;
        }
        bytes = bytes.saturating_add(entry.size);
        let Bounds {
            bytes: most_bytes,
            entries: most,
            file,
            ..
        } = Bounds::PACK;
        for (is_more, what, most) in [
            (entries.len() == most, "files", most),
            (bytes > most_bytes, "bytes", most_bytes),
            (entry.size > file, "bytes in one file", file),
        ] {
            if is_more {
                return Err(GitError::Much { what, most });
            }
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Parses a line `MODE KIND OBJECT SIZE<TAB>PATH`; `None` for hidden files. Source: git-ls-tree(1), "OUTPUT FORMAT".
fn entry(line: &[u8]) -> Result<Option<TreeEntry>, GitError> {
    let unknown = || GitError::Answer("a line of `ls-tree` has another form");
    let shown = String::from_utf8_lossy(line);
    let text = std::str::from_utf8(line);
    let (about, path) = shown.split_once('\t').ok_or_else(unknown)?;
    if path
        .split('/')
        .any(|part| part.starts_with('.') && part != "." && part != "..")
    {
        return Ok(None);
    }
    if text.is_err() {
        return Err(GitError::NotUtf8(path.to_owned()));
    }
    let words: Vec<&str> = about.split_ascii_whitespace().collect();
    let [mode, _, object, size] = words.as_slice() else {
        return Err(unknown());
    };
    let what = match *mode {
        "100644" | "100755" | "100664" => {
            return Ok(Some(TreeEntry {
                object: (*object).to_owned(),
                size: size.parse().map_err(|_| unknown())?,
                path: path.to_owned(),
            }));
        }
        "120000" => "a symbolic link",
        "160000" => "a submodule",
        _ => "of a kind that is not known",
    };
    Err(GitError::Kind {
        path: path.to_owned(),
        what,
    })
}

impl GitQuery {
    /// Returns the path and the text of a file.
    fn text(&mut self, entry: TreeEntry) -> Result<(String, String), GitError> {
        let gone = |_| GitError::Answer("`cat-file` ended too early");
        writeln!(self.input, "{}", entry.object).map_err(gone)?;
        self.input.flush().map_err(gone)?;
        let expected = format!("{} blob {}\n", entry.object, entry.size);
        let mut header = Vec::new();
        (&mut self.output)
            .take(HEADER)
            .read_until(b'\n', &mut header)
            .map_err(gone)?;
        if header != expected.as_bytes() {
            return Err(GitError::Answer("`cat-file` gives another object"));
        }
        let mut bytes = vec![0; entry.size + 1];
        self.output.read_exact(&mut bytes).map_err(gone)?;
        bytes.pop();
        match String::from_utf8(bytes) {
            Ok(text) => Ok((entry.path, text)),
            Err(_) => Err(GitError::NotUtf8(entry.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Vec<String>, String> {
        let entries = entries(line.as_bytes(), |_| true).map_err(|error| error.to_string())?;
        Ok(entries.into_iter().map(|entry| entry.path).collect())
    }

    #[test]
    fn files_are_taken_and_what_is_hidden_is_not() {
        let line = "100644 blob 12ab      34\ta/b.txt\x00100755 blob 12ab 0\tc\x00120000 blob 12ab 3\t.link\x00160000 commit 12ab -\t.x/sub\0";
        assert_eq!(read(line), Ok(vec!["a/b.txt".to_owned(), "c".to_owned()]));
    }

    #[test]
    fn what_is_no_file_or_too_large_is_refused() {
        for (line, expected) in [
            ("120000 blob 12ab 3\tlink\0", "a symbolic link"),
            ("160000 commit 12ab -\tsub\0", "a submodule"),
            ("100600 blob 12ab 3\tx\0", "not known"),
            ("100644 blob 12ab 4194305\tx\0", "bytes in one file"),
            ("100644 blob 12ab x\tx\0", "another form"),
            ("100644 blob 12ab\0", "another form"),
        ] {
            let said = read(line).unwrap_err();
            assert!(said.contains(expected), "{line}: {said}");
        }
        let many: String = (0..8193)
            .map(|n| format!("100644 blob 12ab 1\t{n}\0"))
            .collect();
        assert!(read(&many).unwrap_err().contains("8192 files"));
        let much = "100644 blob 12ab 4194304\tx\0".repeat(9);
        assert!(read(&much).unwrap_err().contains("33554432 bytes"));
    }
}
