//! Trust files: the keys that they trust and the restrictions of each. Every untrusted pack is refused with its own
//! message.

use rdsproxy_gen::domain::trust::{Provenance, Trust, TrustFile, TrustSubject, comment};
use rdsproxy_gen::io::signing::{NewKey, SigningKey, generate};
use time::macros::date;

const BYTES: &[u8] = b"the archive of a pack";
const DIGEST: &str = "sha256:0123";

fn signed(key: &NewKey, comment: &str) -> String {
    let key = SigningKey::open(&key.secret, || panic!("it is open")).unwrap();
    key.sign(BYTES, comment).unwrap()
}

/// A trust file of one key, with these lines in its entry.
fn trusting(key: &NewKey, head: &str, entry: &str) -> TrustFile {
    let text = format!(
        "schema = 1\n{head}\n[[keys]]\nowner = \"the platform team\"\nkey = \"{}\"\n{entry}\n",
        key.key.line()
    );
    TrustFile::parse(&text, "trust.toml").unwrap()
}

/// The verdict on version 1.2.0 of `acme`.
fn said(trust: Option<&TrustFile>, bytes: &[u8], signature: Option<&str>) -> String {
    let subject = TrustSubject {
        what: "acme 1.2.0",
        name: "acme",
        bytes,
        signature,
        comment: &comment("acme", "1.2.0", DIGEST),
    };
    match Trust::new(trust.cloned(), None).judge(&subject, date!(2026 - 11 - 25)) {
        Ok(Provenance::Verified { owner, file, .. }) => format!("verified: {owner}, {file}"),
        Ok(Provenance::Unverified(why)) => format!("unverified: {why}"),
        Err(error) => format!("refused: {error}"),
    }
}

const VERIFIED: &str = "verified: the platform team, trust.toml";
const FOR_ACME: &str = "packs = [\"acme\", \"acme-*\"]";

#[test]
fn a_signature_counts_for_what_it_was_made_for_alone() {
    let [key, other] = [(); 2].map(|()| generate(None).unwrap());
    let trust = trusting(&key, "", FOR_ACME);
    let fitting = comment("acme", "1.2.0", DIGEST);
    let good = signed(&key, &fitting);
    let edited = good.replace("version=1.2.0", "version=1.2.1");
    let made_for = |name, version, digest| signed(&key, &comment(name, version, digest));
    let older = made_for("acme", "1.1.0", DIGEST);
    let another = made_for("other", "1.2.0", DIGEST);
    let moved = made_for("acme", "1.2.0", "sha256:4567");
    // The comment of Debian's minisign does not name the pack: only the bytes identify it.
    let plain = signed(&key, "timestamp:1 file:acme.tar");
    let changed = "what was signed is not what is here";
    for (bytes, signature, expected) in [
        (BYTES, good.clone(), VERIFIED),
        (BYTES, plain, VERIFIED),
        (b"changed", good, changed),
        (BYTES, edited, changed),
        (BYTES, older, "was made for pack=acme version=1.1.0"),
        (BYTES, another, "the signature was made for pack=other"),
        (BYTES, moved, "digest=sha256:4567"),
        (BYTES, signed(&key, "list=yanked"), "made for list=yanked"),
        (
            BYTES,
            signed(&other, &fitting),
            "which trust.toml does not know",
        ),
        (BYTES, "garbage".to_owned(), "not a signature of minisign"),
    ] {
        let said = said(Some(&trust), bytes, Some(&signature));
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn a_key_counts_for_the_names_and_the_time_that_the_file_says() {
    let key = generate(None).unwrap();
    let good = signed(&key, &comment("acme", "1.2.0", DIGEST));
    for (head, entry, expected) in [
        ("", FOR_ACME, VERIFIED),
        ("", "packs = [\"*\"]", VERIFIED),
        ("", "packs = [\"acme-*\"]", "does not trust for this name"),
        ("", "packs = [\"*\"]\nuntil = \"2026-11-25\"", VERIFIED),
        (
            "",
            "packs = [\"*\"]\nuntil = \"2026-11-24\"",
            "which counted until 2026-11-24",
        ),
        (
            "",
            "packs = [\"*\"]\nrevoked = \"laptop lost\"",
            "which was revoked: laptop lost",
        ),
        ("require_signatures = false", FOR_ACME, VERIFIED),
    ] {
        let said = said(Some(&trusting(&key, head, entry)), BYTES, Some(&good));
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn what_is_unverified_is_told_exactly() {
    let [key, other] = [(); 2].map(|()| generate(None).unwrap());
    let good = signed(&key, &comment("acme", "1.2.0", DIGEST));
    let strict = trusting(&key, "", FOR_ACME);
    let lenient = trusting(&key, "require_signatures = false", FOR_ACME);
    let of_other = trusting(&other, "require_signatures = false", FOR_ACME);
    for (trust, signature, expected) in [
        (
            Some(&strict),
            None,
            "refused: acme 1.2.0 is not signed, and trust.toml requires",
        ),
        (
            Some(&lenient),
            None,
            "unverified: acme 1.2.0 is not signed, and trust.toml does not",
        ),
        // A signature that is present must be valid, even if none is required.
        (
            Some(&of_other),
            Some(&good),
            "which trust.toml does not know",
        ),
        (
            None,
            None,
            "unverified: acme 1.2.0 is not signed, and there is no rdsproxy-trust.toml",
        ),
        (
            None,
            Some(&good),
            "was not checked: there is no rdsproxy-trust.toml",
        ),
    ] {
        let said = said(trust, BYTES, signature.map(String::as_str));
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn every_problem_of_a_trust_file_has_its_place() {
    let key = generate(None).unwrap().key.line();
    let good = format!(
        "schema = 1\n[[keys]]\nowner = \"o\"\nkey = \"{key}\"\npacks = [\"acme\"]\nuntil = \"2027-01-31\"\n"
    );
    let read = TrustFile::parse(&good, "t").unwrap();
    assert!(Trust::new(Some(read), None).requires_signatures());
    let twice = format!("{good}{}", &good["schema = 1\n".len()..]);
    for (text, expected) in [
        (
            good.replace("schema = 1", "schema = 2"),
            "t:1:10: schema is 2",
        ),
        (
            good.replace("\"RW", "\"RX"),
            "t:4:7: this is not a public key",
        ),
        (
            good.replace("[\"acme\"]", "[]"),
            "t:5:9: a key that may sign no pack",
        ),
        (good.replace("\"acme\"", "\"[\""), "t:5:10: not a pattern"),
        (good.replace("2027-01-31", "soon"), "t:6:9: not a day"),
        (good.replace("packs", "pack"), "did you mean `packs`?"),
        (twice, "t:9:7: this key is named before"),
        ("schema = 1\nkeys = 3\n".to_owned(), "t:2:8: "),
    ] {
        let error = TrustFile::parse(&text, "t").unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}
