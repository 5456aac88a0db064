//! `audit`: its arguments, and the printed report.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::account::AccountArgs;
use super::output::{OutputArgs, formats};
use super::policy::AllowanceArgs;
use super::reach::ReachArgs;
use crate::app::audit::{self, AuditRequest};
use crate::app::{CommandError, Outcome};
use crate::io::account::AccountScope;
use crate::io::terminal::{self, Terminal};
use crate::report::{AuditFormat, FORMATS, Format};

/// Audit RDS Proxies in Terraform, OpenTofu and CloudFormation code, or in an account: every rule, every proxy, file and line.
///
/// Exit codes: 0 nothing found, 1 the audit could not do its work, 2 findings.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Folders and files to audit. Without any, the account's own proxies are audited; with both, the account tells what the
    /// code cannot.
    #[arg(value_name = "PATH", required_unless_present = "account")]
    paths: Vec<PathBuf>,
    /// Read values of Terraform variables from a file. Repeatable; the last one wins.
    #[arg(long, value_name = "FILE", help_heading = "Variables and parameters")]
    var_file: Vec<PathBuf>,
    /// Audit each root module once with each file of values below it that Terraform does not load by itself (`stage/*.tfvars`).
    #[arg(long, help_heading = "Variables and parameters")]
    each_var_file: bool,
    /// Set one Terraform variable. Repeatable.
    #[arg(
        long,
        value_name = "NAME=VALUE",
        help_heading = "Variables and parameters"
    )]
    var: Vec<String>,
    /// Read values of CloudFormation parameters from a file.
    #[arg(long, value_name = "FILE", help_heading = "Variables and parameters")]
    parameters: Option<PathBuf>,
    /// Format of the report.
    #[arg(long, help_heading = "Report", default_value = FORMATS[0].id, value_parser = formats(FORMATS))]
    format: String,
    #[command(flatten)]
    print: OutputArgs,
    /// Count open questions, and what could not be read, as findings.
    #[arg(long, help_heading = "Report")]
    strict: bool,
    /// Fix in place what has only one right text (TLS, IAM, debug logging), show every changed line, and audit again.
    #[arg(long, help_heading = "Fixing", requires = "paths")]
    fix: bool,
    /// With --fix: show what would be changed without writing it.
    #[arg(long, help_heading = "Fixing", requires = "fix")]
    dry_run: bool,
    /// Report only findings that a git revision of this repository does not have (`--since origin/main`).
    #[arg(long, value_name = "REF", help_heading = "Policy", requires = "paths", conflicts_with_all = ["baseline", "fix"])]
    since: Option<String>,
    #[command(flatten)]
    reach: ReachArgs,
    #[command(flatten)]
    allowances: AllowanceArgs,
    // Last: arguments after it would appear under its heading.
    #[command(flatten)]
    snapshot: AccountArgs,
}

impl AuditArgs {
    /// Returns the parts of the account to read. An audit of the account alone needs only the proxies; code may refer
    /// to any resource.
    fn scope(&self) -> AccountScope {
        if self.paths.is_empty() {
            AccountScope::Proxies
        } else {
            AccountScope::Everything
        }
    }

    /// Returns the arguments as a request for a report in this format.
    fn request(&self, format: &'static AuditFormat) -> AuditRequest {
        AuditRequest {
            paths: self.paths.clone(),
            var_file: self.var_file.clone(),
            each_var_file: self.each_var_file,
            var: self.var.clone(),
            parameters: self.parameters.clone(),
            fix: self.fix,
            dry_run: self.dry_run,
            since: self.since.clone(),
            reach: self.reach.request(),
            allowances: self.allowances.request(),
            account: self.snapshot.source(self.scope()),
            format,
        }
    }
}

/// Audits, and prints the report.
///
/// # Errors
/// Those of [`audit::run`], and when the report cannot be written.
pub fn run(args: &AuditArgs) -> Result<Outcome, CommandError> {
    let terminal = Terminal::look();
    let format = Format::by_id(FORMATS, &args.format)
        .ok_or_else(|| CommandError::bug(format!("there is no format {:?}", args.format)))?;
    let audit = audit::run(&args.request(format))?;
    let look = args.print.look(&terminal);
    let tally = audit.tally();
    let is_open = tally.undetermined > 0 || !audit.skipped.is_empty();
    let found = tally.total() > 0 || (args.strict && is_open);
    if args.strict && !audit.skipped.is_empty() {
        // stderr may be closed; ignore the error.
        let _ = terminal::note(&counted(audit.skipped.len()));
    }
    let text = |sink: &mut dyn Write| Ok(format.write(&audit, look, sink)?);
    args.print.deliver_by(&text, look)?;
    Ok(Outcome {
        found,
        ..Outcome::default()
    })
}

/// Returns the note that `--strict` counts unread inputs as findings.
fn counted(skipped: usize) -> String {
    match skipped {
        1 => "--strict: what was not read counts as a finding\n".to_owned(),
        _ => format!("--strict: the {skipped} places that were not read count as findings\n"),
    }
}
