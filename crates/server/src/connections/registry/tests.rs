use std::time::Duration;

use super::*;

fn registry(max_connections: usize, max_per_network: usize) -> Arc<Registry> {
    let second = Duration::from_secs(1);
    Registry::new(ConnectionLimits {
        max_connections,
        max_per_network,
        exempt: vec!["10.0.0.0/8".parse().unwrap()],
        proxies: vec!["10.0.0.0/8".parse().unwrap()],
        head: second,
        idle: second,
        proxy_idle: second,
        stall: second,
        min_rate: 1,
        request: second,
        drain: second,
    })
}

fn take(registry: &Arc<Registry>, peer: &str) -> Option<Place> {
    registry.take(peer.parse().unwrap())
}

fn at_work(place: &Place) {
    assert!(place.connection.activity.request_begins(|| 0));
}

fn is_evicted(place: &Place) -> bool {
    place.connection.activity.phase().0 == Phase::Evicted
}

fn total(registry: &Registry) -> usize {
    registry.open().total
}

#[test]
fn a_place_is_free_again_once_it_was_left_or_taken_away() {
    let registry = registry(2, 2);
    let (one, two) = (take(&registry, "::1").unwrap(), take(&registry, "::2").unwrap());
    assert_eq!(total(&registry), 2);
    let _three = take(&registry, "1.1.1.1").unwrap();
    assert_eq!(total(&registry), 2);
    drop((one, two));
    assert_eq!(total(&registry), 1);
}

#[test]
fn a_network_that_has_its_share_gives_up_its_own_and_nobody_elses() {
    let registry = registry(100, 2);
    let other = take(&registry, "2.2.2.2").unwrap();
    let mine: Vec<Place> = (0..3).map(|_| take(&registry, "1.1.1.1").unwrap()).collect();
    assert!(!is_evicted(&other));
    assert_eq!(mine.iter().filter(|place| is_evicted(place)).count(), 1);
    mine.iter().filter(|place| !is_evicted(place)).for_each(at_work);
    assert!(take(&registry, "1.1.1.1").is_none());
    assert!(take(&registry, "2.2.2.2").is_some());
}

#[test]
fn a_proxy_has_no_share() {
    let registry = registry(100, 1);
    let places: Vec<Place> = (0..10).map(|_| take(&registry, "10.1.2.3").unwrap()).collect();
    assert!(!places.iter().any(is_evicted));
}

#[test]
fn the_network_with_the_most_makes_room_and_proxies_do_so_last() {
    let registry = registry(6, 6);
    let proxy: Vec<Place> = (0..3).map(|_| take(&registry, "10.0.0.1").unwrap()).collect();
    let many: Vec<Place> = (0..2).map(|_| take(&registry, "1.1.1.1").unwrap()).collect();
    let one = take(&registry, "2.2.2.2").unwrap();
    let _new = take(&registry, "3.3.3.3").unwrap();
    assert!(!is_evicted(&one) && !proxy.iter().any(is_evicted));
    assert_eq!(many.iter().filter(|place| is_evicted(place)).count(), 1);
}

#[test]
fn when_all_are_at_work_a_few_places_are_left_for_health_checks() {
    let registry = registry(2, 100);
    let busy: Vec<Place> = (0..2).map(|_| take(&registry, "1.1.1.1").unwrap()).collect();
    busy.iter().for_each(at_work);
    let spare: Vec<Place> =
        (0..HEALTH_PLACES).map(|_| take(&registry, "1.1.1.1").unwrap()).collect();
    assert!(spare.iter().all(|place| place.connection.is_spare));
    assert!(take(&registry, "1.1.1.1").is_none());
}

#[test]
fn draining_closes_what_waits_and_leaves_what_is_at_work() {
    let registry = registry(10, 10);
    let (idle, busy) = (take(&registry, "::1").unwrap(), take(&registry, "::1").unwrap());
    at_work(&busy);
    assert!(!registry.drain());
    assert!(is_evicted(&idle) && !is_evicted(&busy) && registry.is_draining());
    busy.connection.activity.answer_begins();
    busy.connection.activity.answered(1);
    assert!(registry.drain());
}
