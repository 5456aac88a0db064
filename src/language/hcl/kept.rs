//! Caches parsed source files, so that each is parsed once for all its readers.
//!
//! Several passes read the same file soon after each other: the evaluation, the search for secrets, and the other side
//! of a comparison. Shared modules recur much later: a repository with a thousand root modules has dozens of such
//! files, and would parse them thousands of times. So each thread keeps the last few files, and all threads share
//! those that were parsed a second time.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::tree::Block;
use super::{HclError, body};

/// The maximum size of the shared cache, in bytes of text. The parsed form takes several dozen times as much memory.
const MOST: usize = 4 * 1024 * 1024;

/// The maximum size of the cache of each thread, in bytes of text: about the files of one root module or project.
const RECENT: usize = 64 * 1024;

/// A source text and its blocks; the blocks have file number 0.
#[derive(Debug)]
pub(crate) struct Parsed {
    text: String,
    pub(crate) block: Block,
}

/// The shared cache, by the digest of the source text. Source that was parsed only once has an entry without a value.
#[derive(Default)]
struct ParseCache {
    texts: HashMap<u64, Option<Arc<Parsed>>>,
    bytes: usize,
}

/// The source texts that a thread parsed last, oldest first.
#[derive(Default)]
struct Recent {
    texts: VecDeque<(u64, Arc<Parsed>)>,
    bytes: usize,
}

static KEPT: LazyLock<Mutex<ParseCache>> = LazyLock::new(Mutex::default);

thread_local! {
    static LAST: RefCell<Recent> = RefCell::default();
}

/// Parses source text, or returns the cached result.
pub(crate) fn parsed(text: &str) -> Result<Arc<Parsed>, HclError> {
    let digest = digest(text);
    // Two source texts may have the same digest.
    let is_it = |found: &Arc<Parsed>| found.text == text;
    if let Some(found) = LAST.with_borrow(|last| last.get(digest)).filter(is_it) {
        return Ok(found);
    }
    let before = kept(|kept| kept.texts.get(&digest).cloned());
    if let Some(found) = before.clone().flatten().filter(is_it) {
        return Ok(found);
    }
    let parsed = Arc::new(Parsed {
        text: text.to_owned(),
        block: Block::from_body(body(text)?, 0),
    });
    kept(|kept| {
        let is_again = before.is_some() && kept.bytes + text.len() <= MOST;
        kept.bytes += if is_again { text.len() } else { 0 };
        let entry = is_again.then(|| Arc::clone(&parsed));
        kept.texts.insert(digest, entry);
    });
    LAST.with_borrow_mut(|last| last.add(digest, &parsed));
    Ok(parsed)
}

impl Recent {
    fn get(&self, digest: u64) -> Option<Arc<Parsed>> {
        let mut texts = self.texts.iter();
        let found = texts.find(|(known, _)| *known == digest)?;
        Some(Arc::clone(&found.1))
    }

    fn add(&mut self, digest: u64, parsed: &Arc<Parsed>) {
        self.bytes += parsed.text.len();
        self.texts.push_back((digest, Arc::clone(parsed)));
        while self.bytes > RECENT
            && let Some((_, oldest)) = self.texts.pop_front()
        {
            self.bytes -= oldest.text.len();
        }
    }
}

fn kept<T>(work: impl FnOnce(&mut ParseCache) -> T) -> T {
    // A thread that panicked leaves complete entries behind.
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

    const TEXT: &str = "resource \"a\" \"b\" {\n  c = 1\n  d {\n    e = \"${f}\"\n  }\n}\n";

    fn shown(text: &str, file: usize) -> String {
        format!("{:?}", parsed(text).unwrap().block.clone().in_file(file))
    }

    #[test]
    fn a_text_is_the_same_however_often_it_is_read() {
        let first = format!("{:?}", Block::from_body(body(TEXT).unwrap(), 7));
        for _ in 0..4 {
            assert_eq!(shown(TEXT, 7), first);
            // Another thread starts with an empty cache.
            std::thread::scope(|scope| {
                let other = scope.spawn(|| shown(TEXT, 7));
                assert_eq!(other.join().unwrap(), first);
            });
        }
        assert!(parsed("a = {").is_err() && parsed("a = {").is_err());
    }

    #[test]
    fn what_was_read_last_is_kept_and_no_more() {
        let text = |number: usize| format!("a = {number}\n# {}\n", "x".repeat(RECENT / 3));
        let first = parsed(&text(1)).unwrap();
        assert!(Arc::ptr_eq(&first, &parsed(&text(1)).unwrap()));
        for number in 2..9 {
            parsed(&text(number)).unwrap();
            LAST.with_borrow(|last| assert!(last.bytes <= RECENT && last.texts.len() <= 2));
        }
        assert!(!Arc::ptr_eq(&first, &parsed(&text(1)).unwrap()));
    }
}
