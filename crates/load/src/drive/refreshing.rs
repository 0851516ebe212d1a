//! Clients that exchange their refresh token for the next one, again and again.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use super::crowd::Client;
use super::signing_in::Member;
use crate::api::{Api, Session};
use crate::http::Connection;

/// A client with one or more sessions, which it refreshes in turn. Each presents the token that it
/// got last, as rotation demands.
#[derive(Debug)]
pub struct Refreshing {
    api: Api,
    host: String,
    connection: Connection,
    sessions: Vec<Session>,
    next: usize,
}

impl Refreshing {
    /// One who has signed in first.
    ///
    /// # Errors
    /// When it may not sign in.
    pub async fn signed_in(api: Api, address: SocketAddr, number: usize) -> io::Result<Self> {
        let member = Member::sign_in(api, address, number).await?;
        Ok(Self { connection: member.connection, ..Self::with(api, address, vec![member.session]) })
    }

    /// One who holds sessions already.
    #[must_use]
    pub fn with(api: Api, address: SocketAddr, sessions: Vec<Session>) -> Self {
        let host = address.to_string();
        Self { api, host, connection: Connection::new(address), sessions, next: 0 }
    }

    /// The sessions as they are now.
    #[must_use]
    pub fn into_sessions(self) -> Vec<Session> {
        self.sessions
    }
}

impl Client for Refreshing {
    async fn step(&mut self) -> Result<(), String> {
        let place = self.next % self.sessions.len().max(1);
        self.next = place + 1;
        let Some(session) = self.sessions.get_mut(place) else { return Err("no session".into()) };
        let request = self.api.refresh(&self.host, session);
        let answer = self.connection.ask(&request).await.map_err(|error| error.to_string())?;
        match self.api.session_in(&answer) {
            Some(next) if next.refresh_token != session.refresh_token => {
                *session = next;
                Ok(())
            }
            Some(_) => Err("the refresh token did not change".to_owned()),
            None => Err(answer.described()),
        }
    }
}

/// Reads the refresh tokens that a run before has left, one a line.
///
/// # Errors
/// When the file cannot be read.
pub fn read_sessions(file: &Path) -> io::Result<Vec<Session>> {
    let session = |line: &str| Session { refresh_token: line.to_owned(), ..Session::default() };
    Ok(fs::read_to_string(file)?.lines().map(session).collect())
}

/// Leaves them for the next run.
///
/// # Errors
/// When the file cannot be written.
pub fn write_sessions(file: &Path, sessions: &[Session]) -> io::Result<()> {
    let lines: Vec<&str> = sessions.iter().map(|session| session.refresh_token.as_str()).collect();
    fs::write(file, lines.join("\n"))
}
