//! `new` as a user sees it: this very program on a pseudo-terminal of 80 by 24, from the first question to the files.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};

use crate::support::program::PATIENCE;

const ESCAPE: &str = "\u{1b}";
const CTRL_C: &str = "\u{3}";
const ENTER: &str = "\r";
const DOWN_ENTER: &str = "\u{1b}[B\r";
const DOWN_SPACE_ENTER: &str = "\u{1b}[B \r";
const ALL_ENTER: &str = "\u{1b}[C\r";

/// The hint below every question that can be answered; on a narrow screen it is shorter.
const READY: &str = "leaves without writing";
const READY_NARROW: &str = "quits]";

/// A question, and the keys typed there.
type Step = (&'static str, &'static str);

/// The usual path: a dozen questions.
const USUAL: &[Step] = &[
    ("Which database is the proxy for?", ENTER),
    ("What is the proxy to be called?", ENTER),
    ("How does the proxy log in", ENTER),
    ("In which subnets", ENTER),
    ("As which database users", ENTER),
    ("Which database inside", ENTER),
    ("What may it do", ENTER),
    ("Where is its password", ENTER),
    ("Which Lambda functions", DOWN_SPACE_ENTER),
    ("Which key encrypts", ENTER),
    ("Which SNS topic", ENTER),
    ("What is to be written", ENTER),
];

/// Aurora with end-to-end IAM, a reader endpoint, two users and two functions.
const WITHOUT_PASSWORDS: &[Step] = &[
    ("Which database is the proxy for?", "billing\r"),
    ("What is the proxy to be called?", ENTER),
    ("How does the proxy log in", DOWN_ENTER),
    ("Add an endpoint", "y\r"),
    ("In which subnets", ENTER),
    ("Who makes the database refuse", ENTER),
    ("As which database users", "billing_app,billing_report\r"),
    ("billing_app: Which database (schema)", ENTER),
    ("billing_app: What may it do", ENTER),
    ("billing_report: Which database (schema)", ENTER),
    ("billing_report: What may it do", DOWN_ENTER),
    ("Which Lambda functions", ALL_ENTER),
    ("As which users may it connect", ENTER),
    ("As which users may it connect", DOWN_SPACE_ENTER),
    ("Which SNS topic", ENTER),
    ("What is to be written", ENTER),
];

/// SQL Server, an existing key, one target.
const WITH_OUR_KEY: &[Step] = &[
    ("Which database is the proxy for?", "ledger\r"),
    ("What is the proxy to be called?", ENTER),
    ("In which subnets", ENTER),
    ("Who makes the database refuse", ENTER),
    ("As which logins", ENTER),
    ("Which database inside", ENTER),
    ("What may it do", ENTER),
    ("Where is its password", ENTER),
    ("Which Lambda functions", ENTER),
    ("Which key encrypts", DOWN_ENTER),
    ("Which SNS topic", ENTER),
    ("What is to be written", DOWN_SPACE_ENTER),
];

/// The program on its terminal.
struct Wizard {
    session: OsSession,
    /// The visible screen.
    screen: vt100::Parser,
}

impl Wizard {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
        command.args(["new", "--demo"]).current_dir(folder);
        Self::on(command, (80, 24))
    }

    /// Starts on a screen of this size, on its last line. A shell waits for Enter before it starts the program: `spawn`
    /// sets the size of the terminal only after the command started, and the program must not see the default size.
    fn on_last_line(folder: &Path, (columns, lines): (u16, u16)) -> Self {
        let program = env!("CARGO_BIN_EXE_rdsproxy-gen");
        let blank = "\\n".repeat(usize::from(lines));
        let mut command = Command::new("/bin/sh");
        command.current_dir(folder).args([
            "-c",
            &format!("read -r _; printf '{blank}' >&2; exec '{program}' new --demo"),
        ]);
        let mut wizard = Self::on(command, (columns, lines));
        wizard.session.send("\n").unwrap();
        wizard
    }

    fn on(mut command: Command, (columns, lines): (u16, u16)) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("NO_COLOR", "1")
            .env("TERM", "xterm");
        let mut session = Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        session
            .get_process_mut()
            .set_window_size(columns, lines)
            .unwrap();
        let size = (NonZero::new(lines).unwrap(), NonZero::new(columns).unwrap());
        let screen = vt100::Parser::new(size.0, size.1, 0);
        Self { session, screen }
    }

    /// Waits for a text, and adds all output so far to the screen.
    fn shown(&mut self, text: &str) -> String {
        let seen = self
            .session
            .expect(text)
            .unwrap_or_else(|error| panic!("{text}: {error}\n{}", self.screen.screen().contents()));
        self.screen.process(seen.as_bytes());
        self.screen.screen().contents()
    }

    /// Waits until a question can be answered.
    fn see(&mut self, question: &str) {
        for text in [question, READY] {
            let seen = self
                .session
                .expect(text)
                .unwrap_or_else(|error| panic!("{question}: {error}"));
            self.screen.process(seen.as_bytes());
        }
    }

    /// The lines of the screen without blank lines at either end.
    fn screen(&mut self) -> String {
        // The hint line ends after the expected text.
        let rest = self.session.expect("]").unwrap();
        self.screen.process(rest.as_bytes());
        let lines: Vec<String> = self
            .screen
            .screen()
            .rows(0, 80)
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }

    fn answer(&mut self, question: &str, keys: &str) {
        self.see(question);
        self.session.send(keys).unwrap();
    }

    fn walk(&mut self, steps: &[Step]) {
        for (question, keys) in steps {
            self.answer(question, keys);
        }
    }

    /// The rest of the output, and the exit code.
    fn end(mut self) -> (String, i32) {
        let rest = self.session.expect(Eof).unwrap();
        let said = String::from_utf8_lossy(rest.as_bytes()).replace('\r', "");
        match self.session.get_process().wait().unwrap() {
            WaitStatus::Exited(_, code) => (said, code),
            other => panic!("{other:?}: {said}"),
        }
    }
}

/// Every file below a folder, by path.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Runs the printed command in another folder, as a user who copies it into a shell.
fn again(said: &str) -> BTreeMap<String, String> {
    let (_, command) = said.split_once("The same without questions\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_rdsproxy-gen"));
    let output = Command::new("/bin/sh")
        .args(["-c", command])
        .env("PATH", program.parent().unwrap())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}\n{complaint}");
    tree(folder.path())
}

#[test]
fn the_whole_way_ends_with_files_that_the_printed_command_writes_too() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    for (steps, written) in [
        (USUAL, "orders-proxy/terraform/modules/proxy/main.tf"),
        (
            WITHOUT_PASSWORDS,
            "billing-proxy/terraform/modules/proxy/database_tls.tf",
        ),
        (WITH_OUR_KEY, "ledger-proxy/terraform/modules/proxy/main.tf"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut wizard = Wizard::start(folder.path());
        wizard.walk(steps);
        wizard.answer("Write these files?", ENTER);
        let (said, code) = wizard.end();
        assert_eq!(code, 0, "{said}");
        let files = tree(folder.path());
        assert!(files.contains_key(written), "{said}");
        assert_eq!(again(&said), files);
    }
}

#[test]
fn the_readme_shows_the_screens_as_they_are() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(folder.path());
    wizard.see(USUAL[0].0);
    let question = wizard.screen();
    wizard.session.send(ENTER).unwrap();
    wizard.walk(&USUAL[1..]);
    wizard.see("Write these files?");
    let review = wizard.screen();
    let screens = format!(
        "```text\n{question}\n```\n\n… a dozen questions later:\n\n```text\n{review}\n```\n"
    );
    crate::repository::docs::holds("wizard", &screens);
    wizard.session.send(CTRL_C).unwrap();
    assert_eq!(wizard.end().1, 130);
}

#[test]
fn ctrl_c_at_every_question_leaves_everything_as_it_was() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let before = tree(folder.path());
    let review = [("Write these files?", "")];
    for answered in 0..=USUAL.len() {
        let mut wizard = Wizard::start(folder.path());
        wizard.walk(&USUAL[..answered]);
        let (question, _) = USUAL.get(answered).unwrap_or(&review[0]);
        wizard.answer(question, CTRL_C);
        let (said, code) = wizard.end();
        assert_eq!(code, 130, "{question}: {said}");
        assert!(said.contains("without writing anything"), "{said}");
        assert_eq!(tree(folder.path()), before, "{question}");
    }
}

#[test]
fn escape_goes_back_from_every_question_and_keeps_what_was_said() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(folder.path());
    wizard.answer(USUAL[0].0, ESCAPE);
    wizard.session.expect("this is the first question").unwrap();
    wizard.walk(&USUAL[..1]);
    wizard.answer("called? (orders-proxy)", "shop\r");
    for at in 2..USUAL.len() {
        wizard.answer(USUAL[at].0, ESCAPE);
        let (question, keys) = USUAL[at - 1];
        match at {
            2 => wizard.answer("called? (shop)", ENTER),
            // Functions that were selected before are selected again.
            _ if keys == DOWN_SPACE_ENTER => wizard.answer(question, ENTER),
            _ => wizard.answer(question, keys),
        }
        wizard.walk(&USUAL[at..=at]);
    }
    wizard
        .session
        .expect("orders-api connects as orders_app")
        .unwrap();
    wizard.answer("Write these files?", DOWN_ENTER);
    wizard.answer("Which answer?", "proxy name\r");
    wizard.answer("called? (shop)", "orders\r");
    wizard.session.expect("orders/  ").unwrap();
    wizard.answer("Write these files?", "leave\r");
    let (said, code) = wizard.end();
    assert_eq!(code, 130, "{said}");
    assert!(tree(folder.path()).is_empty());
}

#[test]
fn what_cannot_be_written_is_asked_again_and_not_forgotten() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("orders-proxy")).unwrap();
    fs::write(folder.path().join("orders-proxy/rdsproxy.toml"), "mine").unwrap();
    let mut wizard = Wizard::start(folder.path());
    wizard.walk(USUAL);
    wizard.session.expect("would be overwritten").unwrap();
    wizard.answer("This cannot be written", ENTER);
    wizard.answer("Which answer?", "proxy name\r");
    wizard.answer("called? (orders-proxy)", "shop\r");
    wizard.answer("Write these files?", ENTER);
    let (said, code) = wizard.end();
    assert_eq!(code, 0, "{said}");
    let files = tree(folder.path());
    assert_eq!(files["orders-proxy/rdsproxy.toml"], "mine");
    assert!(files.contains_key("shop/rdsproxy.toml"), "{said}");
}

/// Keys that edit a line as in a shell, and the resulting answer.
#[test]
fn a_line_is_edited_as_in_a_shell() {
    const CASES: &[(&str, &str)] = &[
        ("wrong name\u{15}shop", "shop"),
        ("proxy\u{1}shop-", "shop-proxy"),
        ("proxy\u{1}shop-\u{5}-2", "shop-proxy-2"),
        ("shop-proxy\u{1b}b\u{b}db", "shop-db"),
        ("my shop\u{17}\u{7f}-shop", "my-shop"),
        ("shop\u{12}\u{16}\u{1a}", "shop"),
        ("\u{1b}[200~shop\n\u{1b}[201~", "shop"),
        ("xhop\u{1b}[H\u{1b}[3~s", "shop"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (keys, name) in CASES {
        let mut wizard = Wizard::start(folder.path());
        wizard.walk(&USUAL[..1]);
        wizard.answer(USUAL[1].0, &format!("{keys}\r"));
        wizard.see(USUAL[2].0);
        wizard.session.send(ESCAPE).unwrap();
        wizard.see(&format!("called? ({name})"));
        wizard.session.send(CTRL_C).unwrap();
        assert_eq!(wizard.end().1, 130, "{keys:?}");
    }
}

/// The same in the filter of a list; keys typed ahead are not lost.
#[test]
fn a_filter_is_edited_and_keys_typed_ahead_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let mut wizard = Wizard::start(folder.path());
    wizard.answer(USUAL[0].0, "orders\u{15}billnig\u{17}billing\rshop\r");
    wizard.see(USUAL[2].0);
    wizard.session.send(ESCAPE).unwrap();
    wizard.see("called? (shop)");
    wizard.session.send(ESCAPE).unwrap();
    wizard.see("Which database is the proxy for?");
    wizard.session.send(CTRL_C).unwrap();
    let (said, code) = wizard.end();
    assert_eq!(code, 130, "{said}");
}

/// Narrow and low screens, starting on the last line: one complete question at a time, with the keys below it.
#[test]
fn no_screen_is_torn() {
    for size in [(40, 20), (60, 10), (24, 12)] {
        let folder = tempfile::tempdir().unwrap();
        let mut wizard = Wizard::on_last_line(folder.path(), size);
        for (question, keys) in USUAL.iter().chain(&[("Write these files?", CTRL_C)]) {
            let screen = wizard.shown(READY_NARROW);
            let flat = screen.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains(question), "{size:?} {question}:\n{screen}");
            let open: Vec<&str> = screen
                .lines()
                .filter(|line| line.starts_with("? "))
                .collect();
            assert_eq!(open.len(), 1, "{size:?} {question}:\n{screen}");
            assert_eq!(
                screen.matches(READY_NARROW).count(),
                1,
                "{size:?}:\n{screen}"
            );
            wizard.session.send(keys).unwrap();
        }
        assert_eq!(wizard.end().1, 130);
    }
}
