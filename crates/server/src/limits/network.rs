use std::net::IpAddr;

use super::TooMany;
use super::rates::{Rate, seconds};
use super::subject::Subject;
use super::table::Table;

/// A network: an IPv4 address, or an IPv6 prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Network {
    prefix: u64,
    length: u8,
}

/// An IPv6 customer has at least a /64, often a /56 and sometimes a /48. The prefixes of an address,
/// the longest first; an IPv4 address has one.
fn networks(address: IpAddr) -> impl Iterator<Item = Network> {
    let (bits, lengths): (u64, &'static [u8]) = match address.to_canonical() {
        IpAddr::V4(address) => (u64::from(address.to_bits()), &[32]),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments().map(u64::from);
            (a << 48 | b << 32 | c << 16 | d, &[64, 56, 48])
        }
    };
    lengths.iter().map(move |&length| Network {
        // An IPv4 address is whole in its 32 bits.
        prefix: if length == 32 { bits } else { bits >> (64 - length) << (64 - length) },
        length,
    })
}

/// Buckets by network, one table for each length of prefix. A wider network has more tokens, since
/// several customers may share it.
#[derive(Debug)]
pub(super) struct ByNetwork<S = ()> {
    tables: [Table<(S, Network)>; 3],
}

impl ByNetwork {
    pub(super) fn new(rate: Rate) -> Self {
        Self { tables: [1, 4, 16].map(|factor| Table::new(rate.times(factor))) }
    }
}

impl ByNetwork<Subject> {
    /// For what belongs to one account: there a wider network has little more, or a single customer
    /// could use up what all strangers share.
    pub(super) fn of_subject(rate: Rate) -> Self {
        Self { tables: [1, 2, 4].map(|factor| Table::new(rate.times(factor))) }
    }
}

impl<S: Copy + Eq + std::hash::Hash + Ord> ByNetwork<S> {
    /// Milliseconds until there is a token in each bucket of the address.
    pub(super) fn wait(&self, subject: S, address: IpAddr, now: i64) -> i64 {
        let waits = self.tables.iter().zip(networks(address));
        waits.map(|(table, network)| table.wait(&(subject, network), now)).max().unwrap_or(0)
    }

    /// Takes a token from each.
    pub(super) fn take(&mut self, subject: S, address: IpAddr, now: i64) {
        for (table, network) in self.tables.iter_mut().zip(networks(address)) {
            table.take((subject, network), now);
        }
    }

    /// Takes a token from each, or none where one is empty.
    pub(super) fn try_take(
        &mut self,
        subject: S,
        address: IpAddr,
        now: i64,
    ) -> Result<(), TooMany> {
        seconds(self.wait(subject, address, now))?;
        self.take(subject, address, now);
        Ok(())
    }

    /// Gives a token back to each.
    pub(super) fn give_back(&mut self, subject: S, address: IpAddr, now: i64) {
        for (table, network) in self.tables.iter_mut().zip(networks(address)) {
            table.give_back((subject, network), now);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(Table::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(address: &str) -> Vec<(u64, u8)> {
        networks(address.parse().unwrap()).map(|it| (it.prefix, it.length)).collect()
    }

    #[test]
    fn an_ipv4_address_is_one_network_however_it_is_written() {
        assert_eq!(texts("203.0.113.1"), [(0xcb00_7101, 32)]);
        assert_eq!(texts("::ffff:203.0.113.1"), texts("203.0.113.1"));
    }

    #[test]
    fn an_ipv6_address_is_in_three_networks() {
        let prefixes =
            [(0x2001_0db8_00aa_bbcc, 64), (0x2001_0db8_00aa_bb00, 56), (0x2001_0db8_00aa_0000, 48)];
        assert_eq!(texts("2001:db8:aa:bbcc:1:2:3:4"), prefixes);
    }
}
