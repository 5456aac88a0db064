//! Matches the items of three texts. Items are matched by name; several items with the same name, such as the rules of
//! a security group, are matched by content, in the way that a line merge matches lines.

use std::collections::BTreeMap;

use similar::{MergeResolution, TextMerge};

use super::outline::OutlineItem;

/// Identifies an item in all three texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    key: String,
    number: usize,
    /// Both sides changed items with this key, so the match is uncertain. Such an item is merged as a whole.
    pub(super) is_doubtful: bool,
}

/// Returns the ids of the items of three texts, in their order.
pub(super) fn ids(texts: [&[OutlineItem]; 3]) -> [Vec<Id>; 3] {
    let mut by_key: BTreeMap<&str, [Vec<&OutlineItem>; 3]> = BTreeMap::new();
    for (side, items) in texts.into_iter().enumerate() {
        for item in items {
            by_key.entry(&item.key).or_default()[side].push(item);
        }
    }
    let mut found: BTreeMap<&str, [Vec<Id>; 3]> = BTreeMap::new();
    for (key, likes) in by_key {
        let is_one = likes.iter().all(|items| items.len() <= 1);
        let mut ids = if is_one {
            likes.map(|items| vec![id(key, 0, false); items.len()])
        } else {
            placed(key, &likes).unwrap_or_else(|| paired(key, &likes))
        };
        // The ids are taken with `pop`, from the end.
        ids.iter_mut().for_each(|ids| ids.reverse());
        found.insert(key, ids);
    }
    let mut side = 0;
    texts.map(|items| {
        let ids = items
            .iter()
            .filter_map(|item| found.get_mut(item.key.as_str())?[side].pop());
        let ids = ids.collect();
        side += 1;
        ids
    })
}

fn id(key: &str, number: usize, is_doubtful: bool) -> Id {
    Id {
        key: key.to_owned(),
        number,
        is_doubtful,
    }
}

/// If all texts have equally many items, they are matched by position. If both sides changed the same item, the match
/// is certain only if neither changed another one.
fn placed(key: &str, likes: &[Vec<&OutlineItem>; 3]) -> Option<[Vec<Id>; 3]> {
    let [base, ours, theirs] = likes;
    (base.len() == ours.len() && base.len() == theirs.len()).then_some(())?;
    let changed = |side: &[&OutlineItem]| -> Vec<bool> {
        let pairs = side.iter().zip(base);
        pairs.map(|(one, base)| one.sense != base.sense).collect()
    };
    let [ours, theirs] = [changed(ours), changed(theirs)];
    let count = |changed: &[bool]| changed.iter().filter(|is| **is).count();
    let is_one = count(&ours) == 1 && count(&theirs) == 1;
    let ids: Vec<Id> = (0..base.len())
        .map(|place| id(key, place, ours[place] && theirs[place] && !is_one))
        .collect();
    Some([ids.clone(), ids.clone(), ids])
}

/// Matches several items with the same name by their content.
fn paired(key: &str, likes: &[Vec<&OutlineItem>; 3]) -> [Vec<Id>; 3] {
    let mut senses: Vec<&str> = likes
        .iter()
        .flatten()
        .map(|item| item.sense.as_str())
        .collect();
    senses.sort_unstable();
    senses.dedup();
    let [base, ours, theirs] = likes.each_ref().map(|items| {
        let numbers = items
            .iter()
            .map(|item| senses.binary_search(&item.sense.as_str()));
        numbers
            .map(|number| format!("{}\n", number.unwrap_or_else(|at| at)))
            .collect::<String>()
    });
    let mut next = 0;
    let mut ids: [Vec<Id>; 3] = Default::default();
    for region in TextMerge::from_lines(base.as_str(), ours.as_str(), theirs.as_str()).regions() {
        let counts = [
            region.base_range(),
            region.ours_range(),
            region.theirs_range(),
        ]
        .map(|range| range.len());
        // An equal number means that the sides share their items.
        let shares = match region.resolution() {
            MergeResolution::Unchanged => [0, 0, 0],
            MergeResolution::Ours => [0, 1, 0],
            MergeResolution::Theirs => [0, 0, 1],
            MergeResolution::Both => [0, 1, 1],
            _ => [0, 0, 0],
        };
        let is_doubtful = region.is_conflict();
        let most = counts.into_iter().max().unwrap_or_default();
        for side in 0..3 {
            let from = next + shares[side] * most;
            ids[side].extend((0..counts[side]).map(|number| id(key, from + number, is_doubtful)));
        }
        next += 2 * most;
    }
    ids
}
