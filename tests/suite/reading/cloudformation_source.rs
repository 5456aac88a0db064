//! The CloudFormation reader: reads templates and compares a readable dump of the resources.

use std::collections::BTreeMap;

use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::language::cloudformation::{
    CloudFormationFiles, is_template, read, read_parameters,
};
use rdsproxy_gen::language::resource::{Document, Node, Piece, Value};

use crate::support::clock::{measured, patience};

/// Reads files given as (path, text).
fn document(templates: &[(&str, &str)], parameters: &[(&str, &str)]) -> Document {
    read(&CloudFormationFiles {
        templates: owned(templates),
        parameters: parameters
            .iter()
            .map(|(name, value)| {
                let given = ((*value).to_owned(), Origin::document("flag"));
                ((*name).to_owned(), given)
            })
            .collect(),
        ..CloudFormationFiles::default()
    })
}

fn owned(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(pieces) => format!("'{}'", pieces.iter().map(piece).collect::<String>()),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(|item| self::value(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, node)| format!("{name}: {}", self::value(&node.value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Unresolved(reason) => format!("?({reason})"),
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Reference(address, attribute) => format!("<{address}.{attribute}>"),
        Piece::Pseudo(pseudo) => format!("<{pseudo:?}>"),
        Piece::ProxyId(address) => format!("<id of {address}>"),
        Piece::Unresolved(reason) => format!("?({reason})"),
    }
}

/// The value of a property with its place and origin.
fn with_origin(node: &Node) -> String {
    let Origin {
        line,
        column,
        via,
        default_of,
        file: _,
    } = &node.origin;
    let mut notes = vec![format!("{line}:{column}")];
    notes.extend(via.iter().cloned());
    notes.extend(default_of.iter().map(|name| format!("default of {name}")));
    format!("{} @ {}", value(&node.value), notes.join(" < "))
}

fn dump(document: &Document) -> String {
    let mut lines = Vec::new();
    for resource in &document.resources {
        let origin = &resource.origin;
        lines.push(format!("{} {} @ {origin}", resource.kind, resource.address));
        if let Value::Map(members) = &resource.body.value {
            for (name, node) in members {
                lines.push(format!("  {name} = {}", with_origin(node)));
            }
        }
    }
    for (message, origin) in &document.problems {
        lines.push(format!("! {origin} {message}"));
    }
    lines.join("\n")
}

/// A dump of the properties of a template with one resource that has these properties.
fn properties(head: &str, properties: &str) -> String {
    let indented: String = properties
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    let text = format!(
        "{head}\nResources:\n  Secret: {{Type: 'AWS::SecretsManager::Secret'}}\n  Proxy:\n    Type: AWS::RDS::DBProxy\n    Properties:\n{indented}"
    );
    let document = document(&[("t.yaml", &text)], &[]);
    let proxy = document
        .resources
        .iter()
        .find(|resource| resource.address == "Proxy");
    let Some(Value::Map(members)) = proxy.map(|proxy| &proxy.body.value) else {
        return dump(&document);
    };
    let members: Vec<_> = members
        .iter()
        .map(|(name, node)| format!("{name}: {}", value(&node.value)))
        .collect();
    members.join("\n")
}

/// The declarations of the names that [`FUNCTIONS`] uses.
const HEAD: &str = "Parameters: {Name: {Type: String, Default: app}, Ids: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a, b'}, Tls: {Type: String}}\n\
                Mappings: {Env: {prod: {tls: true, size: 3}, dev: {tls: true, size: 1}}}\n\
                Conditions: {Yes: !Equals [1, '1'], No: !Not [!Condition Yes], Ask: !Equals [!Ref Tls, 'true'], Both: !And [!Condition No, !Condition Ask], Any: !Or [!Condition Ask, {Condition: Yes}]}";

/// Functions over the names above and their expected values.
const FUNCTIONS: &[(&str, &str)] = &[
    ("A: !Ref Name", "A: 'app'"),
    ("A: {Ref: Name}", "A: 'app'"),
    ("A: !Ref Ids", "A: ['a', 'b']"),
    (
        "A: !Ref Tls",
        "A: ?(parameter Tls has no value: pass --parameters FILE)",
    ),
    ("A: !Ref Secret", "A: '<Secret.Ref>'"),
    (
        "A: !Ref Nobody",
        "A: ?(Nobody is neither a parameter nor a resource of this template)",
    ),
    ("A: !GetAtt Secret.Id", "A: '<Secret.Id>'"),
    ("A: !GetAtt [Secret, Id]", "A: '<Secret.Id>'"),
    ("A: {'Fn::GetAtt': [Secret, Id]}", "A: '<Secret.Id>'"),
    ("A: {'Fn::GetAtt': Secret.Id}", "A: '<Secret.Id>'"),
    (
        "A: !GetAtt Proxy.DBProxyArn",
        "A: 'arn:<Partition>:rds:<Region>:<Account>:db-proxy:<id of Proxy>'",
    ),
    (
        "A: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]]",
        "A: '<id of Proxy>'",
    ),
    (
        "A: !Sub '${AWS::Partition}/${Name}/${!Name}/${Secret}/${Secret.Id}'",
        "A: '<Partition>/app/${Name}/<Secret.Ref>/<Secret.Id>'",
    ),
    ("A: !Sub ['${X}-${Name}', {X: !Ref Name}]", "A: 'app-app'"),
    (
        "A: !Sub '${Tls}-x'",
        "A: '?(parameter Tls has no value: pass --parameters FILE)-x'",
    ),
    ("A: !Join [',', !Ref Ids]", "A: 'a,b'"),
    ("A: !Join ['', [a, 1, !Ref Secret]]", "A: 'a1<Secret.Ref>'"),
    ("A: !Split [',', 'x,y']", "A: ['x', 'y']"),
    (
        "A: !Split [':', !Ref Secret]",
        "A: ?(Secret.Ref is known only once it is deployed)",
    ),
    ("A: !Select [1, !Ref Ids]", "A: 'b'"),
    ("A: !Select ['0', [x, y]]", "A: 'x'"),
    (
        "A: !Select [5, [x, y]]",
        "A: ?(Fn::Select asks for item 5 of 2)",
    ),
    ("A: !FindInMap [Env, prod, size]", "A: 3"),
    ("A: !FindInMap [Env, !Ref Tls, tls]", "A: true"),
    (
        "A: !FindInMap [Env, !Ref Tls, size]",
        "A: ?(mapping Env.?.size depends on a key that is not known)",
    ),
    (
        "A: !FindInMap [Env, test, size]",
        "A: ?(mapping Env.test.size does not exist)",
    ),
    ("A: !FindInMap [Env, test, size, {DefaultValue: 7}]", "A: 7"),
    ("A: !If [Yes, 1, 2]", "A: 1"),
    ("A: !If [No, 1, 2]", "A: 2"),
    ("A: !If [Both, 1, 2]", "A: 2"),
    ("A: !If [Any, 1, 2]", "A: 1"),
    ("A: !If [Ask, 1, 1]", "A: 1"),
    (
        "A: !If [Ask, 1, b]",
        "A: ?(`1` or `b`, by the condition Ask: parameter Tls has no value: pass --parameters FILE)",
    ),
    (
        "A: !If [Gone, 1, 2]",
        "A: ?(`1` or `2`, by the condition Gone: there is no condition Gone)",
    ),
    ("A: !If [No, 1, !Ref AWS::NoValue]", "A: null"),
    ("A: [1, !Ref 'AWS::NoValue', 2]", "A: [1, 2]"),
    ("A: !Equals [!Ref Name, app]", "A: true"),
    ("A: {'Fn::Length': !Ref Ids}", "A: 2"),
    (
        "A: {'Fn::ToJsonString': {username: !Ref Name}}",
        "A: {username: 'app'}",
    ),
    (
        "A: {'Fn::Transform': {Name: X}}",
        "A: ?(Fn::Transform is known only once it is deployed)",
    ),
    (
        "A: !GetAZs ''",
        "A: ?(Fn::GetAZs is known only once it is deployed)",
    ),
    (
        "A: !Foo x",
        "A: ?(`Foo` is not a function of CloudFormation)",
    ),
    ("A: !Ref [x]", "A: ?(Ref takes a name)"),
    (
        "A: '{{resolve:secretsmanager:x:SecretString:y}}'",
        "A: '{{resolve:secretsmanager:x:SecretString:y}}'",
    ),
    ("A: {Ref: Name, B: 1}", "A: {Ref: 'Name', B: 1}"),
    (
        "A: {Condition: {StringEquals: {x: y}}}",
        "A: {Condition: {StringEquals: {x: 'y'}}}",
    ),
    (
        "A: {B: 1, Fn::Transform: {Name: X}}",
        "A: {B: 1, Fn::Transform: ?(`X` of Fn::Transform may bring it in when it is deployed)}",
    ),
];

#[test]
fn functions_are_worked_out() {
    for (text, expected) in FUNCTIONS {
        assert_eq!(properties(HEAD, text), *expected, "{text}");
    }
}

#[test]
fn scalars_are_read_as_cloudformation_reads_them() {
    let table = [
        ("true", "true"),
        ("TRUE", "true"),
        ("yes", "true"),
        ("off", "false"),
        ("'true'", "'true'"),
        ("\"false\"", "'false'"),
        ("5432", "5432"),
        ("'5432'", "'5432'"),
        ("-1", "-1"),
        ("012345678901", "'012345678901'"),
        ("123456789012", "123456789012"),
        ("16.10", "'16.10'"),
        ("2012-10-17", "'2012-10-17'"),
        ("1e3", "'1e3'"),
        ("~", "null"),
        ("", "null"),
        ("''", "''"),
        ("!!str 5432", "'5432'"),
    ];
    for (text, expected) in table {
        assert_eq!(
            properties("", &format!("A: {text}")),
            format!("A: {expected}"),
            "{text}"
        );
    }
}

const WAYS: &str = "\
Parameters:
  Tls: {Type: String, Default: 'true'}
  Fixed: {Type: String, Default: 'true', AllowedValues: ['true']}
  Only: {Type: String, AllowedValues: [REQUIRED]}
  Port: {Type: Number, Default: 5432}
  Path: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /net/vpc}
  Env: {Type: String, Default: prod}
Mappings:
  Envs: {prod: {debug: false}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [!Condition IsProd]
  Unknown: !Equals [!Ref Path, x]
Resources:
  Proxy:
    Type: AWS::RDS::DBProxy
    Condition: IsProd
    DependsOn: Other
    DeletionPolicy: Retain
    Properties:
      RequireTLS: !Ref Tls
      DebugLogging: !FindInMap [Envs, !Ref Env, debug]
      A: !Ref Fixed
      B: !Ref Only
      C: !If [IsProd, 1, 2]
      D: !Ref Path
      E: !Sub '${Tls}${Port}'
  Absent:
    Type: AWS::RDS::DBProxy
    Condition: IsDev
  Perhaps:
    Type: AWS::RDS::DBProxy
    Condition: Unknown
    DependsOn: [Proxy, Absent]
";

#[test]
fn a_value_tells_its_way() {
    let expected = "\
AWS::RDS::DBProxy Perhaps @ t.yaml:31:3
  @Condition = ?(parameter Path is read from the SSM parameter `/net/vpc` when it is deployed) @ 33:16 < condition Unknown < parameter Path < default of Path
  @DependsOn = ['Proxy', 'Absent'] @ 34:16
AWS::RDS::DBProxy Proxy @ t.yaml:15:3
  RequireTLS = 'true' @ 21:19 < parameter Tls < default of Tls
  DebugLogging = false @ 22:21 < parameter Env < mapping Envs.prod.debug < default of Env
  A = 'true' @ 23:10 < parameter Fixed
  B = 'REQUIRED' @ 24:10 < parameter Only
  C = 1 @ 25:10 < condition IsProd < parameter Env < default of Env
  D = ?(parameter Path is read from the SSM parameter `/net/vpc` when it is deployed) @ 26:10 < parameter Path < default of Path
  E = 'true5432' @ 27:10 < parameter Tls < parameter Port < default of Tls
  @Condition = true @ 17:16 < condition IsProd < parameter Env < default of Env
  @DeletionPolicy = 'Retain' @ 19:21
  @DependsOn = ['Other'] @ 18:16";
    assert_eq!(dump(&document(&[("t.yaml", WAYS)], &[])), expected);
}

#[test]
fn a_value_that_is_passed_is_no_default() {
    let document = document(&[("t.yaml", WAYS)], &[("Tls", "false"), ("Env", "dev")]);
    let dumped = dump(&document);
    assert!(
        dumped.contains("AWS::RDS::DBProxy Absent @ t.yaml:28:3"),
        "{dumped}"
    );
    assert!(!dumped.contains("AWS::RDS::DBProxy Proxy "), "{dumped}");
    let json = r#"{"Parameters": {"Tls": {"Type": "String"}},
 "Resources": {"P": {"Type": "AWS::RDS::DBProxy", "Properties": {"RequireTLS": {"Ref": "Tls"}}}}}"#;
    let document = self::document(&[("t.json", json)], &[("Tls", "true")]);
    assert_eq!(
        dump(&document),
        "AWS::RDS::DBProxy P @ t.json:2:16\n  RequireTLS = 'true' @ 2:80 < parameter Tls < flag"
    );
}

#[test]
fn nested_stacks_and_imports_are_followed_across_files() {
    let root = "\
Parameters: {Vpc: {Type: String, Default: vpc-1}}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/network.yaml
      Parameters: {VpcId: !Ref Vpc, Ids: !Join [',', [!Ref Own, sg-2]]}
  Own: {Type: 'AWS::EC2::SecurityGroup'}
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      VpcSecurityGroupIds: [!GetAtt Network.Outputs.Group]
      A: !ImportValue other-Role
      B: !ImportValue {'Fn::Sub': '${Nowhere}-Key'}
      C: !GetAtt Network.Outputs.Nothing
      D: !ImportValue shop-Missing
";
    let nested = "\
Parameters: {VpcId: {Type: String}, Ids: {Type: CommaDelimitedList}, More: {Type: String}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref VpcId, Ids: !Ref Ids, More: !Ref More}
Outputs:
  Group: {Value: !GetAtt Group.GroupId}
";
    let other = "\
Resources:
  Own: {Type: 'AWS::IAM::Role'}
  Key: {Type: 'AWS::KMS::Key'}
Outputs:
  Role: {Value: !GetAtt Own.Arn, Export: {Name: !Sub '${AWS::StackName}-Role'}}
  Key: {Value: !GetAtt Key.Arn, Export: {Name: !Sub '${AWS::StackName}-Key'}}
";
    let files = [
        ("app/root.yaml", root),
        ("app/nested/network.yaml", nested),
        ("other.yaml", other),
    ];
    let expected = "\
AWS::CloudFormation::Stack app/root.yaml:Network @ app/root.yaml:3:3
  TemplateURL = './nested/network.yaml' @ 6:20
  Parameters = {VpcId: 'vpc-1', Ids: '<app/root.yaml:Own.Ref>,sg-2'} @ 7:19
AWS::EC2::SecurityGroup app/root.yaml:Network.Group @ app/nested/network.yaml:3:3
  VpcId = 'vpc-1' @ 5:25 < parameter VpcId < stack Network (app/root.yaml:7:27) < parameter Vpc < default of Vpc
  Ids = ['<app/root.yaml:Own.Ref>', 'sg-2'] @ 5:42 < parameter Ids < stack Network (app/root.yaml:7:42)
  More = ?(parameter More has no value: the stack Network passes none) @ 5:58 < parameter More
AWS::EC2::SecurityGroup app/root.yaml:Own @ app/root.yaml:8:3
AWS::RDS::DBProxy app/root.yaml:Proxy @ app/root.yaml:9:3
  VpcSecurityGroupIds = ['<app/root.yaml:Network.Group.GroupId>'] @ 12:28
  A = '<other.yaml:Own.Arn>' @ 13:10 < export Role (other.yaml:5:17)
  B = '<other.yaml:Key.Arn>' @ 14:10 < export Key (other.yaml:6:16)
  C = ?(app/nested/network.yaml has no output Nothing) @ 15:10
  D = ?(no template in view exports `shop-Missing`) @ 16:10 < Fn::ImportValue
AWS::KMS::Key other.yaml:Key @ other.yaml:3:3
AWS::IAM::Role other.yaml:Own @ other.yaml:2:3";
    assert_eq!(dump(&document(&files, &[])), expected);
}

#[test]
fn sam_functions_become_functions_with_roles() {
    let text = "\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3, VpcConfig: {SubnetIds: [a], SecurityGroupIds: [sg-1]}}}
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties:
      VpcConfig: {SubnetIds: [b]}
      Policies: [AWSLambdaVPCAccessExecutionRole, {Statement: [{Effect: Allow}]}, {SQSPollerPolicy: {}}]
  Own:
    Type: AWS::Serverless::Function
    Properties: {Role: !GetAtt ApiRole.Arn}
";
    let dumped = dump(&document(&[("t.yaml", text)], &[]));
    let expected = [
        "AWS::IAM::Role ApiRole @ t.yaml:4:3",
        "ManagedPolicyArns = ['AWSLambdaVPCAccessExecutionRole']",
        "{PolicyName: 'Policy0', PolicyDocument: {Statement: [{Effect: 'Allow'}]}}",
        "{PolicyName: 'Policy1', PolicyDocument: ?(a policy template of SAM is filled in when it is deployed)}",
        "AWS::Lambda::Function Api @ t.yaml:4:3",
        "VpcConfig = {SecurityGroupIds: ['sg-1'], SubnetIds: ['a', 'b']}",
        "Role = '<ApiRole.Arn>' @ 11:24",
    ];
    for line in expected {
        assert!(dumped.contains(line), "{line}\nin\n{dumped}");
    }
    assert!(!dumped.contains("OwnRole"), "{dumped}");
}

#[test]
fn serverless_framework_resources_are_read() {
    let text = "\
service: shop
resources:
  - Resources:
      Proxy:
        Type: AWS::RDS::DBProxy
        Properties:
          DBProxyName: ${self:service}-${opt:stage, 'dev'}
          RequireTLS: ${env:TLS}
          RoleArn: !Sub 'arn:${AWS::Partition}:iam::${self:custom.id}:role/x'
  - Resources:
      Group: {Type: 'AWS::EC2::SecurityGroup'}
";
    let dumped = dump(&document(&[("serverless.yml", text)], &[]));
    let expected = [
        "AWS::EC2::SecurityGroup Group @ serverless.yml:11:7",
        "AWS::RDS::DBProxy Proxy @ serverless.yml:4:7",
        "RequireTLS = ?(${env:TLS} is filled in by the Serverless Framework: audit what `serverless package` writes)",
        "DBProxyName = 'shop-dev'",
        "RoleArn = 'arn:<Partition>:iam::?(${self:custom.id} is filled in",
    ];
    for line in expected {
        assert!(dumped.contains(line), "{line}\nin\n{dumped}");
    }
}

/// A service that is split into several files, as most are.
const SERVICE: [(&str, &str); 4] = [
    (
        "app/serverless.yml",
        "\
service: shop
custom:
  stage: ${opt:stage, self:provider.stage}
  tls: {dev: false, prod: true}
  groups: ${file(config/groups.yml)}
provider:
  name: aws
  stage: prod
resources:
  - ${file(resources/proxy.yml)}
  - Resources:
      Role: ${file(resources/parts.yml):role}
  - ${file(resources/missing.yml)}
",
    ),
    (
        "app/resources/proxy.yml",
        "\
Resources:
  Proxy:
    Type: AWS::RDS::DBProxy
    Properties:
      DBProxyName: ${self:service}-${self:custom.stage}
      RequireTLS: ${self:custom.tls.${self:custom.stage}}
      DebugLogging: ${env:DEBUG, false}
      IdleClientTimeout: ${env:IDLE}
      RoleArn: !GetAtt Role.Arn
      VpcSecurityGroupIds: ${self:custom.groups.proxy}
      Loop: ${self:custom.loop}
",
    ),
    (
        "app/resources/parts.yml",
        "\
role:
  Type: AWS::IAM::Role
  Properties:
    RoleName: !Sub \"${self:service}-${AWS::Region}\"
",
    ),
    ("app/config/groups.yml", "proxy:\n  - sg-1\n  - sg-2\n"),
];

#[test]
fn a_service_of_several_files_is_one_template() {
    let (templates, includes): (Vec<_>, Vec<_>) = SERVICE
        .iter()
        .copied()
        .partition(|(_, text)| is_template(text));
    assert_eq!((templates.len(), includes.len()), (2, 2));
    let document = read(&CloudFormationFiles {
        templates: owned(&templates),
        includes: owned(&includes),
        ..CloudFormationFiles::default()
    });
    let dumped = dump(&document);
    let expected = [
        "AWS::RDS::DBProxy Proxy @ app/resources/proxy.yml:2:3",
        "DBProxyName = 'shop-prod'",
        "RequireTLS = true",
        "DebugLogging = false",
        "IdleClientTimeout = ?(${env:IDLE} is filled in",
        "RoleArn = '<Role.Arn>'",
        "VpcSecurityGroupIds = ['sg-1', 'sg-2']",
        "AWS::IAM::Role Role @ app/serverless.yml:12:7",
        "RoleName = 'shop-<Region>'",
        "! app/serverless.yml:13:5 ${file(app/resources/missing.yml)} is not in view",
    ];
    for line in expected {
        assert!(dumped.contains(line), "{line}\nin\n{dumped}");
    }
    assert_eq!(dumped.matches("AWS::RDS::DBProxy").count(), 1, "{dumped}");
}

#[test]
fn only_what_a_deployment_can_change_is_a_default_of_the_serverless_framework() {
    let text = "\
provider: {stage: \"${opt:stage, 'dev'}\"}
custom:
  fixed: {debug: false, other: \"${opt:other, 'x'}\"}
  tls: {dev: true}
  whole: ${file(settings.yml)}
resources:
  Resources:
    R:
      Type: X
      Properties:
        A: ${self:custom.fixed.debug}
        B: ${self:custom.whole.tls}
        C: ${self:custom.tls.${self:provider.stage}}
        D: !Sub 'x-${self:custom.fixed.other}'
        E: ['y', \"${self:custom.whole.other}\"]
        F: ${self:custom.absent, 'z'}
";
    let settings = "tls: true\nother: ${opt:another, 'y'}\n";
    let document = read(&CloudFormationFiles {
        templates: owned(&[("serverless.yml", text)]),
        includes: owned(&[("settings.yml", settings)]),
        ..CloudFormationFiles::default()
    });
    let expected = "\
X R @ serverless.yml:8:5
  A = false @ 11:12
  B = true @ 12:12
  C = true @ 13:12 < default of opt:stage
  D = 'x-x' @ 14:12 < default of opt:other
  E = ['y', 'y'] @ 15:12
  F = 'z' @ 16:12";
    assert_eq!(dump(&document), expected);
}

#[test]
fn variables_that_go_in_a_circle_or_grow_without_end_stop() {
    let doubling: String = (0..40)
        .map(|at| {
            format!(
                "  v{at}: ['${{self:custom.v{}}}', '${{self:custom.v{}}}']\n",
                at + 1,
                at + 1
            )
        })
        .collect();
    for custom in [
        "  a: ${self:custom.b}\n  b: ${self:custom.a}\n".to_owned(),
        "  a: x${self:custom.a}${self:custom.a}\n".to_owned(),
        format!("  a: ${{self:custom.v0}}\n{doubling}"),
        "  a: ${self:}\n".to_owned(),
    ] {
        let text = format!(
            "custom:\n{custom}resources:\n  Resources:\n    P:\n      Type: AWS::RDS::DBProxy\n      Properties: {{DBProxyName: '${{self:custom.a}}', Auth: '${{self:custom.a}}'}}\n"
        );
        let (document, took) = measured(|| document(&[("serverless.yml", &text)], &[]));
        assert!(took < patience(), "{custom} takes {took:?}");
        assert_eq!(document.resources.len(), 1, "{custom}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_read() {
    let table = [
        ("Resources: [", "! t.yaml:1:12 not valid YAML"),
        ("", "! t.yaml:1:1 the file is empty"),
        (
            "a: 1",
            "! t.yaml:1:1 has no `Resources` section: not a CloudFormation template",
        ),
        (
            "resources: ${file(x.yml)}",
            "! t.yaml:1:12 `resources` comes from a file that is not in view",
        ),
        (
            "Resources:\n  A: 1",
            "! t.yaml:2:3 A has no type, so it was not read",
        ),
        (
            "Resources:\n  A: {Type: X, Properties: 1}",
            "! t.yaml:2:3 the properties of A are not a map, so it was not read",
        ),
        (
            "Resources:\n  A: {Type: X}\n  A: {Type: Y}",
            "! t.yaml:2:3 A was not read\n! t.yaml:3:3 `A` appears twice, in line 2 and in line 3: remove one",
        ),
        (
            "Resources:\n  A: {Type: X, Properties: {B: 1, B: 2}}",
            "  B = ?(`B` appears twice, in line 2 and in line 2: remove one) @ 2:35",
        ),
        (
            "Resources:\n  Fn::ForEach::Each: [X, [a, b], {P: {Type: T}}]",
            "! t.yaml:2:38 a loop makes `P` a second time",
        ),
        (
            "Resources:\n  Fn::ForEach::Each: [X, !Ref AWS::NotificationARNs, {'P${X}': 1}]",
            "! t.yaml:2:3 Fn::ForEach::Each makes resources when it is deployed: they were not read",
        ),
        (
            "Conditions: {A: !Condition B, B: !Condition A}\nResources:\n  R: {Type: X, Condition: A}",
            "?(condition A leads back to itself)",
        ),
        (
            "Resources:\n  R: {Type: 'AWS::RDS::DBProxy', Properties: {DBProxyName: !Ref R}}",
            "DBProxyName = '<R.Ref>'",
        ),
        (
            "Resources:\n  R: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: t.yaml}}",
            "! t.yaml:2:6 the nested stack leads back to t.yaml",
        ),
    ];
    for (text, expected) in table {
        let dumped = dump(&document(&[("t.yaml", text)], &[]));
        assert!(dumped.contains(expected), "{text:?}\n{dumped}");
    }
}

#[test]
fn stacks_that_only_call_each_other_are_reported() {
    let call = |url: &str| {
        format!(
            "Resources: {{N: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {url}}}}}}}"
        )
    };
    let (one, two) = (call("b.yaml"), call("a.yaml"));
    let dumped = dump(&document(&[("a.yaml", &one), ("b.yaml", &two)], &[]));
    assert!(
        dumped.contains("! a.yaml:1:1 only nested stacks"),
        "{dumped}"
    );
    assert!(
        dumped.contains("! b.yaml:1:1 only nested stacks"),
        "{dumped}"
    );
}

#[test]
fn hostile_templates_end() {
    let conditions: String = (1..60)
        .map(|level| {
            format!(
                "  C{level}: !And [!Condition C{0}, !Condition C{0}]\n",
                level - 1
            )
        })
        .collect();
    let doubling = format!(
        "Conditions:\n  C0: !Equals [!Ref 'AWS::Region', x]\n{conditions}Resources:\n  R: {{Type: X, Condition: C59}}"
    );
    let chain: String = (1..5000)
        .map(|level| format!("  C{level}: !Not [!Condition C{}]\n", level - 1))
        .collect();
    let deep = format!(
        "Conditions:\n  C0: !Equals [1, 1]\n{chain}Resources:\n  R: {{Type: X, Condition: C4999}}"
    );
    let long = format!(
        "Parameters: {{P: {{Type: String, Default: '{}'}}}}\nResources:\n  R: {{Type: X, Properties: {{A: [{}]}}}}",
        "x".repeat(1_000_000),
        "!Ref P, ".repeat(100_000)
    );
    let names: String = (1..3000)
        .map(|level| format!("  R{level}: {{Type: 'AWS::RDS::DBProxy', Properties: {{DBProxyName: !Ref R{}}}}}\n", level - 1))
        .collect();
    let names = format!(
        "Resources:\n  R0: {{Type: 'AWS::RDS::DBProxy', Properties: {{DBProxyName: x}}}}\n{names}"
    );
    let of_two = |level: usize, inner: String| {
        format!("{{'Fn::ForEach::L{level}': [I{level}, [a, b], {inner}]}}")
    };
    let loops = (0..30).fold("{X: 1}".to_owned(), |inner, level| of_two(level, inner));
    let loops = format!("Resources: {loops}");
    let growing = format!(
        "Resources:\n  Fn::ForEach::L: [I, [{}], {{'R${{I}}': {{Type: X, Properties: {{A: '{}'}}}}}}]",
        "x".repeat(500_000),
        "${I}".repeat(100_000)
    );
    let reasons = [
        "more values than are followed",
        "leads through more than",
        "more values than are followed",
        "Ref",
        "Fn::ForEach::L28 makes resources when it is deployed",
        "Fn::ForEach::L makes resources when it is deployed",
    ];
    let templates = [doubling, deep, long, names, loops, growing];
    for (text, reason) in templates.iter().zip(reasons) {
        let dumped = dump(&document(&[("t.yaml", text)], &[]));
        assert!(
            dumped.contains(reason),
            "{}",
            &dumped[..dumped.len().min(500)]
        );
    }
}

#[test]
fn parameters_are_read_in_both_shapes() {
    let show = |text: &str| match read_parameters("p.json", text) {
        Ok(parameters) => parameters
            .iter()
            .map(|(name, (value, origin))| format!("{name}={value}@{origin}"))
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => error.to_string(),
    };
    let table = [
        (
            r#"[{"ParameterKey": "Tls", "ParameterValue": "true"}]"#,
            "Tls=true@p.json:1:44",
        ),
        (
            r#"{"Parameters": {"Tls": "true", "Port": 5432, "Ids": ["a", "b"]}}"#,
            "Ids=a,b@p.json:1:53 Port=5432@p.json:1:40 Tls=true@p.json:1:24",
        ),
        (r#"{"Tls": "true"}"#, "Tls=true@p.json:1:9"),
        ("", ""),
        ("[]", ""),
        (
            "5",
            "p.json:1:1: expected a list of `ParameterKey` and `ParameterValue`, or a map below `Parameters`",
        ),
        (
            "[5]",
            "p.json:1:2: expected an object with `ParameterKey` and `ParameterValue`",
        ),
        (
            r#"{"A": {}}"#,
            "p.json:1:7: the value of a parameter must be text",
        ),
        (
            r#"{"A": 1, "A": 2}"#,
            "p.json:1:10: `A` appears twice, in line 1 and in line 1: remove one",
        ),
        ("{\"A\": 1", "p.json:1:"),
    ];
    for (text, expected) in table {
        let shown = show(text);
        assert!(
            shown == expected || (text == "{\"A\": 1" && shown.starts_with(expected)),
            "{text}\n{shown}\n{expected}"
        );
    }
}

#[test]
fn templates_are_told_from_other_files() {
    let table = [
        ("Resources:\n  A:\n    Type: AWS::RDS::DBProxy", true),
        (
            "{\"Resources\": {\"A\": {\"Type\": \"AWS::RDS::DBProxy\"}}}",
            true,
        ),
        (
            "resources:\n  Resources:\n    A: {Type: AWS::RDS::DBProxy}",
            true,
        ),
        ("apiVersion: v1\nresources: {limits: 1}", false),
        ("# mentions AWS::RDS::DBProxy and Resources", false),
    ];
    for (text, expected) in table {
        assert_eq!(is_template(text), expected, "{text}");
    }
}
