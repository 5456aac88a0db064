//! Tables of names that mean a secret, and of values that are never secret. A name is judged by its words, however they
//! are joined: `db_password`, `DbPassword`, `DB-PASSWORD` and `dbpassword` are the same.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Words that mean that a value is secret.
const SECRET: [&str; 22] = [
    "apikey",
    "credential",
    "creds",
    "keyfile",
    "pass",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "pgpassword",
    "privatekey",
    "psk",
    "pw",
    "pwd",
    "secret",
    "secretkey",
    "secrets",
    "credentials",
    "token",
    "tokens",
    "passphrases",
];

/// Secret words at the end of a compound: `dbpassword`.
const SECRET_ENDINGS: [&str; 6] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "apikey",
];

/// Pairs of adjacent words that mean a secret.
const SECRET_PAIRS: [(&str, &str); 9] = [
    ("access", "key"),
    ("account", "key"),
    ("api", "key"),
    ("connection", "string"),
    ("conn", "str"),
    ("private", "key"),
    ("shared", "key"),
    ("signing", "key"),
    ("ssh", "key"),
];

/// Last words of names that describe a secret and do not hold it: `secret_arn`, `password_length`.
const ABOUT: [&str; 66] = [
    "algorithm",
    "alias",
    "arn",
    "arns",
    "attachment",
    "characters",
    "class",
    "count",
    "days",
    "description",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "file",
    "filename",
    "format",
    "from",
    "hours",
    "id",
    "identifier",
    "identifiers",
    "ids",
    "kind",
    "label",
    "lambda",
    "length",
    "lifetime",
    "location",
    "manager",
    "method",
    "minutes",
    "mode",
    "name",
    "names",
    "parameter",
    "path",
    "paths",
    "period",
    "policies",
    "policy",
    "prefix",
    "provider",
    "reader",
    "readers",
    "ref",
    "region",
    "required",
    "resource",
    "role",
    "scheme",
    "seconds",
    "size",
    "status",
    "suffix",
    "tags",
    "time",
    "ttl",
    "type",
    "types",
    "url",
    "user",
    "username",
    "users",
    "version",
    "versions",
];

/// Words that have the same effect anywhere in a name.
const ABOUT_ANYWHERE: [&str; 6] = [
    "generate", "kms", "manage", "manager", "recovery", "rotation",
];

/// Members of a secret's JSON that are not confidential. Source: Secrets Manager User Guide, "JSON structure of AWS
/// Secrets Manager database credential secrets".
const PUBLIC_MEMBERS: [&str; 12] = [
    "database",
    "db",
    "dbname",
    "endpoint",
    "engine",
    "host",
    "hostname",
    "identifier",
    "port",
    "schema",
    "user",
    "username",
];

/// Values that are never secret, whatever their name.
const PUBLIC_VALUES: [&str; 18] = [
    "", "*", "create", "default", "disabled", "enabled", "false", "generate", "md5", "no", "none",
    "null", "off", "on", "required", "true", "yes", "~",
];

/// Prefixes of values that only refer to a secret.
const POINTERS: [&str; 4] = ["arn:", "{{resolve:", "alias/", "${file("];

/// A resource type, its attribute, and the value that another attribute must have for that attribute to hold a secret.
type OfKind = (
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
);

/// Attributes that hold a secret in certain resource types although their names do not say so.
pub(super) const BY_KIND: [OfKind; 6] = [
    ("aws_ssm_parameter", "value", Some(("type", "SecureString"))),
    ("aws_ssm_parameter", "value_wo", None),
    ("random_password", "result", None),
    ("random_password", "bcrypt_hash", None),
    ("tls_private_key", "private_key_pem", None),
    ("aws_iam_access_key", "ses_smtp_password_v4", None),
];

/// Stems, one of which is in each of the secret words above. A name without a stem need not be split into words.
pub(super) const STEMS: [&str; 8] = [
    "conn", "cred", "key", "pass", "psk", "pw", "secret", "token",
];

static STEM: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| any_of(STEMS));

/// Builds a case-insensitive search for any of these words.
pub(super) fn any_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<AhoCorasick> {
    let search = &mut AhoCorasick::builder();
    search.ascii_case_insensitive(true).build(words).ok()
}

/// True if the text certainly contains none of the words. False for a text with letters beyond ASCII, which may match
/// in another case.
pub(super) fn has_none(search: Option<&AhoCorasick>, text: &str) -> bool {
    text.is_ascii() && search.is_some_and(|search| !search.is_match(text))
}

/// True if a value of this name is or may be secret.
pub(super) fn holds_secret(name: &str) -> bool {
    if STEM.as_ref().is_some_and(|stems| !stems.is_match(name)) {
        return false;
    }
    let words = words(name);
    let Some(last) = words.last() else {
        return false;
    };
    let about = |word: &String| ABOUT_ANYWHERE.contains(&word.as_str());
    if ABOUT.contains(&last.as_str()) || words.iter().any(about) {
        return false;
    }
    let is_secret = |word: &String| {
        let mut endings = SECRET_ENDINGS.iter();
        SECRET.contains(&word.as_str()) || endings.any(|ending| word.ends_with(ending))
    };
    let is_pair = |pair: &[String]| match pair {
        [one, other] => SECRET_PAIRS.contains(&(one.as_str(), other.as_str())),
        _ => false,
    };
    words.iter().any(is_secret) || words.windows(2).any(is_pair)
}

/// True for members of a secret that are not confidential: its user, its name, its location.
pub(super) fn is_public_member(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|last| {
        PUBLIC_MEMBERS.contains(&last.as_str()) || ABOUT.contains(&last.as_str())
    })
}

/// True for a name that describes a thing and does not hold it.
pub(super) fn is_about(name: &str) -> bool {
    let words = words(name);
    words
        .last()
        .is_some_and(|last| ABOUT.contains(&last.as_str()))
}

/// True for a value that is not secret even if its name suggests it.
pub(super) fn is_public_value(value: &str) -> bool {
    let value = value.trim();
    PUBLIC_VALUES.contains(&value.to_lowercase().as_str())
        || POINTERS.iter().any(|start| value.starts_with(start))
}

/// The words of a name in lower case, without trailing digits.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|one| one.is_lowercase() || one.is_numeric())
                || (before.is_some_and(|one| one.is_uppercase())
                    && after.is_some_and(|one| one.is_lowercase())));
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
    }
    let bare = |word: String| word.trim_end_matches(char::is_numeric).to_owned();
    let mut words: Vec<String> = words.into_iter().map(bare).collect();
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_stem() {
        let stems = STEM.as_ref().unwrap();
        let pairs = SECRET_PAIRS
            .iter()
            .map(|(one, other)| format!("{one}_{other}"));
        let words = SECRET
            .iter()
            .chain(&SECRET_ENDINGS)
            .map(|word| (*word).to_owned());
        for word in words.chain(pairs) {
            assert!(stems.is_match(&word) && holds_secret(&word), "{word}");
        }
    }

    #[test]
    fn names_are_judged_by_their_words() {
        for name in [
            "password",
            "Password",
            "master_password",
            "MasterUserPassword",
            "password_wo",
            "secret_string",
            "SecretString",
            "secret_string_wo",
            "secret_binary",
            "DB_PASSWORD",
            "dbPassword2",
            "dbpassword",
            "PGPASSWORD",
            "db-pass",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "apiKey",
            "private_key_pem",
            "ConnectionString",
            "TF_VAR_db_password",
        ] {
            assert!(holds_secret(name), "{name}");
        }
        for name in [
            "secret_arn",
            "SecretArn",
            "secret_id",
            "SecretId",
            "secret_string_wo_version",
            "PasswordLength",
            "password_length",
            "client_password_auth_type",
            "manage_master_user_password",
            "master_user_secret_kms_key_id",
            "secretsmanager",
            "username",
            "token_type",
            "aws:TokenIssueTime",
            "compass",
            "recovery_window_in_days",
            "engine",
            "",
        ] {
            assert!(!holds_secret(name), "{name}");
        }
    }

    #[test]
    fn what_only_points_to_a_secret_is_none() {
        for value in [
            "",
            "true",
            "arn:aws:secretsmanager:x",
            "{{resolve:secretsmanager:x}}",
        ] {
            assert!(is_public_value(value), "{value}");
        }
        assert!(!is_public_value("hunter2"));
    }
}
