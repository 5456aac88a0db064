//! Input that comes with a pack: its archive, and the texts that identify its owner.

use rdsproxy_gen::domain::pack::{Manifest, Reference, Yanked};
use rdsproxy_gen::domain::trust::{PublicKey, Signature, TrustFile};
use rdsproxy_gen::domain::visible::shown;
use rdsproxy_gen::io::store::archive::{Bounds, tar, untar};

use super::{Broken, text};

/// An unpacked archive is within the limits, has names that every system supports, and packs to an archive of the same
/// files.
pub(super) fn archive(bytes: &[u8]) -> Broken {
    let bounds = Bounds {
        bytes: 64 * 1024,
        entries: 32,
        file: 16 * 1024,
        ratio: 50,
    };
    let files = match untar(bytes, &bounds) {
        Ok(files) => files,
        Err(error) => return visible(&error.to_string()),
    };
    if files.len() > bounds.entries || files.values().any(|text| text.len() > bounds.file) {
        return Err("holds more than it may".to_owned());
    }
    let leads_out = |path: &&String| path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if let Some(path) = files.keys().find(leads_out) {
        return Err(format!("holds {path:?}"));
    }
    let packed = tar(&files).map_err(|error| error.to_string())?;
    let again = untar(&packed, &Bounds::PACK).map_err(|error| error.to_string())?;
    // Files beside a pack, such as its signature, are not packed.
    if files.iter().all(|(path, text)| {
        again
            .get(path)
            .is_none_or(|packed_text| packed_text == text)
    }) {
        Ok(())
    } else {
        Err("packs to other texts".to_owned())
    }
}

/// Manifests, trust files, lists of yanked versions, sources, keys and signatures: each is accepted or refused, and
/// keeps its meaning when written again.
pub(super) fn texts(bytes: &[u8]) -> Broken {
    let text = text(bytes);
    for refused in [
        Manifest::parse(&text).err().map(|error| error.to_string()),
        TrustFile::parse(&text, "trust.toml")
            .err()
            .map(|error| error.to_string()),
        PublicKey::parse(&text).err().map(|error| error.to_string()),
        Signature::parse(&text).err().map(|error| error.to_string()),
    ] {
        visible(&refused.unwrap_or_default())?;
    }
    match Yanked::parse(&text, "yanked.toml") {
        Err(error) => visible(&error.to_string())?,
        Ok(list) => {
            let written = list.to_toml();
            let again = Yanked::parse(&written, "yanked.toml");
            let again = again.map_err(|error| format!("{error}: {written}"))?;
            // The order of the list may change, but not its content.
            if again.versions.len() != list.versions.len() || again.to_toml() != written {
                return Err(format!("is written as another list: {written}"));
            }
        }
    }
    text.lines().take(20).try_for_each(reference)
}

fn reference(line: &str) -> Broken {
    let reference = match Reference::parse(line) {
        Ok(reference) => reference,
        Err(error) => return visible(&error.to_string()),
    };
    let written = reference.to_string();
    match Reference::parse(&written) {
        Ok(again) if again == reference => Ok(()),
        again => Err(format!("{line:?} is written as {written:?}: {again:?}")),
    }
}

/// An error message may quote foreign text and is printed.
fn visible(message: &str) -> Broken {
    // The printing code makes the text visible; doing so twice must change nothing more.
    let once = shown(message);
    if shown(&once) == once {
        Ok(())
    } else {
        Err(format!("cannot be shown: {message:?}"))
    }
}
