//! Tests what is cached, what is found again, and what cannot be removed.

use super::*;
use crate::domain::pack::Files;

fn fetched(text: &str, from: &str) -> Fetched {
    let files: Files = [("pack.toml".to_owned(), text.to_owned())].into();
    let beside = PackSiblings {
        signature: Some("signature".to_owned()),
        yanked: None,
    };
    Fetched::new(files, beside, from).unwrap()
}

fn reference(written: &str) -> Reference {
    Reference::parse(written).unwrap()
}

#[test]
fn what_was_fetched_is_there_by_version_and_by_digest() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache(Some(folder.path().join("packs")));
    let tagged = reference("oci://h.io/acme?tag=1.0.0");
    assert!(matches!(
        cache.fetched(&tagged),
        Err(StoreError::NotKept(_))
    ));
    let pack = fetched("a", &tagged.to_string());
    cache.keep(&tagged, &pack).unwrap();
    let pinned = reference(&format!("oci://h.io/acme?digest={}", pack.digest));
    for reference in [&tagged, &pinned] {
        let kept = cache.fetched(reference).unwrap();
        assert_eq!(kept.archive, pack.archive);
        assert_eq!(kept.signature.as_deref(), Some("signature"));
        assert_eq!(kept.from, reference.to_string());
    }
    let other = reference("oci://h.io/acme?tag=1.1.0");
    assert!(cache.fetched(&other).is_err());
}

#[test]
fn a_version_that_moved_is_refused_and_another_tag_may_move() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache(Some(folder.path().join("packs")));
    let version = reference("git+https://h.io/acme#v1.0.0");
    cache.keep(&version, &fetched("a", "r")).unwrap();
    let error = cache.keep(&version, &fetched("b", "r")).unwrap_err();
    assert!(matches!(error, StoreError::Moved { .. }), "{error}");
    // The first digest is still the one that is remembered.
    assert!(cache.keep(&version, &fetched("b", "r")).is_err());
    cache.keep(&version, &fetched("a", "r")).unwrap();
    let moving = reference("git+https://h.io/acme#stable");
    cache.keep(&moving, &fetched("a", "r")).unwrap();
    cache.keep(&moving, &fetched("b", "r")).unwrap();
}

#[test]
fn a_changed_copy_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache(Some(folder.path().join("packs")));
    let tagged = reference("oci://h.io/acme?tag=1.0.0");
    let pack = fetched("a", "r");
    cache.keep(&tagged, &pack).unwrap();
    let mut bytes = pack.archive.clone();
    bytes[600] ^= 1;
    let file = cache.file(&pack.digest, "tar").unwrap();
    write_bytes(&file, &bytes, Readers::Owner).unwrap();
    let error = cache.fetched(&tagged).unwrap_err();
    assert!(matches!(error, StoreError::KeptChanged { .. }), "{error}");
}

/// Makes a list that is identified by its text only.
fn list(text: &str) -> YankedList {
    YankedList {
        text: text.to_owned(),
        signature: None,
    }
}

#[test]
fn what_a_place_no_longer_says_is_kept_and_no_other_place_says_it() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache(Some(folder.path().join("packs")));
    let [one, other] = [
        "oci://h.io/acme?tag=1.0.0",
        "oci://h.io:5000/acme?tag=1.0.0",
    ]
    .map(reference);
    let by = |place, signer| Verified { place, signer };
    let mut pack = fetched("a", "r");
    pack.yanked = Some(list("2"));
    cache.keep(&one, &pack).unwrap();
    cache.keep_signature(by(&one, "A"), &pack.digest, "by A");
    for (sequence, text) in [(2, "2"), (3, "3"), (1, "1")] {
        cache.keep_list(by(&one, "A"), sequence, &list(text));
    }
    // The place no longer has a list, and another key signs.
    (pack.signature, pack.yanked) = (Some("by Z".to_owned()), None);
    cache.keep(&one, &pack).unwrap();
    assert_eq!(cache.signatures(&one, &pack.digest), ["by A", "by Z"]);
    assert_eq!(cache.lists(&one), [list("3")]);
    assert_eq!(cache.fetched(&one).unwrap().yanked, Some(list("2")));
    // The same pack from another place.
    pack.signature = None;
    cache.keep(&other, &pack).unwrap();
    assert_eq!(cache.signatures(&other, &pack.digest), Vec::<String>::new());
    assert_eq!(cache.fetched(&other).unwrap().signature, None);
    assert_eq!(cache.lists(&other), []);
    cache.keep_signature(by(&other, "B"), &pack.digest, "by B");
    assert_eq!(cache.signatures(&one, &pack.digest), ["by A", "by Z"]);
    assert_eq!(
        cache.fetched(&other).unwrap().signature.as_deref(),
        Some("by B")
    );
}

#[test]
fn runs_beside_each_other_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache(Some(folder.path().join("packs")));
    std::thread::scope(|scope| {
        for number in 0..12 {
            let cache = &cache;
            scope.spawn(move || {
                let tagged = reference(&format!("oci://h.io/acme?tag=1.{number}.0"));
                let pack = fetched(&format!("{number}"), "r");
                cache.keep(&tagged, &pack).unwrap();
                let signer = format!("K{number}");
                let by = Verified {
                    place: &tagged,
                    signer: &signer,
                };
                cache.keep_list(by, 1, &list(&signer));
                cache.keep_signature(by, &pack.digest, "s");
            });
        }
    });
    let place = cache.place("oci://h.io/acme");
    let counts = [
        place.versions.len(),
        place.lists.len(),
        place.signatures.len(),
    ];
    assert_eq!(counts, [12; 3]);
    for number in 0..12 {
        let tagged = reference(&format!("oci://h.io/acme?tag=1.{number}.0"));
        assert!(cache.fetched(&tagged).is_ok());
    }
}

#[test]
fn without_a_folder_nothing_is_kept_and_nothing_fails() {
    let cache = Cache(None);
    let tagged = reference("oci://h.io/acme?tag=1.0.0");
    cache.keep(&tagged, &fetched("a", "r")).unwrap();
    assert!(matches!(
        cache.fetched(&tagged),
        Err(StoreError::NotKept(_))
    ));
    assert_eq!(cache.file("sha256:../../x", "tar"), None);
}
