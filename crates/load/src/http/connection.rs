//! One connection of one client, opened again whenever the server has closed it.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::answer::{Answer, Parsed, parse};

const ROOM: usize = 16 * 1024;

/// A connection to a server.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    /// A connection that opens when it is first used.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: vec![0; ROOM], filled: 0 }
    }

    /// Sends a request and gives the whole answer.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let parsed = self.exchange(request).await?;
        let mut answer = Answer { status: parsed.status, ..Answer::default() };
        for piece in &parsed.body {
            answer.body.extend_from_slice(&self.buffer[piece.clone()]);
        }
        for cookie in &parsed.cookies {
            let text = String::from_utf8_lossy(&self.buffer[cookie.clone()]).into_owned();
            answer.cookies.push(text.split(';').next().unwrap_or_default().to_owned());
        }
        Ok(answer)
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Parsed> {
        let was_open = self.stream.is_some();
        let outcome = match self.try_exchange(request).await {
            // A server may close a connection that rests at any time; only then is nothing lost.
            Err(error) if was_open && self.filled == 0 && is_closed(&error) => {
                self.stream = None;
                self.try_exchange(request).await
            }
            outcome => outcome,
        };
        if !outcome.as_ref().is_ok_and(|parsed| parsed.keeps_open) {
            self.stream = None;
        }
        outcome
    }

    async fn try_exchange(&mut self, request: &[u8]) -> io::Result<Parsed> {
        self.filled = 0;
        let stream = match &mut self.stream {
            Some(stream) => stream,
            closed => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                closed.insert(stream)
            }
        };
        stream.write_all(request).await?;
        loop {
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
            let count = stream.read(&mut self.buffer[self.filled..]).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.filled += count;
            if let Some(parsed) = parse(&self.buffer[..self.filled])? {
                return Ok(parsed);
            }
        }
    }
}

fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | BrokenPipe)
}
