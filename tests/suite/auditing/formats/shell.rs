//! Formats in the shell: named in the help, written to the screen or to a file, whatever the audit finds.

use std::path::Path;
use std::process::Output;

use rdsproxy_gen::report::FORMATS;

fn audit(folder: &Path, arguments: &[&str]) -> Output {
    crate::support::program::program(folder)
        .arg("audit")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_help_names_every_format() {
    let help = audit(Path::new("."), &["--help"]).stdout;
    let help = String::from_utf8(help).unwrap();
    // Line breaks are ignored.
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for format in FORMATS {
        assert!(
            help.contains(&format!("- {}:", format.id)),
            "{}: {help}",
            format.id
        );
        assert!(help.contains(format.about), "{}: {help}", format.about);
    }
}

#[test]
fn a_file_holds_what_the_screen_would() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(
        home.path().join("main.tf"),
        include_str!("../audit/weak.tf"),
    )
    .unwrap();
    for format in FORMATS {
        let shown = audit(home.path(), &["main.tf", "--format", format.id]);
        assert_eq!(shown.status.code(), Some(2), "{}", format.id);
        let written = audit(
            home.path(),
            &["main.tf", "--format", format.id, "--output", "report"],
        );
        assert_eq!(written.status.code(), Some(2), "{}", format.id);
        assert!(
            written.stdout.is_empty() && written.stderr.is_empty(),
            "{}",
            format.id
        );
        let text = std::fs::read(home.path().join("report")).unwrap();
        assert_eq!(text, shown.stdout, "{}", format.id);
        assert!(
            text.ends_with(b"\n") && !text.contains(&0x1b),
            "{}",
            format.id
        );
    }
}
