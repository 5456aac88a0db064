//! Checks of the values of an auth entry.

use super::LimitBroken;
use crate::domain::engine::EngineFamily;
use crate::domain::posture::IamAuth;

/// The only `AuthScheme` that exists.
/// Source: Amazon RDS API Reference, "UserAuthConfig".
pub const AUTH_SCHEME: &str = "SECRETS";

/// Returns the valid values of `ClientPasswordAuthType` for an engine family.
/// Source: Amazon RDS API Reference, "UserAuthConfig".
pub fn client_password_types(family: EngineFamily) -> &'static [&'static str] {
    match family {
        EngineFamily::MySql => &["MYSQL_NATIVE_PASSWORD", "MYSQL_CACHING_SHA2_PASSWORD"],
        EngineFamily::PostgreSql => &["POSTGRES_SCRAM_SHA_256", "POSTGRES_MD5"],
        EngineFamily::SqlServer => &["SQL_SERVER_AUTHENTICATION"],
    }
}

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
/// Source: Amazon RDS API Reference, "UserAuthConfig" (`ENABLED` is valid only for RDS for Microsoft SQL Server).
pub fn iam_auth(iam: &IamAuth, family: Option<EngineFamily>) -> Result<(), LimitBroken> {
    let message = match (iam, family) {
        (IamAuth::Other(value), _) => format!("IAMAuth `{value}` does not exist"),
        (IamAuth::Enabled, Some(EngineFamily::MySql | EngineFamily::PostgreSql)) => {
            "IAMAuth ENABLED exists only for SQL Server".to_owned()
        }
        (IamAuth::Required | IamAuth::Disabled, _)
        | (IamAuth::Enabled, Some(EngineFamily::SqlServer) | None) => return Ok(()),
    };
    Err(LimitBroken::new(message, "write REQUIRED"))
}

/// Checks `ClientPasswordAuthType`; an unknown family allows every value that any family allows.
pub fn client_password_type(kind: &str, family: Option<EngineFamily>) -> Result<(), LimitBroken> {
    let families = [
        EngineFamily::MySql,
        EngineFamily::PostgreSql,
        EngineFamily::SqlServer,
    ];
    let fits = families
        .into_iter()
        .filter(|candidate| family.is_none_or(|family| family == *candidate))
        .any(|candidate| client_password_types(candidate).contains(&kind));
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
