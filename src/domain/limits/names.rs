//! Checks of names: proxies, endpoints, databases and database users.

use super::LimitBroken;

/// The maximum length of `DBProxyName` and `DBProxyEndpointName` in characters.
/// Source: Amazon RDS API Reference, "CreateDBProxy" and "CreateDBProxyEndpoint".
pub const NAME_LENGTH: usize = 63;

/// The maximum length of a database user in an auth entry, in characters.
/// Source: Amazon RDS API Reference, "UserAuthConfig".
pub const USER_LENGTH: usize = 128;

/// The user that RDS creates in the database when a target is registered.
/// Source: Amazon RDS User Guide, "Amazon RDS Proxy" (do not create, change or drop it).
pub const RESERVED_USER: &str = "rdsproxyadmin";

/// Checks the name of a proxy to generate: a name that AWS accepts, in lower case, because CloudFormation converts it
/// to lower case and Terraform rejects upper case.
pub fn proxy_name(name: &str) -> Result<(), LimitBroken> {
    lower_case("proxy name", name)?;
    service_proxy_name(name)
}

/// Checks a proxy's name as the service accepts it.
/// Source: Amazon RDS API Reference, "CreateDBProxy".
pub fn service_proxy_name(name: &str) -> Result<(), LimitBroken> {
    identifier("proxy name", name)
}

/// Checks an endpoint's name as the service accepts it.
/// Source: Amazon RDS API Reference, "CreateDBProxyEndpoint".
pub fn endpoint_name(name: &str) -> Result<(), LimitBroken> {
    identifier("endpoint name", name)
}

/// Checks a database's identifier, as distinct from its ARN, its resource id, and the name of a database inside it.
/// Source: Amazon RDS API Reference, "CreateDBInstance" and "CreateDBCluster".
pub fn database_identifier(identifier_text: &str) -> Result<(), LimitBroken> {
    if identifier_text.starts_with("arn:") || is_resource_id(identifier_text) {
        return Err(LimitBroken::new(
            format!("`{identifier_text}` is not a database identifier but an ARN or a resource id"),
            "give the DB instance or cluster identifier, as the console lists it",
        ));
    }
    identifier("database identifier", identifier_text)
}

/// Checks the name of a database user that connects through the proxy.
pub fn database_user(user: &str) -> Result<(), LimitBroken> {
    if user.eq_ignore_ascii_case(RESERVED_USER) {
        return Err(LimitBroken::new(
            format!("the user `{user}` is reserved: RDS Proxy creates it for itself"),
            "create a user of your own for the application",
        ));
    }
    let length = user.chars().count();
    if (1..=USER_LENGTH).contains(&length) {
        return Ok(());
    }
    Err(LimitBroken::new(
        format!(
            "a database user of {length} characters does not fit: 1 to {USER_LENGTH} are possible"
        ),
        "choose another user name",
    ))
}

fn lower_case(what: &str, name: &str) -> Result<(), LimitBroken> {
    if !name.contains(|letter: char| letter.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(LimitBroken::new(
        format!("the {what} `{name}` has capital letters"),
        format!("write `{}`", name.to_ascii_lowercase()),
    ))
}

/// Checks for `[a-zA-Z](?:-?[a-zA-Z0-9]+)*`, 1 to 63 characters.
fn identifier(what: &str, name: &str) -> Result<(), LimitBroken> {
    let Some(fault) = identifier_fault(name) else {
        return Ok(());
    };
    Err(LimitBroken::new(
        format!("the {what} `{name}` {fault}"),
        "use letters, digits and single hyphens, start with a letter, end with a letter or digit, at most 63 characters",
    ))
}

fn identifier_fault(name: &str) -> Option<&'static str> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if name.is_empty() {
        Some("is empty")
    } else if !name.chars().all(allowed) {
        Some("has a character that is not a letter, digit or hyphen")
    } else if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        Some("does not start with a letter")
    } else if name.ends_with('-') {
        Some("ends with a hyphen")
    } else if name.contains("--") {
        Some("has two hyphens in a row")
    } else if name.len() > NAME_LENGTH {
        Some("is longer than 63 characters")
    } else {
        None
    }
}

/// True for `db-` or `cluster-` followed by 26 capital letters and digits: the resource id, which policies need and
/// which targets do not accept.
fn is_resource_id(text: &str) -> bool {
    let id = text
        .strip_prefix("db-")
        .or_else(|| text.strip_prefix("cluster-"));
    id.is_some_and(|id| {
        id.len() == 26
            && id
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_that_all_three_accept() {
        for name in ["a", "orders", "orders-2", "o2-rw", &"a".repeat(63)] {
            assert_eq!(proxy_name(name), Ok(()), "{name}");
        }
        for name in [
            "",
            "2orders",
            "-orders",
            "orders-",
            "or--ders",
            "orders_rw",
            "örders",
            "Orders",
            "orders\n",
            "${x}",
            &"a".repeat(64),
        ] {
            assert!(proxy_name(name).is_err(), "{name}");
        }
        assert_eq!(service_proxy_name("Orders"), Ok(()));
    }

    #[test]
    fn tells_an_identifier_from_a_resource_id() {
        assert_eq!(database_identifier("db-orders"), Ok(()));
        for wrong in [
            "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "cluster-ABCDEFGHIJKLMNOPQRSTUVWX12",
            "arn:aws:rds:eu-west-1:123456789012:db:orders",
            "orders_db",
        ] {
            assert!(database_identifier(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn refuses_the_reserved_user() {
        assert_eq!(database_user("orders_rw"), Ok(()));
        for (user, message) in [
            ("RdsProxyAdmin", "is reserved"),
            ("", "of 0 characters"),
            (&"u".repeat(129), "of 129 characters"),
        ] {
            let broken = database_user(user).unwrap_err();
            assert!(broken.message.contains(message), "{broken}");
        }
    }
}
