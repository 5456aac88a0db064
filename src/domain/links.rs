//! The links of a rule: the facts that it is about, its topic in a picture, and the edit that fixes it. Each rule
//! states its own; drift, reports and edits ask for them and refer to no rule by its id.

use super::remedy::Setting;

/// The links of a rule to what the other rooms do with its findings.
#[derive(Debug)]
pub struct RuleLinks {
    /// The facts that the rule is about.
    pub facts: &'static [FactLink],
    /// The topic beside the path from the consumers to the database; `None` if only a fault is shown there.
    pub topic: Option<PathTopic>,
    /// The edit that fixes a finding; `None` if the right text depends on the system.
    pub mending: Option<Mending>,
    /// The id of the rule whose fault at a place causes the fault of this rule at the same place, so that one edit
    /// fixes both.
    pub cause: Option<&'static str>,
}

impl RuleLinks {
    /// The links of a rule that has none; a rule with some lists only those.
    pub const NONE: Self = Self {
        facts: &[],
        topic: None,
        mending: None,
        cause: None,
    };
}

/// The facts at and below a path, and the direction that is weaker.
#[derive(Debug)]
pub struct FactLink {
    /// The path below the proxy, as `auth/*/secret`; `*` matches any segment.
    pub path: &'static str,
    /// The direction that is weaker.
    pub sense: FactSense,
}

/// The direction in which a fact is weaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactSense {
    /// Decided by the verdicts of the rules.
    Judged,
    /// Each fact admits or permits something: an additional one is weaker.
    Grants,
    /// A fact that is true keeps something out: a false one is weaker.
    Guards,
}

/// Links facts whose direction the verdict of the rule decides.
pub const fn about(path: &'static str) -> FactLink {
    let sense = FactSense::Judged;
    FactLink { path, sense }
}

/// Links facts that each admit or permit something.
pub const fn grants(path: &'static str) -> FactLink {
    let sense = FactSense::Grants;
    FactLink { path, sense }
}

/// Links facts that keep something out as long as they are true.
pub const fn guards(path: &'static str) -> FactLink {
    let sense = FactSense::Guards;
    FactLink { path, sense }
}

impl FactLink {
    /// True if this path, which begins below the proxy, is the link's or below it.
    pub fn fits(&self, path: &str) -> bool {
        let mut steps = path.split('/');
        let mut pattern = self.path.split('/');
        pattern.all(|own| steps.next().is_some_and(|step| own == "*" || own == step))
    }
}

/// A topic that a picture of the proxy shows beside a part of the path from the consumers to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathTopic {
    /// The permission of the consumers to connect.
    ConnectPermission,
    /// TLS between the clients and the proxy.
    ClientTls,
    /// IAM authentication at the proxy.
    IamAuthentication,
    /// The peers that the proxy's security groups admit.
    Ingress,
    /// The secrets of the proxy, their policies and their keys.
    Secrets,
    /// The role of the proxy.
    Role,
    /// The security group that belongs to the proxy alone.
    OwnGroup,
    /// The debug logging of the proxy.
    DebugLogging,
    /// TLS between the proxy and the database.
    DatabaseTls,
    /// The peers that the proxy's security groups let it reach.
    Egress,
    /// The paths to the database that bypass the proxy.
    Bypass,
}

/// The edit that fixes a finding with exactly one correct text.
#[derive(Debug)]
pub enum Mending {
    /// Sets an attribute to its only correct value.
    Set(&'static Setting),
    /// Turns on the parameter that makes the database refuse connections without TLS.
    TlsParameter,
    /// Replaces a wildcard with the only database user that it can refer to.
    NamedUser,
}
