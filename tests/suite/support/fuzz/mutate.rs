//! Breaks texts as people, merges and attackers do: by tokens, lines and brackets as well as by characters.
//!
//! A mutation is plain data, and its positions are fractions of whatever text it is applied to, so that proptest can
//! drop irrelevant ones.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

/// The size limit of a text: size is tested elsewhere, this module tests shapes.
const LONGEST: usize = 60_000;

/// A single mutation.
#[derive(Clone, Debug)]
pub(super) enum Mutation {
    /// Truncates the text.
    Cut(Index),
    /// Removes lines.
    DeleteLines(Index, usize),
    /// Copies lines to another place.
    CopyLines(Index, usize, Index),
    /// Swaps two lines.
    SwapLines(Index, Index),
    /// Inserts a word of the language into the text, or replaces a token by it.
    Insert(Index, &'static str, bool),
    /// Inserts arbitrary characters.
    Scribble(Index, String),
    /// Replaces a word by another one of the text: references become cycles, types become each other.
    Substitute(Index, Index),
    /// Replaces the content of brackets by that of other brackets of the same kind.
    Transplant(Index, Index),
    /// Replaces a value by another one.
    Value(Index, Index),
    /// Replaces a value by an expression, or wraps it in one.
    Express(Index, &'static str),
    /// Inserts tokens of another text.
    Splice(Index, Index, usize),
    /// Nests the content of brackets, or a token, several levels deeper.
    Nest(Index, usize, (&'static str, &'static str)),
    /// Replaces a number, or a token if there is no number, by a number.
    Number(Index, &'static str),
    /// Repeats a token many times.
    Repeat(Index, usize),
}

/// Words with a meaning in one of the languages, of interest mostly where they do not belong.
const WORDS: &[&str] = &[
    "",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "${",
    "%{",
    "$${",
    "}\"",
    ",",
    ":",
    "=",
    "=>",
    "...",
    "?",
    "*",
    "-",
    "!",
    "#",
    "/*",
    "*/",
    "\\",
    "\\u",
    "\\ud800",
    "\\x41",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{0}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "本",
    "🦀",
    "\u{301}",
    "\u{10ffff}",
    "null",
    "true",
    "false",
    "~",
    "---\n",
    "...\n",
    "? ",
    "- ",
    "<<: ",
    "&a ",
    "*a",
    "!Ref ",
    "!Sub ",
    "!If [a, b, c]",
    "!GetAtt ",
    "Fn::ForEach::X: ",
    "Fn::Transform: ",
    "AWS::NoValue",
    "!!binary ",
    "!!merge",
    "|\n",
    ">-\n",
    "%YAML 1.2\n",
    "each.key",
    "each.value",
    "count.index",
    "self",
    "path.module",
    "var.name",
    "local.full",
    "module.report",
    "data.",
    "[*]",
    ".*",
    "for x in y : x",
    "count = 2\n",
    "for_each = var.users\n",
    "dynamic \"auth\" {\n",
    "content {\n",
    "moved {\n",
    "terraform {\n",
    "provider::",
    "if true",
    "%{ endfor }",
    "%{ for a in b }",
    "resource \"aws_db_proxy\" \"x\" {\n",
    "locals {\n",
    "range(1000000)",
    "templatefile(\"main.tf\", {})",
    "file(\"main.tf\")",
    "regex(\"(a+)+$\", \"aaaaaaaa!\")",
    "format(\"%999999d\", 1)",
    "jsondecode(\"[[[[\")",
    "join(\"\", range(999))",
    "\"schema\": 1,",
    "\"Version\": \"2012-10-17\"",
    "arn:aws:",
    "0.0.0.0/0",
    "::/0",
];

/// All words that are inserted into a text.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let all = WORDS.iter().chain(NUMBERS).copied();
    all.filter(|word| !word.is_empty())
}

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "65535",
    "65536",
    "2147483647",
    "4294967296",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551616",
    "1e9",
    "1e308",
    "1e999",
    "-1e400",
    "0.1",
    "1e-999",
    "NaN",
    "00000000001",
    "0x10",
    "1_000",
    "1000000",
];

const BRACKETS: &[(&str, &str)] = &[
    ("[", "]"),
    ("{", "}"),
    ("(", ")"),
    ("{ a = ", " }"),
    ("{\"a\": ", "}"),
    ("\"${", "}\""),
    ("!", ""),
    ("-", ""),
    ("[for x in [1, 2] : ", "]"),
    ("true ? ", " : null"),
    ("try(", ", null)"),
    ("flatten([", "])"),
    ("jsonencode(", ")"),
    ("merge({}, ", ")"),
    ("!Sub ['${x}', {x: ", "}]"),
    ("{Fn::If: [Yes, ", ", !Ref AWS::NoValue]}"),
    ("block {\n", "\n}"),
];

/// Expressions of Terraform and CloudFormation; `@` is the replaced value.
const EXPRESSIONS: &[&str] = &[
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "[@]",
    "[@, @]",
    "{ a = @ }",
    "{\"a\": @}",
    "\"${@}\"",
    "(@)",
    "!@",
    "-@",
    "@ ? @ : @",
    "@ == @",
    "@ && @",
    "@ + 1",
    "1 / 0",
    "@[0]",
    "@[*]",
    "@.*.id",
    "@[\"a\"]",
    "@...",
    "try(@, null)",
    "can(@)",
    "one([@])",
    "flatten([[@], [[@]]])",
    "merge({ a = @ }, @)",
    "concat([@], @)",
    "toset([@])",
    "tomap({ a = @ })",
    "keys(@)",
    "values(@)",
    "length(@)",
    "jsonencode(@)",
    "jsondecode(@)",
    "jsondecode(jsonencode(@))",
    "yamldecode(@)",
    "split(\",\", @)",
    "join(@, [@])",
    "format(\"%s-%d-%v-%q\", @, @, @, @)",
    "format(\"%*d\", 999999, 1)",
    "formatlist(\"%s\", [@])",
    "replace(@, \"/(.*)/\", \"$1$1\")",
    "regex(\"(a|b)*c\", @)",
    "regexall(\".\", @)",
    "substr(@, -1, 99)",
    "element([@], 5)",
    "slice([@], 0, 9)",
    "range(@)",
    "range(0, 1000000)",
    "setproduct([@, @], [@, @])",
    "zipmap([@], [@])",
    "transpose({ a = [@] })",
    "chunklist([@], 0)",
    "cidrsubnet(@, 8, 3)",
    "cidrhost(\"10.0.0.0/8\", -1)",
    "cidrsubnets(\"::/0\", 8, 8)",
    "parseint(@, 62)",
    "pow(10, 400)",
    "log(0, 0)",
    "base64decode(@)",
    "base64gzip(@)",
    "md5(@)",
    "urlencode(@)",
    "timeadd(@, \"1h\")",
    "formatdate(\"YYYY\", @)",
    "indent(9, @)",
    "strrev(@)",
    "title(@)",
    "trimprefix(@, @)",
    "lookup(@, @, @)",
    "contains([@], @)",
    "matchkeys([@], [@], [@])",
    "sort([@, @])",
    "[for x in @ : x]",
    "{ for k, v in @ : k => v }",
    "{ for k, v in @ : v => k... if k != v }",
    "[for x in range(300) : @]",
    "var.name",
    "var.nothing",
    "var.users",
    "local.full",
    "local.nothing",
    "each.value",
    "each.key",
    "count.index",
    "self.id",
    "path.root",
    "terraform.workspace",
    "data.aws_region.current.name",
    "aws_db_proxy.this",
    "aws_db_proxy.this[0].arn",
    "module.report",
    "module.none.x",
    "aws_secretsmanager_secret.user[\"app\"].arn",
    "aws_security_group.proxy.id",
    "aws_iam_role.proxy.arn",
    "templatefile(\"policy.json.tftpl\", @)",
    "file(\"${path.module}/main.tf\")",
    "fileset(path.module, \"**\")",
    "<<EOT\n${@}\nEOT\n",
    "sensitive(@)",
    "provider::x::y(@)",
    "!Ref Proxy",
    "!Ref AWS::NoValue",
    "!Ref AWS::Region",
    "!Ref Nothing",
    "!GetAtt Role.Arn",
    "!GetAtt [Proxy, DBProxyArn]",
    "!Sub '${Proxy}-${AWS::Region}'",
    "!Sub ['${a}', {a: @}]",
    "!If [Yes, @, !Ref AWS::NoValue]",
    "!Join ['', [@, @]]",
    "!Split [',', @]",
    "!Select [0, [@]]",
    "!Select [99, @]",
    "!FindInMap [a, b, c]",
    "!ImportValue x",
    "!Not [@]",
    "!Equals [@, @]",
    "!Base64 @",
    "!Cidr [@, 3, 8]",
    "!GetAZs ''",
    "!Transform {Name: x}",
    "{'Fn::If': [Yes, @, @]}",
    "{\"Fn::GetAtt\": [@, @]}",
    "{\"Ref\": @}",
    "{\"Fn::Sub\": @}",
    "{\"Fn::Length\": @}",
    "{\"Fn::ToJsonString\": @}",
    "'{{resolve:secretsmanager:a:SecretString:b}}'",
    "yes",
    "\"TRUE\"",
    "*anchor",
    "&anchor @",
    "\"*\"",
    "\"0.0.0.0/0\"",
    "\"arn:aws:iam::123456789012:root\"",
];

/// Any mutation. Most of them keep the syntax valid, since an invalid text tests nothing but the parser.
pub(super) fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    let levels = prop_oneof![6 => 1..4_usize, 2 => 4..40_usize, 1 => 100..400_usize];
    prop_oneof![
        8 => (at(), at()).prop_map(|(from, to)| Mutation::Value(from, to)),
        20 => (at(), prop::sample::select(EXPRESSIONS)).prop_map(|(at, expression)| Mutation::Express(at, expression)),
        1 => at().prop_map(Mutation::Cut),
        1 => (at(), 1..8_usize).prop_map(|(at, lines)| Mutation::DeleteLines(at, lines)),
        2 => (at(), 1..12_usize, at()).prop_map(|(from, lines, to)| Mutation::CopyLines(from, lines, to)),
        1 => (at(), at()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        2 => (at(), prop::sample::select(WORDS), any::<bool>())
            .prop_map(|(at, word, replace)| Mutation::Insert(at, word, replace)),
        1 => (at(), "\\PC{0,12}|[\\x00-\\x7f]{1,6}").prop_map(|(at, text)| Mutation::Scribble(at, text)),
        12 => (at(), at()).prop_map(|(from, to)| Mutation::Substitute(from, to)),
        6 => (at(), at()).prop_map(|(from, to)| Mutation::Transplant(from, to)),
        1 => (at(), at(), 1..40_usize).prop_map(|(from, to, tokens)| Mutation::Splice(from, to, tokens)),
        3 => (at(), levels, prop::sample::select(BRACKETS))
            .prop_map(|(at, levels, around)| Mutation::Nest(at, levels, around)),
        2 => (at(), prop::sample::select(NUMBERS)).prop_map(|(at, number)| Mutation::Number(at, number)),
        1 => (at(), 2..300_usize).prop_map(|(at, times)| Mutation::Repeat(at, times)),
    ]
}

impl Mutation {
    /// The text after the mutation; `other` is the source of tokens.
    pub(super) fn apply(&self, text: &str, other: &str) -> String {
        let mut changed = match self {
            Self::Cut(at) => text[..boundary(text, at.index(text.len() + 1))].to_owned(),
            Self::DeleteLines(at, lines) => delete_lines(text, *at, *lines),
            Self::CopyLines(from, lines, to) => copy_lines(text, (*from, *lines), *to),
            Self::SwapLines(one, other) => swap_lines(text, *one, *other),
            Self::Insert(at, word, replace) => {
                let token = token(text, *at);
                let start = token.start;
                put(text, if *replace { token } else { start..start }, word)
            }
            Self::Scribble(at, scribble) => {
                let start = boundary(text, at.index(text.len() + 1));
                put(text, start..start, scribble)
            }
            Self::Substitute(from, to) => put(text, word(text, *to), &text[word(text, *from)]),
            Self::Transplant(from, to) => {
                let gone = group(text, *to);
                let kind = text[gone.clone()].chars().next().unwrap_or('{');
                put(text, gone, &text[pick(&groups(text, &[kind]), *from)])
            }
            Self::Value(from, to) => put(
                text,
                pick(&values(text), *to),
                &text[pick(&values(text), *from)],
            ),
            Self::Express(at, expression) => {
                let value = pick(&values(text), *at);
                put(text, value.clone(), &expression.replace('@', &text[value]))
            }
            Self::Splice(from, to, tokens) => {
                put(text, token(text, *to), &some(other, *from, *tokens))
            }
            Self::Nest(at, levels, (open, close)) => {
                let inner = group(text, *at);
                let nested = format!(
                    "{}{}{}",
                    open.repeat(*levels),
                    &text[inner.clone()],
                    close.repeat(*levels)
                );
                put(text, inner, &nested)
            }
            Self::Number(at, number) => put(text, number_in(text, *at), number),
            Self::Repeat(at, times) => {
                let token = token(text, *at);
                let many = text[token.clone()].repeat((*times).min(LONGEST / token.len().max(1)));
                put(text, token, &many)
            }
        };
        changed.truncate(boundary(&changed, LONGEST));
        changed
    }
}

fn put(text: &str, place: Range<usize>, by: &str) -> String {
    [&text[..place.start], by, &text[place.end..]].concat()
}

/// The nearest character boundary at or before a byte.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The tokens of a text: words, numbers, white space, and every other character on its own.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let kind = |character: char| match character {
        c if c.is_alphanumeric() || c == '_' => 'a',
        ' ' => ' ',
        other => other,
    };
    let mut tokens: Vec<(char, Range<usize>)> = Vec::new();
    for (at, character) in text.char_indices() {
        let (kind, end) = (kind(character), at + character.len_utf8());
        match tokens.last_mut() {
            Some((last, token)) if *last == kind && "a ".contains(kind) => token.end = end,
            _ => tokens.push((kind, at..end)),
        }
    }
    tokens.into_iter().map(|(_, token)| token).collect()
}

fn pick(places: &[Range<usize>], at: Index) -> Range<usize> {
    if places.is_empty() {
        0..0
    } else {
        places[at.index(places.len())].clone()
    }
}

fn token(text: &str, at: Index) -> Range<usize> {
    pick(&tokens(text), at)
}

/// A token whose characters are all of this kind; any token if there is none.
fn token_of(text: &str, at: Index, kind: fn(char) -> bool) -> Range<usize> {
    let mut tokens = tokens(text);
    tokens.retain(|token| text[token.clone()].chars().all(kind));
    if tokens.is_empty() {
        token(text, at)
    } else {
        pick(&tokens, at)
    }
}

fn word(text: &str, at: Index) -> Range<usize> {
    token_of(text, at, |c| c.is_alphanumeric() || c == '_')
}

fn number_in(text: &str, at: Index) -> Range<usize> {
    token_of(text, at, |c| c.is_ascii_digit())
}

/// The values after `=` or `:` on lines that open no bracket.
fn values(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut values = Vec::new();
    for line in lines(text) {
        let sign = [" = ", ": "]
            .iter()
            .filter_map(|sign| Some(line.find(sign)? + sign.len()))
            .min();
        if let Some(sign) = sign {
            let value = line[sign..].trim_end().trim_end_matches(',');
            if !value.ends_with(['{', '[', '(', '|', '>']) && !value.starts_with("<<") {
                values.push(start + sign..start + sign + value.len());
            }
        }
        start += line.len();
    }
    values
}

/// Several consecutive tokens.
fn some(text: &str, at: Index, many: usize) -> String {
    let tokens = tokens(text);
    let first = at.index(tokens.len().max(1));
    tokens
        .iter()
        .skip(first)
        .take(many)
        .map(|token| &text[token.clone()])
        .collect()
}

/// The brackets with their content; a token if there are no brackets.
fn group(text: &str, at: Index) -> Range<usize> {
    let groups = groups(text, &['{', '[', '(']);
    if groups.is_empty() {
        token(text, at)
    } else {
        pick(&groups, at)
    }
}

fn groups(text: &str, kinds: &[char]) -> Vec<Range<usize>> {
    let mut open = Vec::new();
    let mut groups = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '{' | '[' | '(' => open.push((at, character)),
            '}' | ']' | ')' => {
                let group = open.pop().filter(|(_, kind)| kinds.contains(kind));
                groups.extend(group.map(|(start, _)| start..at + 1));
            }
            _ => {}
        }
    }
    groups
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn delete_lines(text: &str, at: Index, many: usize) -> String {
    let lines = lines(text);
    let first = at.index(lines.len().max(1));
    let kept = lines
        .iter()
        .enumerate()
        .filter(|(line, _)| !(first..first + many).contains(line));
    kept.map(|(_, line)| *line).collect()
}

fn copy_lines(text: &str, (from, many): (Index, usize), to: Index) -> String {
    let lines = lines(text);
    let copied = lines.iter().skip(from.index(lines.len().max(1))).take(many);
    let copied: String = copied.copied().collect();
    let to = to.index(lines.len() + 1);
    [lines[..to].concat(), copied, lines[to..].concat()].concat()
}

fn swap_lines(text: &str, one: Index, other: Index) -> String {
    let mut lines = lines(text);
    let count = lines.len().max(1);
    if !lines.is_empty() {
        lines.swap(one.index(count), other.index(count));
    }
    lines.concat()
}
