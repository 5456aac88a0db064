//! Reads the environment: the arguments, and the region that AWS's own tools would use.
#![allow(clippy::disallowed_methods)]

use std::env;
use std::path::PathBuf;

use super::files::bounded::{self, Bound};
use crate::interview::RegionHint;

/// The environment variables that can name the region, in the order in which the AWS CLI checks them.
const VARIABLES: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Returns the region that the environment or the profile names. It is only a suggestion that the user can override.
pub fn region() -> Option<RegionHint> {
    let named = VARIABLES.iter().find_map(|name| {
        Some(RegionHint {
            code: filled(name)?,
            from: (*name).to_owned(),
        })
    });
    named.or_else(of_profile)
}

/// Returns the command line, including the program name. Bytes that are not UTF-8 are replaced.
pub fn arguments() -> Vec<String> {
    let arguments = env::args_os();
    arguments
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect()
}

fn filled(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn of_profile() -> Option<RegionHint> {
    let profile = filled("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
    let file = filled("AWS_CONFIG_FILE").map(PathBuf::from);
    let file = file.or_else(|| Some(env::home_dir()?.join(".aws/config")))?;
    let text = bounded::found_text(&file, Bound::CONFIGURATION).ok()?;
    let code = region_of(&text, &profile)?;
    Some(RegionHint {
        code,
        from: format!("the AWS profile {profile}"),
    })
}

/// Returns the region of a profile in the text of `~/.aws/config`.
fn region_of(text: &str, profile: &str) -> Option<String> {
    let heads = [format!("[{profile}]"), format!("[profile {profile}]")];
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| heads.iter().any(|head| head == line))?;
    lines
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(key, _)| key.trim() == "region")
        .map(|(_, region)| region.trim().to_owned())
        .filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_of_a_profile_is_found() {
        let text = "[default]\noutput = json\nregion = eu-west-1\n\n[profile shop]\n  region=us-east-2\n[profile bare]\n";
        let cases = [
            ("default", Some("eu-west-1")),
            ("shop", Some("us-east-2")),
            ("bare", None),
            ("other", None),
        ];
        for (profile, expected) in cases {
            assert_eq!(region_of(text, profile).as_deref(), expected, "{profile}");
        }
    }
}
