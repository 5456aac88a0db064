//! Operations on paths as strings, without file system access.

/// Returns the relative path from a folder to a place. Both are absolute, or both are relative to the same folder.
pub(super) fn relative(folder: &str, place: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let (from, to) = (parts(folder), parts(place));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = from.iter().skip(shared).map(|_| "..".to_owned());
    let way: Vec<String> = up.chain(to.iter().skip(shared).cloned()).collect();
    way.join("/")
}

/// Resolves a path relative to a folder; an absolute path is independent of the folder.
pub(super) fn joined(folder: &str, path: &str) -> String {
    let folder = if path.starts_with('/') { "/" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
