//! The constructs that public code uses, the traps in it, and the fixtures for both. Tests keep the table complete:
//! every name is that of a fixture, and every fixture is listed under at least one construct or trap.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::fixture::Fixture;

/// A construct or a trap, with the names of its fixtures in both languages. A name that ends in `*` covers all fixtures
/// with that prefix; a language without fixtures does not have the construct.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// The constructs of public code, the most frequent first.
#[rustfmt::skip]
static CONSTRUCTS: &[Row] = &[
    ("literals", &["literal", "letters_and_tabs", "one_line_blocks"], &["literal", "yaml_forms", "json_if"]),
    ("policy by jsonencode", &["policy_jsonencode", "consumer_grant"], &[]),
    ("aws_iam_policy_document", &["policy_document", "policy_override_documents", "json_policy_document"], &[]),
    ("policy by heredoc", &["policy_heredoc", "secret_heredoc"], &[]),
    ("templatefile, template_file, decoded files", &["policy_files", "files_decoded"], &[]),
    ("policies of roles and functions", &["policy_attached_by_arn", "lambda_consumer", "consumer_given_endpoint", "role_statements", "role_same_list", "consumer_other_service", "service_principal"], &["role_policies", "role_same_parameter", "lambda_consumers", "consumer_given_endpoint", "serverless_endpoint"]),
    ("subnets by number, zones by place", &["subnets_unknown_length"], &["zones_by_place"]),
    ("security group through variable, module, data source, state, sibling file", &["group_elsewhere", "group_data_sources", "group_created_or_given", "group_ids_compact", "remote_state", "group_network_module", "group_from_outside"], &["sibling_group_import", "import_open", "group_from_outside", "group_given_with_rules"]),
    ("rules as resources of their own", &["group_rule", "group_rule_ports", "group_vpc_rule", "group_attached_later", "group_peer_open"], &["standalone_rules", "standalone_egress", "standalone_rule_conditional"]),
    ("rules inside the group", &["group_inline", "group_by_default", "group_network_range", "group_subnet_ranges", "group_one_address", "group_port_of_database", "endpoint_groups"], &["group_inline", "group_by_default"]),
    ("hard-coded ids", &["group_elsewhere"], &["group_hard_coded*"]),
    ("no security group, or the default one", &["group_default", "group_default_rules"], &["group_none"]),
    ("try, lookup, ternary, concat, coalesce in the proxy", &["functions_in_proxy", "text_functions", "locals_and_conditions"], &[]),
    ("a value from a variable, a local, each", &["variable_*", "workspace", "sensitive", "types_converted", "for_expressions", "default_in_object_merge", "merged_with_unknown"], &["parameter_*", "parameters_file"]),
    ("object variable with optional members", &["variable_object_optional", "variable_any"], &[]),
    ("local module, nested stack", &["module_*", "source_by_names", "stack_template", "target_either", "nested_folders"], &["nested_*", "stack_set"]),
    ("outputs and exports", &["module_outputs"], &["sibling_group_import", "import_open"]),
    ("Sub, Join, Split, Select", &[], &["sub_and_join", "zones_by_place", "own_account"]),
    ("FindInMap", &[], &["find_in_map", "truth_values"]),
    ("dynamic references", &[], &["dynamic_reference", "resolve_and_secret_policy"]),
    ("Fn::If and AWS::NoValue", &[], &["fn_if_no_value", "if_in_auth", "json_if"]),
    ("conditions of resources", &["conditional_resource"], &["condition*", "standalone_rule_conditional"]),
    ("count", &["count*", "target_by_count"], &[]),
    ("for_each, Fn::ForEach", &["for_each"], &["for_each*"]),
    ("dynamic auth", &["dynamic_auth*", "dynamic_nested"], &[]),
    ("dynamic ingress", &["dynamic_ingress"], &[]),
    ("auth on one line, or as an attribute", &["auth_as_attribute"], &["yaml_forms", "if_in_auth"]),
    ("terraform-aws-modules/rds-proxy, cloudposse/rds-db-proxy", &["registry_*"], &[]),
    ("terraform-aws-modules/security-group", &["registry_security_group*"], &[]),
    ("the secret of the master user", &["secret_master*", "secret_owner_static_and_dynamic"], &["managed_master_secret", "secret_attachment"]),
    ("secrets in view, looked up, with policies", &["secret_*", "aws_managed_key"], &["secret_*"]),
    ("default_auth_scheme", &["default_auth_scheme"], &["default_auth_scheme"]),
    ("the database and its parameter group", &["database_*", "engine_version_open", "tls_of_cluster_instance_group"], &["database_*", "letter_case", "target_by_reference"]),
    ("SAM", &[], &["sam_*", "nested_application"]),
    ("Serverless Framework", &[], &["serverless_*"]),
    ("CDK, JSON", &["cdktf", "json_syntax"], &["hosted_in_json", "json_if"]),
    ("macros, includes", &[], &["macros", "include_in_properties"]),
    ("older, newer and other dialects", &["legacy_syntax", "opentofu", "terragrunt*", "lifecycle_enabled", "region_argument", "other_blocks", "provider_alias"], &["yaml_forms"]),
];

/// Constructs that mislead readers of the code.
#[rustfmt::skip]
static TRAPS: &[Row] = &[
    ("IAM in name only", &["registry_rds_proxy_flat_auth", "registry_true_is_no_word", "registry_documented_postgresql"], &["iam_in_name_only"]),
    ("several entries, one of them bad", &["auth_mixed", "dynamic_auth_map"], &["several_auth_entries"]),
    ("default_auth_scheme and a left-over entry", &["default_auth_scheme"], &["default_auth_scheme"]),
    ("one secret for every entry", &["dynamic_auth_one_secret"], &["secret_forms"]),
    ("one secret in two files", &["secret_two_roots"], &["shared_secret_two_files"]),
    ("name, partial and full ARN of one secret", &["secret_forms"], &["secret_forms"]),
    ("debug logging by the environment", &["locals_and_conditions"], &["debug_in_dev"]),
    ("a caller's default before the module's", &["module_defaults"], &["nested_stack_parameters"]),
    ("files of values", &["variable_files", "variable_arguments"], &["parameters_file"]),
    ("overrides", &["override"], &[]),
    ("no proxy there", &["count", "absent_by_default", "for_each", "data_proxy", "registry_rds_proxy_off", "absent_by_value"], &["condition_false", "nested_stack_left_out", "absent_by_default"]),
    ("commented out", &["commented_out*"], &["commented_out"]),
    ("unknown attributes", &["unknown_arguments"], &["unknown_words"]),
    ("undeclared names, functions that do not exist", &["variable_undeclared"], &["unknown_words"]),
    ("a neighbour that cannot be read", &["broken_neighbour"], &["broken_neighbour", "yaml_bomb"]),
    ("TLS absent though the database forces it", &["tls_absent_but_forced"], &["tls_absent_but_forced"]),
    ("defaults of the registry's modules", &["registry_rds_proxy_3", "registry_cloudposse"], &[]),
    ("a parameter that allows one value", &["variable_validation"], &["parameter_only_allowed"]),
    ("odd booleans", &["types_converted"], &["odd_booleans"]),
    ("a group whose rules are elsewhere", &["group_elsewhere", "registry_unknown"], &["sibling_group_import", "group_hard_coded"]),
    ("silent egress", &["group_inline", "reason_without_rules"], &["default_egress", "standalone_egress"]),
    ("the full address, the line in the child", &["module_chain"], &["nested_stack_parameters", "nested_application"]),
    ("names that two environments use", &["roots_same_names", "module_same_names"], &["two_environments", "same_ids_two_files"]),
    ("one group for proxy and database or others, or open to itself", &["group_shared_with_database", "group_itself", "group_worn_by_others"], &["standalone_egress", "group_worn_by_others"]),
    ("what leads back to itself", &["loop_of_locals"], &["yaml_bomb"]),
    ("names known only once it is deployed", &["name_prefix", "name_empty_by_default"], &["sub_and_join"]),
];

/// The fixtures of one language that a row covers.
fn meant<'f>(
    patterns: &[&str],
    fixtures: &'f BTreeMap<String, Fixture>,
) -> BTreeMap<&'f str, &'f Fixture> {
    let fits = |name: &str, pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    };
    fixtures
        .iter()
        .filter(|(name, _)| patterns.iter().any(|pattern| fits(name, pattern)))
        .map(|(name, fixture)| (name.as_str(), fixture))
        .collect()
}

/// The fixtures and labels of each construct and trap.
pub(super) fn table(languages: [&BTreeMap<String, Fixture>; 2]) -> String {
    let mut text = String::new();
    for (title, rows) in [("construct", CONSTRUCTS), ("trap", TRAPS)] {
        writeln!(text, "{title:75} terraform cloudformation labels").unwrap();
        for (name, terraform, cloudformation) in rows {
            let found = [
                meant(terraform, languages[0]),
                meant(cloudformation, languages[1]),
            ];
            let labels: usize = found
                .iter()
                .flat_map(BTreeMap::values)
                .map(|fixture| fixture.labels.len())
                .sum();
            let [terraform, cloudformation] = found.map(|fixtures| fixtures.len());
            writeln!(
                text,
                "{name:75} {terraform:>9} {cloudformation:>14} {labels:>6}"
            )
            .unwrap();
        }
        text.push('\n');
    }
    text
}

/// Names without a fixture, and fixtures without a row.
pub(super) fn gaps(languages: [&BTreeMap<String, Fixture>; 2]) -> Vec<String> {
    let mut gaps = Vec::new();
    let mut named: [BTreeSet<&str>; 2] = Default::default();
    for (row, terraform, cloudformation) in CONSTRUCTS.iter().chain(TRAPS) {
        for (at, patterns) in [terraform, cloudformation].into_iter().enumerate() {
            for pattern in *patterns {
                let found = meant(&[pattern], languages[at]);
                if found.is_empty() {
                    gaps.push(format!("{row}: no fixture is called {pattern}"));
                }
                named[at].extend(found.into_keys());
            }
        }
    }
    for (at, fixtures) in languages.into_iter().enumerate() {
        let unnamed = fixtures
            .keys()
            .filter(|name| !named[at].contains(name.as_str()));
        gaps.extend(unnamed.map(|name| format!("{name} stands under no construct")));
    }
    gaps
}
