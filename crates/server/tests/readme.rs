//! The README's curl flow, run as it stands there.

use std::process::Command;

use carnet_server::settings::{SettingSource, Settings};
use carnet_server::{App, serve};

#[tokio::test(flavor = "multi_thread")]
async fn the_curl_flow_of_the_readme_works() {
    let readme = include_str!("../../../README.md");
    let (_, after) = readme.split_once("## The same with curl").unwrap();
    let (_, block) = after.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();

    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    let name = format!("carnet-readme-{:016x}", u64::from_be_bytes(random));
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let source = SettingSource {
        file: Some("/dev/null".into()),
        environment: Vec::new(),
        assignments: vec![
            format!("server.public_url={url}"),
            format!("database.url=sqlite://{}", folder.join("carnet.db").display()),
        ],
    };
    let settings = Settings::read(&source).unwrap();
    let app = App::builder(settings).start().await.unwrap();
    serve(&app, listener, std::future::pending()).unwrap();

    let script = format!("set -eu\n{}", block.replace("http://127.0.0.1:3000", &url));
    let shell_folder = folder.clone();
    let shell =
        move || Command::new("bash").arg("-c").arg(script).current_dir(shell_folder).output();
    let output = tokio::task::spawn_blocking(shell).await.unwrap().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8(output.stderr).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{printed}\n{complained}");
    for expected in
        ["\"username\":\"ada\"", "\"kty\":\"EC\"", "\"device\":\"curl\"", "Ada Lovelace"]
    {
        assert!(printed.contains(expected), "{expected} is not in {printed}");
    }
}
