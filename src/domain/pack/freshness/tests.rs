//! Tests of the lists that are accepted and refused, given those that were seen before.

use time::macros::date;

use super::*;

#[test]
fn a_key_that_no_longer_counts_keeps_no_other_one_out() {
    let list = list(1, LATER);
    let found = FoundList {
        list: &list,
        digest: "e",
        signer: Some("B"),
    };
    for (keys, expected) in [(&["B"][..], "taken"), (&["A", "B"], "refused")] {
        let told = told_beside(Some(found), (&seen(3), keys), true);
        assert!(told.starts_with(expected), "{keys:?}: {told}");
    }
}

fn list(sequence: u64, expires: Date) -> Yanked {
    Yanked {
        edition: Some(Edition {
            packs: vec!["acme".to_owned()],
            sequence,
            expires,
        }),
        versions: Vec::new(),
    }
}

/// Returns the lists seen before: one of key A.
fn seen(sequence: u64) -> Seen {
    let list = SeenList {
        sequence,
        digest: "d".to_owned(),
        yanked: ["acme 1.0.0".to_owned()].into(),
    };
    [("A".to_owned(), list)].into()
}

const LATER: Date = date!(2027 - 06 - 01);
const TODAY: Date = date!(2026 - 12 - 01);

/// Returns the verdict as a word, with its text.
fn told(found: Option<FoundList<'_>>, seen: &Seen, is_required: bool) -> String {
    told_beside(found, (seen, &["A", "B"]), is_required)
}

/// Returns the verdict if these keys are trusted.
fn told_beside(
    found: Option<FoundList<'_>>,
    (seen, keys): (&Seen, &[&str]),
    is_required: bool,
) -> String {
    let trusted = keys.iter().map(|key| (*key).to_owned()).collect();
    let asked = ListQuery {
        pack: "acme",
        seen,
        trusted: &trusted,
        is_required,
        today: TODAY,
    };
    match judge(found, asked) {
        Ok(None) => "taken".to_owned(),
        Ok(Some(warning)) => format!("warned: {warning}"),
        Err(error) => format!("refused: {error}"),
    }
}

#[test]
fn a_list_is_taken_where_nothing_speaks_against_it() {
    let nothing = Seen::new();
    for (what, sequence, signer, before, expected) in [
        ("a first one", 1, Some("A"), &nothing, "taken"),
        ("the same", 3, Some("A"), &seen(3), "taken"),
        (
            "a newer one",
            4,
            Some("A"),
            &seen(3),
            "warned: number 4 of the list of yanked versions no longer names acme 1.0.0, which number 3 did",
        ),
        (
            "an older one",
            2,
            Some("A"),
            &seen(3),
            "refused: the list of yanked versions is number 2, and number 3",
        ),
        (
            "an older one of another key",
            2,
            Some("B"),
            &seen(3),
            "refused: the list of yanked versions is number 2, and number 3",
        ),
        (
            "a newer one of another key",
            4,
            Some("B"),
            &seen(3),
            "warned",
        ),
        (
            "of nobody",
            9,
            None,
            &seen(3),
            "refused: the list of yanked versions is not one that a trusted key",
        ),
        ("of nobody, and nothing seen", 9, None, &nothing, "taken"),
    ] {
        let list = list(sequence, LATER);
        let found = FoundList {
            list: &list,
            digest: "d",
            signer,
        };
        assert!(
            told(Some(found), before, true).starts_with(expected),
            "{what}"
        );
    }
}

#[test]
fn none_and_a_list_without_a_number_are_taken_where_none_was_seen() {
    let old = Yanked::default();
    let nothing = Seen::new();
    let three = list(3, LATER);
    let other = FoundList {
        list: &three,
        digest: "e",
        signer: Some("A"),
    };
    assert!(told(Some(other), &seen(3), false).contains("said something else"));
    let old = FoundList {
        list: &old,
        digest: "d",
        signer: Some("A"),
    };
    for (found, before, is_required, expected) in [
        (None, &nothing, false, "taken"),
        (
            None,
            &nothing,
            true,
            "refused: there is no list of yanked versions, and the trust file",
        ),
        (
            None,
            &seen(3),
            false,
            "refused: there is no list of yanked versions any more, and number 3",
        ),
        (
            Some(old),
            &nothing,
            false,
            "warned: the list of yanked versions is of the first format",
        ),
        (
            Some(old),
            &nothing,
            true,
            "refused: the list of yanked versions has neither",
        ),
        (
            Some(old),
            &seen(3),
            false,
            "refused: the list of yanked versions has neither",
        ),
    ] {
        let told = told(found, before, is_required);
        assert!(told.starts_with(expected), "{expected}: {told}");
    }
}

#[test]
fn a_list_counts_until_its_last_day_and_two_weeks_before_that_is_told() {
    let nothing = Seen::new();
    for (expires, expected) in [
        (date!(2026 - 12 - 16), "taken"),
        (
            date!(2026 - 12 - 15),
            "warned: the list of yanked versions counts until 2026-12-15",
        ),
        (date!(2026 - 12 - 01), "warned"),
        (
            date!(2026 - 11 - 30),
            "refused: the list of yanked versions counted until 2026-11-30",
        ),
    ] {
        let list = list(1, expires);
        for signer in [Some("A"), None] {
            let found = FoundList {
                list: &list,
                digest: "d",
                signer,
            };
            let told = told(Some(found), &nothing, false);
            assert!(told.starts_with(expected), "{expected}: {told}");
        }
    }
}

#[test]
fn a_list_of_other_packs_says_nothing_of_this_one() {
    let mut list = list(1, LATER);
    list.edition.as_mut().unwrap().packs = vec!["billing".to_owned()];
    let found = FoundList {
        list: &list,
        digest: "d",
        signer: Some("A"),
    };
    let told = told(Some(found), &Seen::new(), false);
    assert!(
        told.contains("speaks for billing, and not for acme"),
        "{told}"
    );
}
