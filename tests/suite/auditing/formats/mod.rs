//! All formats on one audit, on an empty one, and with hostile text in every place that foreign input can reach.

mod estate;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod schemas;
mod shell;

use proptest::prelude::*;
use rdsproxy_gen::report::{Audit, FORMATS, Format, Screen};

const WIDE: Screen = Screen {
    width: 120,
    colours: false,
};

fn render(format: &str, audit: &Audit) -> String {
    let mut text = Vec::new();
    let format = Format::by_id(FORMATS, format).unwrap();
    format.write(audit, WIDE, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The output of a format, independent of the version of the tool.
fn of_any_version(format: &str, audit: &Audit) -> String {
    render(format, audit).replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn every_format_on_one_audit() {
    for format in FORMATS {
        insta::assert_snapshot!(format.id, of_any_version(format.id, &estate::audit()));
    }
}

#[test]
fn every_format_says_that_there_is_nothing() {
    for format in FORMATS {
        let text = of_any_version(format.id, &estate::empty());
        insta::assert_snapshot!(format!("{}-empty", format.id), text);
    }
}

#[test]
fn the_same_audit_gives_the_same_bytes() {
    for format in FORMATS {
        let texts = [0, 1].map(|_| render(format.id, &estate::audit()));
        assert_eq!(texts[0], texts[1], "{}", format.id);
    }
}

/// Texts with a special meaning in one of the formats, and arbitrary ones.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => "[a-z0-9_./ -]{1,8}",
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

/// Texts that end a string, a tag, a cell, a command, a comment or a fence.
const HOSTILE: &[&str] = &[
    "\"",
    "'",
    "<",
    ">",
    "&",
    "]]>",
    "<!--",
    "-->",
    "</script>",
    "</pre>",
    "<img src=x onerror=alert(1)>",
    "&#0;",
    "\u{0}",
    "\u{8}",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{2028}",
    "\n",
    "\r",
    "\t",
    "\n\n",
    "|",
    "\\",
    "`",
    "```",
    "~~~",
    "[a](https://evil.example)",
    "![x](https://evil.example)",
    "@everyone",
    "#1",
    "*",
    "_",
    "::",
    "::error::",
    "%0A",
    ",",
    ":",
    "</details>",
    "</summary>",
    "https://evil.example",
    "www.evil.example",
    "{0}",
    "$(id)",
    "𝄞",
    "é",
    "日本",
];

proptest! {
    #![proptest_config(crate::support::scale::config("hostile names in reports"))]

    #[test]
    fn no_text_breaks_a_format(text in hostile()) {
        let audit = estate::hostile(&text);
        for format in FORMATS {
            let is_whole: fn(&str, &Audit) = match format.id {
                "sarif" => sarif::is_whole,
                "junit" => junit::is_whole,
                "markdown" => markdown::is_whole,
                "json" => json::is_whole,
                "html" => html::is_whole,
                "github" => github::is_whole,
                // Read by people alone: the tests of what is sent hold what it may contain.
                "text" => continue,
                other => panic!("no test reads {other} back"),
            };
            is_whole(&render(format.id, &audit), &audit);
        }
    }
}
