//! Sign-ins that come whether the ones before were answered or not, from many addresses.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::LocalSet;

use crate::api::Api;
use crate::clock::{now, warming_up};
use crate::http::Connection;

/// Open at once; what would need more is not sent. Half of what a process may open on most systems.
const MOST_CONNECTIONS: usize = 512;
const TICK: Duration = Duration::from_millis(2);

/// So many sign-ins a second, to accounts that nobody has.
#[derive(Debug, Clone, Copy)]
pub struct Flood {
    /// Whose endpoint.
    pub api: Api,
    /// Where.
    pub address: SocketAddr,
    /// How many a second.
    pub rate: f64,
    /// How long is measured; it begins as early as the clients do.
    pub measured: Duration,
}

/// What became of a flood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flooded {
    /// Their passwords were looked at.
    pub checked: usize,
    /// 429 or 503.
    pub refused: usize,
    /// Anything else.
    pub failed: usize,
    /// Not sent, as too many were under way.
    pub unsent: usize,
}

impl fmt::Display for Flooded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { checked, refused, failed, unsent } = self;
        write!(formatter, "checked {checked} refused {refused} failed {failed} unsent {unsent}")
    }
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    open: usize,
    seen: Flooded,
}

impl Flood {
    /// Runs on a thread of its own until its time is over and what was sent is answered.
    ///
    /// # Errors
    /// When there is no runtime to be had.
    pub fn run(self) -> io::Result<Flooded> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let state = Rc::new(RefCell::new(State::default()));
        let tasks = LocalSet::new();
        tasks.block_on(&runtime, self.send(&state));
        runtime.block_on(tasks);
        let seen = state.borrow().seen;
        Ok(seen)
    }

    async fn send(self, state: &Rc<RefCell<State>>) {
        let start = now();
        let end = start + warming_up(self.measured) + self.measured;
        let mut ticks = tokio::time::interval(TICK);
        let mut sent = 0;
        loop {
            ticks.tick().await;
            let at = now();
            if at >= end {
                return;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count of seconds and attempts"
            )]
            let due = ((at - start).as_secs_f64() * self.rate) as usize;
            for number in sent..due {
                self.send_one(number, state);
            }
            sent = due;
        }
    }

    fn send_one(self, number: usize, state: &Rc<RefCell<State>>) {
        let mut now = state.borrow_mut();
        let connection = now.idle.pop();
        if connection.is_none() && now.open == MOST_CONNECTIONS {
            now.seen.unsent += 1;
            return;
        }
        now.open += usize::from(connection.is_none());
        drop(now);
        let mut connection = connection.unwrap_or_else(|| Connection::new(self.address));
        let request = self.request(number);
        let state = Rc::clone(state);
        tokio::task::spawn_local(async move {
            let answer = connection.ask(&request).await;
            let mut state = state.borrow_mut();
            state.idle.push(connection);
            match answer.map(|answer| answer.status) {
                Ok(400 | 401) => state.seen.checked += 1,
                Ok(429 | 503) => state.seen.refused += 1,
                Ok(_) | Err(_) => state.seen.failed += 1,
            }
        });
    }

    /// Each from an address of its own, as a proxy would tell, so that limits by address do not
    /// end the flood before it begins.
    fn request(self, number: usize) -> Vec<u8> {
        let [_, high, middle, low] = u32::try_from(number).unwrap_or_default().to_be_bytes();
        let from = format!("X-Forwarded-For: 10.{high}.{middle}.{low}\r\n");
        self.api.sign_in(&self.address.to_string(), &format!("nobody{number}"), &from)
    }
}
