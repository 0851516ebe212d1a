//! Long runs of the simulator, by hand.

fn main() {}
