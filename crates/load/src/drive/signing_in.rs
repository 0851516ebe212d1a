//! Accounts, and clients that sign in to them.

use std::io;
use std::net::SocketAddr;

use super::crowd::Client;
use crate::api::{Api, Session};
use crate::http::Connection;

/// Somebody who has signed in.
#[derive(Debug)]
pub struct Member {
    /// Open.
    pub connection: Connection,
    /// What the server gave.
    pub session: Session,
}

impl Member {
    /// Signs in to the account of this number.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn sign_in(api: Api, address: SocketAddr, number: usize) -> io::Result<Self> {
        let mut connection = Connection::new(address);
        // From an address of its own, as a proxy would tell: with limits on, one address may not
        // sign in so often.
        let from = format!("X-Forwarded-For: 192.0.2.{}\r\n", number % 256);
        let request = api.sign_in(&address.to_string(), &account(number), &from);
        let answer = connection.ask(&request).await?;
        let session = api.session_in(&answer);
        let session = session.ok_or_else(|| refused("sign-in", &answer.described()))?;
        Ok(Self { connection, session })
    }
}

/// Makes the account of this number and gives the session that comes with it; none where it was
/// there already.
///
/// # Errors
/// When the server refuses for another reason.
pub async fn register(
    api: Api,
    connection: &mut Connection,
    host: &str,
    number: usize,
) -> io::Result<Option<Session>> {
    let Some(request) = api.register(host, &account(number)) else { return Ok(None) };
    let answer = connection.ask(&request).await?;
    match answer.status {
        409 | 422 => Ok(None),
        _ => api
            .session_in(&answer)
            .map(Some)
            .ok_or_else(|| refused("registration", &answer.described())),
    }
}

/// A client that signs in anew each time.
#[derive(Debug)]
pub struct SigningIn {
    api: Api,
    connection: Connection,
    request: Vec<u8>,
}

impl SigningIn {
    /// One who signs in to the account of this number.
    #[must_use]
    pub fn new(api: Api, address: SocketAddr, number: usize) -> Self {
        let request = api.sign_in(&address.to_string(), &account(number), "");
        Self { api, connection: Connection::new(address), request }
    }
}

impl Client for SigningIn {
    async fn step(&mut self) -> Result<(), String> {
        let answer = self.connection.ask(&self.request).await.map_err(|error| error.to_string())?;
        self.api.session_in(&answer).map(|_| ()).ok_or_else(|| answer.described())
    }
}

/// The name of an account by its number.
fn account(number: usize) -> String {
    format!("bench{number}")
}

fn refused(what: &str, answer: &str) -> io::Error {
    io::Error::other(format!("{what} was refused: {answer}"))
}
