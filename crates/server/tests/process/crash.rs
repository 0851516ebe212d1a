//! A server that is killed at any moment under load forgets nothing that it acknowledged.

use futures::future::join_all;
use futures::join;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::people::{Person, Service};
use crate::server::{Folder, Server};

const PEOPLE: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_holds_after_kill_9() {
    let kills = if std::env::var_os("CARNET_FULL").is_some() { 200 } else { 8 };
    let folder = Folder::new();
    let client = reqwest::Client::new();
    let mut server = start(&folder);
    let mut people: Vec<Person> = (0..PEOPLE).map(Person::new).collect();
    for person in &mut people {
        person.register(&Service { client: &client, url: &server.url }).await;
    }
    let (mut starts, mut steps, mut thefts) = (Vec::new(), 0, 0);
    for kill in 0..kills {
        let done = Semaphore::new(0);
        let url = server.url.clone();
        let service = Service { client: &client, url: &url };
        let load = people.iter_mut().map(|person| person.use_until_broken(&service, &done));
        join!(join_all(load), async {
            let at = random_below(60);
            done.acquire_many(at).await.unwrap().forget();
            server.kill();
            steps += at;
        });
        steps += u32::try_from(done.available_permits()).unwrap();

        let time = Instant::now();
        server = start(&folder);
        starts.push(time.elapsed());
        let service = Service { client: &client, url: &server.url };
        for person in &mut people {
            person.check(&service).await.unwrap();
        }
        // One of those who have an old token; not each time the same.
        for at in 0..PEOPLE {
            if people[(kill + at) % PEOPLE].check_past(&service).await.unwrap() {
                thefts += 1;
                break;
            }
        }
        assert_eq!(integrity(&folder).await, "ok");
    }
    starts.sort();
    let (median, worst) = (starts[kills / 2], starts[kills - 1]);
    eprintln!(
        "{kills} kills after {steps} acknowledged steps: nothing was lost, {thefts} rotated tokens \
         stayed dead; ready again after {median:.0?} (median), {worst:.0?} at worst"
    );
    assert!(steps > 0, "nothing was acknowledged that could have been lost");
    assert!(thefts > 0, "no rotated token was tried");
}

fn start(folder: &Folder) -> Server {
    // The port changes with every start; whose tokens these are does not.
    let settings = ["--set", "limits.enabled=false", "--set", "tokens.issuer=https://carnet.test"];
    Server::start(folder, &settings)
}

async fn integrity(folder: &Folder) -> String {
    let url = format!("sqlite://{}", folder.0.join("data/carnet.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let found = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
    pool.close().await;
    found
}

fn random_below(limit: u32) -> u32 {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    u32::from_be_bytes(bytes) % limit
}
