use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Stands between a server and its database, and forwards nothing while it is told not to.
pub(crate) struct Proxy {
    address: SocketAddr,
    net: watch::Sender<Net>,
    task: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy)]
struct Net {
    is_open: bool,
    /// Connections of an earlier epoch are dead, and nobody says so.
    epoch: u64,
}

impl Proxy {
    pub(crate) async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (net, seen) = watch::channel(Net { is_open: true, epoch: 0 });
        let target = target.to_owned();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(forward(client, target.clone(), seen.clone()));
            }
        });
        Self { address, net, task }
    }

    /// In front of the database of a PostgreSQL address.
    pub(crate) async fn of(database: &str) -> Self {
        let (_, rest) = database.split_once('@').unwrap();
        Self::start(rest.split('/').next().unwrap()).await
    }

    /// The address of the same database by way of this.
    pub(crate) fn address(&self, database: &str) -> String {
        let (user, rest) = database.split_once('@').unwrap();
        let (_, name) = rest.split_once('/').unwrap();
        format!("{user}@{}/{name}", self.address)
    }

    /// Swallows everything from now on; whoever connects is accepted, and hears nothing.
    pub(crate) fn hold(&self) {
        self.net.send_modify(|net| net.is_open = false);
    }

    /// Forwards again, what was held back first.
    pub(crate) fn release(&self) {
        self.net.send_modify(|net| net.is_open = true);
    }

    /// Forwards what comes on new connections; the ones until now stay silent for good.
    pub(crate) fn release_new(&self) {
        self.net.send_modify(|net| *net = Net { is_open: true, epoch: net.epoch + 1 });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(client: TcpStream, target: String, net: watch::Receiver<Net>) {
    let epoch = net.borrow().epoch;
    let mut opening = net.clone();
    if opening.wait_for(|net| net.is_open).await.is_err() {
        return;
    }
    // Whoever connected while nothing was forwarded may have gone.
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (client, server) = (Arc::new(client), Arc::new(server));
    let there = pipe(&client, &server, net.clone(), epoch);
    let back = pipe(&server, &client, net, epoch);
    // Either side ends both.
    tokio::select! { _ = there => (), _ = back => () }
}

async fn pipe(
    from: &TcpStream,
    to: &TcpStream,
    mut net: watch::Receiver<Net>,
    epoch: u64,
) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        from.readable().await?;
        let read = match from.try_read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        };
        let may_pass = net.wait_for(|net| net.is_open && net.epoch == epoch).await;
        may_pass.map_err(io::Error::other)?;
        let mut written = 0;
        while written < read {
            to.writable().await?;
            match to.try_write(&buffer[written..read]) {
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}
