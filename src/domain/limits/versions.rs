//! The engine versions that RDS Proxy supports.

use crate::domain::engine::{Engine, SupportedReleases};

/// The support of RDS Proxy for an engine version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Support {
    /// The version is supported.
    Served,
    /// The version is not supported, for this reason.
    Unserved(String),
    /// The table does not settle it, for this reason.
    Unsettled(String),
}

/// Returns the support for a version, which is written as the API returns it: `16.4`, `8.0.mysql_aurora.3.05.2`.
pub fn support(engine: &Engine, version: &str) -> Support {
    if excluded(engine, version) {
        return unserved(engine, version);
    }
    if !engine.versions.iter().any(|entry| is_of(version, entry)) {
        return beyond_the_table(engine, version);
    }
    match engine.releases {
        SupportedReleases::All => Support::Served,
        SupportedReleases::Since(firsts) => since(firsts, engine, version),
        SupportedReleases::AuroraMySql => aurora_mysql(engine, version),
    }
}

fn excluded(engine: &Engine, version: &str) -> bool {
    let mut excluded = engine.excluded_versions.iter();
    excluded.any(|entry| is_of(version, entry))
}

/// True if the numbers of the version begin with those of the entry: `15.00.4410.1.v1` belongs to `15.0`.
fn is_of(version: &str, entry: &str) -> bool {
    numbers(version).starts_with(&numbers(entry))
}

/// Returns the leading numbers: `8, 0` for `8.0.mysql_aurora.3.05.2`.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

fn beyond_the_table(engine: &Engine, version: &str) -> Support {
    let wanted = numbers(version);
    let known = engine.versions.iter().map(|entry| numbers(entry));
    let newest = known.clone().max().unwrap_or_default();
    if wanted.is_empty() {
        Support::Unsettled(format!("`{version}` is not a version number"))
    } else if wanted > newest {
        Support::Unsettled(format!(
            "{} {version} is newer than the versions that this tool knows RDS Proxy to serve",
            engine.title
        ))
    } else if known.into_iter().any(|entry| entry.starts_with(&wanted)) {
        Support::Unsettled(format!(
            "which {} AWS takes for `{version}` is not said",
            engine.title
        ))
    } else {
        unserved(engine, version)
    }
}

fn unserved(engine: &Engine, version: &str) -> Support {
    Support::Unserved(format!(
        "RDS Proxy does not serve {} {version}",
        engine.title
    ))
}

/// Returns the support for Aurora MySQL: 2.07, 2.11 and later, all of 3.
/// Source: Amazon Aurora User Guide, "Supported Regions and Aurora DB engines for Amazon RDS Proxy".
fn aurora_mysql(engine: &Engine, version: &str) -> Support {
    let Some((_, release)) = version.split_once("mysql_aurora.") else {
        return match numbers(version).first() {
            Some(8) => Support::Served,
            _ => Support::Unsettled(format!(
                "which release of {} AWS takes for `{version}` is not said: 2.07, or 2.11 and later, are served",
                engine.title
            )),
        };
    };
    match numbers(release).as_slice() {
        [2, 7, ..] => Support::Served,
        [2, minor, ..] if *minor >= 11 => Support::Served,
        [major, ..] if *major >= 3 => Support::Served,
        _ => unserved(engine, version),
    }
}

fn since(firsts: &[(u32, u32)], engine: &Engine, version: &str) -> Support {
    let numbers = numbers(version);
    let first = numbers
        .first()
        .and_then(|major| firsts.iter().find(|(known, _)| known == major));
    match (first, numbers.get(1)) {
        (None, _) => Support::Served,
        (Some((_, first)), Some(minor)) if minor >= first => Support::Served,
        (Some(_), Some(_)) => unserved(engine, version),
        (Some((major, first)), None) => Support::Unsettled(format!(
            "which minor version of {} AWS takes for `{version}` is not said: {major}.{first} and later are served",
            engine.title
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_table_of_the_guide() {
        // (engine, version, `y` supported, `n` unsupported, `?` not settled)
        let cases = [
            ("mysql", "8.0.35", 'y'),
            ("mysql", "5.6.51", 'n'),
            ("mysql", "9.1", '?'),
            ("mysql", "8", '?'),
            ("mariadb", "10.11.8", 'y'),
            ("mariadb", "10.4.30", 'n'),
            ("mariadb", "10.1", 'n'),
            ("postgresql", "18.1", 'y'),
            ("postgresql", "9.6", 'n'),
            ("postgresql", "19", '?'),
            ("sqlserver", "15.00.4410.1.v1", 'y'),
            ("sqlserver", "12.00.6449.1.v1", 'n'),
            ("sqlserver", "16.00.4135.4.v1", 'n'),
            ("aurora-mysql", "8.0.mysql_aurora.3.05.2", 'y'),
            ("aurora-mysql", "5.7.mysql_aurora.2.11.5", 'y'),
            ("aurora-mysql", "5.7.mysql_aurora.2.09.1", 'n'),
            ("aurora-mysql", "5.6.mysql_aurora.1.22.2", 'n'),
            ("aurora-mysql", "8.0", 'y'),
            ("aurora-mysql", "5.7", '?'),
            ("aurora-postgresql", "16.4", 'y'),
            ("aurora-postgresql", "17.3", 'n'),
            ("aurora-postgresql", "16", '?'),
            ("aurora-postgresql", "11.10", 'n'),
            ("aurora-postgresql", "10.14", 'n'),
            ("aurora-postgresql", "latest", '?'),
            ("aurora-postgresql", "", '?'),
        ];
        for (id, version, expected) in cases {
            let seen = match support(Engine::by_id(id).unwrap(), version) {
                Support::Served => 'y',
                Support::Unserved(_) => 'n',
                Support::Unsettled(_) => '?',
            };
            assert_eq!(seen, expected, "{id} {version}");
        }
    }

    #[test]
    fn the_columns_of_an_engine_decide() {
        let made_up = Engine {
            id: "made-up",
            title: "Made Up",
            versions: &["2", "3"],
            excluded_versions: &["3.4", "5"],
            releases: SupportedReleases::Since(&[(3, 1)]),
            ..*Engine::by_id("postgresql").unwrap()
        };
        let unserved = |version: &str| {
            Support::Unserved(format!("RDS Proxy does not serve Made Up {version}"))
        };
        for (version, expected) in [
            ("2.0", Support::Served),
            ("3.0", unserved("3.0")),
            ("3.3", Support::Served),
            ("3.4", unserved("3.4")),
            ("5.1", unserved("5.1")),
        ] {
            assert_eq!(support(&made_up, version), expected, "{version}");
        }
    }
}
