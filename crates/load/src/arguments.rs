//! The command line, which xtask writes and a person may.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use carnet_load::Api;
use carnet_load::bare::Durability;
use carnet_load::drive::Plan;
use clap::{Args, Parser, Subcommand};

/// Drives sign-in servers with many clients at once, and measures what the machine itself can do.
/// Each measurement is one line: rate a second, p50 and p99 in milliseconds, count and errors.
#[derive(Debug, Parser)]
#[command(name = "carnet-load")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// How fast the processor is just now
    Calibrate(Measured),
    /// Argon2id at Carnet's cost on all cores
    Argon2(Measured),
    /// Bare updates of a SQLite file
    Sqlite {
        file: PathBuf,
        #[arg(long, value_enum)]
        durability: Durability,
        /// Updates in one commit
        #[arg(long, default_value_t = 1)]
        together: i64,
        #[command(flatten)]
        measured: Measured,
    },
    /// Bare updates on PostgreSQL; in no time at all it only makes the table
    Postgres {
        url: String,
        #[arg(long, default_value_t = 16)]
        connections: u32,
        #[command(flatten)]
        measured: Measured,
    },
    /// Serves a bare axum route until it is ended
    Route { address: SocketAddr },
    /// Waits until a server answers
    Wait {
        address: SocketAddr,
        #[arg(long, default_value_t = 60.0)]
        seconds: f64,
    },
    /// Makes accounts, where the server has an endpoint for it
    Accounts {
        #[command(flatten)]
        server: Server,
        #[arg(long)]
        count: usize,
    },
    /// Makes accounts with a session each, and others among them in the database
    Populate {
        address: SocketAddr,
        database: PathBuf,
        /// Where the refresh tokens go
        tokens: PathBuf,
        #[arg(long)]
        count: usize,
        #[arg(long, default_value_t = 0)]
        among: usize,
    },
    /// Signs in so often to each account, uses each session once, and leaves
    SignIns {
        #[command(flatten)]
        server: Server,
        #[arg(long)]
        accounts: usize,
        #[arg(long)]
        each: usize,
        #[arg(long)]
        path: String,
    },
    /// GET, again and again
    Get {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        crowd: CrowdSize,
        #[arg(long)]
        path: String,
        /// Without signing in first
        #[arg(long)]
        anonymous: bool,
        /// Meanwhile so many sign-ins a second from elsewhere
        #[arg(long)]
        flood: Option<f64>,
    },
    /// Refresh with rotation, each client its own session
    Refresh {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        crowd: CrowdSize,
        /// Sessions that are there already, shared out among the clients
        #[arg(long)]
        tokens: Option<PathBuf>,
    },
    /// Sign-in with a password
    Login {
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        crowd: CrowdSize,
    },
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Server {
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// Whose endpoints it has
    #[arg(long, value_enum, default_value_t = Api::Carnet)]
    pub(crate) api: Api,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Measured {
    /// How long is measured, after a fifth of it and at least a second to grow warm
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct CrowdSize {
    #[arg(long, default_value_t = 64)]
    clients: usize,
    #[command(flatten)]
    measured: Measured,
}

impl Measured {
    pub(crate) fn time(self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

impl CrowdSize {
    pub(crate) fn plan(self) -> Plan {
        Plan { clients: self.clients, measured: self.measured.time() }
    }
}
