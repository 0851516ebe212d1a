//! What the tests of the API stand on: a server of their own on a database of their own, a clock
//! that they turn, and people who use it over HTTP.

mod answer;
mod database;
mod person;
mod test_app;
mod test_clock;

pub(crate) use answer::Answer;
pub(crate) use person::{PASSWORD, Person};
pub(crate) use test_app::{ISSUER, SECRET, TestApp};
pub(crate) use test_clock::TestClock;

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

pub(crate) use on_both;
