//! What `RUST_LOG` chooses.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
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

#[test]
fn a_path_can_steer_no_terminal_and_break_no_line() {
    let folder = Folder::new();
    let path = folder.0.join("log");
    let log = File::create(&path).unwrap();
    // Blanks and a last comma are no part of it, or nothing would be logged here.
    let server = Server::start_as(&folder, &[], |command| {
        command.env("RUST_LOG", "warn, carnet_server=debug,").stderr(Stdio::from(log))
    });
    let host = server.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    // A control sequence of eight bits, the end of a line, and a line separator.
    let request = format!(
        "GET /here\u{9b}31m\u{85}\u{2028} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).unwrap();
    connection.read_to_end(&mut Vec::new()).unwrap();
    assert!(server.stop().success());
    let log = fs::read_to_string(path).unwrap();
    assert!(log.contains("/here"), "{log:?}");
    let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{2028}';
    assert!(!log.contains(steers), "{log:?}");
}
