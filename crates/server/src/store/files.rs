use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use carnet_shared::Secret;
use rustix::fs::OFlags;

/// Read and written by the owner alone.
const PRIVATE_FILE: u32 = 0o600;

/// Entered by the owner alone.
const PRIVATE_FOLDER: u32 = 0o700;

/// Whatever somebody other than the owner may do.
const OTHERS: u32 = 0o077;

/// The path of a file that belongs to a SQLite database. It is `carnet.secret` for `carnet.db`, and
/// `carnet.live-secret` for `carnet.live`: no two databases share it.
pub(crate) fn beside(database: &Path, what: &str) -> PathBuf {
    if database.extension().is_some_and(|extension| extension == "db") {
        database.with_extension(what)
    } else {
        followed_by(database, &format!("-{what}"))
    }
}

/// A path with more at the end of its name.
pub(crate) fn followed_by(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    name.into()
}

/// Makes the folder of a database where it is missing. One that was there before is left as it is.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return DirBuilder::new().recursive(true).mode(PRIVATE_FOLDER).create(folder);
    }
    let found = fs::metadata(folder)?;
    if found.is_dir() && found.permissions().mode() & OTHERS != 0 {
        let folder = folder.display();
        tracing::warn!(
            "{folder}: others can enter the folder of the database; unless that is meant, run \
             `chmod 700 {folder}`"
        );
    }
    Ok(())
}

/// Makes a file that is not there yet, never through a link that somebody has put there.
fn make_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(PRIVATE_FILE).custom_flags(no_links());
    options.open(path)
}

/// Writes a secret into a file that its owner alone can read. It is written under another name first, so
/// that a crash leaves the old one or the new one.
pub(crate) fn write_private(path: &Path, secret: &Secret) -> io::Result<()> {
    let unfinished = followed_by(path, ".unfinished");
    // One that a crash has left, or a link that somebody has put there.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = make_private(&unfinished)?;
    writeln!(file, "{}", secret.expose())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Opens the lock, making it where it is missing.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(PRIVATE_FILE).custom_flags(no_links());
    let file = options.open(path)?;
    keep_private(path)?;
    Ok(file)
}

/// Makes the file of a new database, since SQLite would make one that others can read where the
/// umask lets it. The files that SQLite makes beside it get its mode. A database that is there
/// already and that others can read is taken from them.
pub(super) fn prepare_database(path: &Path) -> io::Result<()> {
    match make_private(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if !is_database(path)? {
                return Ok(());
            }
            keep_private(path)?;
        }
        Err(error) => return Err(error),
    }
    for more in ["-wal", "-shm", "-journal"] {
        let path = followed_by(path, more);
        if path.exists() {
            keep_private(&path)?;
        }
    }
    Ok(())
}

/// Whether it is empty or begins as a SQLite database does. Anything else was named by mistake:
/// SQLite refuses it in its own words.
fn is_database(path: &Path) -> io::Result<bool> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut beginning = Vec::new();
    let file = File::open(path)?;
    if file.metadata()?.is_file() {
        file.take(16).read_to_end(&mut beginning)?;
        return Ok(beginning.is_empty() || beginning == MAGIC);
    }
    Ok(false)
}

/// Takes a file from everybody but its owner.
fn keep_private(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    let changed = fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS));
    let path = path.display();
    changed.map_err(|_| {
        let problem = format!("others can read it; run `chmod 600 {path}` as its owner");
        io::Error::new(io::ErrorKind::PermissionDenied, problem)
    })?;
    tracing::warn!(
        "{path}: others could read it (mode {:o}); now only its owner can",
        mode & 0o777
    );
    Ok(())
}

fn no_links() -> i32 {
    i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_databases_share_what_lies_beside_them() {
        let names = ["carnet.db", "carnet", "carnet.live", "carnet.test", "carnet.DB", ".db"];
        let beside = |name: &str| beside(Path::new(name), "secret");
        assert_eq!(beside("data/carnet.db"), Path::new("data/carnet.secret"));
        assert_eq!(beside("data/carnet.live"), Path::new("data/carnet.live-secret"));
        for (index, one) in names.iter().enumerate() {
            for other in &names[..index] {
                assert_ne!(beside(one), beside(other), "{one} and {other}");
            }
        }
    }
}
