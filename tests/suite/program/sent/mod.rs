//! Output to a screen, a log or a report never contains text that controls a terminal, reverses the writing direction
//! or hides, whatever its author and place. Every character is put in every place that foreign input can reach, and
//! every command is run.
#![cfg(unix)]

mod commands;
mod streams;
mod world;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use expectrl::{Eof, Expect as _, Session};
use rdsproxy_gen::report::FORMATS;

use self::commands::{COMMANDS, ENVIRONMENT, REFUSED, ids};
use crate::support::program::{PATIENCE, ended, program};
use crate::support::scale;

/// Characters that are never sent: controls, direction marks, line separators, zero-width characters, tags and
/// noncharacters.
const CHARACTERS: &[char] = &[
    '\u{1}',
    '\u{7}',
    '\u{8}',
    '\u{b}',
    '\u{c}',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{90}',
    '\u{9b}',
    '\u{9d}',
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{180e}',
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2061}',
    '\u{2064}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff9}',
    '\u{fffa}',
    '\u{fffb}',
    '\u{fffe}',
    '\u{e0001}',
    '\u{e0041}',
    '\u{e0100}',
];

/// The number of characters in one name: more would make it too long for a file.
const TOGETHER: usize = 24;

/// The characters, each between letters, which form no word of the tool's own texts.
fn planted(characters: &[char]) -> String {
    let parts = characters
        .iter()
        .map(|character| format!("Q{character}[1m"));
    parts.collect()
}

/// The full output of a run, and the report that it wrote.
fn said(home: &std::path::Path, arguments: &[String], environment: &[(&str, String)]) -> String {
    let report = home.join("report");
    let _ = fs::remove_file(&report);
    let mut command = program(home);
    command.args(arguments).envs(environment.iter().cloned());
    let output = ended(&mut command);
    let written = fs::read(&report).unwrap_or_default();
    [output.stdout, output.stderr, written]
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .concat()
}

/// True if one of the characters is shown in escaped form, in any format. Markdown escapes brackets itself.
fn is_any_shown(text: &str, characters: &[char]) -> bool {
    let plain = text.replace(['\\', '{', '}'], "");
    characters.iter().any(|character| {
        let code = u32::from(*character);
        let units = character.encode_utf16(&mut [0; 2])[0];
        *character == '\r' && text.contains("\\r")
            || [
                format!("u{code:x}Q"),
                format!("u{code:x}[1m"),
                format!("u{units:04x}"),
            ]
            .iter()
            .any(|escape| plain.contains(escape.as_str()))
    })
}

/// The output that was sent, and the rows that showed a character.
fn tried(characters: &[char]) -> (Vec<String>, BTreeSet<&'static [&'static str]>) {
    let (mut wrong, mut heard) = (Vec::new(), BTreeSet::new());
    let text = planted(characters);
    let home = world::world(&text);
    let (told, variables) = ENVIRONMENT;
    let runs = COMMANDS.iter().chain(REFUSED).map(|row| (*row, &[][..]));
    for (row, variables) in runs.chain([(told, variables)]) {
        let variables = variables.iter();
        let environment: Vec<_> = variables
            .map(|(name, value)| (*name, value.replace("{}", &text)))
            .collect();
        for arguments in commands::filled(row, &text) {
            let said = said(home.path(), &arguments, &environment);
            let sent = characters.iter().filter(|sent| said.contains(**sent));
            wrong.extend(sent.map(|sent| format!("{sent:?} by {arguments:?}")));
            if is_any_shown(&said, characters) {
                heard.insert(row);
            }
        }
    }
    (wrong, heard)
}

#[test]
fn no_character_reaches_anybody_by_any_command() {
    let tried = std::thread::scope(|scope| {
        let threads: Vec<_> = scale::some(CHARACTERS.chunks(TOGETHER))
            .map(|characters| scope.spawn(|| tried(characters)))
            .collect();
        let ended = threads.into_iter().map(|thread| thread.join().unwrap());
        ended.collect::<Vec<_>>()
    });
    let (wrong, heard): (Vec<_>, Vec<_>) = tried.into_iter().unzip();
    let wrong = wrong.concat();
    assert!(
        wrong.is_empty(),
        "{} sent:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    // A row that shows nothing tests nothing. Some characters may be refused before they are shown.
    let heard: BTreeSet<_> = heard.into_iter().flatten().collect();
    let rows = COMMANDS.iter().chain([&ENVIRONMENT.0]);
    let silent: Vec<_> = rows.filter(|row| !heard.contains(*row)).collect();
    assert!(silent.is_empty(), "nothing is shown by {silent:?}");
}

/// Ordinary text of several scripts, which is sent unchanged.
const WRITTEN: &str = "é 日本 e\u{301} \u{645}\u{6cc}\u{200c}\u{62e} \u{915}\u{94d}\u{200d}\u{937} 👩🏽\u{200d}🚀 ❤\u{fe0f}";

#[test]
fn what_people_write_stays_in_every_format() {
    let home = tempfile::tempdir().unwrap();
    let code = "resource \"aws_db_proxy\" \"p\" {\n  name = \"p\"\n  require_tls = false\n}\n";
    fs::create_dir(home.path().join(WRITTEN)).unwrap();
    fs::write(home.path().join(WRITTEN).join("main.tf"), code).unwrap();
    // Programs decode the escapes.
    for format in ids(FORMATS)
        .iter()
        .filter(|id| !["json", "sarif"].contains(id))
    {
        let arguments = ["audit", ".", "--format", format].map(str::to_owned);
        let said = said(home.path(), &arguments, &[]);
        assert!(said.contains(WRITTEN), "{format}: {said}");
    }
}

/// The tool may colour its output; foreign text may not.
#[test]
fn on_a_terminal_only_our_own_colours_are_sent() {
    let text = planted(&['\u{1b}', '\u{9b}', '\u{202e}']);
    let home = world::world(&text);
    for row in commands::COLOURED {
        let arguments = commands::filled(row, &text).remove(0);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
        let mut session = {
            command
                .args(arguments)
                .current_dir(home.path())
                .env_clear()
                .env("TERM", "xterm");
            Session::spawn(command).unwrap()
        };
        session.set_expect_timeout(Some(PATIENCE));
        let said = session.expect(Eof).unwrap();
        let said = String::from_utf8(said.as_bytes().to_vec()).unwrap();
        assert!(said.contains("\u{1b}["), "{row:?} has no colours: {said}");
        assert!(!said.contains("Q\u{1b}[1m"), "{row:?}: {said}");
        assert!(!said.contains(['\u{9b}', '\u{202e}']), "{row:?}: {said}");
    }
}
