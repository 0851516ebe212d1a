use std::mem::MaybeUninit;

use argon2::Block;

/// What Argon2 fills. Each thread keeps its own: to clear so much takes a while, and a C library that
/// is given it back keeps several times as much for its next caller.
#[derive(Debug, Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// How much was asked for, each time.
    #[cfg(test)]
    pub(super) asked: Vec<usize>,
}

impl Memory {
    /// So many blocks, with whatever was written into them before.
    pub(super) fn blocks(&mut self, count: usize) -> &mut [Block] {
        #[cfg(test)]
        self.asked.push(count);
        if self.blocks.len() < count {
            // Given back first, since nothing of it is needed.
            self.blocks = Vec::new();
            self.blocks.reserve_exact(count);
            ask_for_large_pages(self.blocks.spare_capacity_mut());
            self.blocks.resize(count, Block::default());
        }
        &mut self.blocks[..count]
    }
}

/// Argon2 jumps about in its memory, and with pages of 4 kB the processor looks up where they lie more
/// often than it finds that in its cache. Linux gives larger ones to those who ask, unless it was told
/// not to; then everything is as before.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "there is no safe way to say it, and it changes nothing but speed")]
fn ask_for_large_pages(memory: &mut [MaybeUninit<Block>]) {
    use rustix::mm::{Advice, madvise};

    /// As processors of today have them beside those of 4 kB.
    const LARGE: usize = 2 * 1024 * 1024;

    let bytes = size_of_val(memory);
    let start = memory.as_mut_ptr().cast::<u8>();
    let before = start.align_offset(LARGE);
    let whole = bytes.saturating_sub(before) / LARGE * LARGE;
    if whole > 0 {
        // SAFETY: the range lies within `memory`, which is ours alone, and this advice leaves what is
        // in it as it is.
        let _ = unsafe { madvise(start.add(before).cast(), whole, Advice::LinuxHugepage) };
    }
}

#[cfg(not(target_os = "linux"))]
fn ask_for_large_pages(_: &mut [MaybeUninit<Block>]) {}
