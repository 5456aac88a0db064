//! Parameter groups that no database in view uses. They are generated for a database that is defined elsewhere. No
//! posture contains them, but a rule depends on them.

use super::evaluated::EvaluatedTarget;
use crate::domain::drift::{Class, DriftEffect, RuleRef};
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::posture::{Identity, ParameterGroup};
use crate::rules::infos;

/// The path of the fact below a proxy.
const ATTRIBUTE: &str = "database/parameter_group/forces_tls";

/// Returns the effects on unattached groups that made a database refuse unencrypted connections.
pub(super) fn loose_groups(before: &EvaluatedTarget, after: &EvaluatedTarget) -> Vec<DriftEffect> {
    let attached: Vec<&Identity> = after
        .posture
        .proxies
        .iter()
        .filter_map(|proxy| proxy.database.value()?.parameter_group.value())
        .map(|group| &group.identity)
        .collect();
    let groups = before.parameter_groups.iter();
    groups
        .filter(|group| forces(group) && !attached.contains(&&group.identity))
        .filter_map(|group| became(group, &after.parameter_groups))
        .collect()
}

fn forces(group: &ParameterGroup) -> bool {
    group.forces_tls.value() == Some(&true)
}

fn became(group: &ParameterGroup, now: &[ParameterGroup]) -> Option<DriftEffect> {
    let name = &group.identity;
    let own = now.iter().find(|other| other.identity == *name);
    let heir = || {
        let mut others = now.iter();
        others.find(|other| forces(other) && other.family.value() == group.family.value())
    };
    let Some(own) = own.or_else(heir) else {
        let message = format!(
            "the parameter group {name}, which makes a database refuse clear text, is gone"
        );
        return Some(effect(Class::Weakens, message, None));
    };
    match &own.forces_tls {
        Evidence::Stated(true, _) | Evidence::Defaulted(true) => None,
        Evidence::Stated(false, origin) => {
            let message =
                format!("a database with the parameter group {name} accepts clear text now");
            Some(effect(Class::Weakens, message, Some(origin)))
        }
        Evidence::Defaulted(false) => {
            let message = format!(
                "the parameter group {name} no longer makes a database refuse clear text, and the engine's default accepts it"
            );
            Some(effect(Class::Weakens, message, Some(&own.origin)))
        }
        Evidence::Unresolved(reason, origin) => {
            let message = format!(
                "whether the parameter group {name} still makes a database refuse clear text cannot be determined: {reason}"
            );
            Some(effect(Class::CannotTell, message, Some(origin)))
        }
        Evidence::NotVisible => {
            let message = format!(
                "whether the parameter group {name} still makes a database refuse clear text is not in view"
            );
            Some(effect(Class::CannotTell, message, Some(&own.origin)))
        }
    }
}

fn effect(class: Class, message: String, origin: Option<&Origin>) -> DriftEffect {
    DriftEffect {
        rule: infos()
            .find(|rule| rule.links.facts.iter().any(|link| link.fits(ATTRIBUTE)))
            .map(RuleRef),
        origin: origin.cloned(),
        ..DriftEffect::plain(class, ATTRIBUTE, message)
    }
}
