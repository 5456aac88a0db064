//! The path from the consumers through the proxy to the database. It is laid out from top to bottom, so that it fits
//! both a phone and a column of a wide screen. The results of the rules are beside the part of the path that they
//! concern.

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::domain::links::PathTopic;
use crate::report::audit::{Audit, Judged, RuleAnswer};

/// Width of the picture, in its own units; a unit is a CSS pixel if there is room.
const WIDTH: usize = 352;
/// Left edge of the proxy's box; the path that bypasses the proxy runs to its left.
const INDENT: usize = 36;
/// The x coordinate of the path.
const PATH: usize = 64;
/// Line height in a list.
const LINE: usize = 22;
/// Padding inside a box.
const PAD: usize = 14;
/// Maximum width of a text in a box, in columns.
const ROOM: usize = 36;
/// The number of consumers that are named; the others are counted.
const NAMED: usize = 3;

/// A part of the path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PicturePart {
    Consumers,
    ToProxy,
    Proxy,
    ToDatabase,
    Past,
}

/// The topics beside each part in their order, and how the picture names them.
const TOPICS: [(PicturePart, PathTopic, &str); 11] = [
    (
        PicturePart::Consumers,
        PathTopic::ConnectPermission,
        "connect permission",
    ),
    (PicturePart::ToProxy, PathTopic::ClientTls, "TLS"),
    (
        PicturePart::ToProxy,
        PathTopic::IamAuthentication,
        "IAM authentication",
    ),
    (PicturePart::ToProxy, PathTopic::Ingress, "who may come in"),
    (PicturePart::Proxy, PathTopic::Secrets, "secrets"),
    (PicturePart::Proxy, PathTopic::Role, "role"),
    (
        PicturePart::Proxy,
        PathTopic::OwnGroup,
        "security group of its own",
    ),
    (PicturePart::Proxy, PathTopic::DebugLogging, "debug logging"),
    (PicturePart::ToDatabase, PathTopic::DatabaseTls, "TLS"),
    (
        PicturePart::ToDatabase,
        PathTopic::Egress,
        "where it may go",
    ),
    (
        PicturePart::Past,
        PathTopic::Bypass,
        "no way past the proxy",
    ),
];

/// The picture, ready to be drawn.
#[derive(Serialize)]
pub(super) struct Picture {
    width: usize,
    height: usize,
    /// The text alternative for screen readers.
    label: String,
    boxes: Vec<Boxed>,
    lines: Vec<Stroke>,
    marks: Vec<Mark>,
}

#[derive(Serialize)]
struct Boxed {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
    /// True if nothing about this part is known.
    unseen: bool,
    /// The heading above the names.
    kind: String,
    texts: Vec<PictureText>,
}

#[derive(Serialize)]
struct PictureText {
    y: usize,
    name: bool,
    text: String,
}

/// A segment of the path, which ends in an arrow.
#[derive(Serialize)]
struct Stroke {
    x: usize,
    from: usize,
    to: usize,
    answer: &'static str,
}

#[derive(Serialize)]
struct Mark {
    x: usize,
    y: usize,
    answer: &'static str,
    text: String,
}

/// Lays out the picture of a proxy.
pub(super) fn picture(proxy: &Judged, audit: &Audit) -> Picture {
    let mut drawing = Drawing {
        proxy,
        audit,
        y: 1,
        picture: Picture {
            width: WIDTH,
            height: 0,
            label: String::new(),
            boxes: Vec::new(),
            lines: Vec::new(),
            marks: Vec::new(),
        },
    };
    let scene = &proxy.scene;
    let consumers = scene.consumers.as_deref();
    drawing.boxed(PictureBox {
        part: PicturePart::Consumers,
        kind: "consumers",
        x: 0,
        named: named(consumers),
    });
    let below_consumers = drawing.y;
    drawing.leg(PicturePart::ToProxy);
    let name = proxy.name.as_deref().unwrap_or(proxy.short_address());
    let protocol = scene.protocol.clone().into_iter().collect();
    drawing.boxed(PictureBox {
        part: PicturePart::Proxy,
        kind: "proxy",
        x: INDENT,
        named: Some((vec![name.to_owned()], protocol)),
    });
    drawing.leg(PicturePart::ToDatabase);
    drawing.past(below_consumers);
    let database = scene.database.as_ref().map(|target| {
        let name = target.name.clone();
        let name =
            name.unwrap_or_else(|| format!("{} whose name cannot be determined", target.kind));
        (vec![name], target.engine.clone().into_iter().collect())
    });
    drawing.boxed(PictureBox {
        part: PicturePart::Past,
        kind: "database",
        x: 0,
        named: database,
    });
    drawing.done()
}

/// Names and details; `None` if they are unknown.
type Named = Option<(Vec<String>, Vec<String>)>;

fn named(consumers: Option<&[String]>) -> Named {
    let consumers = consumers?;
    if consumers.is_empty() {
        return Some((Vec::new(), vec!["none in what was read".to_owned()]));
    }
    let names = consumers.iter().take(NAMED).cloned().collect();
    let others = consumers.len().saturating_sub(NAMED);
    let others = (others > 0).then(|| format!("and {others} more"));
    Some((names, others.into_iter().collect()))
}

/// A box before its position from above and its height are known.
struct PictureBox {
    /// The part whose results stand in the box.
    part: PicturePart,
    /// The heading above the names.
    kind: &'static str,
    /// The x coordinate of the left edge.
    x: usize,
    named: Named,
}

struct Drawing<'a> {
    proxy: &'a Judged,
    audit: &'a Audit,
    /// The y coordinate of the lower edge drawn so far.
    y: usize,
    picture: Picture,
}

impl Drawing<'_> {
    /// Adds a box with its content and results.
    fn boxed(&mut self, content: PictureBox) {
        let PictureBox {
            part,
            kind,
            x,
            named,
        } = content;
        let top = self.y;
        let unseen = named.is_none();
        let (names, details) =
            named.unwrap_or_else(|| (Vec::new(), vec!["not in view".to_owned()]));
        self.say(&format!(
            "{kind}: {}",
            [names.as_slice(), &details].concat().join(", ")
        ));
        let names = names.into_iter().map(|text| (true, text));
        let details = details.into_iter().map(|text| (false, text));
        let room = ROOM - x / 8;
        let mut texts = Vec::new();
        self.y += PAD + LINE;
        for (name, text) in names.chain(details) {
            let (y, text) = (self.y + LINE / 2, fitting(&text, room));
            texts.push(PictureText { y, name, text });
            self.y += LINE;
        }
        self.marks(part, x + PAD);
        self.y += PAD / 2;
        self.picture.boxes.push(Boxed {
            x,
            y: top,
            width: WIDTH - x,
            height: self.y - top,
            unseen,
            kind: kind.to_owned(),
            texts,
        });
    }

    /// Adds a segment to the next box, with the results beside it.
    fn leg(&mut self, part: PicturePart) {
        let from = self.y;
        self.say(match part {
            PicturePart::ToProxy => "on the way to the proxy",
            _ => "on the way to the database",
        });
        self.y += PAD;
        let answer = self.marks(part, PATH + PAD + 4);
        self.y += PAD;
        self.picture.lines.push(Stroke {
            x: PATH,
            from,
            to: self.y,
            answer: word(answer),
        });
    }

    /// Adds the path that bypasses the proxy, if there may be one.
    fn past(&mut self, from: usize) {
        let answer = self.answer(PathTopic::Bypass);
        if let Some(answer) = answer.filter(|answer| *answer != RuleAnswer::Pass) {
            self.picture.lines.push(Stroke {
                x: INDENT / 2,
                from,
                to: self.y,
                answer: word(answer),
            });
        }
    }

    /// Adds the results for one part; returns the worst.
    fn marks(&mut self, part: PicturePart, x: usize) -> RuleAnswer {
        let topics = TOPICS.iter().filter(|(of, _, _)| *of == part);
        let mut told: Vec<(String, RuleAnswer)> = topics
            .filter_map(|(_, topic, name)| Some(((*name).to_owned(), self.answer(*topic)?)))
            .collect();
        if part == PicturePart::Proxy {
            told.extend(self.others());
        }
        for (topic, answer) in &told {
            let text = format!("{topic}: {}", word(*answer));
            self.say(&text);
            self.picture.marks.push(Mark {
                x,
                y: self.y,
                answer: word(*answer),
                text,
            });
            self.y += LINE;
        }
        let answers = told.into_iter().map(|(_, answer)| answer);
        answers.max().unwrap_or(RuleAnswer::Pass)
    }

    /// Returns failed rules that have no topic in the picture.
    fn others(&self) -> Vec<(String, RuleAnswer)> {
        let rules = self.audit.rules.iter();
        rules
            .filter(|rule| rule.links.topic.is_none())
            .map(|rule| (rule.id.to_owned(), self.proxy.answer(rule)))
            .filter(|(_, answer)| *answer == RuleAnswer::Fail)
            .collect()
    }

    /// Returns the worst result of the rules of a topic; `None` if none was evaluated.
    fn answer(&self, topic: PathTopic) -> Option<RuleAnswer> {
        let rules = self.audit.rules.iter();
        let rules = rules.filter(|rule| rule.links.topic == Some(topic));
        rules.map(|rule| self.proxy.answer(rule)).max()
    }

    fn say(&mut self, text: &str) {
        let label = &mut self.picture.label;
        if !label.is_empty() {
            label.push_str("; ");
        }
        label.push_str(text);
    }

    fn done(mut self) -> Picture {
        self.picture.height = self.y + 1;
        self.picture
    }
}

/// Shortens a text to the available width.
fn fitting(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.chars().take_while(|letter| {
        used += letter.width().unwrap_or(0);
        used <= room
    });
    kept.chain(['…']).collect()
}

/// Returns the text of a result, which is also its CSS class.
pub(super) fn word(answer: RuleAnswer) -> &'static str {
    match answer {
        RuleAnswer::Pass => "pass",
        RuleAnswer::Fail => "fail",
        RuleAnswer::Open => "open",
        RuleAnswer::Accepted => "accepted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::infos;

    #[test]
    fn each_topic_has_a_place_and_a_rule() {
        for (_, topic, name) in TOPICS {
            let mut topics = infos().filter_map(|rule| rule.links.topic);
            assert!(topics.any(|of_rule| of_rule == topic), "{name}");
        }
        for rule in infos() {
            let topic = rule.links.topic;
            let has_place = |topic: PathTopic| TOPICS.iter().any(|(_, drawn, _)| *drawn == topic);
            assert!(topic.is_none_or(has_place), "{}", rule.id);
        }
    }
}
