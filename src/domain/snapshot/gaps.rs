//! The gaps of a snapshot: calls that failed, with their causes and remedies.

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
    /// True if the same call may succeed later without any new permission.
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

/// The texts for a cause. `{action}` and `{service}` are replaced by those of the call.
struct CauseWords {
    cause: Cause,
    /// The description of the failure, without the name of the field.
    what: &'static str,
    /// The action that the user can take.
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
        // A test checks that the table contains every cause.
        found.unwrap_or(&WORDS[WORDS.len() - 1])
    }
}

/// The call that lists the proxies.
const PROXIES: &str = "rds:DescribeDBProxies";

impl Snapshot {
    /// Returns the failed call that lists the proxies; then an empty list does not mean that there are none.
    pub fn blind(&self) -> Option<&NotVisible> {
        self.not_visible.iter().find(|call| call.action == PROXIES)
    }
}

impl NotVisible {
    /// Describes the failure: `rds:DescribeDBProxies is not permitted`.
    pub fn what(&self) -> String {
        self.filled(self.cause.words().what)
    }

    /// Describes the remedy: `to see it, grant rds:DescribeDBProxies`. Only a missing permission suggests a grant.
    pub fn advice(&self) -> String {
        self.filled(self.cause.words().advice)
    }

    /// Describes the failure and its remedy in one line.
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
