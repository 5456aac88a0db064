//! Finds the user's edits that are not kept silently: those that make a rule weaker than in the newly generated
//! files, or make its verdict unknown.

use std::collections::BTreeMap;

use crate::app::comparison::effects::effects;
use crate::app::comparison::evaluated::Evaluated;
use crate::app::comparison::project::{Home, Project, Side};
use crate::app::suppression::{Comments, CountedWaivers};
use crate::domain::consequence::Consequence;
use crate::domain::drift::{Class, DriftEffect};
use crate::io::walk;
use crate::language::Texts;
use crate::rewrite::equivalence::consequences;

/// The meaning of the merged files, compared with the generated ones.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Differences between the old and the new generated files.
    pub(super) news: Vec<DriftEffect>,
    pub(super) held: Vec<DriftEffect>,
    /// Differences that would be held if no waiver covered them.
    pub(super) accepted: Vec<DriftEffect>,
    /// What the update does once it is deployed, beyond changes in place.
    pub(super) consequences: Vec<Consequence>,
    /// Errors in the waivers that cover the differences.
    pub(super) wrong: Vec<String>,
}

/// The project of today and the files to come.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) project: &'a Project,
    /// The folders of the files to come. They are other ones when the project becomes a module.
    pub(super) home: &'a Home,
    pub(super) generated: &'a Texts,
}

/// Evaluates the merged directory and compares it with the generated files. With conflicts there is no merged text;
/// the current directory is compared with its baseline instead.
pub(super) fn judged(
    sides: Sides<'_>,
    merged: Option<&Merged>,
    waivers: CountedWaivers<'_>,
) -> Judgement {
    let Sides {
        project,
        home,
        generated,
    } = sides;
    let named = |path: &String| walk::name(&project.dir.join(path));
    let new = generated.iter();
    let new = home.side(
        new.map(|(path, text)| (named(path), text.clone()))
            .collect(),
    );
    let base = Evaluated::new(&project.before, &project.home);
    let intent = if project.before == new {
        base.clone()
    } else {
        Evaluated::new(&new, home)
    };
    let is_carried = project.home.terraform != home.terraform;
    let mut judgement = Judgement {
        news: news([&base, &intent], is_carried),
        ..Judgement::default()
    };
    let (intent, texts, found) = match merged {
        Some(merged) => {
            let side = side(project, home, merged);
            let found = if side == new {
                intent.clone()
            } else {
                Evaluated::new(&side, home)
            };
            (intent, side.texts(), found)
        }
        None => {
            let now = Evaluated::new(&project.after, &project.home);
            (base.clone(), project.after.texts(), now)
        }
    };
    let today = if project.after == project.before {
        base.clone()
    } else {
        Evaluated::new(&project.after, &project.home)
    };
    judgement.consequences = deployed(&today, &found);
    let mut doubtful = effects(&intent, &found).list;
    doubtful.retain(|effect| matches!(effect.class, Class::Weakens | Class::CannotTell));
    if !doubtful.is_empty() {
        let today = effects(&base, &today).list;
        let doubtful = Doubtful {
            folder: walk::name(&project.dir),
            effects: doubtful,
            today: &today,
            texts: &texts,
        };
        judgement.divide(doubtful, waivers);
    }
    judgement
}

/// Returns what a deployment does beyond changes in place. Today's files are taken for what is deployed, unless they cannot be
/// read: such files were never applied.
fn deployed(today: &Evaluated, found: &Evaluated) -> Vec<Consequence> {
    let roots = today.roots.first().zip(found.roots.first());
    let stacks = [(&today.stack, &found.stack)];
    let pairs = roots.into_iter().chain(stacks);
    pairs
        .filter(|(today, _)| today.document.problems.is_empty())
        .flat_map(|(today, found)| consequences(&today.document, &found.document))
        .collect()
}

/// Returns the differences between the old and the new generated files.
fn news([base, intent]: [&Evaluated; 2], is_carried: bool) -> Vec<DriftEffect> {
    if is_carried {
        // The same code stands in other places: what it comes to is compared, and not how it is written.
        let (base, intent) = (base.without_form(), intent.without_form());
        return effects(&base, &intent.deploying(&base)).list;
    }
    effects(base, &intent.deploying(base)).list
}

/// Differences that are not kept silently, and what shows where the user put them.
struct Doubtful<'a> {
    folder: String,
    effects: Vec<DriftEffect>,
    /// The differences of the files of today.
    today: &'a [DriftEffect],
    texts: &'a Texts,
}

impl Judgement {
    /// Divides the doubtful differences into those that a waiver covers and those that are held.
    fn divide(&mut self, doubtful: Doubtful<'_>, waivers: CountedWaivers<'_>) {
        let mut told = Vec::new();
        let accepting = waivers.accepting;
        let comments = if waivers.comments_count {
            Comments::new(doubtful.texts, accepting.today, &mut told)
        } else {
            Comments::default()
        };
        for mut effect in doubtful.effects {
            let wrong = accepting.accept_drift(&mut effect, &comments, &doubtful.folder);
            self.wrong.extend(wrong);
            // Reported at its current place, since the user has not seen the merged lines yet.
            let mut today = doubtful.today.iter();
            if let Some(known) = today.find(|known| known.key() == effect.key()) {
                effect.origin.clone_from(&known.origin);
            }
            match effect.accepted {
                Some(_) => self.accepted.push(effect),
                None => self.held.push(effect),
            }
        }
    }
}

/// The generated files after the merge; none for removed files.
pub(super) type Merged = BTreeMap<String, Option<String>>;

/// Returns the directory with the merged files.
fn side(project: &Project, home: &Home, merged: &Merged) -> Side {
    merged
        .iter()
        .fold(project.after.clone(), |side, (path, text)| {
            let path = walk::name(&project.dir.join(path));
            side.with(home, &path, text.as_deref())
        })
}
