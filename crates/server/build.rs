//! Sees to it that the folder of the built site exists before it is embedded, and that the server
//! is built again when something in it changes. Without the pages there is nothing to see to.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return;
    }
    let site = Path::new("../../target/site");
    if let Err(error) = std::fs::create_dir_all(site) {
        println!("cargo::error=cannot make {}: {error}", site.display());
    }
    println!("cargo::rerun-if-changed={}", site.display());
}
