//! Clients that ask the same again and again.

use std::io;
use std::net::SocketAddr;

use super::crowd::Client;
use super::signing_in::Member;
use crate::api::Api;
use crate::http::{Connection, get};

/// A client that sends one GET.
#[derive(Debug)]
pub struct Asking {
    connection: Connection,
    request: Vec<u8>,
}

impl Asking {
    /// One who shows nothing.
    #[must_use]
    pub fn anonymous(address: SocketAddr, path: &str) -> Self {
        let request = get(&address.to_string(), path, "");
        Self { connection: Connection::new(address), request }
    }

    /// One who has signed in first.
    ///
    /// # Errors
    /// When it may not sign in.
    pub async fn signed_in(
        api: Api,
        address: SocketAddr,
        number: usize,
        path: &str,
    ) -> io::Result<Self> {
        let member = Member::sign_in(api, address, number).await?;
        let request = get(&address.to_string(), path, &member.session.credential);
        Ok(Self { connection: member.connection, request })
    }
}

impl Client for Asking {
    async fn step(&mut self) -> Result<(), String> {
        let answer = self.connection.ask(&self.request).await.map_err(|error| error.to_string())?;
        if answer.is_success() { Ok(()) } else { Err(answer.described()) }
    }
}
