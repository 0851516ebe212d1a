//! What the server holds.

use futures::future::join_all;

use crate::server::{Folder, Server};

/// In kibibytes, what Argon2 fills for one password.
const ONE_PASSWORD: u64 = 19_456;

#[tokio::test]
async fn many_sign_ins_take_the_memory_of_their_threads_and_no_more() {
    let folder = Folder::new();
    let one = format!("passwords.memory_kib={ONE_PASSWORD}");
    let server = Server::start(
        &folder,
        &["--set", &one, "--set", "passwords.max_concurrent=2", "--set", "limits.enabled=false"],
    );
    folder.add_user("ada");
    let (before, client) = (server.memory(), reqwest::Client::new());
    for _ in 0..4 {
        join_all((0..16).map(|_| server.login(&client, "ada"))).await;
    }
    let more = server.memory() - before;
    assert!(more > ONE_PASSWORD, "{more} KiB: nobody was checked");
    assert!(more < 4 * ONE_PASSWORD, "{more} KiB more than before");
}
