use std::fmt;
use std::path::PathBuf;

use carnet_shared::Secret;
use toml::Value;
use url::Url;

use super::value::FromSetting;

/// Which database.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the address may hold a password.
    Postgres(Secret),
}

/// What the setting should look like.
const EXAMPLES: &str =
    r#"must be such as "sqlite://data/carnet.db" or "postgres://user:password@host/name""#;

/// For an address that does not parse, or whose password is taken for something else. It names no
/// part of the address, since any part may be the password.
const UNENCODED: &str = "cannot be read as a PostgreSQL address; in a user name and a password, \
     write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25";

/// The parameters that the driver knows. It would log any other one together with its value.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

impl DatabaseUrl {
    /// Whether the address holds a password.
    pub(super) fn has_password(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(text) => {
                text.expose().parse::<Url>().is_ok_and(|url| without_password(&url) != url)
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl fmt::Display for DatabaseUrl {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite://{}", path.display()),
            Self::Postgres(text) => match postgres(text.expose()) {
                Ok(url) => write!(formatter, "{}", without_password(&url)),
                // It was not made by parsing a setting.
                Err(_) => formatter.write_str("postgres://"),
            },
        }
    }
}

impl FromSetting for DatabaseUrl {
    fn from_setting(value: &Value) -> Result<Self, String> {
        let text = value.as_str().unwrap_or_default();
        match text.split_once("://") {
            Some(("sqlite", path)) => sqlite(path).map(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => {
                postgres(text).map(|_| Self::Postgres(Secret::new(text)))
            }
            _ if text.starts_with("sqlite:") => sqlite(&text["sqlite:".len()..]).map(Self::Sqlite),
            _ => Err(EXAMPLES.to_owned()),
        }
    }
}

fn sqlite(path: &str) -> Result<PathBuf, String> {
    match path {
        ":memory:" => Err("a database in memory would forget every account; name a file, as in \
                 sqlite://data/carnet.db"
            .to_owned()),
        _ if path.starts_with('~') => {
            Err("~ is not replaced by your home; write the whole path, as in \
                 sqlite:///home/ada/carnet.db"
                .to_owned())
        }
        _ if path.is_empty() || path.contains('?') => Err(EXAMPLES.to_owned()),
        _ => Ok(path.into()),
    }
}

/// An unencoded `#`, `/` or `?` ends the part of the address that holds the password, and the rest
/// of the password would count as something that may be shown: then an `@` comes too late.
fn postgres(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|_| UNENCODED.to_owned())?;
    let has_late_at =
        [url.path(), url.query().unwrap_or_default()].iter().any(|part| part.contains('@'));
    if url.fragment().is_some() || has_late_at {
        return Err(UNENCODED.to_owned());
    }
    let is_known = |name: &str| PARAMETERS.contains(&name) || name.starts_with("options[");
    if url.query_pairs().all(|(name, _)| is_known(&name)) {
        Ok(url)
    } else {
        Err(format!("has a parameter after ? that is unknown; known are {}", PARAMETERS.join(", ")))
    }
}

fn without_password(url: &Url) -> Url {
    let mut shown = url.clone();
    // Fails only for addresses without a host, which have no password either.
    let _ = shown.set_password(None);
    if url.query_pairs().any(|(name, _)| name == "password") {
        let kept: Vec<_> = url.query_pairs().filter(|(name, _)| name != "password").collect();
        shown.set_query(None);
        if !kept.is_empty() {
            shown.query_pairs_mut().extend_pairs(kept);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DatabaseUrl, String> {
        DatabaseUrl::from_setting(&Value::String(text.to_owned()))
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (text, shown) in [
            ("postgres://ada:canary@db.example.org/carnet", "postgres://ada@db.example.org/carnet"),
            ("postgres://ada:can@ary@db:5433/carnet", "postgres://ada@db:5433/carnet"),
            (
                "postgres:///carnet?host=/run/pg&password=canary",
                "postgres:///carnet?host=%2Frun%2Fpg",
            ),
            ("postgres://db/carnet?password=canary", "postgres://db/carnet"),
            (
                "postgresql://ada:canary%23@db/carnet?sslmode=verify-full",
                "postgresql://ada@db/carnet?sslmode=verify-full",
            ),
        ] {
            let url = read(text).unwrap();
            assert_eq!((url.to_string().as_str(), url.has_password()), (shown, true));
            assert!(!read(shown).unwrap().has_password());
        }
    }

    /// The mistakes that a password with these characters leads to.
    #[test]
    fn no_part_of_an_address_that_was_misread_is_shown() {
        for text in [
            "postgres://user:12#34canary@host/db",
            "postgres://user:12/34canary@host/db",
            "postgres://user:12?34canary@host/db",
            "postgres://user:canary#@host/db",
            "postgres://user:canary/@host/db",
            "postgres://user:canary?@host/db",
            "postgres://canary#host",
            "postgres://user@host:canary/db",
            "postgres://user@host/db?pasword=canary",
        ] {
            let problem = read(text).unwrap_err();
            assert!(!problem.contains("canary") && !problem.contains("34"), "{text}: {problem}");
        }
        assert!(read("postgres://user:12#34canary@host/db").unwrap_err().contains("%23"));
    }

    #[test]
    fn a_database_in_memory_and_a_home_are_refused_with_the_reason() {
        for (text, reason) in [
            ("sqlite://:memory:", "forget every account"),
            ("sqlite::memory:", "forget every account"),
            ("sqlite://~/x.db", "write the whole path"),
            ("sqlite://", "must be such as"),
            ("sqlite://data/carnet.db?mode=ro", "must be such as"),
        ] {
            assert!(read(text).unwrap_err().contains(reason), "{text}");
        }
        assert!(matches!(read("sqlite://data/a.db"), Ok(DatabaseUrl::Sqlite(_))));
    }
}
