//! Text before the first question and after the last file: an introduction, and the next steps in order.

use super::ProjectDraft;
use crate::domain::blueprint::{Blueprint, SecretPlan, TlsPlan};
use crate::domain::spec::SPEC_FILE;
use crate::interview::shell_quoted;
use crate::report::{broken, count};

/// Returns the introduction and the number of questions. It mentions that nothing can be picked from a list without
/// an account, so that the user knows before typing ids.
pub(super) fn welcome(account: bool, left: usize, given: bool, width: usize) -> String {
    let account = if account {
        ""
    } else {
        " No account is in view, so you type names and ids; --live, --snapshot FILE or --demo let you choose them instead."
    };
    let length = match left {
        0 => "Every question is answered already.".to_owned(),
        left if given => format!(
            "{} left to a hardened RDS Proxy; more users or functions mean a few more.{account}",
            match left {
                1 => "One question is".to_owned(),
                more => format!("{more} questions are"),
            }
        ),
        left => format!(
            "A hardened RDS Proxy in {}; more users or functions mean a few more.{account}",
            count(left, "question")
        ),
    };
    let promise = "Nothing is written before you have seen it and agreed.";
    let lines = [broken(&length, width), broken(promise, width)];
    lines.join("\n") + "\n"
}

/// Returns the written files, the next steps, and the command that repeats the run.
pub(super) fn done(draft: &ProjectDraft, written: usize, command: &str) -> String {
    let dir = &shell_quoted(&draft.dir.display().to_string());
    if written == 0 {
        return format!("\nNothing to write: {dir} is what {SPEC_FILE} says.\n");
    }
    let mut text = format!("\n{} written to {dir}\n", count(written, "file"));
    if draft.blueprint.targets.len() > 1 {
        text.push_str("Each folder is complete by itself: deploy one of them.\n");
    }
    for (target, title, steps) in WAYS {
        if !draft.blueprint.targets.iter().any(|id| id == target) {
            continue;
        }
        text.push_str(&format!(
            "\nNext, with {title} (all commands: {dir}/{target}/README.md)\n"
        ));
        let steps = steps(&draft.blueprint, dir);
        for (number, step) in (1..).zip(steps) {
            text.push_str(&format!("  {number}. {step}\n"));
        }
    }
    let pack: String = draft
        .pack
        .iter()
        .map(|word| format!(" {}", shell_quoted(word)))
        .collect();
    text.push_str(&format!(
        "\nTo change it, edit {dir}/{SPEC_FILE} and run\n  \
         rdsproxy-gen update {dir}{pack}\n\
         \nThe same without questions\n  {command}\n"
    ));
    text
}

/// Returns the steps of a target for a blueprint and its directory.
type Steps = fn(&Blueprint, &str) -> Vec<String>;

/// One row for each target: its id, its name, and its steps in order.
const WAYS: &[(&str, &str, Steps)] = &[
    ("terraform", "Terraform", terraform),
    ("cloudformation", "CloudFormation", cloudformation),
];

/// If the proxy logs in with a secret, the secret and the user have to exist before it.
fn terraform(blueprint: &Blueprint, dir: &str) -> Vec<String> {
    let mut steps = vec![format!(
        "cd {dir}/terraform && terraform init && terraform -chdir=modules/proxy init && terraform -chdir=modules/proxy test"
    )];
    if creates_secrets(blueprint) {
        steps.push("create the secrets alone, before the proxy: step 1 of README.md".to_owned());
    }
    steps.push(users(blueprint));
    steps.push("terraform apply".to_owned());
    steps.extend(attach(blueprint));
    steps
}

/// CloudFormation waits until the target works, and rolls back if it does not. The target is therefore registered
/// last.
fn cloudformation(blueprint: &Blueprint, _: &str) -> Vec<String> {
    let mut steps = vec!["deploy the stack without its target (RegisterTarget=false)".to_owned()];
    steps.push(users(blueprint));
    steps.extend(attach(blueprint));
    steps.push("deploy it with parameters.json, which registers the target".to_owned());
    steps
}

fn creates_secrets(blueprint: &Blueprint) -> bool {
    blueprint
        .users
        .iter()
        .any(|user| matches!(user.secret, SecretPlan::Create { .. }))
}

/// A login needs its password from the start; without logins, the user comes first.
fn users(blueprint: &Blueprint) -> String {
    let has_logins = blueprint.engine().family.traits().has_logins;
    let scripts = match (blueprint.uses_secrets(), has_logins) {
        (false, _) => "sql/users.sql",
        (true, true) => "sql/set_password.py, then sql/users.sql",
        (true, false) => "sql/users.sql, then sql/set_password.py",
    };
    format!("as an administrator of the database, run {scripts}")
}

fn attach(blueprint: &Blueprint) -> Option<String> {
    let TlsPlan::CreateGroup(group) = &blueprint.database_tls else {
        return None;
    };
    Some(format!(
        "attach the parameter group {} to {}, and reboot",
        group.name, blueprint.database.identifier
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_target_has_its_next_steps() {
        let known = crate::render::TARGETS.iter().map(|target| target.id);
        assert!(known.eq(super::WAYS.iter().map(|(id, ..)| *id)));
    }
}
