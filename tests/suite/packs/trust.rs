//! Whom a trust file trusts, and with what: each pack that is not is refused by its own words.

use rdsproxy_gen::domain::trust::{Standing, Subject, Trust, comment, judge};
use rdsproxy_gen::io::signing::{NewKey, SecretKey, generate};
use time::macros::date;

const BYTES: &[u8] = b"the archive of a pack";
const DIGEST: &str = "sha256:0123";

fn signed(key: &NewKey, comment: &str) -> String {
    let key = SecretKey::open(&key.secret, || panic!("it is open")).unwrap();
    key.sign(BYTES, comment).unwrap()
}

/// A trust file of one key, with lines of its entry.
fn trusting(key: &NewKey, head: &str, entry: &str) -> Trust {
    let text = format!(
        "schema = 1\n{head}\n[[keys]]\nowner = \"the platform team\"\nkey = \"{}\"\n{entry}\n",
        key.key.line()
    );
    Trust::parse(&text, "trust.toml").unwrap()
}

/// What is said of version 1.2.0 of `acme`.
fn said(trust: Option<&Trust>, bytes: &[u8], signature: Option<&str>) -> String {
    let subject = Subject {
        what: "acme 1.2.0",
        name: "acme",
        bytes,
        signature,
        comment: &comment("acme", "1.2.0", DIGEST),
    };
    match judge(trust, &subject, date!(2026 - 11 - 25)) {
        Ok(Standing::Verified { owner, file, .. }) => format!("verified: {owner}, {file}"),
        Ok(Standing::Unverified(why)) => format!("unverified: {why}"),
        Err(error) => format!("refused: {error}"),
    }
}

#[test]
fn each_pack_that_is_not_trusted_is_refused_in_its_own_words() {
    let [key, other] = [(); 2].map(|()| generate(None).unwrap());
    let good = signed(&key, &comment("acme", "1.2.0", DIGEST));
    let older = signed(&key, &comment("acme", "1.1.0", DIGEST));
    let another = signed(&key, &comment("other", "1.2.0", DIGEST));
    let moved = signed(&key, &comment("acme", "1.2.0", "sha256:4567"));
    let list = signed(&key, "list=yanked");
    let plain = signed(&key, "timestamp:1 file:acme.tar");
    let foreign = signed(&other, &comment("acme", "1.2.0", DIGEST));
    let edited = good.replace("version=1.2.0", "version=1.2.1");
    let for_acme = "packs = [\"acme\", \"acme-*\"]";
    let trust = trusting(&key, "", for_acme);
    let lenient = trusting(&key, "require_signatures = false", for_acme);
    let for_others = trusting(&key, "", "packs = [\"acme-*\"]");
    let for_any = trusting(&key, "", "packs = [\"*\"]");
    let revoked = trusting(&key, "", "packs = [\"*\"]\nrevoked = \"laptop lost\"");
    let expired = trusting(&key, "", "packs = [\"*\"]\nuntil = \"2026-11-24\"");
    let last_day = trusting(&key, "", "packs = [\"*\"]\nuntil = \"2026-11-25\"");
    let verified = "verified: the platform team, trust.toml";
    for (trust, bytes, signature, expected) in [
        (Some(&trust), BYTES, Some(&good), verified),
        (Some(&for_any), BYTES, Some(&good), verified),
        (Some(&last_day), BYTES, Some(&good), verified),
        // Debian's minisign says nothing of the pack in its comment: the bytes alone tell it.
        (Some(&trust), BYTES, Some(&plain), verified),
        (
            Some(&trust),
            b"changed",
            Some(&good),
            "what was signed is not what is here",
        ),
        (
            Some(&trust),
            BYTES,
            Some(&edited),
            "what was signed is not what is here",
        ),
        (
            Some(&trust),
            BYTES,
            Some(&older),
            "the signature was made for pack=acme version=1.1.0",
        ),
        (
            Some(&trust),
            BYTES,
            Some(&another),
            "the signature was made for pack=other",
        ),
        (Some(&trust), BYTES, Some(&moved), "digest=sha256:4567"),
        (
            Some(&trust),
            BYTES,
            Some(&list),
            "the signature was made for list=yanked",
        ),
        (
            Some(&trust),
            BYTES,
            Some(&foreign),
            "which trust.toml does not know",
        ),
        (
            Some(&lenient),
            BYTES,
            Some(&foreign),
            "which trust.toml does not know",
        ),
        (
            Some(&for_others),
            BYTES,
            Some(&good),
            "does not trust for this name",
        ),
        (
            Some(&revoked),
            BYTES,
            Some(&good),
            "which was revoked: laptop lost",
        ),
        (
            Some(&expired),
            BYTES,
            Some(&good),
            "which counted until 2026-11-24",
        ),
        (
            Some(&trust),
            BYTES,
            None,
            "refused: acme 1.2.0 is not signed, and trust.toml requires",
        ),
        (
            Some(&lenient),
            BYTES,
            None,
            "unverified: acme 1.2.0 is not signed, and trust.toml does not",
        ),
        (
            None,
            BYTES,
            None,
            "unverified: acme 1.2.0 is not signed, and there is no rdsproxy-trust.toml",
        ),
        (
            None,
            BYTES,
            Some(&good),
            "was not checked: there is no rdsproxy-trust.toml",
        ),
    ] {
        let said = said(trust, bytes, signature.map(String::as_str));
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let garbage = said(Some(&trust), BYTES, Some("garbage"));
    assert!(garbage.contains("not a signature of minisign"), "{garbage}");
}

#[test]
fn every_problem_of_a_trust_file_has_its_place() {
    let key = generate(None).unwrap().key.line();
    let good = format!(
        "schema = 1\n[[keys]]\nowner = \"o\"\nkey = \"{key}\"\npacks = [\"acme\"]\nuntil = \"2027-01-31\"\n"
    );
    assert!(Trust::parse(&good, "t").unwrap().require_signatures);
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
        let error = Trust::parse(&text, "t").unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}
