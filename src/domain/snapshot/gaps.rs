//! What could not be read, why, and what to do about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Snapshot;

/// A kind of thing that could not be read.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct NotVisible {
    /// The IAM action of the call that failed: `rds:DescribeDBProxies`.
    pub action: String,
    /// The field of the snapshot that is incomplete for it: `proxies`.
    pub field: String,
    /// Why, as a kind. A file that does not say it was written before the kinds were told apart.
    #[serde(default)]
    pub cause: Cause,
    /// The service's message, or what kept the service from being asked.
    pub reason: String,
}

/// Why a call gave nothing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The permission is missing.
    Refused,
    /// The credentials have expired, are missing or are not accepted.
    Credentials,
    /// AWS asks for fewer calls.
    Throttled,
    /// No connection.
    Unreachable,
    /// A connection, and no answer in time.
    TimedOut,
    /// An answer that is none of this service.
    Unreadable,
    /// The service, or this call of it, is not there in this region.
    NotOffered,
    /// The service says that it failed, or nothing is known but the message.
    #[default]
    Failed,
}

impl Cause {
    /// Whether the same call may succeed at another time, without anybody granting anything.
    pub fn may_pass(self) -> bool {
        match self {
            Self::Credentials
            | Self::Throttled
            | Self::Unreachable
            | Self::TimedOut
            | Self::Unreadable
            | Self::Failed => true,
            Self::Refused | Self::NotOffered => false,
        }
    }
}

/// What to say of a cause. `{action}` and `{service}` stand for those of the call.
struct CauseWords {
    cause: Cause,
    /// What happened, after the name of the field.
    what: &'static str,
    /// What to do.
    advice: &'static str,
}

const WORDS: &[CauseWords] = &[
    CauseWords {
        cause: Cause::Refused,
        what: "{action} is not permitted",
        advice: "to see it, grant {action}",
    },
    CauseWords {
        cause: Cause::Credentials,
        what: "the credentials were not accepted by {action}",
        advice: "sign in again (`aws sso login`) and repeat this",
    },
    CauseWords {
        cause: Cause::Throttled,
        what: "AWS throttled {action}",
        advice: "repeat this when fewer others call {service} in this account",
    },
    CauseWords {
        cause: Cause::Unreachable,
        what: "{service} could not be reached for {action}",
        advice: "check the region, the network, VPC endpoints and proxy settings, and repeat this",
    },
    CauseWords {
        cause: Cause::TimedOut,
        what: "{action} was not answered in time",
        advice: "repeat this; if it stays so, check the network to {service}",
    },
    CauseWords {
        cause: Cause::Unreadable,
        what: "the answer to {action} could not be read",
        advice: "repeat this; if it stays so, check what stands between here and {service} (a proxy, a gateway, an endpoint that is not of AWS)",
    },
    CauseWords {
        cause: Cause::NotOffered,
        what: "{action} is not offered here",
        advice: "there is nothing to grant: {service} has no such call in this region, or the region is not enabled for the account",
    },
    CauseWords {
        cause: Cause::Failed,
        what: "{action} failed",
        advice: "repeat this; if it stays so, the message tells why",
    },
];

impl Cause {
    fn words(self) -> &'static CauseWords {
        let found = WORDS.iter().find(|words| words.cause == self);
        // A test finds every cause in the table.
        found.unwrap_or(&WORDS[WORDS.len() - 1])
    }
}

/// The call without which nobody knows which proxies there are.
const PROXIES: &str = "rds:DescribeDBProxies";

impl Snapshot {
    /// The call that should have listed the proxies, where it failed: then an empty list says nothing.
    pub fn blind(&self) -> Option<&NotVisible> {
        self.not_visible.iter().find(|call| call.action == PROXIES)
    }
}

impl NotVisible {
    /// What happened: `rds:DescribeDBProxies is not permitted`.
    pub fn what(&self) -> String {
        self.filled(self.cause.words().what)
    }

    /// What to do: `to see it, grant rds:DescribeDBProxies`. Only a refusal asks for a grant.
    pub fn advice(&self) -> String {
        self.filled(self.cause.words().advice)
    }

    /// All of it in one line.
    pub fn told(&self) -> String {
        let (what, advice) = (self.what(), self.advice());
        format!(
            "not shown: {}: {what} ({}); {advice}",
            self.field, self.reason
        )
    }

    fn filled(&self, words: &str) -> String {
        let service = self.action.split(':').next().unwrap_or_default();
        words
            .replace("{action}", &self.action)
            .replace("{service}", service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Cause; 8] = [
        Cause::Refused,
        Cause::Credentials,
        Cause::Throttled,
        Cause::Unreachable,
        Cause::TimedOut,
        Cause::Unreadable,
        Cause::NotOffered,
        Cause::Failed,
    ];

    fn gap(cause: Cause) -> NotVisible {
        NotVisible {
            action: "kms:ListAliases".to_owned(),
            field: "kms_keys".to_owned(),
            cause,
            reason: "no".to_owned(),
        }
    }

    #[test]
    fn every_cause_has_words_of_its_own_and_only_a_refusal_asks_for_a_grant() {
        assert_eq!(WORDS.len(), ALL.len());
        let mut seen = std::collections::BTreeSet::new();
        for cause in ALL {
            assert_eq!(cause.words().cause, cause);
            let told = gap(cause).told();
            let asks = told.contains("grant kms:ListAliases");
            assert_eq!(asks, cause == Cause::Refused, "{told}");
            assert!(told.contains("kms:ListAliases"), "{told}");
            assert!(!told.contains(['{', '}']), "{told}");
            assert!(seen.insert((gap(cause).what(), gap(cause).advice())));
        }
        assert_eq!(
            gap(Cause::Refused).told(),
            "not shown: kms_keys: kms:ListAliases is not permitted (no); to see it, grant kms:ListAliases"
        );
    }

    #[test]
    fn an_old_file_says_no_cause() {
        let text = r#"{"action": "kms:ListAliases", "field": "kms_keys", "reason": "no"}"#;
        let read: NotVisible = serde_json::from_str(text).unwrap();
        assert_eq!(read, gap(Cause::Failed));
        let text = serde_json::to_string(&gap(Cause::TimedOut)).unwrap();
        assert!(text.contains(r#""cause":"timed_out""#), "{text}");
    }
}
