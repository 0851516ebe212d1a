//! What a user would pick instead: djangorestframework-simplejwt under gunicorn, better-auth on Node.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use super::carnet::ACCOUNTS;
use super::data::{Data, Synchronous};
use super::guarded::Guarded;
use super::place::{Place, free_address, text};
use crate::problem::{Outcome, Problem};
use crate::process::run;
use crate::project::root;

/// Of gunicorn's own kind, one more than cores.
const WORKERS: &str = "3";

/// Starts simplejwt's service.
pub(super) fn simplejwt(
    place: &Place,
    data: Data,
    synchronous: Synchronous,
) -> Outcome<(Guarded, SocketAddr)> {
    let python = place.django.as_ref().map_err(|why| absent("simplejwt", why))?;
    let django = |program: PathBuf| -> Outcome<Command> {
        let mut command = place.environment.command(program);
        command.current_dir(root().join("bench/django"));
        command.env("BENCH_DATABASE", database(place, data)?);
        command.env("BENCH_SYNCHRONOUS", synchronous.name());
        // Python would leave what it compiles in the clone.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    };
    place.once(&format!("simplejwt's data on {}", data.name()), || {
        if data == Data::Postgres {
            place.create_database("django")?;
        }
        run(django(python.clone())?.args(["service.py", &ACCOUNTS.to_string()]))
    })?;
    let address = free_address()?;
    let mut gunicorn = django(python.with_file_name("gunicorn"))?;
    gunicorn.args(["--workers", WORKERS, "--worker-class", "sync", "--log-level", "warning"]);
    gunicorn.args(["--bind", &address.to_string(), "service:application"]);
    let server = place.serve("simplejwt", address, &gunicorn)?;
    Ok((server, address))
}

fn database(place: &Place, data: Data) -> Outcome<String> {
    if data == Data::Postgres {
        return Ok(format!("postgres:127.0.0.1:{}", place.postgres()?.port()));
    }
    Ok(format!("sqlite:{}", text(&place.folder("django")?.join("django.db"))))
}

/// Starts better-auth on PostgreSQL.
pub(super) fn better_auth(place: &Place) -> Outcome<(Guarded, SocketAddr)> {
    place.better_auth.as_ref().map_err(|why| absent("better-auth", why))?;
    let url = place.postgres()?.url_of("better_auth");
    let address = free_address()?;
    let mut node = place.environment.command("node");
    node.arg("server.js").current_dir(root().join("bench/better-auth"));
    node.env("NODE_ENV", "production").env("BENCH_DATABASE_URL", url);
    node.env("BENCH_PORT", address.port().to_string());
    place.once("better-auth's tables", || {
        place.create_database("better_auth")?;
        let mut prepare = place.environment.command("node");
        prepare.args(["server.js", "prepare"]).current_dir(root().join("bench/better-auth"));
        for (name, value) in node.get_envs() {
            prepare.env(name, value.unwrap_or_default());
        }
        run(&mut prepare)
    })?;
    let server = place.serve("better-auth", address, &node)?;
    place.once("better-auth's accounts", || {
        let (address, count) = (address.to_string(), ACCOUNTS.to_string());
        let own = ["--api", "better-auth", "--address", &address, "--count", &count];
        place.text_of_load(&[&["accounts"], &own[..]].concat()).map(drop)
    })?;
    Ok((server, address))
}

fn absent(who: &str, why: &str) -> Problem {
    Problem::new(format!("no {who}"), why, "its rows are left out")
}
