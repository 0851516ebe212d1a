use gloo_timers::callback::Timeout;

use crate::edges::{Clock, Held, LocalFuture, Random, Spawner, Timers};
use crate::engine::Moment;

/// `Date.now()` and `performance.now()`.
pub(super) struct DeviceClock;

impl Clock for DeviceClock {
    fn now(&self) -> Moment {
        let wall = js_sys::Date::now();
        let mono = web_sys::window().and_then(|window| window.performance());
        let mono = mono.map_or(wall, |performance| performance.now());
        Moment { wall_ms: whole(wall), mono_ms: whole(mono) }
    }
}

fn whole(milliseconds: f64) -> i64 {
    milliseconds as i64
}

/// `setTimeout`.
pub(super) struct BrowserTimers;

impl Timers for BrowserTimers {
    fn after(&self, milliseconds: u32, call: Box<dyn FnOnce()>) -> Held {
        // Browsers read anything larger as a negative number, that is as now.
        let milliseconds = milliseconds.min(i32::MAX.unsigned_abs());
        Box::new(Timeout::new(milliseconds, call))
    }
}

/// The browser's event loop.
pub(super) struct EventLoop;

impl Spawner for EventLoop {
    fn spawn(&self, future: LocalFuture<()>) {
        wasm_bindgen_futures::spawn_local(future);
    }
}

/// `crypto.getRandomValues()`.
pub(super) struct Crypto;

impl Random for Crypto {
    fn draw(&self) -> [u8; 16] {
        let mut bits = [0; 16];
        if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
            // It fails for more than 65 536 bytes only.
            let _ = crypto.get_random_values_with_u8_array(&mut bits);
        }
        bits
    }
}
