//! Checks of the values of an auth entry.

use super::LimitBroken;
use crate::domain::engine::EngineFamily;
use crate::domain::posture::IamAuth;

/// The only `AuthScheme` that exists.
/// Source: Amazon RDS API Reference, "UserAuthConfig".
pub const AUTH_SCHEME: &str = "SECRETS";

/// Checks that `AuthScheme` is [`AUTH_SCHEME`].
pub fn auth_scheme(scheme: &str) -> Result<(), LimitBroken> {
    if scheme == AUTH_SCHEME {
        return Ok(());
    }
    Err(LimitBroken::new(
        format!("AuthScheme `{scheme}` does not exist"),
        "write SECRETS, the only one",
    ))
}

/// Checks `IAMAuth`; an unknown family allows every value that any family allows.
pub fn iam_auth(iam: &IamAuth, family: Option<EngineFamily>) -> Result<(), LimitBroken> {
    let may_be_enabled = |family: EngineFamily| family.traits().iam_may_be_enabled;
    let message = match iam {
        IamAuth::Other(value) => format!("IAMAuth `{value}` does not exist"),
        IamAuth::Enabled if !family.is_none_or(may_be_enabled) => {
            let families = EngineFamily::ALL
                .into_iter()
                .filter(|one| may_be_enabled(*one));
            let titles: Vec<&str> = families.map(|family| family.traits().title).collect();
            format!("IAMAuth ENABLED exists only for {}", titles.join(" and "))
        }
        IamAuth::Required | IamAuth::Disabled | IamAuth::Enabled => return Ok(()),
    };
    Err(LimitBroken::new(message, "write REQUIRED"))
}

/// Checks `ClientPasswordAuthType`; an unknown family allows every value that any family allows.
pub fn client_password_type(kind: &str, family: Option<EngineFamily>) -> Result<(), LimitBroken> {
    let fits = EngineFamily::ALL
        .into_iter()
        .filter(|candidate| family.is_none_or(|family| family == *candidate))
        .any(|candidate| candidate.traits().client_password_types.contains(&kind));
    if fits {
        return Ok(());
    }
    let of = family.map_or("any engine family", EngineFamily::api_name);
    Err(LimitBroken::new(
        format!("ClientPasswordAuthType `{kind}` does not exist for {of}"),
        "leave it out: it matters only to clients that log in with a password",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_depend_on_the_family() {
        use EngineFamily::{MySql, PostgreSql, SqlServer};
        let kinds = [
            ("POSTGRES_SCRAM_SHA_256", Some(PostgreSql), true),
            ("POSTGRES_SCRAM_SHA2_256", Some(PostgreSql), false),
            ("POSTGRES_MD5", Some(MySql), false),
            ("POSTGRES_MD5", None, true),
            ("SQL_SERVER_AUTHENTICATION", Some(SqlServer), true),
        ];
        for (kind, family, fits) in kinds {
            assert_eq!(
                client_password_type(kind, family).is_ok(),
                fits,
                "{kind} {family:?}"
            );
        }
        let modes = [
            (IamAuth::Required, Some(MySql), true),
            (IamAuth::Enabled, Some(MySql), false),
            (IamAuth::Enabled, Some(SqlServer), true),
            (IamAuth::Other("ON".into()), None, false),
        ];
        for (mode, family, fits) in modes {
            assert_eq!(iam_auth(&mode, family).is_ok(), fits, "{mode:?} {family:?}");
        }
        assert!(auth_scheme("SECRETS").is_ok());
        assert!(auth_scheme("secrets").is_err());
    }
}
