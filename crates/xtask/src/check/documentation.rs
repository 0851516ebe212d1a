//! The documentation of every crate, without a warning: no link in it leads nowhere.

use std::process::Command;

use crate::environment::Environment;

/// A package and how its documentation is made.
pub(super) struct Package {
    pub(super) name: &'static str,
    arguments: &'static [&'static str],
}

/// One by one, as for clippy. A program has no documentation for others, except where it is all that there is.
pub(super) const PACKAGES: [Package; 13] = [
    Package { name: "carnet-shared", arguments: &["--lib"] },
    Package { name: "carnet-client", arguments: &["--lib"] },
    Package { name: "carnet-verify", arguments: &["--lib", "--features", "axum"] },
    Package { name: "carnet-leptos", arguments: &["--lib", "--features", "ssr"] },
    Package { name: "carnet-app", arguments: &["--lib", "--features", "ssr"] },
    Package { name: "carnet-server", arguments: &["--lib", "--features", "ssr,jemalloc,testing"] },
    Package {
        name: "carnet-frontend",
        arguments: &["--lib", "--target", "wasm32-unknown-unknown"],
    },
    Package { name: "carnet-simulator", arguments: &["--lib"] },
    Package { name: "carnet-load", arguments: &["--lib"] },
    Package { name: "own-app", arguments: &[] },
    Package { name: "axum-api", arguments: &[] },
    Package { name: "spa", arguments: &["--target", "wasm32-unknown-unknown"] },
    Package { name: "xtask", arguments: &[] },
];

impl Package {
    pub(super) fn command(&self, environment: &Environment) -> Command {
        let mut command = environment.command("cargo");
        command.args(["doc", "--quiet", "--no-deps", "--package", self.name]).args(self.arguments);
        // What the caller has set for rustdoc was not meant to hide a warning.
        command.env("RUSTDOCFLAGS", "-D warnings");
        command
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::project::root;

    #[test]
    fn every_crates_documentation_is_made() {
        let folders = ["crates", "examples"].map(|folder| root().join(folder));
        let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("it is there"));
        for entry in entries {
            let manifest = entry.expect("readable").path().join("Cargo.toml");
            let text = fs::read_to_string(&manifest).expect("each has a manifest");
            if !text.contains("[package]") {
                // A workspace of its own, which an app starts from, and no library.
                continue;
            }
            let is_made =
                |package: &Package| text.contains(&format!("name = \"{}\"", package.name));
            assert!(PACKAGES.iter().any(is_made), "{}", manifest.display());
        }
    }
}
