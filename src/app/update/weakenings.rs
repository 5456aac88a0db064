//! Finds the user's edits that are not kept silently: those that make a rule weaker than in the newly generated
//! files, or make its verdict unknown.

use std::collections::BTreeMap;

use crate::app::comparison::effects::effects;
use crate::app::comparison::evaluated::Evaluated;
use crate::app::comparison::project::{Project, Side};
use crate::app::suppression::{Comments, CountedWaivers};
use crate::domain::drift::{Class, DriftEffect};
use crate::io::walk;
use crate::language::Texts;

/// The meaning of the merged files, compared with the generated ones.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Differences between the old and the new generated files.
    pub(super) news: Vec<DriftEffect>,
    pub(super) held: Vec<DriftEffect>,
    /// Differences that would be held if no waiver covered them.
    pub(super) accepted: Vec<DriftEffect>,
    /// Errors in the waivers that cover the differences.
    pub(super) wrong: Vec<String>,
}

/// Evaluates the merged directory and compares it with the generated files. With conflicts there is no merged text;
/// the current directory is compared with its baseline instead.
pub(super) fn judged(
    project: &Project,
    generated: &Texts,
    merged: Option<&Merged>,
    waivers: CountedWaivers<'_>,
) -> Judgement {
    let home = &project.home;
    let named = |path: &String| walk::name(&project.dir.join(path));
    let new = generated.iter();
    let new = home.side(
        new.map(|(path, text)| (named(path), text.clone()))
            .collect(),
    );
    let base = Evaluated::new(&project.before, home);
    let intent = if project.before == new {
        base.clone()
    } else {
        Evaluated::new(&new, home)
    };
    let mut judgement = Judgement {
        news: effects(&base, &intent.deploying(&base)).list,
        ..Judgement::default()
    };
    let (intent, texts, found) = match merged {
        Some(merged) => {
            let side = side(project, merged);
            let found = if side == new {
                intent.clone()
            } else {
                Evaluated::new(&side, home)
            };
            (intent, side.texts(), found)
        }
        None => {
            let now = Evaluated::new(&project.after, home);
            (base.clone(), project.after.texts(), now)
        }
    };
    let mut doubtful = effects(&intent, &found).list;
    doubtful.retain(|effect| matches!(effect.class, Class::Weakens | Class::CannotTell));
    if doubtful.is_empty() {
        return judgement;
    }
    let today = effects(&base, &Evaluated::new(&project.after, home)).list;
    let mut told = Vec::new();
    let folder = walk::name(&project.dir);
    let accepting = waivers.accepting;
    let comments = if waivers.comments_count {
        Comments::new(&texts, accepting.today, &mut told)
    } else {
        Comments::default()
    };
    for mut effect in doubtful {
        judgement
            .wrong
            .extend(accepting.accept_drift(&mut effect, &comments, &folder));
        // Reported at its current place, since the user has not seen the merged lines yet.
        let here = today.iter().find(|known| known.key() == effect.key());
        if let Some(known) = here {
            effect.origin.clone_from(&known.origin);
        }
        match effect.accepted {
            Some(_) => judgement.accepted.push(effect),
            None => judgement.held.push(effect),
        }
    }
    judgement
}

/// The generated files after the merge; none for removed files.
pub(super) type Merged = BTreeMap<String, Option<String>>;

/// Returns the directory with the merged files.
fn side(project: &Project, merged: &Merged) -> Side {
    merged
        .iter()
        .fold(project.after.clone(), |side, (path, text)| {
            let path = walk::name(&project.dir.join(path));
            side.with(&project.home, &path, text.as_deref())
        })
}
