//! One audit with all features that a format can meet: read from small estates in both languages, then marked by hand.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::domain::finding::{
    Acceptance, Edit, Finding, Group, Report, RuleInfo, Severity, Waiver,
};
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::domain::secrecy::{MaskedText, Secrets};
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::TerraformFiles;
use rdsproxy_gen::language::{cloudformation, terraform};
use rdsproxy_gen::report::topology::DatabaseNode;
use rdsproxy_gen::report::{Audit, Checked, Judged, Skipped, Topology};
use rdsproxy_gen::rules::RULES;
use rdsproxy_gen::source::assemble::assemble;

const MODULE: &str = include_str!("estate/modules/orders/main.tf");
const CALLER: &str = include_str!("estate/envs/prod/main.tf");
const WEAK_TERRAFORM: &str = include_str!("../audit/weak.tf");
const WEAK_TEMPLATE: &str = include_str!("../audit/weak.yaml");

/// Rules in addition to the six that the audit checks. With them, every part of a report has content, and snapshots
/// stay short.
const OTHERS: [&str; 5] = [
    "role-permissions-too-wide",
    "connect-permission-too-wide",
    "subnets-in-one-zone",
    "zone-unsupported",
    "name-invalid",
];

/// A proxy in a module that `envs/prod` calls, a weak one in Terraform with some findings waived, and one in
/// CloudFormation.
pub(crate) fn audit() -> Audit {
    let files = texts(&[
        ("envs/prod/main.tf", CALLER),
        ("modules/orders/main.tf", MODULE),
        ("legacy/main.tf", WEAK_TERRAFORM),
    ]);
    let templates = texts(&[("cfn/template.yaml", WEAK_TEMPLATE)]);
    let terraform = |root: &str| terraform::read(&TerraformFiles::new(root, files.clone()));
    let cloudformation = cloudformation::read(&CloudFormationFiles {
        templates: templates.clone(),
        ..CloudFormationFiles::default()
    });
    let mut proxies = judged(cloudformation, None);
    proxies.extend(judged(terraform("legacy"), Some("legacy")));
    proxies.extend(judged(terraform("envs/prod"), Some("envs/prod")));
    mark(&mut proxies);
    Audit {
        proxies,
        rules: rules(),
        checked: Checked {
            files: 7,
            roots: vec!["envs/prod".to_owned(), "legacy".to_owned()],
            plans: Vec::new(),
            templates: vec!["cfn/template.yaml".to_owned()],
            account: None,
        },
        skipped: skipped(),
        texts: files
            .into_iter()
            .chain(templates)
            .map(|(path, text)| (path, MaskedText::whole(text)))
            .collect(),
        secrets: Secrets::default(),
    }
}

/// An audit without findings and without proxies.
pub(crate) fn empty() -> Audit {
    Audit {
        rules: rules(),
        checked: Checked {
            files: 3,
            ..Checked::default()
        },
        ..Audit::default()
    }
}

/// The same audit with a text in every place that foreign input can reach.
pub(crate) fn hostile(text: &str) -> Audit {
    let mut audit = audit();
    audit.texts = [(
        text.to_owned(),
        MaskedText::whole(format!("x{text}y\n{text}\n")),
    )]
    .into();
    audit.checked.roots = vec![text.to_owned()];
    audit.checked.templates = vec![text.to_owned()];
    audit.checked.plans = vec![text.to_owned()];
    audit.checked.account = Some(text.to_owned());
    for skipped in &mut audit.skipped {
        skipped.reason = text.to_owned();
        skipped.origin.file = text.to_owned();
    }
    for proxy in &mut audit.proxies {
        spoil(proxy, text);
    }
    audit
}

fn spoil(proxy: &mut Judged, text: &str) {
    let own = || text.to_owned();
    let spoiled = |origin: &mut Origin| {
        origin.file = own();
        origin.via = vec![own(), own()];
        origin.default_of = Some(own());
        (origin.line, origin.column) = (1, 2);
    };
    proxy.address = own();
    proxy.name = Some(own());
    proxy.root = Some(own());
    proxy.scene = Topology {
        consumers: Some(vec![own(), own(), own(), own()]),
        protocol: Some(own()),
        database: Some(DatabaseNode {
            kind: "cluster",
            name: Some(own()),
            engine: Some(own()),
        }),
    };
    spoiled(&mut proxy.origin);
    for finding in &mut proxy.report.findings {
        finding.subject = own();
        finding.message = own();
        finding.fix = Some(own().into());
        finding.edits = vec![Edit {
            range: 0..1,
            text: own(),
        }];
        spoiled(&mut finding.origin);
        if let Some(Acceptance::Comment(waiver) | Acceptance::Policy(waiver)) =
            &mut finding.accepted
        {
            (waiver.reason, waiver.owner, waiver.until) = (own(), Some(own()), Some(own()));
            spoiled(&mut waiver.origin);
        }
    }
    for open in &mut proxy.report.undetermined {
        (open.subject, open.reason) = (own(), own());
        open.origin.iter_mut().for_each(spoiled);
    }
    for pass in &mut proxy.report.passes {
        (pass.subject, pass.because, pass.default_of) = (own(), own(), Some(own()));
    }
}

fn texts(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    let files = files.iter();
    files
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn rules() -> Vec<&'static RuleInfo> {
    let infos = RULES.iter().map(|rule| &rule.info);
    infos
        .filter(|info| matches!(info.group, Group::Mission(_)) || OTHERS.contains(&info.id))
        .collect()
}

fn judged(document: Document, root: Option<&str>) -> Vec<Judged> {
    let asked: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    let proxies = assemble(&[document]).proxies.into_iter();
    proxies
        .map(|proxy| {
            let mut report = Report::default();
            for rule in RULES.iter().filter(|rule| asked.contains(&rule.info.id)) {
                report.extend(rule.judge(&proxy, &Limits::SERVICE));
            }
            Judged::new(proxy, root.map(str::to_owned), report)
        })
        .collect()
}

/// Waives one finding by a comment and one by the policy, marks one as known, and lowers the severity of two.
fn mark(proxies: &mut [Judged]) {
    let comment = Waiver {
        reason: "the scanner in front needs it".to_owned(),
        owner: None,
        until: Some("2027-01-31".to_owned()),
        origin: Origin::at("legacy/main.tf", 45, 3),
    };
    let policy = Waiver {
        reason: "moves to the new account with the next release".to_owned(),
        owner: Some("platform team".to_owned()),
        until: Some("2027-03-31".to_owned()),
        origin: Origin::at("rdsproxy-policy.toml", 12, 1),
    };
    for finding in proxies
        .iter_mut()
        .flat_map(|proxy| &mut proxy.report.findings)
    {
        match (finding.origin.file.as_str(), finding.rule.id) {
            ("legacy/main.tf", "security-group-egress-open") => {
                finding.accepted = Some(Acceptance::Comment(comment.clone()));
            }
            ("legacy/main.tf", "iam-auth-not-required") => {
                finding.accepted = Some(Acceptance::Policy(policy.clone()));
            }
            ("legacy/main.tf", "role-permissions-too-wide") => {
                finding.accepted = Some(Acceptance::Known);
            }
            ("cfn/template.yaml", "debug-logging-on") => {
                finding.severity = Severity::Low;
                finding.edits = debug_off();
            }
            ("cfn/template.yaml", "secret-policy-missing") => finding.severity = Severity::Note,
            _ => {}
        }
    }
}

/// The edit that replaces a line.
fn debug_off() -> Vec<Edit> {
    let start = WEAK_TEMPLATE.find("DebugLogging").unwrap();
    let line = WEAK_TEMPLATE[start..].find('\n').unwrap();
    vec![Edit {
        range: start..start + line + 1,
        text: "DebugLogging: false\n".to_owned(),
    }]
}

fn skipped() -> Vec<Skipped> {
    [
        (
            Origin::at("legacy/broken.tf", 3, 7),
            "invalid expression; expected a value",
        ),
        (Origin::document("cfn/huge.json"), "larger than 8 MB"),
    ]
    .map(|(origin, reason)| Skipped {
        origin,
        reason: reason.to_owned(),
    })
    .into()
}

/// The findings that a report shows: one for each rule, place and waiver reason.
pub(crate) fn told(audit: &Audit) -> impl Iterator<Item = &Finding> {
    let mut seen = std::collections::BTreeSet::new();
    findings(audit).filter(move |finding| {
        let origin = &finding.origin;
        let accepted = format!("{:?}", finding.accepted);
        origin.line == 0 || seen.insert((finding.rule.id, origin.to_string(), accepted))
    })
}

/// All findings of an audit.
pub(crate) fn findings(audit: &Audit) -> impl Iterator<Item = &Finding> {
    audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings)
}
