//! Work that goes on for a while and is counted.

use std::io;
use std::thread;

use crate::clock::{Window, now};
use crate::figures::Figures;

/// Does it on so many threads, with a hand of its own for each.
pub(super) fn on_threads<W: FnMut() -> io::Result<()>>(
    threads: usize,
    window: Window,
    hand: impl Fn() -> W + Sync,
) -> io::Result<Figures> {
    let counts: Vec<io::Result<usize>> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| count(window, hand()))).collect();
        let joined = running.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|count| count.unwrap_or_else(|_| Err(io::Error::other("panicked")))).collect()
    });
    let count = counts.into_iter().sum::<io::Result<usize>>()?;
    Ok(Figures::of_count(count, window.open_for()))
}

fn count(window: Window, mut work: impl FnMut() -> io::Result<()>) -> io::Result<usize> {
    let mut count = 0;
    loop {
        work()?;
        let ended = now();
        if ended >= window.end {
            return Ok(count);
        }
        count += usize::from(ended >= window.start);
    }
}
