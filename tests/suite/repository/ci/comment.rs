//! The comment on a pull request: created once, then updated, and never a comment of someone else.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::action::{environment, step};
use super::{shell_with, text};
use crate::support::program::{stderr, stdout};
use crate::support::tools;

/// The state of the fake GitHub API.
struct Api {
    comments: Vec<Value>,
    /// The user of the token, if the token may query it.
    user: Option<&'static str>,
    /// The status with which writes are refused, if they are.
    refusal: Option<u16>,
    calls: Vec<String>,
}

impl Api {
    fn comment(&mut self, login: &str, body: &str, base: &str) {
        let kind = if login.ends_with("[bot]") {
            "Bot"
        } else {
            "User"
        };
        let url = format!("{base}/comments/{}", self.comments.len());
        let user = json!({"login": login, "type": kind});
        self.comments
            .push(json!({"url": url, "body": body, "user": user}));
    }

    fn answer(&mut self, (method, target): (&str, &str), body: &str, base: &str) -> (u16, Value) {
        let sent = || {
            serde_json::from_str::<Value>(body).unwrap()["body"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        self.calls.push(method.to_owned());
        match (method, target) {
            ("GET", "/user") => match self.user {
                Some(login) => (200, json!({"login": login})),
                None => (403, json!({})),
            },
            ("GET", list) => {
                let (_, page) = list.rsplit_once("page=").unwrap();
                let from = (page.parse::<usize>().unwrap() - 1) * 100;
                let listed: Vec<Value> =
                    self.comments.iter().skip(from).take(100).cloned().collect();
                (200, Value::Array(listed))
            }
            _ if self.refusal.is_some() => (self.refusal.unwrap(), json!({})),
            ("POST", "/repos/some/code/issues/7/comments") => {
                self.comment(self.user.unwrap_or("github-actions[bot]"), &sent(), base);
                (201, json!({}))
            }
            ("PATCH", one) => {
                let at: usize = one.rsplit_once('/').unwrap().1.parse().unwrap();
                self.comments[at]["body"] = Value::String(sent());
                (200, json!({}))
            }
            other => panic!("{other:?}"),
        }
    }
}

fn serve(stream: TcpStream, api: &Mutex<Api>, base: &str) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_lowercase();
        if let Some(told) = line.strip_prefix("content-length: ") {
            length = told.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let words: Vec<&str> = first.split(' ').collect();
    let body = String::from_utf8(body).unwrap();
    let (code, said) = api
        .lock()
        .unwrap()
        .answer((words[0], words[1]), &body, base);
    let said = said.to_string();
    let head = format!(
        "HTTP/1.1 {code} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        said.len()
    );
    reader
        .get_mut()
        .write_all((head + &said).as_bytes())
        .unwrap();
}

fn served(user: Option<&'static str>, refusal: Option<u16>) -> (String, Arc<Mutex<Api>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let api = Arc::new(Mutex::new(Api {
        comments: Vec::new(),
        user,
        refusal,
        calls: Vec::new(),
    }));
    let (known, address) = (Arc::clone(&api), base.clone());
    // The thread ends with the test process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), &known, &address);
        }
    });
    (base, api)
}

/// Runs the step with a report and returns its output.
fn commented(base: &str, given: &[(&str, &str)], report: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).display().to_string();
    fs::write(path("event.json"), "{\"pull_request\": {\"number\": 7}}").unwrap();
    fs::write(path("report.md"), report).unwrap();
    let step = step("Comment on the pull request");
    let report = path("report.md");
    let given = [
        given,
        &[
            ("token", "secret"),
            ("steps.run.outputs.report", report.as_str()),
        ],
    ]
    .concat();
    let mut environment = environment(&step, &given);
    for (name, value) in [
        ("GITHUB_EVENT_PATH", path("event.json")),
        ("GITHUB_API_URL", base.to_owned()),
    ] {
        environment.insert(name.to_owned(), value);
    }
    environment.insert("GITHUB_REPOSITORY".to_owned(), "some/code".to_owned());
    let pairs: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // The Python on PATH may need a home folder to start.
    let python = tools::find("PyYAML").unwrap();
    shell_with(
        python.parent().unwrap(),
        text(&step, "run"),
        (Path::new("/"), &pairs),
    )
}

fn has_tools() -> bool {
    tools::find("bash").is_some() && tools::find("PyYAML").is_some()
}

fn bodies(api: &Mutex<Api>) -> Vec<String> {
    let api = api.lock().unwrap();
    let bodies = api.comments.iter();
    bodies
        .map(|comment| comment["body"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_comment_is_written_once_and_then_brought_up_to_date() {
    if !has_tools() {
        return;
    }
    for user in [None, Some("somebody")] {
        let (base, api) = served(user, None);
        // Enough comments for a second page, and one by a user who copied the marker.
        for _ in 0..120 {
            api.lock().unwrap().comment("a-reader", "Looks good", &base);
        }
        let hostile = "first `x` $(touch made) \"quoted\" 'single' \u{1F600}\n";
        let audit = [("paths", "a\nb")];
        let done = commented(&base, &audit, hostile);
        assert_eq!(
            done.status.code(),
            Some(0),
            "{}{}",
            stdout(&done),
            stderr(&done)
        );
        let written = bodies(&api)[120].clone();
        let (marker, shown) = written.split_once('\n').unwrap();
        assert!(marker.starts_with("<!-- rdsproxy-gen audit ") && marker.ends_with(" -->"));
        assert_eq!(shown, hostile);
        api.lock().unwrap().comments.insert(0, json!({"url": format!("{base}/comments/0"), "body": written, "user": {"login": "a-reader", "type": "User"}}));
        // Each URL has shifted because of the comment inserted first.
        api.lock().unwrap().comments[121]["url"] = json!(format!("{base}/comments/121"));
        let done = commented(&base, &audit, "second\n");
        assert_eq!(
            done.status.code(),
            Some(0),
            "{}{}",
            stdout(&done),
            stderr(&done)
        );
        let after = bodies(&api);
        assert_eq!(after.len(), 122);
        assert_eq!(after[121], format!("{marker}\nsecond\n"));
        assert!(after[0].ends_with(hostile), "somebody else's is left alone");
        for given in [[("paths", "other")], [("command", "drift")]] {
            commented(&base, &given, "another\n");
        }
        assert_eq!(
            bodies(&api).len(),
            124,
            "one for each command and its folders"
        );
    }
}

#[test]
fn what_is_too_long_for_a_comment_is_cut_and_says_so() {
    if !has_tools() {
        return;
    }
    let (base, api) = served(None, None);
    let done = commented(&base, &[], &"ä".repeat(70_000));
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}{}",
        stdout(&done),
        stderr(&done)
    );
    let body = bodies(&api).remove(0);
    assert_eq!(body.chars().count(), 65_536);
    assert!(
        body.ends_with("it is in the summary of the job.\n"),
        "{}",
        body.len()
    );
}

#[test]
fn a_token_that_may_not_comment_is_told_and_fails_nothing_else_does() {
    if !has_tools() {
        return;
    }
    for (refusal, code, said) in [
        (403, 0, "::warning::the token may not comment"),
        (
            500,
            1,
            "::error::the comment was not written: GitHub answered 500",
        ),
    ] {
        let (base, api) = served(None, Some(refusal));
        let done = commented(&base, &[], "report\n");
        let all = stdout(&done) + &stderr(&done);
        assert_eq!(done.status.code(), Some(code), "{all}");
        assert!(all.contains(said) && !all.contains("secret"), "{all}");
        assert_eq!(bodies(&api).len(), 0);
    }
    let done = commented("http://127.0.0.1:1", &[], "report\n");
    assert_eq!(done.status.code(), Some(1), "{}", stderr(&done));
}
