use std::net::IpAddr;

use super::table::MOST;
use super::{Limits, Subject, TooMany};
use crate::settings::LimitSettings;

fn limits() -> Limits {
    Limits::new(LimitSettings { enabled: true })
}

fn address(last: u8) -> IpAddr {
    [203, 0, 113, last].into()
}

fn numbered(number: u32) -> IpAddr {
    std::net::Ipv4Addr::from_bits(number).into()
}

fn ada() -> Subject {
    Subject::account("ada's id")
}

/// A sign-in with a wrong password, by a stranger.
fn wrong(limits: &Limits, account: Subject, address: IpAddr, now: i64) -> Result<(), TooMany> {
    limits.sign_in(address, now)?;
    limits.password(account, address, None, now).map(|_| ())
}

#[test]
fn the_sixth_wrong_password_waits_a_minute() {
    let limits = limits();
    for _ in 0..5 {
        wrong(&limits, ada(), address(1), 0).unwrap();
    }
    assert_eq!(wrong(&limits, ada(), address(1), 0), Err(TooMany { retry_after: 60 }));
    assert_eq!(wrong(&limits, ada(), address(1), 60_000), Ok(()));
}

#[test]
fn a_name_that_nobody_has_is_throttled_like_an_account() {
    let limits = limits();
    for login in ["ada", " ADA ", "Ada", "ada ", "aDa"] {
        wrong(&limits, Subject::no_account(login), address(1), 0).unwrap();
    }
    let refused = wrong(&limits, Subject::no_account("ada"), address(1), 0);
    assert_eq!(refused, Err(TooMany { retry_after: 60 }));
}

#[test]
fn subjects_of_different_kinds_share_nothing() {
    let text = "0190b5f2-0000-7000-8000-000000000000";
    let device = [7; 16];
    let all = [
        Subject::account(text),
        Subject::no_account(text),
        Subject::session(text),
        Subject::email(text),
        Subject::device(&device, text),
        Subject::device(&[8; 16], text),
        Subject::device(&device, "another"),
    ];
    let different: std::collections::HashSet<Subject> = all.into_iter().collect();
    assert_eq!(different.len(), all.len());
}

#[test]
fn the_owner_elsewhere_is_not_locked_out() {
    let limits = limits();
    for _ in 0..6 {
        let _ = wrong(&limits, ada(), address(1), 0);
    }
    assert_eq!(wrong(&limits, ada(), address(2), 0), Ok(()));
}

#[test]
fn a_hundred_wrong_passwords_of_strangers_are_enough_and_a_known_device_is_none() {
    let limits = limits();
    for last in 0..100 {
        wrong(&limits, ada(), address(last), 0).unwrap();
    }
    assert!(wrong(&limits, ada(), address(200), 0).is_err());
    let device = Some(Subject::device(&[1; 16], "ada's id"));
    for _ in 0..5 {
        limits.password(ada(), address(200), device, 0).unwrap();
    }
    assert!(limits.password(ada(), address(200), device, 0).is_err());
}

#[test]
fn a_device_that_has_failed_five_times_counts_as_a_stranger() {
    let limits = limits();
    let device = Some(Subject::device(&[1; 16], "ada's id"));
    let tries = (0..20).filter(|_| limits.password(ada(), address(1), device, 0).is_ok());
    assert_eq!(tries.count(), 10);
}

#[test]
fn a_right_password_costs_the_account_and_the_device_nothing() {
    let limits = limits();
    for device in [None, Some(Subject::device(&[1; 16], "ada's id"))] {
        for _ in 0..200 {
            let paid = limits.password(ada(), address(1), device, 0).unwrap();
            limits.password_was_right(paid, 0);
        }
    }
    assert_eq!(limits.count_of_subjects(), 0);
}

#[test]
fn one_address_gets_thirty_sign_ins_and_then_one_every_two_seconds() {
    let limits = limits();
    for _ in 0..30 {
        limits.sign_in(address(1), 0).unwrap();
    }
    assert_eq!(limits.sign_in(address(1), 0), Err(TooMany { retry_after: 2 }));
    assert_eq!(limits.sign_in(address(1), 2_000), Ok(()));
}

/// One host, one customer with a /56, and one with a /48, each of which changes its address for
/// every request.
#[test]
fn an_ipv6_customer_is_limited_whatever_prefix_they_have() {
    for (varying, most) in [(64..128, 30), (56..64, 120), (48..56, 480)] {
        let limits = limits();
        let base = u128::from(std::net::Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0));
        let tries = (0..1_000u128).filter(|number| {
            // Each of the varying bits is used, so that no shorter prefix decides.
            let bits = number % (1 << (varying.end - varying.start).min(10));
            let address = base | bits << (128 - varying.end);
            limits.sign_in(std::net::Ipv6Addr::from(address).into(), 0).is_ok()
        });
        assert_eq!(tries.count(), most, "{varying:?}");
    }
}

#[test]
fn one_ipv6_customer_alone_cannot_use_up_what_strangers_share() {
    let limits = limits();
    for number in 0..65_536u32 {
        let [_, _, high, low] = number.to_be_bytes();
        let address = [0x2001, 0xdb8, 0, u16::from_be_bytes([high, low]), 0, 0, 0, 1];
        let _ = limits.password(ada(), address.into(), None, 0);
    }
    assert!(limits.password(ada(), address(1), None, 0).is_ok());
}

/// The flood of the fault: one address, and another name each time.
#[test]
fn a_flood_of_invented_names_from_one_address_leaves_everybody_else_alone() {
    let limits = limits();
    for number in 0..300_000u32 {
        let name = format!("nobody{number}@example.org");
        let _ = wrong(&limits, Subject::no_account(&name), address(1), 0);
        let _ = limits.register(address(1), Subject::email(&name), 0);
    }
    // Thirty sign-ins, each with its account here and anywhere, and twenty registrations.
    assert_eq!(limits.count_of_subjects(), 30 * 2 + 20);
    for last in 2..=255 {
        let account = Subject::account(&format!("innocent {last}"));
        wrong(&limits, account, address(last), 0).unwrap();
        limits.register(address(last), Subject::email(&format!("{last}@example.org")), 0).unwrap();
    }
}

/// From so many addresses that no table has room for them.
#[test]
fn a_flood_from_everywhere_is_bounded_and_does_not_free_whom_it_hides() {
    let limits = limits();
    while limits.sign_in(address(1), 0).is_ok() {}
    while limits.password(ada(), address(1), None, 0).is_ok() {}
    let most = u32::try_from(MOST).unwrap();
    for number in 0..most * 2 {
        let account = Subject::no_account(&number.to_string());
        wrong(&limits, account, numbered(number), 0).unwrap();
    }
    assert!(limits.count_of_subjects() <= 2 * MOST);
    assert!(limits.sign_in(address(1), 0).is_err());
    assert!(limits.password(ada(), address(1), None, 0).is_err());
    wrong(&limits, Subject::account("innocent"), address(2), 0).unwrap();
}

#[test]
fn a_thief_in_another_session_uses_up_nothing_of_the_owners() {
    let limits = limits();
    while limits.write("ada's id", "thief", 0).is_ok() {}
    while limits.password_change("thief", 0).is_ok() {}
    assert!(limits.write("ada's id", "owner", 0).is_ok());
    assert!(limits.password_change("owner", 0).is_ok());
}

#[test]
fn an_account_is_renamed_at_most_so_often_from_all_its_sessions() {
    let limits = limits();
    let renamed = (0..100).filter(|number| {
        let writer = limits.write("ada's id", &format!("session {number}"), 0).unwrap();
        limits.rename(&writer, 0).is_ok()
    });
    assert_eq!(renamed.count(), 30);
}
