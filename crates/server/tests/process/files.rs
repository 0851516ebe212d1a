//! Who may read what Carnet keeps on the disk, and what lies beside a database.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::{Folder, Server, mode};

/// A command with this umask.
fn with_umask(folder: &Folder, umask: &str, arguments: &[&str]) -> Command {
    let carnet = folder.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh"]);
    shell.arg(carnet.get_program()).args(arguments).current_dir(&folder.0);
    shell
}

fn open_to_all(path: &Path) {
    std::fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
}

#[test]
fn what_is_made_is_its_owners_alone_whatever_the_umask() {
    for umask in ["022", "000"] {
        let folder = Folder::new();
        let arguments = ["migrate", "--set", "database.url=sqlite://deep/data/carnet.db"];
        assert!(with_umask(&folder, umask, &arguments).status().unwrap().success());
        let deep = folder.0.join("deep");
        assert_eq!((mode(&deep), mode(&deep.join("data"))), (0o700, 0o700), "{umask}");
        let server =
            Server::start_by(&arguments[1..], |arguments| with_umask(&folder, umask, arguments));
        let files: Vec<_> = std::fs::read_dir(deep.join("data"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .inspect(|path| assert_eq!(mode(path), 0o600, "{umask}: {}", path.display()))
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        for name in ["carnet.db", "carnet.db-wal", "carnet.db-shm", "carnet.lock", "carnet.secret"]
        {
            assert!(files.iter().any(|file| file == name), "{name}: {files:?}");
        }
        assert!(server.stop().success());
    }
}

#[test]
fn files_that_others_can_read_are_taken_from_them_and_the_operator_hears_of_it() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    folder.add_user("ada");
    // Killed, it leaves the write-ahead log behind.
    server.kill();
    let names = ["carnet.db", "carnet.db-wal", "carnet.db-shm", "carnet.lock"];
    let paths = names.map(|name| folder.0.join("data").join(name));
    for path in &paths {
        open_to_all(path);
    }
    let output = folder.run(&["migrate"]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    for (name, path) in names.iter().zip(&paths) {
        assert!(said.contains(&format!("data/{name}: others could read it")), "{said}");
        assert!(!path.exists() || mode(path) == 0o600, "{name}");
    }
    assert!(folder.run(&["migrate"]).stderr.is_empty());
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = Folder::new();
    let notes = folder.0.join("notes.db");
    std::fs::write(&notes, "this is no database, whatever its name says").unwrap();
    open_to_all(&notes);
    let arguments = ["migrate", "--set", "database.url=sqlite://notes.db"];
    assert!(folder.complains(&mut folder.command(&arguments)).contains("not a database"));
    assert_eq!(mode(&notes), 0o644);
}

#[test]
fn a_folder_that_was_there_before_is_left_as_it_is_with_a_warning() {
    let folder = Folder::new();
    let data = folder.0.join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
    let output = folder.run(&["migrate"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("chmod 700 data"), "{said}");
    assert_eq!(mode(&data), 0o755);
}

#[test]
fn two_databases_of_one_stem_share_neither_secret_nor_lock() {
    let folder = Folder::new();
    let on = |name: &str, command: &[&str]| {
        let url = format!("database.url=sqlite://data/{name}");
        folder.says(&[command, &["--set", &url]].concat())
    };
    let names = ["carnet.live", "carnet.test", "carnet.db", "carnet"];
    let keys = names.map(|name| on(name, &["key", "list"]));
    let read = |name: &str| std::fs::read_to_string(folder.0.join("data").join(name)).unwrap();
    let secrets = ["carnet.live-secret", "carnet.test-secret", "carnet.secret", "carnet-secret"];
    for (index, secret) in secrets.iter().enumerate() {
        assert!(secrets[..index].iter().all(|other| read(other) != read(secret)));
    }
    for lock in ["carnet.live-lock", "carnet.test-lock", "carnet.lock", "carnet-lock"] {
        assert!(folder.0.join("data").join(lock).exists(), "{lock}");
    }
    for name in names {
        on(name, &["secret", "rotate"]);
        assert_eq!(names.map(|name| on(name, &["key", "list"])), keys, "after {name}");
    }
}

/// As earlier versions named them: `carnet.live` and `carnet.test` had one `carnet.secret`.
#[test]
fn a_secret_that_two_databases_shared_is_found_and_copied_for_each() {
    let folder = Folder::new();
    let data = folder.0.join("data");
    let on = |name: &str| {
        let url = format!("database.url=sqlite://data/{name}");
        folder.run(&["key", "list", "--set", &url])
    };
    let before = on("carnet.live").stdout;
    std::fs::copy(data.join("carnet.live"), data.join("carnet.test")).unwrap();
    std::fs::rename(data.join("carnet.live-secret"), data.join("carnet.secret")).unwrap();
    for name in ["carnet.live", "carnet.test"] {
        let output = on(name);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, before);
        assert_eq!(mode(&data.join(format!("{name}-secret"))), 0o600);
    }
    // One that opens nothing is not copied.
    let other = Folder::new();
    other.says(&["migrate"]);
    std::fs::copy(other.0.join("data/carnet.secret"), data.join("carnet.secret")).unwrap();
    std::fs::remove_file(data.join("carnet.live-secret")).unwrap();
    let output = on("carnet.live");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("data/carnet.live-secret: this file is missing"), "{said}");
    assert!(!data.join("carnet.live-secret").exists());
}

#[test]
fn a_database_that_was_copied_without_its_secret_is_told_the_missing_file_and_gets_no_other() {
    let folder = Folder::new();
    folder.says(&["migrate"]);
    let data = folder.0.join("data");
    std::fs::copy(data.join("carnet.db"), folder.0.join("copy.db")).unwrap();
    let copy = ["key", "list", "--set", "database.url=sqlite://copy.db"];
    for _ in 0..2 {
        let said = folder.complains(&mut folder.command(&copy));
        assert!(said.contains("copy.secret: this file is missing"), "{said}");
        assert!(!folder.0.join("copy.secret").exists());
    }
    // Another database's secret is named as the wrong one, and not replaced.
    let other = Folder::new();
    other.says(&["migrate"]);
    let secret = folder.0.join("copy.secret");
    std::fs::copy(other.0.join("data/carnet.secret"), &secret).unwrap();
    let said = folder.complains(&mut folder.command(&copy));
    assert!(said.starts_with("carnet: copy.secret: this is not the secret"), "{said}");
    std::fs::copy(data.join("carnet.secret"), &secret).unwrap();
    folder.says(&copy);
}

#[test]
fn a_secret_is_never_written_through_a_link() {
    let folder = Folder::new();
    let (data, elsewhere) = (folder.0.join("data"), folder.0.join("elsewhere"));
    std::fs::create_dir(&data).unwrap();
    std::fs::write(&elsewhere, "").unwrap();
    symlink(&elsewhere, data.join("carnet.secret.unfinished")).unwrap();
    let output = folder.command(&["migrate"]).stderr(Stdio::null()).status().unwrap();
    assert!(output.success());
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"");
    assert!(std::fs::symlink_metadata(data.join("carnet.secret")).unwrap().is_file());
    symlink(&elsewhere, folder.0.join("linked.lock")).unwrap();
    let linked = ["migrate", "--set", "database.url=sqlite://linked.db"];
    assert!(folder.complains(&mut folder.command(&linked)).contains("linked.lock"));
}
