//! Waiver comments: `# rdsproxy-gen:ignore RULE reason="…" until=2027-01-31 owner="…"`, and the lines that each applies
//! to.
//!
//! A comment at the end of a line applies to that line. A comment on its own line applies to the next line of code and,
//! if a block begins there, to the whole block. Text inside a string or a heredoc is never a comment.

use std::ops::RangeInclusive;

/// The mark at the beginning of a waiver comment.
pub const MARK: &str = "rdsproxy-gen:ignore";

/// A line and a column, both 1-based; the column counts characters.
pub type Position = (u32, u32);

/// A waiver comment, or its equivalent in a language without comments: see [`metadata`](super::metadata).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreComment {
    /// The waived rules, as written.
    pub rules: Vec<String>,
    /// The reason for the waiver; absent if none is given.
    pub reason: Option<String>,
    /// The person or team responsible for the waiver.
    pub owner: Option<String>,
    /// The last day on which the waiver is valid, as written.
    pub until: Option<String>,
    /// Words that are not part of the syntax.
    pub unknown: Vec<String>,
    /// The place of the comment.
    pub place: Position,
    /// The first and the last place that the waiver applies to.
    pub scope: RangeInclusive<Position>,
}

/// Reads the waiver comments of a text. The file extension selects the syntax: HCL and YAML have comments, JSON has
/// none.
pub fn ignore_comments(path: &str, text: &str) -> Vec<IgnoreComment> {
    if !text.contains(MARK) || path.ends_with(".json") || path.ends_with(".tfstate") {
        return Vec::new();
    }
    let is_yaml = [".yaml", ".yml", ".template"]
        .iter()
        .any(|ending| path.ends_with(ending));
    let mut inside = MultilineText::Nothing;
    let mut reader = CommentReader {
        is_yaml,
        ..CommentReader::default()
    };
    for (index, line) in text.lines().enumerate() {
        let comment = comment_start(line, is_yaml);
        let is_code = !line[..comment.unwrap_or(line.len())].trim().is_empty();
        let is_text = inside.holds(line, is_yaml);
        reader.reach(index, line, is_code);
        if is_text {
            continue;
        }
        if let Some((column, said)) = comment.and_then(|at| marked(line, at)) {
            let place = (number(index), number(column));
            reader.add(read(said, place, range(index, index)), is_code);
        }
        inside = MultilineText::after(line, comment, is_yaml);
    }
    reader.end()
}

/// The comments found so far, and those that apply to later lines. Each line is read only once, since hundreds of
/// thousands of comments may precede one block or be inside blocks that are never closed.
#[derive(Default)]
struct CommentReader {
    is_yaml: bool,
    found: Vec<IgnoreComment>,
    /// The indexes of the comments that apply to the next line of code.
    waiting: Vec<usize>,
    /// The open blocks that comments apply to, the outermost first.
    open: Vec<OpenBlock>,
    /// The number of braces and brackets that are still open.
    depth: i64,
    /// The number of lines read.
    lines: usize,
}

/// A block that is still open.
struct OpenBlock {
    /// In YAML, the block ends at a line that is indented no further than this; in HCL, once no more braces than this
    /// are open.
    level: i64,
    first: usize,
    comments: Vec<usize>,
}

impl CommentReader {
    fn add(&mut self, comment: IgnoreComment, is_code: bool) {
        if !is_code {
            self.waiting.push(self.found.len());
        }
        self.found.push(comment);
    }

    fn reach(&mut self, index: usize, line: &str, is_code: bool) {
        self.lines = index + 1;
        let is_blank = line.trim().is_empty();
        let indent = i64::try_from(indent(line)).unwrap_or(i64::MAX);
        // A member of a mapping lasts as long as the lines are indented further.
        if self.is_yaml && !is_blank {
            self.close(indent, index.saturating_sub(1));
        }
        if is_code && !self.waiting.is_empty() {
            self.open.push(OpenBlock {
                level: if self.is_yaml { indent } else { self.depth },
                first: index,
                comments: std::mem::take(&mut self.waiting),
            });
        }
        // A block lasts until its braces and brackets are closed.
        if !self.is_yaml {
            self.depth += opened(line);
            self.close(self.depth, index);
        }
    }

    /// Closes the open blocks of at least this level and sets the scopes of their comments.
    fn close(&mut self, level: i64, last: usize) {
        while let Some(open) = self.open.pop_if(|open| open.level >= level) {
            for comment in open.comments {
                if let Some(comment) = self.found.get_mut(comment) {
                    comment.scope = range(open.first, last);
                }
            }
        }
    }

    fn end(mut self) -> Vec<IgnoreComment> {
        self.close(i64::MIN, self.lines.saturating_sub(1));
        self.found
    }
}

/// A text that spans several lines.
enum MultilineText {
    Nothing,
    /// A heredoc of HCL that ends with this word.
    Heredoc(String),
    /// A block scalar of YAML that lasts while lines are indented further than this.
    Scalar(usize),
}

impl MultilineText {
    fn holds(&mut self, line: &str, is_yaml: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Heredoc(word) => {
                if line.trim() == word {
                    *self = Self::Nothing;
                }
                !is_yaml
            }
            Self::Scalar(indent) => {
                let holds = line.trim().is_empty() || self::indent(line) > *indent;
                if !holds {
                    *self = Self::Nothing;
                }
                holds
            }
        }
    }

    fn after(line: &str, comment: Option<usize>, is_yaml: bool) -> Self {
        let code = comment.map_or(line, |at| &line[..at]).trim_end();
        if is_yaml {
            let last = code.rsplit(' ').next().unwrap_or_default();
            let opens = last.starts_with(['|', '>'])
                && last[1..]
                    .chars()
                    .all(|one| one.is_ascii_digit() || "+-".contains(one));
            return if opens {
                Self::Scalar(indent(line))
            } else {
                Self::Nothing
            };
        }
        let word = code
            .rsplit_once("<<")
            .map(|(_, word)| word.trim_start_matches('-'));
        match word.filter(|word| {
            !word.is_empty() && word.chars().all(|one| one.is_alphanumeric() || one == '_')
        }) {
            Some(word) => Self::Heredoc(word.to_owned()),
            None => Self::Nothing,
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The byte offset at which a comment begins in a line.
fn comment_start(line: &str, is_yaml: bool) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut before = ' ';
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        match quote {
            Some(open) if character == open && !escaped => quote = None,
            Some(_) => {}
            None => match character {
                '"' => quote = Some('"'),
                '\'' if is_yaml && !before.is_alphanumeric() => quote = Some('\''),
                '#' if !is_yaml || before.is_whitespace() => return Some(at),
                '/' if !is_yaml && line[at..].starts_with("//") => return Some(at),
                '/' if !is_yaml && line[at..].starts_with("/*") => return Some(at),
                _ => {}
            },
        }
        escaped = character == '\\' && !escaped;
        before = character;
    }
    None
}

/// The column of the mark in a comment, 0-based, and the text after the mark.
fn marked(line: &str, comment: usize) -> Option<(usize, &str)> {
    let said = line[comment..].trim_start_matches(['#', '/', '*', ' ', '\t']);
    let rest = said.strip_prefix(MARK)?;
    let column = line[..comment].chars().count();
    Some((column, rest.trim_end().trim_end_matches("*/")))
}

/// The scope that covers these lines as a whole.
fn range(first: usize, last: usize) -> RangeInclusive<Position> {
    (number(first), 1)..=(number(last), u32::MAX)
}

/// The 1-based number for a 0-based index.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// The number of braces and brackets that a line opens minus the number that it closes.
fn opened(line: &str) -> i64 {
    let code = comment_start(line, false).map_or(line, |at| &line[..at]);
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for character in code.chars() {
        match character {
            '"' if !escaped => quoted = !quoted,
            '{' | '[' | '(' if !quoted => depth += 1,
            '}' | ']' | ')' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = character == '\\' && !escaped;
    }
    depth
}

impl IgnoreComment {
    /// A waiver at a place, with no fields set.
    pub(super) fn at(place: Position, scope: RangeInclusive<Position>) -> Self {
        Self {
            rules: Vec::new(),
            reason: None,
            owner: None,
            until: None,
            unknown: Vec::new(),
            place,
            scope,
        }
    }
}

/// Parses the text after the mark.
pub(super) fn read(said: &str, place: Position, scope: RangeInclusive<Position>) -> IgnoreComment {
    let mut comment = IgnoreComment::at(place, scope);
    for word in words(said) {
        match word.split_once('=') {
            Some(("reason", text)) => comment.reason = filled(text),
            Some(("owner", text)) => comment.owner = filled(text),
            Some(("until", text)) => comment.until = filled(text),
            Some(_) => comment.unknown.push(word),
            None => comment.rules.extend(
                word.split(',')
                    .filter(|rule| !rule.is_empty())
                    .map(str::to_owned),
            ),
        }
    }
    comment
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim_matches('"').trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Splits at white space outside quotes.
fn words(said: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in said.chars() {
        match character {
            '"' => quoted = !quoted,
            white if white.is_whitespace() && !quoted => {
                words.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<(u32, RangeInclusive<u32>)> {
        let found = ignore_comments(path, text);
        found
            .into_iter()
            .map(|one| (one.place.0, one.scope.start().0..=one.scope.end().0))
            .collect()
    }

    #[test]
    fn a_comment_speaks_of_its_line_or_of_what_follows() {
        let hcl = "\
# rdsproxy-gen:ignore a reason=\"x\"
resource \"aws_db_proxy\" \"p\" {
  require_tls = false # rdsproxy-gen:ignore b
  // rdsproxy-gen:ignore c
  # another word
  debug_logging = true
  text = \"# rdsproxy-gen:ignore no\"
  policy = <<-EOT
    # rdsproxy-gen:ignore no
  EOT
  /* rdsproxy-gen:ignore d */
  auth {
    iam_auth = \"DISABLED\"
  }
}
";
        assert_eq!(
            lines("main.tf", hcl),
            [(1, 2..=15), (3, 3..=3), (4, 6..=6), (11, 12..=14)]
        );
        let yaml = "\
Resources:
  # rdsproxy-gen:ignore a
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      RequireTLS: false  # rdsproxy-gen:ignore b
      Text: 'it''s # rdsproxy-gen:ignore no'
      Block: |
        # rdsproxy-gen:ignore no
  Other: x
";
        assert_eq!(lines("t.yaml", yaml), [(2, 3..=9), (6, 6..=6)]);
        assert_eq!(lines("t.json", "# rdsproxy-gen:ignore a"), []);
    }

    #[test]
    fn its_words_are_read() {
        let text = "# rdsproxy-gen:ignore a,b c reason=\"until it moves\" until=2027-01-31 owner=\"Jo\" why=no\n";
        let comment = ignore_comments("a.tf", text).remove(0);
        assert_eq!(comment.rules, ["a", "b", "c"]);
        assert_eq!(comment.reason.as_deref(), Some("until it moves"));
        assert_eq!(comment.until.as_deref(), Some("2027-01-31"));
        assert_eq!(comment.owner.as_deref(), Some("Jo"));
        assert_eq!(comment.unknown, ["why=no"]);
        let empty = ignore_comments("a.tf", "# rdsproxy-gen:ignore a reason=\"\"").remove(0);
        assert_eq!(empty.reason, None);
    }
}
