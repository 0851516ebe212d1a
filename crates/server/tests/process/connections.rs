//! What connections cost the process.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::{Folder, Server};

#[cfg(target_os = "linux")]
#[test]
fn hundreds_of_unfinished_heads_take_little_memory() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let address = server.url.strip_prefix("http://").unwrap();
    let before = server.peak_memory();
    let head = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nx: {}", "y".repeat(390_000));
    let mut held: Vec<TcpStream> = (0..600)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            // The server need not take all of it.
            let _ = stream.write_all(head.as_bytes());
            stream
        })
        .collect();
    for stream in &mut held {
        // A reset is an end, too; only a server that waits for more is none.
        if let Err(error) = stream.read_to_end(&mut Vec::new()) {
            assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "a head is still held");
        }
    }
    let more = server.peak_memory() - before;
    assert!(more < 64 * 1024, "{more} KiB for {} heads", held.len());
}

/// Its limit of descriptors is raised; where that is not possible, it gives up what rests.
#[cfg(target_os = "linux")]
#[test]
fn a_process_with_few_descriptors_is_not_shut_by_connections_that_say_nothing() {
    let folder = Folder::new();
    let server = Server::start_under(&folder, "ulimit -n 128");
    let address = server.url.strip_prefix("http://").unwrap();
    let mut held = Vec::new();
    for _ in 0..400 {
        held.extend(TcpStream::connect(address));
    }
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
}
