//! The clients as a crowd: made one after the other, started together, each waiting for its answer
//! before it asks again.

use std::future::Future;
use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use futures::future::join_all;

use crate::clock::{Window, now};
use crate::figures::Figures;

/// How many clients, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Clients, each with a connection of its own.
    pub clients: usize,
    /// How long is measured, after a while in which everything grows warm.
    pub measured: Duration,
}

/// Somebody who asks, waits for the answer, and asks again.
pub trait Client: Send {
    /// Asks once; what was wrong with the answer, if it was not the one expected.
    fn step(&mut self) -> impl Future<Output = Result<(), String>>;
}

/// Clients that were driven, and what was measured.
#[derive(Debug)]
pub struct Crowd<C> {
    /// As the run left them.
    pub clients: Vec<C>,
    /// Of all of them together.
    pub figures: Figures,
}

/// What one thread measured.
#[derive(Default)]
struct Share {
    latencies: Vec<Duration>,
    errors: usize,
    first_error: Option<String>,
}

impl<C: Client> Crowd<C> {
    /// Makes the clients by their number and drives them, on as many threads as there are cores.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn drive<F: Future<Output = io::Result<C>>>(
        plan: Plan,
        make: impl Fn(usize) -> F + Sync,
    ) -> io::Result<Self> {
        Self::drive_beside(plan, make, || ()).map(|(crowd, ())| crowd)
    }

    /// The same while something else goes on, which begins when all clients are made.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn drive_beside<F: Future<Output = io::Result<C>>, T>(
        plan: Plan,
        make: impl Fn(usize) -> F + Sync,
        meanwhile: impl FnOnce() -> T,
    ) -> io::Result<(Self, T)> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(plan.clients);
        let barrier = Barrier::new(threads + 1);
        let (parts, beside) = thread::scope(|scope| {
            let start = |thread: usize| {
                let (barrier, make) = (&barrier, &make);
                let numbers = (thread..plan.clients).step_by(threads);
                scope.spawn(move || drive_some(numbers, barrier, make, plan.measured))
            };
            let running: Vec<_> = (0..threads).map(start).collect();
            barrier.wait();
            let beside = meanwhile();
            let ended = running.into_iter().map(thread::ScopedJoinHandle::join);
            let part = |part: thread::Result<_>| part.unwrap_or_else(|_| Err(panicked()));
            (ended.map(part).collect::<Vec<io::Result<(Vec<C>, Share)>>>(), beside)
        });
        let mut clients = Vec::new();
        let mut whole = Share::default();
        for part in parts {
            let (some, share) = part?;
            clients.extend(some);
            whole.add(share);
        }
        Ok((Self { clients, figures: whole.figures(plan.measured) }, beside))
    }
}

impl Share {
    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.errors += other.errors;
        if self.first_error.is_none() {
            self.first_error = other.first_error;
        }
    }

    fn figures(self, measured: Duration) -> Figures {
        let Self { latencies, errors, first_error } = self;
        Figures { errors, first_error, ..Figures::of(latencies, measured) }
    }
}

fn panicked() -> io::Error {
    io::Error::other("a thread panicked")
}

fn drive_some<C: Client, F: Future<Output = io::Result<C>>>(
    numbers: impl Iterator<Item = usize>,
    barrier: &Barrier,
    make: impl Fn(usize) -> F,
    measured: Duration,
) -> io::Result<(Vec<C>, Share)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    // Whatever fails, the other threads must not wait for this one for ever.
    let made = runtime.and_then(|runtime| {
        // One after the other: a server may refuse many who sign in at once.
        let clients = numbers.map(|number| runtime.block_on(make(number)));
        let clients = clients.collect::<io::Result<Vec<C>>>()?;
        Ok((runtime, clients))
    });
    barrier.wait();
    let (runtime, mut clients) = made?;
    let shares = runtime.block_on(async {
        let window = Window::after_warming_up(measured);
        join_all(clients.iter_mut().map(|client| keep_asking(client, window))).await
    });
    let mut whole = Share::default();
    for share in shares {
        whole.add(share);
    }
    Ok((clients, whole))
}

/// What ends within the window is measured. The last answer is waited for all the same: a client
/// must know what it holds.
async fn keep_asking<C: Client>(client: &mut C, window: Window) -> Share {
    let mut share = Share::default();
    let mut began = now();
    while began < window.end {
        let outcome = client.step().await;
        let ended = now();
        if ended >= window.start && ended < window.end {
            share.latencies.push(ended - began);
        }
        if let Err(error) = outcome {
            share.errors += 1;
            share.first_error.get_or_insert(error);
        }
        began = ended;
    }
    share
}
