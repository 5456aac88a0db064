//! The list of yanked versions: an older one, an expired one, and a missing one after one was seen are refused,
//! whatever the source.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::{project, run, run_on, write};
use crate::packs::stores::Desk;
use crate::support::program::{ended, stderr, stdout};

const LIST: [&str; 2] = ["yanked.toml", "yanked.toml.minisig"];

/// A signed pack, and a user who trusts its key.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.key("team", "acme");
    desk.done(&["build", "acme"]);
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "team.key"]);
    desk
}

/// Yanks an unused version, which raises the number of the list.
fn yank(desk: &Desk, version: &str) {
    desk.done(&[
        "yank", "acme", version, "--reason", "old", "--key", "team.key",
    ]);
}

/// The two files of the list.
fn list(desk: &Desk) -> [Option<String>; 2] {
    LIST.map(|name| fs::read_to_string(desk.path(name)).ok())
}

fn put(desk: &Desk, list: &[Option<String>; 2]) {
    for (name, text) in LIST.iter().zip(list) {
        let _ = fs::remove_file(desk.path(name));
        if let Some(text) = text {
            fs::write(desk.path(name), text).unwrap();
        }
    }
}

fn verify(desk: &Desk) -> (i32, String) {
    desk.pack(&["verify", "acme-0.1.0.tar"])
}

/// The content of the user's state folder.
fn memory(desk: &Desk) -> Vec<PathBuf> {
    let folder = desk.path("home/.local/state/rdsproxy-gen/yanked");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    files
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
        .collect()
}

/// The replacement of the list after number 2 was seen, and the expected message.
type Swap = (
    &'static str,
    fn(&Desk, &[Option<String>; 2]) -> [Option<String>; 2],
    &'static str,
);

const SWAPS: &[Swap] = &[
    (
        "the list before",
        |_, first| first.clone(),
        "is number 1, and number 2 of it was seen",
    ),
    (
        "none",
        |_, _| [None, None],
        "no list of yanked versions any more, and number 2",
    ),
    (
        "one without its signature",
        |desk, _| [list(desk)[0].clone(), None],
        "is not signed",
    ),
    (
        "a signature without its list",
        |desk, _| [None, list(desk)[1].clone()],
        "no list of yanked versions any more",
    ),
    (
        "the newer number with the older signature",
        |desk, first| [list(desk)[0].clone(), first[1].clone()],
        "what was signed is not what is here",
    ),
    (
        "an older list with its number raised",
        |_, first| {
            [
                first[0]
                    .as_ref()
                    .map(|text| text.replace("sequence = 1", "sequence = 3")),
                first[1].clone(),
            ]
        },
        "what was signed is not what is here",
    ),
    (
        "a list of the first format",
        |desk, _| {
            write(&desk.path("old/yanked.toml"), "schema = 1\n");
            signed(desk, "old/yanked.toml");
            ["old/yanked.toml", "old/yanked.toml.minisig"]
                .map(|name| fs::read_to_string(desk.path(name)).ok())
        },
        "neither a number nor an expiry, so that its age cannot be determined: number 2",
    ),
    (
        "another list with the same number",
        |desk, first| {
            put(desk, first);
            yank(desk, "0.0.9");
            list(desk)
        },
        "is number 2, as one was that was seen here before and said something else",
    ),
    (
        "a list for another pack, with a higher number",
        |desk, _| {
            let folder = desk.path("other").display().to_string();
            fs::create_dir_all(&folder).unwrap();
            for version in ["0.0.1", "0.0.2", "0.0.3"] {
                desk.done(&[
                    "yank",
                    "acme-more",
                    version,
                    "--reason",
                    "x",
                    "--key",
                    "team.key",
                    "--dir",
                    &folder,
                ]);
            }
            LIST.map(|name| fs::read_to_string(desk.path("other").join(name)).ok())
        },
        "speaks for acme-more, and not for acme",
    ),
    (
        "a list that nobody signed, where that would do",
        |desk, _| {
            let trust = fs::read_to_string(desk.trust_file()).unwrap();
            desk.trust(&trust.replace("schema = 1\n", "schema = 1\nrequire_signatures = false\n"));
            let text = list(desk)[0].clone().unwrap();
            [Some(text.replace("sequence = 2", "sequence = 9")), None]
        },
        "is not one that a trusted key signed, and number 2",
    ),
];

/// Signs a list with any content, as `pack yank` does.
fn signed(desk: &Desk, file: &str) {
    let secret = fs::read_to_string(desk.path("team.key")).unwrap();
    let key =
        rdsproxy_gen::io::signing::SigningKey::open(&secret, || panic!("it is open")).unwrap();
    let text = fs::read(desk.path(file)).unwrap();
    let signature = key.sign(&text, "list=yanked").unwrap();
    fs::write(desk.path(&format!("{file}.minisig")), signature).unwrap();
}

#[test]
fn after_a_list_was_seen_no_older_one_is_taken_and_none_neither() {
    for (what, swap, expected) in SWAPS {
        let desk = desk();
        yank(&desk, "0.0.1");
        let first = list(&desk);
        yank(&desk, "0.0.2");
        assert_eq!(verify(&desk).0, 0, "{what}: {}", verify(&desk).1);
        let newest = list(&desk);
        let swapped = swap(&desk, &first);
        put(&desk, &swapped);
        let (code, said) = verify(&desk);
        assert!(code == 2 && said.contains(expected), "{what}: {said}");
        let (code, said) = project(&desk, "project", &["--pack", "acme-0.1.0.tar"]);
        assert!(code == 1 && said.contains(expected), "{what}: {said}");
        assert!(!desk.path("project").exists(), "{what}");
        // The list that was seen is still accepted, and so is the next one.
        put(&desk, &newest);
        assert_eq!(verify(&desk).0, 0, "{what}: {}", verify(&desk).1);
        yank(&desk, "0.0.3");
        assert_eq!(verify(&desk).0, 0, "{what}: {}", verify(&desk).1);
    }
}

/// Runs the program without remembered state.
fn without_memory(desk: &Desk, day: &str) -> (i32, String) {
    let mut command = desk.program();
    command
        .env_remove("HOME")
        .env("XDG_CONFIG_HOME", desk.path("home/.config"))
        .env("SOURCE_DATE_EPOCH", super::seconds(day));
    let output = ended(command.args(["pack", "verify", "acme-0.1.0.tar"]));
    (
        output.status.code().unwrap(),
        stdout(&output) + &stderr(&output),
    )
}

#[test]
fn without_memory_the_expiry_counts_and_two_weeks_before_it_that_is_told() {
    let desk = desk();
    let on = |day: &str, arguments: &[&str]| {
        let (code, said) = run_on(&desk, day, &[&["pack"], arguments].concat());
        assert_eq!(code, 0, "{said}");
        said
    };
    let key = ["--key", "team.key"];
    let said = on(
        "2027-01-01",
        &[&["yank", "acme", "0.0.1", "--reason", "old"], &key[..]].concat(),
    );
    assert!(
        said.contains("number 1, which counts until 2027-06-30"),
        "{said}"
    );
    for (day, expected, warned) in [
        ("2027-01-01", 0, false),
        ("2027-06-15", 0, false),
        ("2027-06-16", 0, true),
        ("2027-06-30", 0, true),
        ("2027-07-01", 2, false),
    ] {
        for (code, said) in [
            without_memory(&desk, day),
            run_on(&desk, day, &["pack", "verify", "acme-0.1.0.tar"]),
        ] {
            assert_eq!(code, expected, "{day}: {said}");
            assert_eq!(
                said.contains("counts until 2027-06-30, and is refused"),
                warned,
                "{day}: {said}"
            );
            assert_eq!(
                said.contains("counted until 2027-06-30"),
                expected == 2,
                "{day}: {said}"
            );
        }
    }
}

#[test]
fn a_list_is_renewed_without_a_version_being_yanked() {
    let desk = desk();
    let on = |day: &str, arguments: &[&str]| {
        let (code, said) = run_on(&desk, day, &[&["pack"], arguments].concat());
        assert_eq!(code, 0, "{said}");
        said
    };
    let key = ["--key", "team.key"];
    on(
        "2027-01-01",
        &[&["yank", "acme", "0.0.1", "--reason", "old"], &key[..]].concat(),
    );
    // The previous list is refused after this one was seen.
    let first = list(&desk);
    let said = on(
        "2027-07-01",
        &[&["yank", "acme", "--renew", "--valid", "30"], &key[..]].concat(),
    );
    assert!(
        said.contains("number 2, which counts until 2027-07-31"),
        "{said}"
    );
    assert!(
        list(&desk)[0]
            .as_ref()
            .unwrap()
            .contains("version = \"0.0.1\"")
    );
    assert_eq!(without_memory(&desk, "2027-07-01").0, 0);
    on("2027-07-01", &["verify", "acme-0.1.0.tar"]);
    put(&desk, &first);
    let (code, said) = run_on(&desk, "2027-06-01", &["pack", "verify", "acme-0.1.0.tar"]);
    assert!(
        code == 2 && said.contains("is number 1, and number 2"),
        "{said}"
    );
    assert_eq!(without_memory(&desk, "2027-06-01").0, 0);
}

#[test]
fn a_list_of_the_first_format_counts_with_a_warning_until_a_numbered_one_was_seen() {
    let desk = desk();
    for (text, expected, told) in [
        ("schema = 1\n", 0, "of the first format, without a number"),
        (
            "schema = 1\n[[yanked]]\npack = \"acme\"\nversion = \"0.1.0\"\nreason = \"too wide\"\n",
            2,
            "yanked: too wide",
        ),
    ] {
        write(&desk.path("yanked.toml"), text);
        signed(&desk, "yanked.toml");
        let (code, said) = verify(&desk);
        assert!(code == expected && said.contains(told), "{said}");
    }
    // Without remembered state, only a requirement in the trust file protects.
    let trust = fs::read_to_string(desk.trust_file()).unwrap();
    desk.trust(&trust.replace("schema = 1\n", "schema = 1\nrequire_lists = true\n"));
    let (code, said) = verify(&desk);
    assert!(
        code == 2 && said.contains("the trust file requires both"),
        "{said}"
    );
    let old = list(&desk);
    put(&desk, &[None, None]);
    let (code, said) = verify(&desk);
    assert!(
        code == 2 && said.contains("no list of yanked versions, and the trust file requires"),
        "{said}"
    );
    // `pack yank` converts it to the newest format and keeps its content.
    put(&desk, &old);
    desk.done(&["yank", "acme", "--renew", "--key", "team.key"]);
    let (code, said) = verify(&desk);
    assert!(code == 2 && said.contains("yanked: too wide"), "{said}");
    put(&desk, &old);
    let (code, said) = verify(&desk);
    assert!(
        code == 2 && said.contains("number 1 was seen here before"),
        "{said}"
    );
}

#[test]
fn a_memory_that_cannot_be_read_refuses_and_says_how_to_go_on() {
    let desk = desk();
    yank(&desk, "0.0.1");
    assert_eq!(verify(&desk).0, 0);
    let [file] = <[PathBuf; 1]>::try_from(memory(&desk)).unwrap();
    for text in ["", "{", "{\"schema\":1}", "\u{0}"] {
        fs::write(&file, text).unwrap();
        let (code, said) = verify(&desk);
        assert!(code == 2 && said.contains("cannot be read in"), "{said}");
        assert!(
            said.contains("remove that file to forget what was seen"),
            "{said}"
        );
        assert!(said.contains(file.to_str().unwrap()), "{said}");
        let (code, said) = project(&desk, "project", &["--pack", "acme-0.1.0.tar"]);
        assert!(code == 1 && !desk.path("project").exists(), "{said}");
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            text,
            "it is not written over"
        );
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(verify(&desk).0, 0);
}

#[test]
fn only_what_a_trusted_key_signed_is_remembered() {
    let desk = desk();
    let trust = fs::read_to_string(desk.trust_file()).unwrap();
    fs::remove_file(desk.trust_file()).unwrap();
    // Without a trust file, no number is remembered: that of a stranger would lock out every later list.
    yank(&desk, "0.0.1");
    let huge = list(&desk)[0]
        .as_ref()
        .unwrap()
        .replace("sequence = 1", "sequence = 9223372036854775807");
    fs::write(desk.path("yanked.toml"), huge).unwrap();
    let (_, said) = verify(&desk);
    assert!(said.contains("unverified"), "{said}");
    assert_eq!(memory(&desk), Vec::<PathBuf>::new());
    desk.trust(&trust);
    assert_eq!(verify(&desk).0, 2, "the signature does not fit");
    assert_eq!(memory(&desk), Vec::<PathBuf>::new());
    put(&desk, &[None, None]);
    yank(&desk, "0.0.1");
    assert_eq!(verify(&desk).0, 0);
    assert_eq!(memory(&desk).len(), 1);
    // After the key that signed the highest number is replaced, the first list of the new key is accepted.
    fs::write(
        desk.path("yanked.toml"),
        list(&desk)[0]
            .as_ref()
            .unwrap()
            .replace("sequence = 1", "sequence = 9223372036854775807"),
    )
    .unwrap();
    signed(&desk, "yanked.toml");
    assert_eq!(verify(&desk).0, 0);
    let (code, said) = desk.pack(&[
        "yank", "acme", "0.0.2", "--reason", "x", "--key", "team.key",
    ]);
    assert!(
        code == 1 && said.contains("the highest number") && said.contains("new key"),
        "{said}"
    );
    put(&desk, &[None, None]);
    desk.key("next", "acme");
    fs::remove_file(desk.path("acme-0.1.0.tar.minisig")).unwrap();
    desk.done(&["sign", "acme-0.1.0.tar", "--key", "next.key"]);
    desk.done(&[
        "yank", "acme", "0.0.1", "--reason", "old", "--key", "next.key",
    ]);
    assert_eq!(verify(&desk).0, 0, "{}", verify(&desk).1);
}

#[test]
fn a_list_is_for_its_place_and_runs_beside_each_other_lose_nothing() {
    let desk = desk();
    for version in ["0.0.1", "0.0.2", "0.0.3"] {
        yank(&desk, version);
    }
    // Another source may be at an earlier number.
    let copies = BTreeMap::from(
        ["acme-0.1.0.tar", "acme-0.1.0.tar.minisig"]
            .map(|name| (name, fs::read(desk.path(name)).unwrap())),
    );
    fs::create_dir(desk.path("there")).unwrap();
    for (name, bytes) in copies {
        fs::write(desk.path("there").join(name), bytes).unwrap();
    }
    desk.done(&[
        "yank", "acme", "0.0.1", "--reason", "old", "--key", "team.key", "--dir", "there",
    ]);
    std::thread::scope(|scope| {
        for archive in ["acme-0.1.0.tar", "there/acme-0.1.0.tar"].repeat(4) {
            let desk = &desk;
            scope.spawn(move || {
                let (code, said) = run(desk, &["pack", "verify", archive]);
                assert_eq!(code, 0, "{said}");
            });
        }
    });
    let numbers: Vec<bool> = memory(&desk)
        .iter()
        .map(|file| {
            fs::read_to_string(file)
                .unwrap()
                .contains("\"sequence\": 3")
        })
        .collect();
    assert_eq!(
        numbers.iter().filter(|is_three| **is_three).count(),
        1,
        "{numbers:?}"
    );
    assert_eq!(numbers.len(), 2);
}

#[cfg(unix)]
#[test]
fn from_a_repository_that_was_set_back_the_list_is_refused() {
    use crate::packs::stores::{git_address, git_commit};
    if crate::support::tools::find("git").is_none() {
        return;
    }
    let desk = desk();
    let folder = desk.path("acme");
    let run_git = |arguments: &[&str]| crate::packs::stores::git_in(&folder, arguments);
    run_git(&["init", "--quiet"]);
    desk.done(&["sign", "acme", "--key", "team.key"]);
    git_commit(&folder, "v0.1.0");
    let yank = |version: &str| {
        desk.done(&[
            "yank", "acme", version, "--reason", "old", "--key", "team.key", "--dir", "acme",
        ]);
        git_commit(&folder, &format!("list-{version}"));
    };
    yank("0.0.1");
    yank("0.0.2");
    let reference = format!("{}#v0.1.0", git_address(&folder));
    let verify = || desk.pack(&["verify", &reference]);
    assert_eq!(verify().0, 0, "{}", verify().1);
    run_git(&["reset", "--quiet", "--hard", "list-0.0.1"]);
    let (code, said) = verify();
    assert!(
        code == 2 && said.contains("is number 1, and number 2"),
        "{said}"
    );
    run_git(&["reset", "--quiet", "--hard", "v0.1.0"]);
    let (code, said) = verify();
    assert!(
        code == 2 && said.contains("no list of yanked versions any more"),
        "{said}"
    );
    let (code, said) = desk.pack(&["list", &git_address(&folder)]);
    assert!(
        code == 1 && said.contains("no list of yanked versions any more"),
        "{said}"
    );
    run_git(&["reset", "--quiet", "--hard", "list-0.0.2"]);
    assert_eq!(verify().0, 0, "{}", verify().1);
}
