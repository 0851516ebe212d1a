use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, TestApp};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "the kettle is on again";

/// Somebody who is signed in, and what their client keeps.
pub(crate) struct Person<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) username: String,
    pub(crate) session: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl<'a> Person<'a> {
    pub(crate) fn from_answer(app: &'a TestApp, username: &str, answer: &Answer) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            app,
            username: username.to_owned(),
            session: text(&answer.body["session"]["id"]),
            access: text(&answer.body["access_token"]),
            refresh: text(&answer.body["refresh_token"]),
        }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.app.request(method, path).bearer_auth(&self.access);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Presents a refresh token, with further fields.
    pub(crate) async fn present(&self, token: &str, more: Value) -> Answer {
        self.app.refresh(token, &more).await
    }

    /// Refreshes and keeps what comes back.
    pub(crate) async fn refreshed(&mut self) -> Answer {
        let answer = self.present(&self.refresh, json!({})).await.with_status(200);
        let session = Self::from_answer(self.app, &self.username, &answer);
        (self.access, self.refresh) = (session.access, session.refresh);
        answer
    }
}
