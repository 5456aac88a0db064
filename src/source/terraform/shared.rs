//! Modules that several others call are parsed for each of them: an estate of a thousand roots has dozens of such files, and would parse
//! them thousands of times. What is parsed a second time is kept.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::tree::Block;
use crate::source::hcl::{HclError, body};

/// How much text is kept, in bytes: what is parsed of it takes some dozens of times as much.
const MOST: usize = 4 * 1024 * 1024;

/// What was parsed before, by a digest of its text.
#[derive(Default)]
struct Kept {
    texts: HashMap<u64, Option<Arc<(String, Block)>>>,
    bytes: usize,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The blocks of a text, as those of the first file.
pub(super) fn block(text: &str) -> Result<Block, HclError> {
    let digest = digest(text);
    let before = kept(|kept| kept.texts.get(&digest).cloned());
    // Two texts may have one digest.
    if let Some(Some(found)) = &before
        && found.0 == text
    {
        return Ok(found.1.clone());
    }
    let block = Block::of_body(body(text)?, 0);
    kept(|kept| {
        let is_again = before.is_some() && kept.bytes + text.len() <= MOST;
        let entry = is_again.then(|| Arc::new((text.to_owned(), block.clone())));
        kept.bytes += if is_again { text.len() } else { 0 };
        kept.texts.insert(digest, entry);
    });
    Ok(block)
}

fn kept<T>(work: impl FnOnce(&mut Kept) -> T) -> T {
    // What a thread that panicked left there is whole.
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    work(&mut kept)
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_often_it_is_read() {
        let text = "resource \"a\" \"b\" {\n  c = 1\n  d {\n    e = \"${f}\"\n  }\n}\n";
        let shown = |file| format!("{:?}", block(text).unwrap().in_file(file));
        let first = format!("{:?}", Block::of_body(body(text).unwrap(), 7));
        for _ in 0..4 {
            assert_eq!(shown(7), first);
        }
        assert!(block("a = {").is_err() && block("a = {").is_err());
    }
}
