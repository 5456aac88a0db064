//! A person at a real pseudo-terminal of 80 by 24; the tests start their own binary on its other side.
#![cfg(unix)]

use std::process::{Command, Stdio};

use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};
use rdsproxy_gen::interview::{Answers, Mode, run};
use rdsproxy_gen::io::prompt::Person;
use rdsproxy_gen::io::terminal::{Terminal, note};

use super::estate;
use crate::support::program::PATIENCE;

const ESCAPE: &str = "\u{1b}";
const CTRL_C: &str = "\u{3}";
const ENTER: &str = "\r";

fn other_side() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--ignored",
        "--exact",
        "--nocapture",
        "generating::interview::terminal::person",
    ]);
    command.env("NO_COLOR", "1").env("TERM", "xterm");
    command
}

#[test]
#[ignore = "the other side of the tests below, which start it"]
fn person() {
    let asked = Person::at(Terminal::look())
        .map_err(Into::into)
        .and_then(|mut person| run(Answers::default(), Some(&estate()), &mut person, Mode::Ask));
    let text = match asked {
        Ok(answers) => format!("answered {}\n", answers.to_toml()),
        Err(error) => format!("refused: {error}\n"),
    };
    note(&text).unwrap();
}

fn session() -> OsSession {
    let mut session = Session::spawn(other_side()).unwrap();
    session.set_expect_timeout(Some(PATIENCE));
    session.get_process_mut().set_window_size(80, 24).unwrap();
    session
}

#[test]
fn enter_takes_the_default_escape_goes_back_and_a_slip_can_be_corrected() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let mut session = session();
    let mut see = |text: &str, keys: &str| {
        session
            .expect(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        session.send(keys).unwrap();
    };
    see("orders-replica", "");
    see("Ctrl-C leaves without writing", ENTER);
    see("What is the proxy to be called?", "Orders");
    see("Orders", ENTER);
    see(
        "is not the name of a proxy",
        "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}shop",
    );
    see("shop", ENTER);
    see("How does the proxy log in", ESCAPE);
    see("What is the proxy to be called? (shop)", ENTER);
    for question in [
        "How does the proxy log in",
        "In which subnets",
        "As which database users",
        "Which database inside",
        "What may it do",
        "Where is its password",
        "Which Lambda functions",
        "Which key encrypts",
        "Which SNS topic",
        "What is to be written",
    ] {
        see(question, "");
        see("leaves without writing", ENTER);
    }
    see("answered", "");
    see("name = \"shop\"", "");
}

#[test]
fn ctrl_c_leaves() {
    if !crate::support::tools::has_terminals() {
        return;
    }
    let mut session = session();
    session.expect("leaves without writing").unwrap();
    session.send(CTRL_C).unwrap();
    session.expect("interrupted: nothing was written").unwrap();
    session.expect(Eof).unwrap();
}

#[test]
fn without_a_terminal_nobody_waits() {
    let output = other_side().stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no terminal to ask on"), "{said}");
}
