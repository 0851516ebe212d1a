use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "the kettle is on again";

/// An empty folder to work in, removed with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random).unwrap();
        let name = format!("carnet-command-{:016x}", u64::from_be_bytes(random));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        Self(path)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carnet"));
        command.args(arguments).current_dir(&self.0).env_clear().stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What the command printed; it must have succeeded.
    #[track_caller]
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the command complained of, which must be one line.
    #[track_caller]
    pub(crate) fn complains(&self, command: &mut Command) -> String {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!(complaint.trim_end().lines().count(), 1, "{complaint}");
        complaint
    }

    #[track_caller]
    pub(crate) fn add_user(&self, username: &str) {
        let email = format!("{username}@example.org");
        let arguments = ["user", "add", username, &email, "--password-stdin"];
        let mut child = self.command(&arguments).stdin(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(child.wait().unwrap().success());
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server that has said that it is ready.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Signs somebody in who has the password of all, and gives the answer.
    pub(crate) async fn login(&self, client: &reqwest::Client, login: &str) -> serde_json::Value {
        let body = serde_json::json!({"login": login, "password": PASSWORD});
        let request = client.post(format!("{}/api/auth/login", self.url)).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn start(folder: &Folder, more: &[&str]) -> Self {
        Self::start_as(folder, more, |command| command.stderr(Stdio::null()))
    }

    /// The same with more to say about its process.
    pub(crate) fn start_as(
        folder: &Folder,
        more: &[&str],
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        Self::start_by(more, |arguments| {
            let mut command = folder.command(arguments);
            change(&mut command);
            command
        })
    }

    /// The same with a command of the test's own.
    pub(crate) fn start_by(more: &[&str], command: impl FnOnce(&[&str]) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("server.address=127.0.0.1:{port}");
        let mut arguments = vec!["serve", "--set", &address];
        arguments.extend(more);
        Self::started(&mut command(&arguments), port)
    }

    /// The same after a command of the shell that limits the process.
    pub(crate) fn start_under(folder: &Folder, limit: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("server.address=127.0.0.1:{port}");
        let script = format!(r#"{limit} && exec "$0" "$@""#);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_carnet"), "serve", "--set", &address]);
        Self::started(command.current_dir(&folder.0).env_clear().stderr(Stdio::null()), port)
    }

    fn started(command: &mut Command, port: u16) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Carnet is ready on http://127.0.0.1:"), "{line}");
        Self { child, url: format!("http://127.0.0.1:{port}") }
    }

    /// Kibibytes that the system counts as its own.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        self.kibibytes("VmRSS:")
    }

    /// The most that it ever was.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory(&self) -> u64 {
        self.kibibytes("VmHWM:")
    }

    #[cfg(target_os = "linux")]
    fn kibibytes(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The id of its process.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// As `kill -9` does: it can finish nothing.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Who may do what with a file.
pub(crate) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
