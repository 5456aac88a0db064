//! The engines that RDS Proxy serves, one row each. To add one, add a row.
//!
//! Questions, blueprint, templates and rules read the row; none of them names an engine by itself.

/// `EngineFamily` of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EngineFamily {
    /// MySQL, MariaDB, Aurora MySQL.
    MySql,
    /// PostgreSQL, Aurora PostgreSQL.
    PostgreSql,
    /// SQL Server.
    SqlServer,
}

impl EngineFamily {
    /// As the API writes it.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::MySql => "MYSQL",
            Self::PostgreSql => "POSTGRESQL",
            Self::SqlServer => "SQLSERVER",
        }
    }

    /// The family of that name; AWS takes it in this case only.
    pub fn from_api(name: &str) -> Option<Self> {
        [Self::MySql, Self::PostgreSql, Self::SqlServer]
            .into_iter()
            .find(|family| family.api_name() == name)
    }

    /// Where clients reach the proxy, whatever port the database has.
    /// Source: Amazon RDS User Guide, "Using Amazon RDS Proxy" ("All proxies listen on port 3306 for MySQL", "5432 for PostgreSQL").
    /// For SQL Server the guide states none: 1433 is the protocol's own port, and the spec can set another.
    pub fn proxy_port(self) -> u16 {
        match self {
            Self::MySql => 3306,
            Self::PostgreSql => 5432,
            Self::SqlServer => 1433,
        }
    }
}

/// Which kind of parameter group holds the engine's TLS parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterGroupKind {
    /// `aws_db_parameter_group`, `AWS::RDS::DBParameterGroup`.
    Instance,
    /// `aws_rds_cluster_parameter_group`, `AWS::RDS::DBClusterParameterGroup`.
    Cluster,
}

/// Which SQL creates a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlDialect {
    /// MySQL 8, Aurora MySQL.
    MySql,
    /// MariaDB: no `caching_sha2_password`.
    MariaDb,
    /// PostgreSQL.
    PostgreSql,
    /// Transact-SQL.
    SqlServer,
}

/// One engine.
#[derive(Debug, PartialEq, Eq)]
pub struct Engine {
    /// As the spec writes it: `aurora-postgresql`.
    pub id: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// As `DescribeDBInstances` gives it; the first is the usual one.
    pub api_names: &'static [&'static str],
    /// The proxy's family.
    pub family: EngineFamily,
    /// True for the engines that exist only as a cluster.
    pub aurora: bool,
    /// The port that a database of this engine has by default.
    pub database_port: u16,
    /// The parameter that makes the database refuse clear text.
    pub tls_parameter: &'static str,
    /// The value that does so.
    pub tls_value: &'static str,
    /// Which kind of group holds it for the kind of target that this engine has.
    pub tls_group: ParameterGroupKind,
    /// Takes effect only at a restart even without a proxy: `apply_method = "pending-reboot"`.
    pub tls_static: bool,
    /// The first major version whose default groups force TLS, as `(major, minor)`; `None` where none does.
    pub tls_default_since: Option<(u32, u32)>,
    /// Whether end-to-end IAM works. Source: RDS User Guide, "Using Amazon RDS Proxy", limitations of SQL Server.
    pub end_to_end_iam: bool,
    /// `SessionPinningFilters` that the family knows.
    pub pinning_filters: &'static [&'static str],
    /// `MaxConnectionsPercent` where the spec gives none: below 100, so that an administrator still gets in beside the proxy; for
    /// SQL Server the default of AWS. Source: RDS API Reference, ConnectionPoolConfiguration.
    pub max_connections_percent: u32,
    /// Which SQL creates a user.
    pub dialect: SqlDialect,
    /// `engine` in the secret's JSON, which rotation needs.
    pub secret_engine: &'static str,
    /// Major versions that the service supports, for a parameter group's family and the check of the version.
    /// Source: RDS User Guide, "Supported Regions and DB engines for Amazon RDS Proxy", autumn 2026. The list ages: a newer one is a note.
    pub versions: &'static [&'static str],
}

impl Engine {
    /// The engine that the spec calls this.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        ENGINES.iter().find(|engine| engine.id == id)
    }

    /// The engine that the API calls this. RDS takes the name in any letter case and keeps it in lower case.
    /// Source: aws-cloudformation/aws-cloudformation-resource-providers-rds#409.
    pub fn by_api_name(name: &str) -> Option<&'static Self> {
        let is_meant = |known: &&str| known.eq_ignore_ascii_case(name);
        let mut engines = ENGINES.iter();
        engines.find(|engine| engine.api_names.iter().any(is_meant))
    }

    /// Whether a database of this version refuses clear text unless its parameter group says otherwise; `None` when the version is unreadable.
    pub fn forces_tls_by_default(&self, version: &str) -> Option<bool> {
        let Some(since) = self.tls_default_since else {
            return Some(false);
        };
        let mut numbers = version.split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some((major, minor) >= since)
    }
}

const VARIABLE_SETS: &[&str] = &["EXCLUDE_VARIABLE_SETS"];

/// Every engine that RDS Proxy serves.
/// TLS parameters: RDS User Guide "Requiring an SSL/TLS connection" of each engine; Aurora User Guide "Security with Aurora MySQL / PostgreSQL".
pub static ENGINES: &[Engine] = &[
    Engine {
        id: "mysql",
        title: "RDS for MySQL",
        api_names: &["mysql"],
        family: EngineFamily::MySql,
        aurora: false,
        database_port: 3306,
        tls_parameter: "require_secure_transport",
        tls_value: "1",
        tls_group: ParameterGroupKind::Instance,
        tls_static: false,
        tls_default_since: None,
        end_to_end_iam: true,
        pinning_filters: VARIABLE_SETS,
        max_connections_percent: 80,
        dialect: SqlDialect::MySql,
        secret_engine: "mysql",
        versions: &["5.7", "8.0", "8.4"],
    },
    Engine {
        id: "mariadb",
        title: "RDS for MariaDB",
        api_names: &["mariadb"],
        family: EngineFamily::MySql,
        aurora: false,
        database_port: 3306,
        tls_parameter: "require_secure_transport",
        tls_value: "1",
        tls_group: ParameterGroupKind::Instance,
        tls_static: false,
        tls_default_since: Some((11, 8)),
        end_to_end_iam: true,
        pinning_filters: VARIABLE_SETS,
        max_connections_percent: 80,
        dialect: SqlDialect::MariaDb,
        secret_engine: "mariadb",
        versions: &["10.5", "10.6", "10.11", "11.4", "11.8", "12.3"],
    },
    Engine {
        id: "postgresql",
        title: "RDS for PostgreSQL",
        api_names: &["postgres"],
        family: EngineFamily::PostgreSql,
        aurora: false,
        database_port: 5432,
        tls_parameter: "rds.force_ssl",
        tls_value: "1",
        tls_group: ParameterGroupKind::Instance,
        tls_static: false,
        tls_default_since: Some((15, 0)),
        end_to_end_iam: true,
        pinning_filters: &[],
        max_connections_percent: 80,
        dialect: SqlDialect::PostgreSql,
        secret_engine: "postgres",
        versions: &["10", "11", "12", "13", "14", "15", "16", "17", "18"],
    },
    Engine {
        id: "sqlserver",
        title: "RDS for SQL Server",
        api_names: &[
            "sqlserver-se",
            "sqlserver-ee",
            "sqlserver-ex",
            "sqlserver-web",
        ],
        family: EngineFamily::SqlServer,
        aurora: false,
        database_port: 1433,
        tls_parameter: "rds.force_ssl",
        tls_value: "1",
        tls_group: ParameterGroupKind::Instance,
        tls_static: true,
        tls_default_since: None,
        end_to_end_iam: false,
        pinning_filters: VARIABLE_SETS,
        max_connections_percent: 10,
        dialect: SqlDialect::SqlServer,
        secret_engine: "sqlserver",
        // 2016, 2017 and 2019, by their internal numbers.
        versions: &["13.0", "14.0", "15.0"],
    },
    Engine {
        id: "aurora-mysql",
        title: "Aurora MySQL",
        api_names: &["aurora-mysql"],
        family: EngineFamily::MySql,
        aurora: true,
        database_port: 3306,
        tls_parameter: "require_secure_transport",
        tls_value: "ON",
        tls_group: ParameterGroupKind::Cluster,
        tls_static: false,
        tls_default_since: None,
        end_to_end_iam: true,
        pinning_filters: VARIABLE_SETS,
        max_connections_percent: 80,
        dialect: SqlDialect::MySql,
        secret_engine: "mysql",
        versions: &["5.7", "8.0"],
    },
    Engine {
        id: "aurora-postgresql",
        title: "Aurora PostgreSQL",
        api_names: &["aurora-postgresql"],
        family: EngineFamily::PostgreSql,
        aurora: true,
        database_port: 5432,
        tls_parameter: "rds.force_ssl",
        tls_value: "1",
        tls_group: ParameterGroupKind::Cluster,
        tls_static: false,
        tls_default_since: Some((17, 0)),
        end_to_end_iam: true,
        pinning_filters: &[],
        max_connections_percent: 80,
        dialect: SqlDialect::PostgreSql,
        secret_engine: "postgres",
        versions: &["11", "12", "13", "14", "15", "16", "17"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_by_default_follows_the_version() {
        let cases = [
            ("postgresql", "14.12", Some(false)),
            ("postgresql", "15", Some(true)),
            ("postgresql", "16.4", Some(true)),
            ("aurora-postgresql", "16.4", Some(false)),
            ("aurora-postgresql", "17.4", Some(true)),
            ("mariadb", "11.4.3", Some(false)),
            ("mariadb", "11.8.1", Some(true)),
            ("mysql", "8.4.3", Some(false)),
            ("sqlserver", "15.00.4410.1.v1", Some(false)),
            ("postgresql", "latest", None),
        ];
        for (engine, version, expected) in cases {
            let engine = Engine::by_id(engine).unwrap();
            assert_eq!(
                engine.forces_tls_by_default(version),
                expected,
                "{} {version}",
                engine.id
            );
        }
    }

    #[test]
    fn ids_and_api_names_are_unique() {
        let mut names: Vec<_> = ENGINES.iter().flat_map(|engine| engine.api_names).collect();
        names.sort();
        names.dedup();
        assert_eq!(
            names.len(),
            ENGINES
                .iter()
                .map(|engine| engine.api_names.len())
                .sum::<usize>()
        );
        assert!(
            ENGINES
                .iter()
                .all(|engine| Engine::by_id(engine.id) == Some(engine))
        );
    }
}
