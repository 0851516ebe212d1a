//! Carnet, as it is measured.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use super::data::Data;
use super::figures::Figures;
use super::guarded::Guarded;
use super::measures::{FEW, MANY};
use super::place::{Place, free_address, text};
use crate::problem::{Outcome, Problem};
use crate::process::{answer_of, run, text_of};

/// As many as there are clients.
pub(super) const ACCOUNTS: usize = 64;

/// PostgreSQL wants one; it protects nothing here.
const SECRET: &str = "the keys of a benchmark need no secret of their own";

/// What says that a hash costs nothing, for a Carnet that takes it: earlier ones did.
const CHEAP: [&str; 4] = ["--set", "passwords.memory_kib=8", "--set", "passwords.iterations=1"];
/// Each account may have as many sessions as it likes.
const COME: [&str; 2] = [WITHOUT_LIMITS, "tokens.max_sessions=1000000"];
/// Tokens are over after two seconds, and with them what is kept for their time. SQLite keeps up to 2 MB
/// of pages for each connection, which fill as the table grows: one must do here.
const AND_GO: [&str; 2] = ["tokens.access_lifetime=2s", "database.max_connections=1"];
const WITHOUT_LIMITS: &str = "limits.enabled=false";
/// The load generator says for whom it asks, as a proxy would.
const BEHIND_A_PROXY: &str = "server.trusted_proxies=127.0.0.0/8";

/// What a password costs.
#[derive(Clone, Copy, PartialEq)]
enum Passwords {
    /// As in a deployment.
    Usual,
    /// Nothing, where accounts sign in by the thousand and that is not measured.
    Cheap,
}

/// A running Carnet.
pub(super) struct Carnet<'a> {
    place: &'a Place,
    server: Guarded,
    pub(super) address: SocketAddr,
}

impl<'a> Carnet<'a> {
    /// With the accounts and sessions that belong to its data, and its limits off.
    pub(super) fn start(place: &'a Place, data: Data) -> Outcome<Self> {
        prepare(place, data)?;
        Self::serve(place, data, &[WITHOUT_LIMITS], Passwords::Usual)
    }

    /// As a deployment has it: behind a proxy, with its limits on.
    pub(super) fn deployed(place: &'a Place) -> Outcome<Self> {
        prepare(place, Data::Sqlite)?;
        Self::serve(place, Data::Sqlite, &[BEHIND_A_PROXY], Passwords::Usual)
    }

    /// After so many others have used a token each that its cache holds no more.
    pub(super) fn swamped(place: &'a Place) -> Outcome<Self> {
        const EACH: usize = 320;
        afresh(place, Data::Idle)?;
        let carnet = Self::serve(place, Data::Idle, &COME, Passwords::Cheap)?;
        carnet.come_and_go(EACH)?;
        Ok(carnet)
    }

    fn serve(
        place: &'a Place,
        data: Data,
        settings: &[&str],
        passwords: Passwords,
    ) -> Outcome<Self> {
        let address = free_address()?;
        let mut command = command(place, data, "serve", settings, passwords)?;
        command.args(["--set", &format!("server.address={address}")]);
        command.args(["--set", &format!("server.public_url=http://{address}")]);
        let name = format!("carnet-{}", data.name());
        let server = place.serve(&name, address, &command)?;
        Ok(Self { place, server, address })
    }

    /// Bytes of memory that it holds now.
    pub(super) fn memory(&self) -> Outcome<f64> {
        let process = self.server.process().to_string();
        let mut ps = self.place.environment.command("ps");
        let kibibytes = text_of(ps.args(["-o", "rss=", "-p", &process]))?;
        let unreadable = |_| {
            Problem::new("`ps` does not tell memory", kibibytes.clone(), "is it the system's own?")
        };
        kibibytes.trim().parse::<f64>().map(|kibibytes| kibibytes * 1024.0).map_err(unreadable)
    }

    /// Each account signs in so often, and uses each session once.
    fn come_and_go(&self, each: usize) -> Outcome<String> {
        let (accounts, each) = (ACCOUNTS.to_string(), each.to_string());
        let path = "/api/auth/session";
        self.ask("sign-ins", &["--accounts", &accounts, "--each", &each, "--path", path])
    }

    fn ask(&self, command: &str, more: &[&str]) -> Outcome<String> {
        let address = self.address.to_string();
        let arguments = [&[command, "--address", &address], more].concat();
        self.place.text_of_load(&arguments)
    }
}

/// Where the refresh tokens of the sessions lie that are used of a table.
pub(super) fn tokens(place: &Place, data: Data) -> Outcome<PathBuf> {
    Ok(folder(place, data)?.join("tokens"))
}

/// What many who sign in, use their sessions once and go leave behind in the server.
pub(super) fn memory_of_idle(place: &Place) -> Outcome<Figures> {
    const EACH: usize = 160;
    afresh(place, Data::Idle)?;
    let settings = [&COME[..], &AND_GO].concat();
    let carnet = Carnet::serve(place, Data::Idle, &settings, Passwords::Cheap)?;
    let come_and_go = || {
        carnet.come_and_go(EACH)?;
        run(place.environment.command("sleep").arg("4"))?;
        carnet.memory()
    };
    // The first ones let it take what it takes for serving at all.
    come_and_go()?;
    let before = come_and_go()?;
    let after = come_and_go()?;
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let sessions = (ACCOUNTS * EACH) as f64;
    Ok(Figures::of(&[
        ("memory", after),
        ("before", before),
        ("sessions", sessions),
        ("each", (after - before) / sessions),
    ]))
}

/// The version that it says it is.
pub(super) fn version(place: &Place) -> Option<String> {
    let version = answer_of(place.environment.command(&place.carnet).arg("--version"))?;
    Some(version.trim().to_owned())
}

fn folder(place: &Place, data: Data) -> Outcome<PathBuf> {
    place.folder(&folder_name(data))
}

fn folder_name(data: Data) -> String {
    format!("carnet-{}", data.name())
}

/// One of the program's commands with its data; nothing of the caller's own settings.
fn command(
    place: &Place,
    data: Data,
    name: &str,
    settings: &[&str],
    passwords: Passwords,
) -> Outcome<Command> {
    let folder = folder(place, data)?;
    let url = match data {
        Data::Postgres => place.postgres()?.url_of("carnet"),
        _ => format!("sqlite://{}", text(&folder.join("carnet.db"))),
    };
    let cheap = place.cheap.as_ref().filter(|_| passwords == Passwords::Cheap);
    let mut command = place.environment.command(cheap.unwrap_or(&place.carnet));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARNET_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).arg(name).args(["--set", &format!("database.url={url}")]);
    if data == Data::Postgres {
        // As many as the limit beside it has.
        command.env("CARNET_SECRET", SECRET).args(["--set", "database.max_connections=16"]);
    }
    for setting in settings {
        command.args(["--set", setting]);
    }
    if passwords == Passwords::Cheap && cheap.is_none() {
        command.args(CHEAP);
    }
    Ok(command)
}

fn prepare(place: &Place, data: Data) -> Outcome<()> {
    place.once(&format!("Carnet's data on {}", data.name()), || fill(place, data))
}

/// Without the sessions of before: who signs in has those of the account counted, and nothing bounds them here.
fn afresh(place: &Place, data: Data) -> Outcome<()> {
    place.remove(&folder_name(data))?;
    fill(place, data)
}

fn fill(place: &Place, data: Data) -> Outcome<()> {
    if data == Data::Postgres {
        place.create_database("carnet")?;
    }
    text_of(&mut command(place, data, "migrate", &[], Passwords::Usual)?)?;
    match data {
        Data::Few => populate(place, data, 0),
        Data::Many => populate(place, data, MANY - FEW),
        Data::Sqlite | Data::Postgres => register(place, data, Passwords::Usual),
        Data::Idle => register(place, data, Passwords::Cheap),
    }
}

fn register(place: &Place, data: Data, passwords: Passwords) -> Outcome<()> {
    let carnet = Carnet::serve(place, data, &[WITHOUT_LIMITS], passwords)?;
    carnet.ask("accounts", &["--count", &ACCOUNTS.to_string()]).map(drop)
}

fn populate(place: &Place, data: Data, among: usize) -> Outcome<()> {
    let carnet = Carnet::serve(place, data, &[WITHOUT_LIMITS], Passwords::Cheap)?;
    let address = carnet.address.to_string();
    let database = text(&folder(place, data)?.join("carnet.db"));
    let tokens = text(&tokens(place, data)?);
    let (count, among) = (FEW.to_string(), among.to_string());
    let arguments =
        ["populate", &address, &database, &tokens, "--count", &count, "--among", &among];
    place.text_of_load(&arguments).map(drop)
}
