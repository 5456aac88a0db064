//! The positioned YAML and JSON loader: reads a text and compares the tree on one line.

use std::collections::BTreeMap;

use rdsproxy_gen::language::yaml::{Content, MAX_BYTES, Tree, load, load_written, written};

/// A tree on one line: `tag`, place, and content.
fn show(tree: &Tree) -> String {
    let tag = tree
        .tag
        .as_ref()
        .map(|tag| format!("!{tag} "))
        .unwrap_or_default();
    let inner = match &tree.content {
        Content::Scalar { text, plain: true } => text.to_string(),
        Content::Scalar { text, plain: false } => format!("{text:?}"),
        Content::List(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" "))
        }
        Content::Map(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(key, value)| format!("{}={}", key.text, show(value)))
                .collect();
            format!("{{{}}}", members.join(" "))
        }
        Content::Broken(reason) => format!("<{reason}>"),
    };
    format!("{tag}{inner}@{}:{}", tree.place.line, tree.place.column)
}

fn shown(text: &str) -> String {
    match load(text) {
        Ok(Some(tree)) => show(&tree),
        Ok(None) => "nothing".to_owned(),
        Err(error) => format!(
            "{}:{} {}",
            error.place.line, error.place.column, error.message
        ),
    }
}

#[test]
fn places_tags_and_quotes_are_kept() {
    let table = [
        ("", "nothing"),
        ("# only a comment\n", "nothing"),
        ("a: true", "{a=true@1:4}@1:1"),
        ("a: 'true'", "{a=\"true\"@1:4}@1:1"),
        ("a: !!str true", "{a=\"true\"@1:4}@1:1"),
        ("é: !Ref Tls", "{é=!Ref Tls@1:4}@1:1"),
        (
            "a: !GetAtt\n  - B\n  - Arn",
            "{a=!GetAtt [B@2:5 Arn@3:5]@1:4}@1:1",
        ),
        ("a: !Sub |\n  x\n", "{a=!Sub \"x\\n\"@1:4}@1:1"),
        ("\u{feff}a: 1\r\nb: 2\r\n", "{a=1@1:4 b=2@2:4}@1:1"),
        ("{\"a\": [1, \"2\"]}", "{a=[1@1:8 \"2\"@1:11]@1:7}@1:1"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn aliases_and_merges_are_followed() {
    let table = [
        ("a: &x [1]\nb: *x", "{a=[1@1:8]@1:7 b=[1@1:8]@1:7}@1:1"),
        (
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3",
            "{a={p=1@1:11 q=2@1:17}@1:7 b={q=3@4:6 p=1@1:11}@3:3}@1:1",
        ),
        (
            "a:\n  <<: 1",
            "{a={<<=<`<<` merges mappings only>@2:7}@2:3}@1:1",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let table = [
        (
            "a: 1\nb: 2\na: 3",
            "{a=<`a` appears twice, in line 1 and in line 3: remove one>@3:1 b=2@2:4}@1:1",
        ),
        (
            "a: &x [*x]",
            "1:8 the alias stands inside the value that it names",
        ),
        (
            "a: 1\n---\nb: 2",
            "2:1 a second document begins here: a template is one document",
        ),
        ("[a]: 1", "1:1 a key must be text"),
        (
            "{\"a\": 1 \"b\": 2}",
            "1:9 not valid JSON: expected `,` or `}`",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
    assert!(
        shown("a: [1\nb: 2").starts_with("2:"),
        "{}",
        shown("a: [1\nb: 2")
    );
    assert!(
        shown("a: *gone").contains("1:4 not valid YAML"),
        "{}",
        shown("a: *gone")
    );
}

#[test]
fn bombs_end_in_an_error() {
    let laughs = (1..12).fold("a0: &a0 [x]\n".to_owned(), |text, level| {
        let below = format!("*a{}, ", level - 1).repeat(10);
        format!("{text}a{level}: &a{level} [{below}]\n")
    });
    assert!(
        shown(&laughs).contains("more than 400000 values"),
        "{}",
        shown(&laughs)
    );
    let long = format!(
        "a: &x {}\nb: [{}]",
        "y".repeat(100_000),
        "*x, ".repeat(10_000)
    );
    assert!(shown(&long).contains("more than 400000 values"));
    assert!(shown(&"- ".repeat(50_000)).contains("not valid YAML"));
    assert!(shown(&"[".repeat(50_000)).contains("not valid YAML"));
    assert!(shown(&"x".repeat(MAX_BYTES + 1)).contains("more than the 4194304 that are read"));
}

#[test]
fn one_parse_gives_what_two_give() {
    let texts = crate::reading::constructs::files("cloudformation").into_iter();
    let texts = texts.flat_map(BTreeMap::into_values);
    let odd = [
        "",
        "# nothing",
        "a: 1\n---\nb: 2\n",
        "a: &x [1, *x]\n",
        "a: &x {b: 1}\nc: *x\n<<: *x\n",
        "a: 1\na: 2\n",
        "? [a]\n: 1\n",
        "a: [",
        "a: !Sub \"x\"\nb: |\n  c\n",
    ];
    for text in texts.chain(odd.map(str::to_owned)) {
        let (tree, form) = load_written(&text);
        assert_eq!(tree, load(&text), "{text}");
        match tree {
            Ok(_) => assert_eq!(form, written(&text), "{text}"),
            Err(_) => assert_eq!(form, None, "{text}"),
        }
    }
}
