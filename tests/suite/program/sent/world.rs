//! A folder in which an attacker filled every place: names of files and folders, values, comments, reasons, and
//! truncated texts.

use std::fs;
use std::path::Path;

use rdsproxy_gen::domain::demo;
use serde_json::{Value, json};

use crate::support::program::{ended, program};

/// The text as an escape in HCL, TOML or JSON.
fn escaped(text: &str) -> String {
    let units = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        plain if plain.is_ascii_graphic() => plain.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    };
    text.chars().map(units).collect()
}

/// JSON with all non-ASCII characters escaped, as some writers do.
fn ascii(json: &Value) -> String {
    let mut text = String::new();
    for letter in json.to_string().chars() {
        match letter {
            ' '..='~' => text.push(letter),
            other => {
                let mut units = [0; 2];
                let units = other.encode_utf16(&mut units).iter();
                text.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

fn write(home: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = home.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The folder with the text in every place.
pub(super) fn world(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let hcl = escaped(text);
    write(home, &format!("code{text}/main.tf"), terraform(&hcl, text));
    write(
        home,
        &format!("code{text}/{text}.tf"),
        format!("# {text}\n"),
    );
    write(
        home,
        &format!("code{text}/template.json"),
        ascii(&template(text)),
    );
    let torn = format!("resource \"aws_db_proxy\" {text} {{\n");
    write(home, &format!("torn{text}/torn{text}.tf"), torn);
    write(
        home,
        &format!("torn{text}/torn.json"),
        format!("{{\"{text}"),
    );
    let yaml = format!("Resources:\n  P: !{text} [{{\n");
    write(home, &format!("torn{text}/{text}.yaml"), yaml);
    policies(home, text, &hcl);
    account(home, text);
    write(
        home,
        &format!("answers{text}.toml"),
        format!("schema = 1\n[proxy]\nname = \"{hcl}\"\n\"{hcl}\" = 1\n# {text}\n"),
    );
    projects(home, text, &hcl);
    packs(home, text, &hcl);
    folder
}

fn terraform(hcl: &str, text: &str) -> String {
    format!(
        r#"
resource "aws_db_proxy" "p" {{
  name          = "p{hcl}"
  require_tls   = false # {text}
  debug_logging = var.debug
  auth {{
    iam_auth   = "DISABLED{hcl}"
    secret_arn = "{hcl}"
  }}
  vpc_security_group_ids = [aws_security_group.g.id]
}}
resource "aws_security_group" "g" {{
  name = "{hcl}"
  ingress {{
    cidr_blocks = ["0.0.0.0/0", "{hcl}"]
    description = "{hcl}"
  }}
}}
resource "aws_db_proxy" "q" {{
  name        = "q{hcl}"
  # rdsproxy-gen:ignore client-tls-not-required reason="{text}" owner="{text}"
  require_tls = false
  # rdsproxy-gen:ignore {text} odd={text}
  auth {{
    iam_auth = "{hcl}${{var.missing}}"
  }}
}}
"#
    )
}

fn template(text: &str) -> Value {
    let mut template = json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}});
    template["Resources"][format!("P{text}")] = json!({
        "Type": "AWS::RDS::DBProxy",
        "Properties": {
            "DBProxyName": text,
            "EngineFamily": text,
            "RequireTLS": false,
            "DebugLogging": {"Ref": text},
            "Auth": [{"IAMAuth": text, "SecretArn": {"Fn::GetAtt": [text, text]}}],
        },
    });
    template
}

fn policies(home: &Path, text: &str, toml: &str) {
    write(
        home,
        &format!("policy{text}.toml"),
        format!(
            "schema = 1\n[[waivers]]\nrule = \"client-tls-not-required\"\nreason = \"{toml}\"\nowner = \"{toml}\"\nuntil = 2999-01-01\n\
             [[waivers]]\nrule = \"iam-auth-not-required\"\nsubject = \"{toml}\"\nreason = \"\"\nuntil = 2999-01-01\n"
        ),
    );
    write(
        home,
        &format!("wrong{text}.toml"),
        format!("schema = 1\n\"{toml}\" = 1\n[[waivers]]\nrule = \"{toml}\"\n"),
    );
}

/// The sample account with the text added to every name and description.
fn account(home: &Path, text: &str) {
    let account = demo::account().unwrap().to_json().unwrap();
    let mut account: Value = serde_json::from_str(&account).unwrap();
    for list in [
        "vpcs",
        "subnets",
        "security_groups",
        "proxies",
        "db_instances",
    ] {
        let things = account[list].as_array_mut().into_iter().flatten();
        for thing in things {
            for key in ["name", "description", "engine_version"] {
                if let Some(Value::String(name)) = thing.get_mut(key) {
                    name.push_str(text);
                }
            }
        }
    }
    let gap = json!({"action": text, "field": "kms_keys", "reason": text});
    account["not_visible"] = json!([gap]);
    write(home, &format!("account{text}.json"), ascii(&account));
}

fn projects(home: &Path, text: &str, hcl: &str) {
    let new = ["new", "made", "--demo", "--defaults"];
    let output = ended(program(home).args(new));
    assert!(output.status.success(), "{output:?}");
    let made = home.join("made");
    for name in ["weak", "behind", "told"] {
        copy(&made, &home.join(format!("{name}{text}")));
    }
    let edit = |path: String, from: &str, to: &str| {
        let path = home.join(path);
        let before = fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{from}");
        fs::write(&path, before.replace(from, to)).unwrap();
    };
    for name in ["weak", "behind"] {
        let to = format!("require_tls = false # {text}\n");
        edit(
            format!("{name}{text}/terraform/modules/proxy/main.tf"),
            "require_tls = true",
            &to,
        );
        let extra = format!(
            "resource \"aws_security_group_rule\" \"x\" {{\n  description = \"{hcl}\"\n  type = \"{hcl}\"\n}} # {text}\n"
        );
        write(
            home,
            &format!("{name}{text}/terraform/modules/proxy/{text}.tf"),
            extra,
        );
    }
    let file = format!("weak{text}/.rdsproxy-gen/baseline.json");
    let pack = json!(format!("built-in{text}")).to_string();
    edit(file, "\"built-in\"", &pack);
    // The update rewrites the files that were edited by hand.
    let spec = format!("behind{text}/rdsproxy.toml");
    let before = fs::read_to_string(home.join(&spec)).unwrap();
    fs::write(home.join(&spec), before + "\n[tags]\nTeam = \"orders\"\n").unwrap();
    fs::write(
        home.join(format!("told{text}/.rdsproxy-gen/baseline.json")),
        text,
    )
    .unwrap();
    write(
        home,
        &format!("told{text}/rdsproxy.toml"),
        format!("\"{hcl}\" = 1\n"),
    );
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in crate::support::program::contents(from) {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn packs(home: &Path, text: &str, toml: &str) {
    let output = ended(program(home).args(["pack", "new", "acme"]));
    assert!(output.status.success(), "{output:?}");
    let acme = home.join("acme");
    for name in ["good", "pack"] {
        copy(&acme, &home.join(name));
    }
    let manifest = fs::read_to_string(acme.join("pack.toml")).unwrap();
    let manifest = manifest.replace("The first version", toml);
    let manifest = manifest.replace("Who answers for it", toml);
    write(home, "good/pack.toml", &manifest);
    write(
        home,
        "pack/pack.toml",
        manifest + &format!("\"{toml}\" = 1\n"),
    );
    let template = format!("pack/templates/terraform/{text}.tera");
    write(home, &template, format!("{{{{ {text} }}}}"));
    write(home, &format!("pack/samples/{text}.toml"), text);
    let sample = fs::read_to_string(acme.join("samples/instance.toml")).unwrap();
    let sample = sample.lines().filter(|line| !line.starts_with("region"));
    let sample: Vec<&str> = sample.collect();
    write(home, "regionless.toml", sample.join("\n"));
    let profile = format!("[profile {text}]\nregion = eu-west-1\n");
    write(home, "aws.conf", profile);
}
