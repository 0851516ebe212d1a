//! What `RUST_LOG` chooses.

use std::fs::{self, File};
use std::process::Stdio;

use crate::server::{Folder, Server};

/// What the server has logged by its end.
fn logged(filter: &str) -> String {
    let folder = Folder::new();
    let path = folder.0.join("log");
    let log = File::create(&path).unwrap();
    let server = Server::start_as(&folder, &[], |command| {
        command.env("RUST_LOG", filter).stderr(Stdio::from(log))
    });
    assert!(server.stop().success());
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_filter_that_cannot_be_read_is_told_and_counts_as_none() {
    for filter in ["carnet_server=loud", "a=b=c"] {
        let log = logged(filter);
        assert!(log.contains("WARN"), "{filter}: {log}");
        assert!(log.contains("RUST_LOG cannot be read"), "{filter}: {log}");
    }
    for filter in ["", "carnet_server=debug", "trace"] {
        let log = logged(filter);
        assert!(!log.contains("RUST_LOG"), "{filter}: {log}");
    }
}
