//! Alarms and detections: the metrics and API calls that show that a proxy has become weaker.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::blueprint::Blueprint;

#[derive(Serialize, JsonSchema)]
pub(super) struct MonitoringContext {
    /// `null` when nobody is notified.
    pub(super) topic_arn: Option<String>,
    pub(super) log_retention_days: u32,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Alarm {
    /// Last part of the alarm's name.
    name: &'static str,
    logical_id: &'static str,
    metric: &'static str,
    description: &'static str,
    threshold: u32,
    /// Seconds.
    period: u32,
    periods: u32,
}

/// The alarms on the proxy's metrics. Source: RDS User Guide, "Monitoring RDS Proxy metrics with Amazon CloudWatch".
pub(super) const ALARMS: &[Alarm] = &[
    Alarm {
        name: "clients-without-tls",
        logical_id: "ClientsWithoutTls",
        metric: "ClientConnectionsNoTLS",
        description: "A client is connected to the proxy in clear text. RequireTLS has been switched off.",
        threshold: 0,
        period: 60,
        periods: 1,
    },
    Alarm {
        name: "queries-without-tls",
        logical_id: "QueriesWithoutTls",
        metric: "QueryRequestsNoTLS",
        description: "A query reached the proxy in clear text. RequireTLS has been switched off.",
        threshold: 0,
        period: 60,
        periods: 1,
    },
    Alarm {
        name: "client-logins-failing",
        logical_id: "ClientLoginsFailing",
        metric: "ClientConnectionsSetupFailedAuth",
        description: "Clients fail to log in to the proxy: wrong user, expired token, or no TLS.",
        threshold: 10,
        period: 300,
        periods: 1,
    },
    Alarm {
        name: "database-logins-failing",
        logical_id: "DatabaseLoginsFailing",
        metric: "DatabaseConnectionsSetupFailed",
        description: "The proxy fails to log in to the database. Compare the secret with the database user.",
        threshold: 5,
        period: 300,
        periods: 1,
    },
    Alarm {
        name: "sessions-pinned",
        logical_id: "SessionsPinned",
        metric: "DatabaseConnectionsCurrentlySessionPinned",
        description: "Sessions stay pinned to database connections, which the proxy then cannot share.",
        threshold: 20,
        period: 300,
        periods: 3,
    },
];

/// API calls that may weaken a proxy. They are matched by name only: AWS does not document the parameters that these
/// events have for a proxy.
pub(super) const WEAKENING_CALLS: &[&str] = &[
    "CreateDBProxy",
    "ModifyDBProxy",
    "DeleteDBProxy",
    "CreateDBProxyEndpoint",
    "ModifyDBProxyEndpoint",
    "DeleteDBProxyEndpoint",
    "ModifyDBProxyTargetGroup",
    "RegisterDBProxyTargets",
    "DeregisterDBProxyTargets",
    "ModifyDBParameterGroup",
    "ModifyDBClusterParameterGroup",
    "ResetDBParameterGroup",
    "ResetDBClusterParameterGroup",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "PutSecretValue",
    "UpdateSecret",
];

pub(super) fn monitoring(blueprint: &Blueprint) -> MonitoringContext {
    MonitoringContext {
        topic_arn: blueprint
            .monitoring
            .topic_arn
            .as_ref()
            .map(ToString::to_string),
        log_retention_days: blueprint.monitoring.log_retention_days,
    }
}
