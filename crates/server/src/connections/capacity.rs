/// More are of no use to a server of this kind, whatever the machine could hold.
const MOST: usize = 16_384;

/// Fewer leave no room for a browser and a health check.
const LEAST: usize = 64;

/// Descriptors for everything but connections: the database, its connections, the log, the spare
/// places for health checks.
const OTHER_DESCRIPTORS: usize = 256;

/// What a connection may hold at once: its buffers and a request.
const BYTES_EACH: u64 = 64 * 1024;

/// The part of the machine's memory that connections may fill.
const PART_OF_MEMORY: u64 = 4;

/// How many connections there may be: what the settings say, as far as the process may open so many
/// descriptors, or what descriptors and memory allow.
pub(super) fn max_connections(wanted: Option<u32>) -> usize {
    let wanted = wanted.map(|wanted| wanted as usize);
    let allowed = allowed(wanted, descriptor_limit(), memory());
    if let Some(wanted) = wanted
        && allowed < wanted
    {
        tracing::warn!(
            wanted,
            allowed,
            "server.max_connections needs more file descriptors than the process may open; raise \
             the limit (LimitNOFILE= in systemd, ulimit -n in a shell)"
        );
    }
    allowed
}

fn allowed(wanted: Option<usize>, descriptors: Option<u64>, memory: Option<u64>) -> usize {
    let descriptors =
        descriptors.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let by_descriptors = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 4);
    let by_memory = memory.map_or(u64::MAX, |bytes| bytes / PART_OF_MEMORY / BYTES_EACH);
    let usual = usize::try_from(by_memory).unwrap_or(usize::MAX).clamp(LEAST, MOST);
    wanted.unwrap_or(usual).min(by_descriptors).max(1)
}

/// Lets the process open as many descriptors as its hard limit has: the soft one is low for the sake
/// of programs that use `select`.
#[cfg(unix)]
pub(crate) fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of file descriptors was not raised");
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn raise_descriptor_limit() {}

#[cfg(unix)]
fn descriptor_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
fn descriptor_limit() -> Option<u64> {
    None
}

/// The memory of the machine, or of the container or service that the process runs in; `None` where
/// the system does not say.
fn memory() -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let machine = read("/proc/meminfo").and_then(|text| total_of(&text));
    // A process of systemd is in a group of its own; in a container the group is the root.
    let own = read("/proc/self/cgroup").and_then(|text| {
        let path = text.lines().find_map(|line| line.strip_prefix("0::"))?;
        Some(format!("/sys/fs/cgroup{path}/memory.max"))
    });
    let groups = [own.as_deref(), Some("/sys/fs/cgroup/memory.max")];
    let limits = groups.into_iter().flatten().filter_map(|path| read(path)?.trim().parse().ok());
    limits.chain(machine).min()
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
fn total_of(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn without_a_setting_the_scarcer_of_descriptors_and_memory_decides() {
        assert_eq!(allowed(None, Some(1 << 20), Some(64 * GIB)), MOST);
        assert_eq!(allowed(None, Some(1 << 20), Some(GIB / 2)), 2_048);
        assert_eq!(allowed(None, Some(1_024), Some(64 * GIB)), 768);
        assert_eq!(allowed(None, None, None), MOST);
        assert_eq!(allowed(None, Some(100), Some(1)), 25);
    }

    #[test]
    fn a_setting_counts_as_far_as_there_are_descriptors() {
        assert_eq!(allowed(Some(20_000), Some(1 << 20), Some(GIB)), 20_000);
        assert_eq!(allowed(Some(20_000), Some(1_024), Some(GIB)), 768);
        assert_eq!(allowed(Some(3), Some(1_024), Some(GIB)), 3);
    }

    #[test]
    fn the_memory_of_the_machine_is_read() {
        assert_eq!(total_of("MemTotal:       16384 kB\nMemFree: 1 kB\n"), Some(16 * 1024 * 1024));
        assert_eq!(total_of(""), None);
    }
}
