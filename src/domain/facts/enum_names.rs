//! The texts of enum values in facts, spelled as AWS spells them where AWS has a spelling.

use crate::domain::posture::{DatabaseKind, DefaultAuth, IamAuth, PasswordSource, Ports, Protocol};

pub(super) fn default_auth_text(scheme: &DefaultAuth) -> &str {
    match scheme {
        DefaultAuth::None => "NONE",
        DefaultAuth::Iam => "IAM_AUTH",
        DefaultAuth::Other(other) => other,
    }
}

pub(super) fn iam_text(iam: &IamAuth) -> &str {
    match iam {
        IamAuth::Disabled => "DISABLED",
        IamAuth::Required => "REQUIRED",
        IamAuth::Enabled => "ENABLED",
        IamAuth::Other(other) => other,
    }
}

pub(super) fn password_text(source: PasswordSource) -> &'static str {
    match source {
        PasswordSource::Generated => "generated",
        PasswordSource::InState => "kept in the state",
        PasswordSource::Plaintext => "written in the source",
        PasswordSource::ManagedByRds => "managed by RDS",
    }
}

pub(super) fn database_kind_text(kind: DatabaseKind) -> &'static str {
    match kind {
        DatabaseKind::Instance => "instance",
        DatabaseKind::Cluster => "cluster",
    }
}

pub(super) fn protocol_text(protocol: &Protocol) -> String {
    match protocol {
        Protocol::All => "everything".to_owned(),
        Protocol::Tcp => "tcp".to_owned(),
        Protocol::Other(name) => name.clone(),
    }
}

pub(super) fn ports_text(Ports { from, to }: &Ports) -> String {
    if from == to {
        from.to_string()
    } else {
        format!("{from}-{to}")
    }
}
