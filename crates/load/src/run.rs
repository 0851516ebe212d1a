//! Each command.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use carnet_load::bare::{calibrate, check_passwords, serve_route, update_postgres, update_sqlite};
use carnet_load::drive::{
    Asking, Client, Crowd, Flood, Plan, Refreshing, SigningIn, read_sessions, register,
    write_sessions,
};
use carnet_load::http::{Connection, get};
use carnet_load::{Figures, populate};

use crate::arguments::{Command, Server};

const WAIT_BETWEEN: Duration = Duration::from_millis(50);

/// Does what is asked for and tells what came of it.
pub(crate) fn run(command: Command) -> io::Result<String> {
    match command {
        Command::Calibrate(measured) => told(&calibrate(cores(), measured.time())?),
        Command::Argon2(measured) => told(&check_passwords(cores(), measured.time())?),
        Command::Sqlite { file, durability, together, measured } => {
            let updates = update_sqlite(&file, durability, together, measured.time());
            told(&wait_for(updates)?.map_err(io::Error::other)?)
        }
        Command::Postgres { url, connections, measured } => {
            let updates = update_postgres(&url, connections, measured.time());
            told(&wait_for(updates)?.map_err(io::Error::other)?)
        }
        Command::Route { address } => serve_route(address).map(|()| String::new()),
        Command::Wait { address, seconds } => {
            wait_for(answers(address, Duration::from_secs_f64(seconds)))?.map(|()| "ready".into())
        }
        Command::Accounts { server, count } => wait_for(accounts(server, count))?,
        Command::Populate { address, database, tokens, count, among } => {
            let sessions = wait_for(populate(address, &database, count, among))??;
            write_sessions(&tokens, &sessions)?;
            Ok(format!("sessions {}", sessions.len()))
        }
        Command::SignIns { server, accounts, each, path } => {
            sign_ins(server, accounts, each, &path)
        }
        Command::Get { server, crowd, path, anonymous, flood } => match flood {
            Some(rate) => get_beside_a_flood(server, crowd.plan(), &path, rate),
            None => ask(server, crowd.plan(), &path, anonymous),
        },
        Command::Refresh { server, crowd, tokens } => refresh(server, crowd.plan(), tokens),
        Command::Login { server, crowd } => {
            let Server { api, address } = server;
            let make = |number| async move { Ok(SigningIn::new(api, address, number)) };
            told(&Crowd::drive(crowd.plan(), make)?.figures)
        }
    }
}

fn told(figures: &Figures) -> io::Result<String> {
    if let Some(error) = &figures.first_error {
        eprintln!("carnet-load: {} errors, the first: {error}", figures.errors);
    }
    Ok(figures.to_string())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn wait_for<T>(work: impl Future<Output = T>) -> io::Result<T> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work))
}

async fn answers(address: SocketAddr, patience: Duration) -> io::Result<()> {
    let attempts = async {
        // Any answer will do, be it 404.
        let request = get(&address.to_string(), "/healthz", "");
        while Connection::new(address).ask(&request).await.is_err() {
            tokio::time::sleep(WAIT_BETWEEN).await;
        }
    };
    let late = |_| io::Error::other(format!("{address} does not answer"));
    tokio::time::timeout(patience, attempts).await.map_err(late)
}

async fn accounts(server: Server, count: usize) -> io::Result<String> {
    let mut connection = Connection::new(server.address);
    let host = server.address.to_string();
    let mut made = 0;
    for number in 0..count {
        let session = register(server.api, &mut connection, &host, number).await?;
        made += usize::from(session.is_some());
    }
    Ok(format!("accounts {made}"))
}

fn ask(server: Server, plan: Plan, path: &str, anonymous: bool) -> io::Result<String> {
    let Server { api, address } = server;
    let make = |number| async move {
        if anonymous {
            return Ok(Asking::anonymous(address, path));
        }
        Asking::signed_in(api, address, number, path).await
    };
    told(&Crowd::drive(plan, make)?.figures)
}

fn get_beside_a_flood(server: Server, plan: Plan, path: &str, rate: f64) -> io::Result<String> {
    let Server { api, address } = server;
    let flood = Flood { api, address, rate, measured: plan.measured };
    let make = |number| Asking::signed_in(api, address, number, path);
    let (crowd, flooded) = Crowd::drive_beside(plan, make, || flood.run())?;
    Ok(format!("{} {}", told(&crowd.figures)?, flooded?))
}

fn refresh(server: Server, plan: Plan, tokens: Option<PathBuf>) -> io::Result<String> {
    let Server { api, address } = server;
    let Some(file) = tokens else {
        let make = |number| Refreshing::signed_in(api, address, number);
        return told(&Crowd::drive(plan, make)?.figures);
    };
    told(&refresh_those_in(&file, server, plan)?)
}

fn refresh_those_in(file: &Path, server: Server, plan: Plan) -> io::Result<Figures> {
    let sessions = read_sessions(file)?;
    let make = |number| {
        // Every so-many-th: each client's own lie everywhere in the table.
        let own = sessions.iter().skip(number).step_by(plan.clients).cloned().collect();
        async move { Ok(Refreshing::with(server.api, server.address, own)) }
    };
    let Crowd { clients, figures } = Crowd::drive(plan, make)?;
    let sessions: Vec<_> = clients.into_iter().flat_map(Refreshing::into_sessions).collect();
    write_sessions(file, &sessions)?;
    Ok(figures)
}

/// A client for each account, which signs in anew each time that it has used its session.
fn sign_ins(server: Server, accounts: usize, each: usize, path: &str) -> io::Result<String> {
    let Server { api, address } = server;
    wait_for(async {
        for _ in 0..each {
            let visits = (0..accounts).map(|number| async move {
                let mut visit = Asking::signed_in(api, address, number, path).await?;
                visit.step().await.map_err(io::Error::other)
            });
            futures::future::try_join_all(visits).await?;
        }
        Ok(format!("sessions {}", accounts * each))
    })?
}
