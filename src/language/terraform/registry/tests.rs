//! Tests of the ways to write a source.

use super::*;

#[test]
fn a_source_is_known_however_it_is_written() {
    for (source, place, version) in [
        (
            "terraform-aws-modules/rds-proxy/aws",
            ("terraform-aws-modules/rds-proxy/aws", ""),
            None,
        ),
        (
            "registry.terraform.io/terraform-aws-modules/security-group/aws//modules/postgresql",
            (
                "terraform-aws-modules/security-group/aws",
                "modules/postgresql",
            ),
            None,
        ),
        (
            "git::https://github.com/terraform-aws-modules/terraform-aws-rds-proxy.git?ref=v3.1.0",
            ("terraform-aws-modules/terraform-aws-rds-proxy", ""),
            Some("v3.1.0"),
        ),
        (
            "git::ssh://git@github.com/cloudposse/terraform-aws-rds-db-proxy.git?ref=tags/1.1.0",
            ("cloudposse/terraform-aws-rds-db-proxy", ""),
            Some("tags/1.1.0"),
        ),
        (
            "git::https://github.com/cloudposse/terraform-aws-rds-db-proxy?depth=1&ref=1.1.0",
            ("cloudposse/terraform-aws-rds-db-proxy", ""),
            Some("1.1.0"),
        ),
        (
            "github.com/cloudposse/terraform-aws-rds-db-proxy",
            ("cloudposse/terraform-aws-rds-db-proxy", ""),
            None,
        ),
        (
            "app.terraform.io/acme/rds-proxy/aws",
            ("app.terraform.io/acme/rds-proxy/aws", ""),
            None,
        ),
    ] {
        let found = ModuleSource::new(source);
        assert_eq!((found.place, found.version), (place, version), "{source}");
    }
}
