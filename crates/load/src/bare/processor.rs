//! How fast the processor is just now: others may be using it.

use std::hint::black_box;
use std::io;
use std::time::Duration;

use super::work::on_threads;
use crate::clock::Window;
use crate::figures::Figures;

/// Enough to outweigh looking at the clock.
const STEPS: u64 = 100_000;

/// Turns numbers over on every core and touches nothing else.
///
/// # Errors
/// Never but for a thread that panics.
pub fn calibrate(threads: usize, measured: Duration) -> io::Result<Figures> {
    on_threads(threads, Window::at_once(measured), || {
        let mut number = 0x9e37_79b9_7f4a_7c15_u64;
        move || {
            for _ in 0..STEPS {
                number ^= number << 13;
                number ^= number >> 7;
                number ^= number << 17;
            }
            number = black_box(number);
            Ok(())
        }
    })
}
