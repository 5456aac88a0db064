//! The three-way merge: what both sides may change without a conflict, what is a conflict, and that nothing is lost or
//! guessed.

mod pairs;

use rdsproxy_gen::rewrite::merge::{Merged, marker, merge};

/// A path, the three texts, and the expected merge.
struct Clean(&'static str, [&'static str; 3], &'static str);

const CLEAN: &[Clean] = &[
    // Both sides changed adjacent attributes, one with a comment; a longer name changed the alignment.
    Clean(
        "a.tf",
        [
            "a \"b\" {\n  x = 1\n  y = 2\n}\n",
            "a \"b\" {\n  x = 3 # mine\n  y = 2\n}\n",
            "a \"b\" {\n  x      = 1\n  longer = 5\n  y      = 4\n}\n",
        ],
        "a \"b\" {\n  x = 3 # mine\n  longer = 5\n  y      = 4\n}\n",
    ),
    // The user added a comment beside a changed one.
    Clean(
        "a.tf",
        [
            "# old\nx = 1\ny = 1\n",
            "# old\n# mine\nx = 1\ny = 1\n",
            "# new\nx = 1\ny = 2\n",
        ],
        "# new\n# mine\nx = 1\ny = 2\n",
    ),
    // Both sides made the same change.
    Clean(
        "a.tf",
        ["x = 1\ny = 1\n", "x = 2\ny = 1\n# mine\n", "x = 2\ny = 3\n"],
        "x = 2\ny = 3\n# mine\n",
    ),
    // Each side added a block, and the user moved one.
    Clean(
        "a.tf",
        [
            "a {\n  x = 1\n}\n\nb {\n  x = 1\n}\n",
            "b {\n  x = 1\n}\n\n# mine\nc {\n}\n\na {\n  x = 1\n}\n",
            "a {\n  x = 2\n}\n\nb {\n  x = 1\n}\n\nd {\n}\n",
        ],
        "b {\n  x = 1\n}\n\nd {\n}\n\n# mine\nc {\n}\n\na {\n  x = 2\n}\n",
    ),
    // Several blocks with the same name are matched by content.
    Clean(
        "a.tf",
        [
            "g {\n  in {\n    p = 1\n  }\n  in {\n    p = 2\n  }\n  in {\n    p = 3\n  }\n}\n",
            "g {\n  in {\n    p = 9\n  }\n  in {\n    p = 2\n  }\n  in {\n    p = 3\n  }\n}\n",
            "g {\n  in {\n    p = 1\n  }\n  in {\n    p = 2\n  }\n  in {\n    p = 3\n  }\n  in {\n    p = 4\n  }\n}\n",
        ],
        "g {\n  in {\n    p = 9\n  }\n  in {\n    p = 2\n  }\n  in {\n    p = 3\n  }\n  in {\n    p = 4\n  }\n}\n",
    ),
    // Members of an object, a heredoc, and CRLF line endings.
    Clean(
        "a.tfvars",
        [
            "t = {\r\n  \"a\" = 1\r\n  \"b\" = 2\r\n}\r\n",
            "t = {\r\n  \"a\" = 1\r\n  \"b\" = 2\r\n  \"mine\" = 3\r\n}\r\n",
            "t = {\n  \"a\" = 5\n  \"b\" = 2\n}\n",
        ],
        "t = {\r\n  \"a\" = 5\r\n  \"b\" = 2\r\n  \"mine\" = 3\r\n}\r\n",
    ),
    Clean(
        "a.tf",
        [
            "x = <<EOT\n a = 1\nEOT\ny = 1\n",
            "x = <<EOT\n a = 2\nEOT\ny = 1\n",
            "x = <<EOT\n a = 1\nEOT\ny = 2\n",
        ],
        "x = <<EOT\n a = 2\nEOT\ny = 2\n",
    ),
    // The user deleted an unchanged item.
    Clean(
        "a.tf",
        ["x = 1\ny = 1\n", "y = 1\n", "x = 1\ny = 2\n"],
        "y = 2\n",
    ),
    // YAML: properties, a comment, and an added resource.
    Clean(
        "t.yaml",
        [
            "R:\n  A:\n    Type: X\n    P:\n      One: 1\n      Two: !Ref Q\n",
            "R:\n  A:\n    Type: X\n    P:\n      # mine\n      One: 3\n      Two: !Ref Q\n  Mine:\n    Type: Y\n",
            "R:\n  A:\n    Type: X\n    P:\n      One: 1\n      Two: !Ref Z\n      Three: |\n        a\n        b\n",
        ],
        "R:\n  A:\n    Type: X\n    P:\n      # mine\n      One: 3\n      Two: !Ref Z\n      Three: |\n        a\n        b\n  Mine:\n    Type: Y\n",
    ),
    // JSON: commas follow the neighbours.
    Clean(
        "p.json",
        [
            "[\n  {\"ParameterKey\": \"A\", \"V\": 1},\n  {\"ParameterKey\": \"B\", \"V\": 1}\n]\n",
            "[\n  {\"ParameterKey\": \"A\", \"V\": 2},\n  {\"ParameterKey\": \"B\", \"V\": 1},\n  {\"ParameterKey\": \"Mine\", \"V\": 1}\n]\n",
            "[\n  {\"ParameterKey\": \"B\", \"V\": 3},\n  {\"ParameterKey\": \"A\", \"V\": 1}\n]\n",
        ],
        "[\n  {\"ParameterKey\": \"A\", \"V\": 2},\n  {\"ParameterKey\": \"B\", \"V\": 3},\n  {\"ParameterKey\": \"Mine\", \"V\": 1}\n]\n",
    ),
    // A language without a parser here is merged by line.
    Clean(
        "a.md",
        ["1\n2\n3\n4\n5\n", "1\nmine\n3\n4\n5\n", "1\n2\n3\n4\nnew\n"],
        "1\nmine\n3\n4\nnew\n",
    ),
];

/// A path, the three texts, and the path of the conflict.
const CONFLICTS: &[(&str, [&str; 3], &str)] = &[
    ("a.tf", ["x = 1\n", "x = 2\n", "x = 3\n"], "x"),
    (
        "a.tf",
        [
            "r \"a\" \"b\" {\n  x = 1\n}\n",
            "r \"a\" \"b\" {\n  x = 2\n}\n",
            "r \"a\" \"b\" {\n}\n",
        ],
        "r.a.b/x",
    ),
    (
        "a.tf",
        ["r \"a\" {\n  x = 1\n}\n", "", "r \"a\" {\n  x = 2\n}\n"],
        "r.a",
    ),
    // Renamed on one side, changed on the other.
    (
        "a.tf",
        [
            "r \"a\" {\n  x = 1\n}\n",
            "r \"b\" {\n  x = 1\n}\n",
            "r \"a\" {\n  x = 2\n}\n",
        ],
        "r.a",
    ),
    // Added by both sides with different content.
    (
        "a.tf",
        [
            "y = 1\n",
            "y = 1\nr \"a\" {\n  x = 1\n}\n",
            "y = 1\nr \"a\" {\n  x = 2\n}\n",
        ],
        "r.a",
    ),
    // A comment that would be removed with an item that is no longer generated.
    (
        "a.tf",
        ["x = 1\ny = 1\n", "# mine\nx = 1\ny = 1\n", "y = 1\n"],
        "x",
    ),
    // Both sides changed rules of one group: their identity is ambiguous.
    (
        "a.tf",
        [
            "in {\n  p = 1\n}\nin {\n  p = 2\n}\n",
            "in {\n  p = 8\n}\nin {\n  p = 7\n}\n",
            "in {\n  p = 1\n  q = 2\n}\nin {\n  p = 2\n}\n",
        ],
        "in",
    ),
    (
        "a.tf",
        [
            "in {\n  p = 1\n}\n",
            "in {\n  p = 1\n}\nin {\n  p = 2\n}\n",
            "in {\n  p = 1\n}\nin {\n  p = 3\n}\n",
        ],
        "in",
    ),
    // A list is one value and is not merged.
    (
        "a.tf",
        [
            "x = [\n  1,\n  2,\n  3,\n  4,\n]\n",
            "x = [\n  0,\n  1,\n  2,\n  3,\n  4,\n]\n",
            "x = [\n  1,\n  2,\n  3,\n  4,\n  5,\n]\n",
        ],
        "x",
    ),
    (
        "t.yaml",
        ["A:\n  b: 1\n", "A:\n  b: 2\n", "A:\n  b: 3\n"],
        "A/b",
    ),
    // Text that becomes valid YAML only with other white space before it.
    (
        "t.yaml",
        [
            "A:\n  b: 1\n  c: 1\n",
            "A:\n    b: 2\n    c: 1\n",
            "A:\n  b: 1\n  c: 2\n",
        ],
        "A",
    ),
    ("a.md", ["1\n", "2\n", "3\n"], "these lines"),
    (
        "a.md",
        ["1\n2\n", "1\r\n2\nmine\n", "1\n3\n"],
        "the whole file",
    ),
];

fn of(path: &str, [base, ours, theirs]: [&str; 3]) -> Merged {
    merge(path, base, ours, theirs)
}

#[test]
fn what_one_side_changed_is_taken_from_it() {
    for Clean(path, texts, expected) in CLEAN {
        let merged = of(path, *texts);
        assert_eq!(merged.text, *expected, "{texts:?}");
        assert!(merged.conflicts.is_empty(), "{:?}", merged.conflicts);
    }
}

#[test]
fn what_both_changed_in_different_ways_is_a_conflict() {
    for (path, texts, what) in CONFLICTS {
        let merged = of(path, *texts);
        let found: Vec<&str> = merged
            .conflicts
            .iter()
            .map(|conflict| conflict.what.as_str())
            .collect();
        assert_eq!(found, [*what], "{texts:?}\n{}", merged.text);
        assert!(marker(&merged.text).is_some(), "{}", merged.text);
    }
}

#[test]
fn a_conflict_shows_both_sides_and_where_they_are() {
    let merged = of(
        "a.tf",
        [
            "a = 1\nb {\n  x = 1\n}\n",
            "a = 1\n\n# mine\nb {\n  x = 2 # two\n}\n",
            "a = 0\nb {\n  x = 3\n}\n",
        ],
    );
    let [conflict] = merged.conflicts.as_slice() else {
        panic!("{merged:?}")
    };
    assert_eq!(
        (conflict.ours.line, conflict.ours.text.as_str()),
        (5, "  x = 2 # two\n")
    );
    assert_eq!(
        (conflict.theirs.line, conflict.theirs.text.as_str()),
        (3, "  x = 3\n")
    );
    assert_eq!(
        merged.text,
        "a = 0\n\n# mine\nb {\n<<<<<<< yours\n  x = 2 # two\n=======\n  x = 3\n>>>>>>> generated\n}\n"
    );
}
