//! Beyond the six: no file and no state may contain a password.

use super::{Example, FaultShown, Rule, lookups, references};
use crate::domain::evidence::Evidence;
use crate::domain::finding::{Group, RuleInfo, Severity, Verdicts};
use crate::domain::limits::Limits;
use crate::domain::links::{PathTopic, RuleLinks, about};
use crate::domain::posture::{PasswordSource, Proxy, Secret};

pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        id: "password-in-plaintext",
        group: Group::Beyond,
        severity: Severity::High,
        summary: "a database password stands in the code or in the Terraform state",
        why: "Code and state are read by more people and machines than the secret is, and are kept in histories and backups that outlive the password. \
              In Terraform, `secret_string` and the `random_password` resource store the value in the state in clear.",
        fix: "In Terraform (1.11 or later), set the value with the write-only argument `secret_string_wo`, from an ephemeral random password. \
              In CloudFormation, use `GenerateSecretString`. Then change the password that was exposed.",
        references: &[references::WRITE_ONLY, references::GENERATED_SECRET],
        links: RuleLinks {
            facts: &[about("auth")],
            topic: Some(PathTopic::Secrets),
            ..RuleLinks::NONE
        },
    },
    example: Example {
        seen: FaultShown::InCode,
        terraform: include_str!("samples/password-in-plaintext.tf"),
        cloudformation: include_str!("samples/password-in-plaintext.yaml"),
    },
    check,
};

fn check(proxy: &Proxy, _: &Limits, verdicts: &mut Verdicts) {
    if proxy.is_live {
        return verdicts.not_applicable("an account shows no code in which a password could stand");
    }
    let secrets = lookups::secrets(proxy, verdicts);
    for (_, secret) in &secrets {
        judge(secret, verdicts);
    }
    if secrets.is_empty() {
        return lookups::without_secrets(proxy, verdicts);
    }
    verdicts.pass(
        "no password of the proxy's secrets stands in code or state",
        &proxy.auth,
    );
}

fn judge(secret: &Secret, verdicts: &mut Verdicts) {
    let name = lookups::secret_name(secret);
    let origin = secret.password.origin().unwrap_or(&secret.origin);
    match &secret.password {
        Evidence::Stated(source, _) | Evidence::Defaulted(source) => match source {
            PasswordSource::Generated | PasswordSource::ManagedByRds => {}
            PasswordSource::InState => verdicts.fail(
                format!(
                    "the password of the secret {name} is kept in the Terraform state in clear"
                ),
                origin,
            ),
            PasswordSource::Plaintext => verdicts.fail(
                format!("the password of the secret {name} is written in the code"),
                origin,
            ),
        },
        Evidence::Unresolved(..) | Evidence::NotVisible => verdicts.unknown(
            &format!("how the password of the secret {name} comes to be"),
            &secret.password,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fixtures::{
        check, fails, passes, stated, stays_open, value_mut, without_secrets,
    };

    fn set(proxy: &mut Proxy, password: Evidence<PasswordSource>) {
        value_mut(&mut value_mut(&mut proxy.auth)[0].secret).password = password;
    }

    #[test]
    fn tells_where_the_password_stands() {
        check(
            &RULE,
            &[
                fails(
                    |proxy| set(proxy, stated(PasswordSource::Plaintext)),
                    "is written in the code",
                ),
                passes(
                    |proxy| {
                        proxy.is_live = true;
                        set(proxy, Evidence::NotVisible);
                    },
                    "no code in which a password could stand",
                ),
                fails(
                    |proxy| set(proxy, stated(PasswordSource::InState)),
                    "in the Terraform state",
                ),
                passes(
                    |proxy| set(proxy, stated(PasswordSource::ManagedByRds)),
                    "no password",
                ),
                stays_open(
                    |proxy| set(proxy, Evidence::NotVisible),
                    "how the password of the secret orders_rw",
                ),
                passes(without_secrets, "no secrets"),
            ],
        );
    }
}
