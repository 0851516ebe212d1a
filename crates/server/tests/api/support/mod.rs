//! What the tests of the API stand on: a server of their own on a database of their own, a clock
//! that they turn, and people who use it over HTTP.

mod answer;
mod database;
#[cfg(feature = "ssr")]
mod own_app;
mod person;
mod proxy;
mod test_app;
mod test_clock;

pub(crate) use answer::Answer;
pub(crate) use database::new_postgres;
#[cfg(feature = "ssr")]
pub(crate) use own_app::{cookie_of_ada, leptos_pages, look, pair, serve};
pub(crate) use person::{PASSWORD, Person};
pub(crate) use proxy::Proxy;
pub(crate) use test_app::{ISSUER, SECRET, TestApp};
pub(crate) use test_clock::TestClock;

/// How often something is tried: a few times in the checks, and as often as is promised under
/// `CARNET_FULL`, which `cargo xtask endure` sets.
pub(crate) fn times(few: usize, full: usize) -> usize {
    if std::env::var_os("CARNET_FULL").is_some() { full } else { few }
}

/// Makes of each function a test on SQLite and a test on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() {
                super::$name($crate::support::TestApp::on_sqlite(&[]).await).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $name() {
                super::$name($crate::support::TestApp::on_postgres(&[]).await).await;
            })+
        }
    };
}

/// Makes of each function three tests with as many threads as there are cores: one server on SQLite,
/// one on PostgreSQL, and two that share a PostgreSQL.
macro_rules! on_one_and_two {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                super::$name(vec![$crate::support::TestApp::on_sqlite(&[]).await]).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                super::$name(vec![$crate::support::TestApp::on_postgres(&[]).await]).await;
            })+
        }
        mod on_two_servers {
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() {
                let one = $crate::support::TestApp::on_postgres(&[]).await;
                let other = one.sibling().await;
                super::$name(vec![one, other]).await;
            })+
        }
    };
}

pub(crate) use {on_both, on_one_and_two};
