//! The engines that RDS Proxy supports, one table row each. To add an engine, add a row.
//!
//! The interview, the blueprint, the templates and the rules read the row; none of them refers to an engine by name.

mod family;

pub use family::{EngineFamily, FamilyTraits, PINNING_FILTER};

/// The kind of parameter group that holds the engine's TLS parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterGroupKind {
    /// A group for instances: `aws_db_parameter_group`, `AWS::RDS::DBParameterGroup`.
    Instance,
    /// A group for clusters: `aws_rds_cluster_parameter_group`, `AWS::RDS::DBClusterParameterGroup`.
    Cluster,
}

/// The SQL dialect of the statements that create a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlDialect {
    /// The dialect of MySQL 8 and Aurora MySQL.
    MySql,
    /// The dialect of MariaDB, which lacks `caching_sha2_password`.
    MariaDb,
    /// The dialect of PostgreSQL and Aurora PostgreSQL.
    PostgreSql,
    /// The dialect of SQL Server (Transact-SQL).
    SqlServer,
}

impl SqlDialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [
        Self::MySql,
        Self::MariaDb,
        Self::PostgreSql,
        Self::SqlServer,
    ];

    /// Returns the name that templates compare.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::PostgreSql => "postgresql",
            Self::SqlServer => "sqlserver",
        }
    }

    /// Returns the marks around a quoted name. The second is doubled inside the name.
    pub fn quotes(self) -> [&'static str; 2] {
        match self {
            Self::MySql | Self::MariaDb => ["`", "`"],
            Self::PostgreSql => ["\"", "\""],
            Self::SqlServer => ["[", "]"],
        }
    }
}

/// A database engine and its properties.
#[derive(Debug, PartialEq, Eq)]
pub struct Engine {
    /// The name in the spec: `aurora-postgresql`.
    pub id: &'static str,
    /// The product name, for messages and documents.
    pub title: &'static str,
    /// The names that `DescribeDBInstances` returns, the most common first.
    pub api_names: &'static [&'static str],
    /// The engine family of the proxy.
    pub family: EngineFamily,
    /// True for engines that exist only as a cluster.
    pub aurora: bool,
    /// The engine's default database port.
    pub database_port: u16,
    /// The parameter that makes the database refuse connections without TLS.
    pub tls_parameter: &'static str,
    /// The value of `tls_parameter` that does so.
    pub tls_value: &'static str,
    /// The kind of parameter group that holds `tls_parameter` for this engine's targets.
    pub tls_group: ParameterGroupKind,
    /// True if the parameter takes effect only at a restart even without a proxy: `apply_method = "pending-reboot"`.
    pub tls_static: bool,
    /// The first version, as `(major, minor)`, whose default parameter groups force TLS; `None` if no version does.
    pub tls_default_since: Option<(u32, u32)>,
    /// The `MaxConnectionsPercent` used if the spec gives none. It is below 100, so that an administrator can still
    /// connect to the database directly; for SQL Server it is the AWS default. Source: RDS API Reference,
    /// ConnectionPoolConfiguration.
    pub max_connections_percent: u32,
    /// The SQL dialect of the statements that create a user.
    pub dialect: SqlDialect,
    /// The value of `engine` in the secret's JSON, which rotation needs.
    pub secret_engine: &'static str,
    /// The major versions that RDS Proxy supports, used for the family of a parameter group and the version check.
    /// Source: RDS User Guide, "Supported Regions and DB engines for Amazon RDS Proxy", autumn 2026. The list becomes
    /// outdated, so a newer version is only a note.
    pub versions: &'static [&'static str],
    /// The versions that AWS documents as unsupported although the others of their major version are, or although they
    /// are newer than the last one in `versions`. Source: as for `versions`.
    pub excluded_versions: &'static [&'static str],
    /// The releases of a major version that RDS Proxy supports.
    pub releases: SupportedReleases,
    /// True if the edition decides the family of a parameter group, so that the version alone does not.
    pub has_editions: bool,
    /// An example of a version, as a person types it.
    pub version_example: &'static str,
    /// An example of a parameter group, as a person types it.
    pub group_example: &'static str,
}

/// The releases of a supported major version that RDS Proxy supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SupportedReleases {
    /// Every release.
    All,
    /// Every release from the given minor version on, for each major version listed as `(major, minor)`.
    Since(&'static [(u32, u32)]),
    /// The releases of Aurora MySQL, which have a number of their own behind `mysql_aurora.`: 2.07, 2.11 and later, all
    /// of 3.
    AuroraMySql,
}

/// The first supported minor version of each major version of Aurora PostgreSQL.
/// Source: Amazon Aurora User Guide, "Supported Regions and Aurora DB engines for Amazon RDS Proxy".
const AURORA_POSTGRESQL: &[(u32, u32)] = &[
    (11, 9),
    (12, 8),
    (13, 4),
    (14, 3),
    (15, 2),
    (16, 1),
    (17, 4),
];

impl Engine {
    /// Returns the engine with this name in the spec.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        ENGINES.iter().find(|engine| engine.id == id)
    }

    /// Returns the engine with this API name. RDS accepts the name in any letter case and stores it in lower case.
    /// Source: aws-cloudformation/aws-cloudformation-resource-providers-rds#409.
    pub fn by_api_name(name: &str) -> Option<&'static Self> {
        let is_meant = |known: &&str| known.eq_ignore_ascii_case(name);
        let mut engines = ENGINES.iter();
        engines.find(|engine| engine.api_names.iter().any(is_meant))
    }

    /// Returns true if a database of this version refuses connections without TLS unless its parameter group says
    /// otherwise; `None` if the version cannot be parsed.
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

/// Every engine that RDS Proxy supports.
/// TLS parameters: RDS User Guide "Requiring an SSL/TLS connection" of each engine; Aurora User Guide "Security with
/// Aurora MySQL / PostgreSQL".
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
        max_connections_percent: 80,
        dialect: SqlDialect::MySql,
        secret_engine: "mysql",
        versions: &["5.7", "8.0", "8.4"],
        excluded_versions: &[],
        releases: SupportedReleases::All,
        has_editions: false,
        version_example: "8.0.39",
        group_example: "default.mysql8.0",
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
        max_connections_percent: 80,
        dialect: SqlDialect::MariaDb,
        secret_engine: "mariadb",
        versions: &["10.5", "10.6", "10.11", "11.4", "11.8", "12.3"],
        excluded_versions: &[],
        releases: SupportedReleases::All,
        has_editions: false,
        version_example: "10.11.9",
        group_example: "default.mariadb10.11",
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
        max_connections_percent: 80,
        dialect: SqlDialect::PostgreSql,
        secret_engine: "postgres",
        versions: &["10", "11", "12", "13", "14", "15", "16", "17", "18"],
        excluded_versions: &[],
        releases: SupportedReleases::All,
        has_editions: false,
        version_example: "16.4",
        group_example: "default.postgres16",
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
        max_connections_percent: 10,
        dialect: SqlDialect::SqlServer,
        secret_engine: "sqlserver",
        // The internal version numbers of SQL Server 2016, 2017 and 2019.
        versions: &["13.0", "14.0", "15.0"],
        // SQL Server 2022.
        excluded_versions: &["16.0"],
        releases: SupportedReleases::All,
        has_editions: true,
        version_example: "15.00.4415.2",
        group_example: "default.sqlserver-se-15.0",
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
        max_connections_percent: 80,
        dialect: SqlDialect::MySql,
        secret_engine: "mysql",
        versions: &["5.7", "8.0"],
        excluded_versions: &[],
        releases: SupportedReleases::AuroraMySql,
        has_editions: false,
        version_example: "8.0.mysql_aurora.3.08.0",
        group_example: "default.aurora-mysql8.0",
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
        max_connections_percent: 80,
        dialect: SqlDialect::PostgreSql,
        secret_engine: "postgres",
        versions: &["11", "12", "13", "14", "15", "16", "17"],
        excluded_versions: &["11.10", "11.12"],
        releases: SupportedReleases::Since(AURORA_POSTGRESQL),
        has_editions: false,
        version_example: "16.4",
        group_example: "default.aurora-postgresql16",
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
