//! Splits lines of HCL into the part before the `=`, the assignment, and the trailing comment.

/// A line, with the lines of a heredoc that it opens.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cells<'a> {
    /// Indentation and name; the whole line if nothing is assigned.
    pub(super) lead: &'a str,
    /// The text from the `=` on, if the value ends on this line.
    pub(super) assign: Option<&'a str>,
    /// A comment after code.
    pub(super) comment: Option<&'a str>,
    /// Columns between `lead` and `assign`.
    pub(super) before_assign: usize,
    /// Columns between code and comment.
    pub(super) before_comment: usize,
    heredoc: Vec<&'a str>,
}

impl Cells<'_> {
    /// Returns the line as it is written.
    pub(super) fn text(&self) -> String {
        let mut text = self.lead.to_owned();
        for (blanks, cell) in [
            (self.before_assign, self.assign),
            (self.before_comment, self.comment),
        ] {
            if let Some(cell) = cell {
                text.push_str(&" ".repeat(blanks));
                text.push_str(cell);
            }
        }
        text.push('\n');
        for line in &self.heredoc {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Splits a text into lines with their cells.
pub(super) fn cells(text: &str) -> Vec<Cells<'_>> {
    let mut lines = text.lines();
    let mut all = Vec::new();
    while let Some(line) = lines.next() {
        let marks = Marks::new(line);
        let mut cells = split(line, &marks);
        if let Some(marker) = marks.heredoc {
            for inner in lines.by_ref() {
                cells.heredoc.push(inner);
                if inner.trim() == marker {
                    break;
                }
            }
        }
        all.push(cells);
    }
    all
}

fn split<'a>(line: &'a str, marks: &Marks<'a>) -> Cells<'a> {
    let (code, comment) = match marks.comment {
        Some(at) if !blank(line, at) => line.split_at(at),
        _ => (line, ""),
    };
    let equals = marks.equals.filter(|_| marks.open == 0);
    let (lead, assign) = match equals {
        Some(at) if !blank(line, at) && at < code.len() => code.split_at(at),
        _ => (code, ""),
    };
    let there = |cell: &'a str| (!cell.is_empty()).then(|| cell.trim_end());
    Cells {
        lead: lead.trim_end(),
        assign: there(assign),
        comment: there(comment),
        ..Cells::default()
    }
}

/// True if only whitespace precedes this offset.
fn blank(line: &str, at: usize) -> bool {
    line.get(..at).is_none_or(|head| head.trim().is_empty())
}

/// The offsets at which the parts of a line begin.
#[derive(Default)]
struct Marks<'a> {
    /// The first `=` that assigns.
    equals: Option<usize>,
    /// Brackets opened minus brackets closed after it.
    open: i32,
    comment: Option<usize>,
    /// The identifier that ends a heredoc.
    heredoc: Option<&'a str>,
}

/// The context of an offset in a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CellContext {
    /// Inside a quoted string.
    Quotes,
    /// Inside `${…}` or `%{…}`, with the number of braces open in it.
    Template(u32),
}

impl<'a> Marks<'a> {
    fn new(line: &'a str) -> Self {
        let mut marks = Self::default();
        let mut inside: Vec<CellContext> = Vec::new();
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let at = line.len() - rest.len();
            let step = if inside.last() == Some(&CellContext::Quotes) {
                marks.quoted(rest, &mut inside)
            } else {
                marks.code(line, at, &mut inside)
            };
            match step {
                Some(step) => rest = rest.get(step.max(first.len_utf8())..).unwrap_or(""),
                None => break,
            }
        }
        marks
    }

    /// Steps over one token of a quoted string.
    fn quoted(&mut self, rest: &str, inside: &mut Vec<CellContext>) -> Option<usize> {
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            return Some(3);
        }
        if rest.starts_with('\\') {
            return Some(1 + rest.chars().nth(1).map_or(0, char::len_utf8));
        }
        if rest.starts_with("${") || rest.starts_with("%{") {
            inside.push(CellContext::Template(0));
            self.open += 1;
            return Some(2);
        }
        if rest.starts_with('"') {
            inside.pop();
        }
        Some(1)
    }

    /// Steps over one token of code; `None` where the code of the line ends.
    fn code(&mut self, line: &'a str, at: usize, inside: &mut Vec<CellContext>) -> Option<usize> {
        let rest = line.get(at..)?;
        if rest.starts_with('#') || rest.starts_with("//") {
            self.comment = Some(at);
            return None;
        }
        if let Some(marker) = heredoc(rest) {
            self.heredoc = Some(marker);
            return None;
        }
        for comparison in ["==", "=>", "!=", "<=", ">="] {
            if rest.starts_with(comparison) {
                return Some(2);
            }
        }
        match rest.chars().next()? {
            '=' if self.equals.is_none() && !blank(line, at) => {
                (self.equals, self.open) = (Some(at), 0)
            }
            '"' => inside.push(CellContext::Quotes),
            '{' => self.brace(inside, 1),
            '}' => self.brace(inside, -1),
            '(' | '[' => self.open += 1,
            ')' | ']' => self.open -= 1,
            _ => {}
        }
        Some(1)
    }

    /// Counts a brace; a closing one may end a template sequence.
    fn brace(&mut self, inside: &mut Vec<CellContext>, change: i32) {
        self.open += change;
        match inside.last_mut() {
            Some(CellContext::Template(0)) if change < 0 => {
                inside.pop();
            }
            Some(CellContext::Template(braces)) => *braces = braces.saturating_add_signed(change),
            Some(CellContext::Quotes) | None => {}
        }
    }
}

/// Returns the identifier that ends the heredoc that starts here.
fn heredoc(rest: &str) -> Option<&str> {
    let marker = rest.strip_prefix("<<")?;
    let marker = marker.strip_prefix('-').unwrap_or(marker).trim_end();
    let is_word = marker
        .chars()
        .all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    (is_word && !marker.is_empty()).then_some(marker)
}
