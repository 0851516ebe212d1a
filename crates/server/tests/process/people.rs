use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::server::PASSWORD;

/// Where the answers come from.
pub(crate) struct Service<'a> {
    pub(crate) client: &'a Client,
    pub(crate) url: &'a str,
}

/// The connection broke: what was asked may have happened or not.
#[derive(Debug)]
pub(crate) struct Broken;

impl From<reqwest::Error> for Broken {
    fn from(_: reqwest::Error) -> Self {
        Self
    }
}

impl Service<'_> {
    async fn post(&self, path: &str, bearer: &str, body: &Value) -> Result<(u16, Value), Broken> {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let request = if bearer.is_empty() { request } else { request.bearer_auth(bearer) };
        read(request.send().await?).await
    }

    async fn session(&self, access: &str) -> Result<(u16, Value), Broken> {
        let request = self.client.get(format!("{}/api/auth/session", self.url));
        read(request.bearer_auth(access).send().await?).await
    }

    async fn log_in(&self, name: &str, password: &str) -> Result<(u16, Value), Broken> {
        self.post("/api/auth/login", "", &json!({"login": name, "password": password})).await
    }
}

/// A password that is too much like the one before would be refused.
fn unlike_any_other() -> String {
    let mut random = [0; 16];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    format!("{:032x}", u128::from_be_bytes(random))
}

async fn read(response: Response) -> Result<(u16, Value), Broken> {
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

/// The tokens of a session.
#[derive(Clone, Default)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// What was asked and not answered.
enum Pending {
    Refresh(Value),
    Logout,
    Password(String),
}

/// Somebody who uses the service and writes down what it acknowledged.
pub(crate) struct Person {
    name: String,
    password: String,
    former_password: Option<String>,
    tokens: Option<Tokens>,
    /// The refresh tokens of this session that were exchanged for others.
    past: Vec<String>,
    ended: Vec<Tokens>,
    pending: Option<Pending>,
    uses_attempts: bool,
    steps: usize,
}

impl Person {
    pub(crate) fn new(number: usize) -> Self {
        Self {
            name: format!("person{number}"),
            password: PASSWORD.to_owned(),
            former_password: None,
            tokens: None,
            past: Vec::new(),
            ended: Vec::new(),
            pending: None,
            uses_attempts: number % 2 == 1,
            steps: number,
        }
    }

    pub(crate) async fn register(&mut self, service: &Service<'_>) {
        let email = format!("{}@example.org", self.name);
        let body = json!({"username": self.name, "email": email, "password": self.password});
        let (status, answer) = service.post("/api/auth/register", "", &body).await.unwrap();
        assert_eq!(status, 201, "{answer}");
        self.tokens = Some(Tokens::of(&answer));
    }

    /// Uses the service until it breaks; each acknowledged step is a permit.
    pub(crate) async fn use_until_broken(&mut self, service: &Service<'_>, done: &Semaphore) {
        while self.step(service).await.is_ok() {
            done.add_permits(1);
        }
    }

    async fn step(&mut self, service: &Service<'_>) -> Result<(), Broken> {
        self.steps += 1;
        let Some(tokens) = self.tokens.clone() else {
            self.tokens = Some(self.log_in(service).await?);
            return Ok(());
        };
        match self.steps % 9 {
            0 => {
                self.pending = Some(Pending::Logout);
                self.log_out(service, tokens).await
            }
            4 => self.change_password(service, &tokens).await,
            _ => {
                let mut body = json!({"refresh_token": tokens.refresh});
                if self.uses_attempts {
                    body["attempt"] = json!(format!("{:022}", self.steps));
                }
                self.pending = Some(Pending::Refresh(body.clone()));
                self.refresh(service, &body).await
            }
        }
    }

    async fn log_in(&mut self, service: &Service<'_>) -> Result<Tokens, Broken> {
        let (status, answer) = service.log_in(&self.name, &self.password).await?;
        assert_eq!(status, 200, "the acknowledged password of {}: {answer}", self.name);
        Ok(Tokens::of(&answer))
    }

    async fn refresh(&mut self, service: &Service<'_>, body: &Value) -> Result<(), Broken> {
        let (status, answer) = service.post("/api/auth/refresh", "", body).await?;
        assert_eq!(status, 200, "{} refreshes: {answer}", self.name);
        self.past.push(body["refresh_token"].as_str().unwrap().to_owned());
        self.tokens = Some(Tokens::of(&answer));
        self.pending = None;
        Ok(())
    }

    async fn log_out(&mut self, service: &Service<'_>, tokens: Tokens) -> Result<(), Broken> {
        let body = json!({"refresh_token": tokens.refresh});
        let (status, answer) = service.post("/api/auth/logout", "", &body).await?;
        assert_eq!(status, 204, "{} signs out: {answer}", self.name);
        self.pending = None;
        self.ended.push(tokens);
        (self.tokens, self.past) = (None, Vec::new());
        Ok(())
    }

    /// With another session that ends by it.
    async fn change_password(
        &mut self,
        service: &Service<'_>,
        tokens: &Tokens,
    ) -> Result<(), Broken> {
        let other = self.log_in(service).await?;
        let new = unlike_any_other();
        let body = json!({"current_password": self.password, "new_password": new});
        self.pending = Some(Pending::Password(new.clone()));
        let (status, answer) = service.post("/api/me/password", &tokens.access, &body).await?;
        assert_eq!(status, 200, "{} changes the password: {answer}", self.name);
        self.pending = None;
        self.former_password = Some(std::mem::replace(&mut self.password, new));
        self.ended.push(other);
        Ok(())
    }

    /// After a restart: whatever was acknowledged still holds, and what was not can be asked again.
    pub(crate) async fn check(&mut self, service: &Service<'_>) -> Result<(), Broken> {
        match self.pending.take() {
            None => {}
            Some(Pending::Refresh(body)) => self.refresh(service, &body).await?,
            Some(Pending::Logout) => {
                let tokens = self.tokens.take().unwrap();
                self.log_out(service, tokens).await?;
            }
            Some(Pending::Password(new)) => {
                let (with_the_new, _) = service.log_in(&self.name, &new).await?;
                let (with_the_old, _) = service.log_in(&self.name, &self.password).await?;
                match (with_the_old, with_the_new) {
                    (200, 401) => {}
                    (401, 200) => {
                        self.former_password = Some(std::mem::replace(&mut self.password, new));
                    }
                    both => panic!("old and new password of {}: {both:?}", self.name),
                }
            }
        }
        for tokens in std::mem::take(&mut self.ended) {
            self.has_ended(service, &tokens.access).await?;
            self.is_refused(service, &tokens.refresh).await?;
        }
        if let Some(former) = self.former_password.take() {
            let (status, _) = service.log_in(&self.name, &former).await?;
            assert_eq!(status, 401, "the former password of {} is good again", self.name);
        }
        if let Some(tokens) = &self.tokens {
            let (status, answer) = service.session(&tokens.access).await?;
            assert_eq!(status, 200, "{}'s session: {answer}", self.name);
            let body = json!({"refresh_token": tokens.refresh});
            self.refresh(service, &body).await?;
        }
        self.log_in(service).await.map(drop)
    }

    /// A token that was exchanged long ago is theft, and the session ends. Whether there was one.
    pub(crate) async fn check_past(&mut self, service: &Service<'_>) -> Result<bool, Broken> {
        let [oldest, _, ..] = &*self.past else { return Ok(false) };
        let (oldest, tokens) = (oldest.clone(), self.tokens.take().unwrap());
        self.past.clear();
        self.is_refused(service, &oldest).await?;
        self.is_refused(service, &tokens.refresh).await?;
        self.has_ended(service, &tokens.access).await?;
        Ok(true)
    }

    async fn has_ended(&self, service: &Service<'_>, access: &str) -> Result<(), Broken> {
        let (status, answer) = service.session(access).await?;
        assert_eq!((status, &answer["code"]), (401, &json!("session_ended")), "{}", self.name);
        Ok(())
    }

    async fn is_refused(&self, service: &Service<'_>, token: &str) -> Result<(), Broken> {
        let body = json!({"refresh_token": token});
        let (status, answer) = service.post("/api/auth/refresh", "", &body).await?;
        assert_eq!(status, 401, "{}'s old token: {answer}", self.name);
        Ok(())
    }
}
