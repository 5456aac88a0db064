//! Randomly broken templates: the reader always returns, and never reports a place that does not exist.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::language::cloudformation::{
    CloudFormationFiles, is_template, read, read_parameters,
};

/// Contains every function, every section, an anchor, a nested stack, an import and some multibyte characters.
const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Tls: {Type: String, Default: 'true', AllowedValues: ['true', 'false']}
  Ids: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a,é,本'}
Mappings: {Env: {prod: {tls: true}}}
Conditions:
  Yes: !And [!Equals [!Ref Tls, 'true'], !Not [!Condition No]]
  No: !Or [!Equals [1, 2], {Condition: Other}]
  Other: !Equals [!Ref 'AWS::Region', x]
Globals: {Function: {VpcConfig: &vpc {SubnetIds: !Ref Ids}}}
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml, Parameters: {Tls: !Ref Tls}}}
  Api: {Type: AWS::Serverless::Function, Properties: {VpcConfig: {<<: *vpc}}}
  Proxy:
    Type: AWS::RDS::DBProxy
    Condition: Yes
    DependsOn: [Child]
    Properties:
      DBProxyName: !Sub ['${A}-${AWS::StackName}-${self:x}-${!B}', {A: !Select [0, !Ref Ids]}]
      RequireTLS: !If [Yes, !FindInMap [Env, prod, tls], !Ref 'AWS::NoValue']
      RoleArn: !GetAtt Child.Outputs.Role
      Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]]
      Key: !ImportValue {'Fn::Sub': '${Tls}-Key'}
      Name: {'Fn::Join': ['-', [!Ref Proxy, {'Fn::Length': !Ref Ids}]]}
Outputs:
  Role: {Value: !Ref Proxy, Export: {Name: !Sub '${AWS::StackName}-Key'}}
";

/// A text that replaces a piece of the template.
fn splinter() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        prop::sample::select(vec![
            "!Ref Proxy",
            "!Sub '${",
            "{",
            "}",
            "[",
            "]",
            "*vpc",
            "&vpc",
            "<<: ",
            "? ",
            "- ",
            "\t",
            "\u{0}",
            "\u{feff}",
            "---\n",
            "!If [Yes, ",
            "Fn::ForEach::X: ",
            "99999999999999999999",
            "'",
            "\"",
            "|\n",
            "!!binary ",
            "é",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ]
}

/// The template with a piece replaced, cut at character boundaries.
fn mutated(text: &str, (start, length, splinter): (usize, usize, String)) -> String {
    let characters: Vec<char> = text.chars().collect();
    let start = start % (characters.len() + 1);
    let end = (start + length).min(characters.len());
    characters[..start]
        .iter()
        .copied()
        .chain(splinter.chars())
        .chain(characters[end..].iter().copied())
        .collect()
}

fn is_in(origin: &Origin, text: &str) -> bool {
    let line = origin.line as usize;
    // The end of the text may be reported as the line after the last one.
    (1..=text.lines().count() + 1).contains(&line) && origin.column >= 1
}

proptest! {
    #![proptest_config(crate::support::scale::config("mutated templates"))]

    #[test]
    fn broken_templates_are_read_or_refused(
        cuts in prop::collection::vec((0..4000_usize, 0..40_usize, splinter()), 1..5),
    ) {
        let text = cuts.into_iter().fold(TEMPLATE.to_owned(), |text, cut| mutated(&text, cut));
        is_template(&text);
        let _ = read_parameters("t.yaml", &text);
        let document = read(&CloudFormationFiles {
            templates: BTreeMap::from([
                ("t.yaml".to_owned(), text.clone()),
                ("other.yaml".to_owned(), TEMPLATE.to_owned()),
            ]),
            ..CloudFormationFiles::default()
        });
        let problems = document.problems.iter().map(|(_, origin)| origin);
        let origins = document.resources.iter().map(|resource| &resource.origin).chain(problems);
        for origin in origins.filter(|origin| origin.file == "t.yaml") {
            prop_assert!(is_in(origin, &text), "{origin} is not in\n{text}");
        }
    }
}
