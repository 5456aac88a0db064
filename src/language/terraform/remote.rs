//! Calls of modules that are not local. They are found by a scan of lines, because most files need no parsing
//! otherwise.

use super::registry;
use crate::domain::evidence::Origin;

/// Address prefixes of registry modules that create no proxy. The proxy module of the same publisher is handled
/// separately.
///
/// Source: registry.terraform.io, the resources of the modules of terraform-aws-modules.
const WITHOUT_PROXY: [&str; 2] = ["terraform-aws-modules/", "cloudposse/label/"];

/// Returns the sources of the `module` blocks that are not local, without their version.
pub(super) fn calls(path: &str, text: &str) -> Vec<(String, Origin)> {
    let mut found = Vec::new();
    let mut in_module = false;
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with("module") {
            in_module = true;
        } else if line.starts_with('}') {
            in_module = false;
        }
        let Some(source) = source_in(line).filter(|_| in_module) else {
            continue;
        };
        let is_local = source.starts_with(['.', '/']) || source.contains("${");
        if !is_local && !source.is_empty() {
            let address = source.split('?').next().unwrap_or(source);
            found.push((address.to_owned(), Origin::at(path, number, 1)));
        }
    }
    found
}

/// Returns the text in `source = "…"`, on a line of its own or inside the braces of a block.
fn source_in(line: &str) -> Option<&str> {
    let at = line.trim_start();
    let at = match at.split_once('{') {
        Some((head, body)) if head.starts_with("module") => body.trim_start(),
        _ => at,
    };
    let value = at.strip_prefix("source")?.trim_start().strip_prefix('=')?;
    value.trim_start().strip_prefix('"')?.split('"').next()
}

/// Returns true if a module is known to create no proxy, by its publisher or by its provider.
///
/// Source: Terraform, "Module Sources", "Terraform Registry": `NAMESPACE/NAME/PROVIDER`.
pub fn makes_no_proxy(source: &str) -> bool {
    let registry::ModuleSource {
        place: (module, inner),
        ..
    } = registry::ModuleSource::new(source);
    if registry::folder(source, None, |_| false)
        .is_some_and(|folder| !registry::makes_proxy(folder))
    {
        return true;
    }
    let known = WITHOUT_PROXY.iter().any(|start| module.starts_with(start));
    if known && !module.contains("rds-proxy") {
        return true;
    }
    let parts: Vec<&str> = module.split('/').collect();
    let is_address = |part: &&str| !part.contains(['.', ':', '@']);
    let provider = match parts.as_slice() {
        [_, _, provider] if parts.iter().all(is_address) => Some(provider),
        _ => None,
    };
    inner.is_empty() && provider.is_some_and(|provider| *provider != "aws" && *provider != "awscc")
}

/// Normalizes a source, so that all notations of the same module have the same name.
pub fn place(source: &str) -> String {
    let (module, inner) = registry::ModuleSource::new(source).place;
    format!("{module}//{inner}")
}

/// Returns true if a module is understood without its files.
pub fn is_understood(source: &str) -> bool {
    registry::folder(source, None, |_| false).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_where_they_stand() {
        let text = r#"
module "a" {
  source  = "terraform-aws-modules/vpc/aws"
}
module "b" { source = "git::https://git.example.com/db.git//proxy?ref=v1" }
module "c" {
  source = "./c"
}
resource "x" "y" {
  source = "no/call/aws"
}
# source = "no/call/aws"
"#;
        let found = calls("main.tf", text);
        let found: Vec<String> = found
            .iter()
            .map(|(source, origin)| format!("{source} {origin}"))
            .collect();
        assert_eq!(
            found,
            [
                "terraform-aws-modules/vpc/aws main.tf:3:1",
                "git::https://git.example.com/db.git//proxy main.tf:5:1"
            ]
        );
    }

    #[test]
    fn who_makes_no_proxy_is_known_by_publisher_or_provider() {
        let cases = [
            ("terraform-aws-modules/vpc/aws", true),
            ("terraform-aws-modules/iam/aws//modules/iam-role", true),
            (
                "git::https://github.com/terraform-aws-modules/terraform-aws-eks.git",
                true,
            ),
            ("Azure/naming/azurerm", true),
            ("cloudposse/label/null", true),
            ("terraform-aws-modules/rds-proxy/aws", false),
            ("acme/database/aws", false),
            ("git::https://git.example.com/platform/modules.git", false),
            ("app.terraform.io/acme/db/aws", false),
        ];
        for (source, expected) in cases {
            assert_eq!(makes_no_proxy(source), expected, "{source}");
        }
    }
}
