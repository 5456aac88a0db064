//! An account that is read during the interview: each question waits only for the data that it needs.

use std::cell::RefCell;

use rdsproxy_gen::domain::snapshot::{Account, AccountPart, Snapshot};
use rdsproxy_gen::interview::{
    Answers, AskError, Asker, Mode, Prompt, Reply, Surroundings, questions_left, run, run_in,
};

use super::estate;
use super::script::Script;

/// The parts of an account as they arrive, and the latest part that was waited for.
#[derive(Debug)]
struct Read {
    parts: [Snapshot; 3],
    waited: RefCell<Option<AccountPart>>,
}

impl Read {
    fn of(whole: Snapshot) -> Self {
        let settings = Snapshot {
            functions: Vec::new(),
            roles: Vec::new(),
            secrets: Vec::new(),
            kms_keys: Vec::new(),
            ..whole.clone()
        };
        let databases = Snapshot {
            parameter_groups: Vec::new(),
            ..settings.clone()
        };
        Self {
            parts: [databases, settings, whole],
            waited: RefCell::default(),
        }
    }
}

impl Account for Read {
    fn upto(&self, part: AccountPart) -> &Snapshot {
        let mut waited = self.waited.borrow_mut();
        *waited = (*waited).max(Some(part));
        match part {
            AccountPart::Databases => &self.parts[0],
            AccountPart::Settings => &self.parts[1],
            AccountPart::Lists => &self.parts[2],
        }
    }
}

/// Accepts all suggestions, and records at each question how far the account was read.
struct Watching<'r> {
    read: &'r Read,
    script: Script,
    waited: Vec<(String, AccountPart)>,
}

impl Asker for Watching<'_> {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        let waited = self.read.waited.borrow().unwrap();
        self.waited.push((prompt.key.to_string(), waited));
        self.script.ask(prompt)
    }
}

fn around(read: &Read) -> Surroundings<'_> {
    Surroundings {
        account: Some(read),
        ..Surroundings::default()
    }
}

#[test]
fn each_question_waits_for_what_it_is_about_and_no_longer() {
    let read = Read::of(estate());
    let left = questions_left(around(&read), &Answers::default());
    let mut watching = Watching {
        read: &read,
        script: Script::new(&[]),
        waited: Vec::new(),
    };
    run_in(around(&read), Answers::default(), &mut watching, Mode::Ask).unwrap();
    assert_eq!(
        watching.waited[0],
        ("database.identifier".to_owned(), AccountPart::Databases)
    );
    for (key, waited) in &watching.waited {
        let section = key.split('.').next().unwrap();
        let early = ["proxy", "network", "database"].contains(&section);
        assert!(
            !early || *waited < AccountPart::Lists,
            "{key} waits for {waited:?}"
        );
    }
    // The number shown at the beginning is an estimate as long as lists are not read yet.
    assert_eq!(left, watching.waited.len());
}

#[test]
fn what_is_asked_does_not_hang_on_how_much_was_read() {
    // If two databases qualify, the parameter group decides, which is read later, so the database is given.
    let given = || {
        let mut answers = Answers::default();
        answers.set("database.identifier=orders-db").unwrap();
        answers
    };
    let whole = estate();
    let mut at_once = Script::new(&[]);
    let expected = run(given(), Some(&whole), &mut at_once, Mode::Ask).unwrap();
    let read = Read::of(whole.clone());
    let mut script = Script::new(&[]);
    let found = run_in(around(&read), given(), &mut script, Mode::Ask).unwrap();
    assert_eq!(found.to_toml(), expected.to_toml());
    let shown = |script: &Script| format!("{:#?}", script.asked);
    assert_eq!(shown(&script), shown(&at_once));
}

#[test]
fn a_parameter_group_that_is_read_later_still_refuses_its_database() {
    let mut whole = estate();
    let orders = whole.db_instances.iter();
    let mut orders = orders.filter(|instance| instance.identifier == "orders-db");
    let group = orders.next().unwrap().parameter_group.clone();
    for facts in whole
        .parameter_groups
        .iter_mut()
        .filter(|facts| facts.name == group)
    {
        facts
            .parameters
            .insert("read_only".to_owned(), "1".to_owned());
    }
    let read = Read::of(whole);
    let say =
        |name: &str| super::script::Act::Say(rdsproxy_gen::interview::AnswerValue::text(name));
    let mut script = Script::new(&[
        ("database.identifier", say("orders-db")),
        ("database.identifier", say("pay-db")),
    ]);
    run_in(around(&read), Answers::default(), &mut script, Mode::Ask).unwrap();
    let problem = script.asked[1].problem.as_deref().unwrap();
    assert!(problem.contains("read_only"), "{problem}");
}
