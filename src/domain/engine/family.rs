//! The engine families, one row of capabilities each.

/// The `EngineFamily` of a proxy. Its variants are named in this module alone: other code asks [`Self::traits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EngineFamily {
    /// The engines MySQL, MariaDB and Aurora MySQL.
    MySql,
    /// The engines PostgreSQL and Aurora PostgreSQL.
    PostgreSql,
    /// The engine SQL Server, in all its editions.
    SqlServer,
}

/// The capabilities of a proxy for the engines of a family.
#[derive(Debug)]
pub struct FamilyTraits {
    /// The name in the API.
    pub api_name: &'static str,
    /// The name of the protocol, for messages.
    pub title: &'static str,
    /// The port on which the proxy listens, whatever the port of the database.
    /// Source: Amazon RDS User Guide, "Using Amazon RDS Proxy" ("All proxies listen on port 3306 for MySQL", "5432 for
    /// PostgreSQL").
    pub proxy_port: u16,
    /// True if AWS documents the port; otherwise a spec may set another.
    pub is_port_documented: bool,
    /// The valid values of `ClientPasswordAuthType`. Source: Amazon RDS API Reference, "UserAuthConfig".
    pub client_password_types: &'static [&'static str],
    /// True if `IAMAuth` may be `ENABLED`, which leaves the choice to clients. Source: Amazon RDS API Reference,
    /// "UserAuthConfig" (`ENABLED` is valid only for RDS for Microsoft SQL Server).
    pub iam_may_be_enabled: bool,
    /// True if end-to-end IAM is supported. Source: RDS User Guide, "Using Amazon RDS Proxy", limitations of SQL
    /// Server.
    pub end_to_end_iam: bool,
    /// True if a database can be a cluster, whose readers a read-only endpoint reaches.
    pub has_clusters: bool,
    /// True if parameter groups have the parameter `read_only`.
    pub has_read_only_parameter: bool,
    /// The `SessionPinningFilters` that exist. Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
    pub pinning_filters: &'static [&'static str],
    /// The default of `MaxConnectionsPercent`. Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
    pub max_connections_default: u32,
    /// The maximum length of a user name in characters, if it is shorter than that of RDS Proxy. Source: MySQL
    /// Reference Manual, "Account User Names". MariaDB permits more, but the family does not distinguish the two.
    pub user_length: Option<usize>,
    /// The schema that grants name if the spec gives none; `None` if a schema is the same as a database.
    pub default_schema: Option<&'static str>,
    /// True if a user belongs to a login, which needs its password from the start.
    pub has_logins: bool,
}

/// The only session pinning filter that exists.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub const PINNING_FILTER: &str = "EXCLUDE_VARIABLE_SETS";

static MYSQL: FamilyTraits = FamilyTraits {
    api_name: "MYSQL",
    title: "MySQL",
    proxy_port: 3306,
    is_port_documented: true,
    client_password_types: &["MYSQL_NATIVE_PASSWORD", "MYSQL_CACHING_SHA2_PASSWORD"],
    iam_may_be_enabled: false,
    end_to_end_iam: true,
    has_clusters: true,
    has_read_only_parameter: true,
    pinning_filters: &[PINNING_FILTER],
    max_connections_default: 100,
    user_length: Some(32),
    default_schema: None,
    has_logins: false,
};

static POSTGRESQL: FamilyTraits = FamilyTraits {
    api_name: "POSTGRESQL",
    title: "PostgreSQL",
    proxy_port: 5432,
    is_port_documented: true,
    client_password_types: &["POSTGRES_SCRAM_SHA_256", "POSTGRES_MD5"],
    iam_may_be_enabled: false,
    end_to_end_iam: true,
    has_clusters: true,
    has_read_only_parameter: false,
    pinning_filters: &[],
    max_connections_default: 100,
    user_length: None,
    default_schema: Some("public"),
    has_logins: false,
};

static SQL_SERVER: FamilyTraits = FamilyTraits {
    api_name: "SQLSERVER",
    title: "SQL Server",
    // The standard port of the protocol: the guide states none.
    proxy_port: 1433,
    is_port_documented: false,
    client_password_types: &["SQL_SERVER_AUTHENTICATION"],
    iam_may_be_enabled: true,
    end_to_end_iam: false,
    has_clusters: false,
    has_read_only_parameter: false,
    pinning_filters: &[PINNING_FILTER],
    max_connections_default: 10,
    user_length: None,
    default_schema: Some("dbo"),
    has_logins: true,
};

impl EngineFamily {
    /// Every family, in the order of the table.
    pub const ALL: [Self; 3] = [Self::MySql, Self::PostgreSql, Self::SqlServer];

    /// Returns the row of the family.
    pub fn traits(self) -> &'static FamilyTraits {
        match self {
            Self::MySql => &MYSQL,
            Self::PostgreSql => &POSTGRESQL,
            Self::SqlServer => &SQL_SERVER,
        }
    }

    /// Returns the family's name in the API.
    pub fn api_name(self) -> &'static str {
        self.traits().api_name
    }

    /// Returns the family with that API name; AWS accepts the name in upper case only.
    pub fn from_api(name: &str) -> Option<Self> {
        let mut families = Self::ALL.into_iter();
        families.find(|family| family.api_name() == name)
    }
}
