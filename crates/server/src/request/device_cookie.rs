use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::cookies::{MAX_VALUES, values};
use crate::app::App;
use crate::keys::{KeyRing, MAC_LENGTH, MacKey, MacKeyId};
use crate::limits::Subject;
use crate::settings::ServerSettings;

/// Separates the codes of devices from those of refresh tokens, which begin with their version.
const DOMAIN: &[u8] = b"carnet-device\0";
const VERSION: u8 = 1;
const SEAL_LENGTH: usize = 4 + MAC_LENGTH;

/// The most accounts that one browser is known for; the one that has not signed in for the longest
/// time is forgotten.
const MOST_ACCOUNTS: usize = 8;

/// As long as browsers keep a cookie (RFC 6265bis §5.5).
const MAX_AGE_SECONDS: i64 = 400 * 86_400;

/// The device cookie of a request, which tells a browser on which an account has signed in before
/// from strangers (OWASP: "device cookies"). It only chooses the bucket of the rate limiter and
/// never signs anybody in, so it outlives the session.
#[derive(Debug, Clone)]
pub(crate) struct DeviceCookie(Option<KnownDevice>);

/// A random id with our code over it, and a code over it and each account that has signed in. The
/// accounts' ids are not in it.
#[derive(Clone)]
struct KnownDevice {
    id: [u8; 16],
    accounts: Vec<Seal>,
}

impl std::fmt::Debug for KnownDevice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// An authentication code, and the key that it was made with.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seal([u8; SEAL_LENGTH]);

impl Seal {
    fn new(key: &MacKey, device: &[u8; 16], account_id: &str) -> Self {
        let mut seal = [0; SEAL_LENGTH];
        seal[..4].copy_from_slice(&key.id().0);
        seal[4..].copy_from_slice(&key.code(&message(device, account_id)));
        Self(seal)
    }

    fn is_genuine(&self, keys: &KeyRing, device: &[u8; 16], account_id: &str) -> bool {
        let [a, b, c, d, code @ ..] = &self.0;
        let key = keys.mac_by_id(MacKeyId([*a, *b, *c, *d]));
        key.is_some_and(|key| key.matches(&message(device, account_id), code))
    }
}

/// No account has an empty id: that one stands for the device alone.
fn message(device: &[u8; 16], account_id: &str) -> Vec<u8> {
    [DOMAIN, device, account_id.as_bytes()].concat()
}

const NO_ACCOUNT: &str = "";

impl DeviceCookie {
    /// For clients that have none.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Whether a browser has one that we wrote.
    pub(crate) fn is_genuine(&self) -> bool {
        self.0.is_some()
    }

    /// The device, where this account has signed in on it before.
    pub(crate) fn device_of(&self, account_id: &str, keys: &KeyRing) -> Option<Subject> {
        let device = self.0.as_ref()?;
        let mut accounts = device.accounts.iter();
        accounts
            .any(|seal| seal.is_genuine(keys, &device.id, account_id))
            .then(|| Subject::device(&device.id, account_id))
    }

    /// Sets the cookie of a browser on which this account has signed in.
    pub(crate) fn remember(&self, app: &App, account_id: &str) -> HeaderValue {
        let keys = app.keys.ring();
        let (id, before) = match &self.0 {
            Some(device) => (device.id, device.accounts.as_slice()),
            None => (app.random.bytes(), &[][..]),
        };
        let key = keys.mac(app.clock.now());
        let others = before.iter().filter(|seal| !seal.is_genuine(&keys, &id, account_id));
        let mut accounts = vec![Seal::new(key, &id, account_id)];
        accounts.extend(others.take(MOST_ACCOUNTS - 1));
        let own = Seal::new(key, &id, NO_ACCOUNT);
        set(&app.settings.server, &encode(&KnownDevice { id, accounts }, own))
    }

    fn read(text: &str, keys: &KeyRing) -> Self {
        Self(
            decode(text)
                .filter(|(device, own)| own.is_genuine(keys, &device.id, NO_ACCOUNT))
                .map(|(device, _)| device),
        )
    }
}

fn encode(device: &KnownDevice, own: Seal) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&device.id);
    for seal in std::iter::once(&own).chain(&device.accounts) {
        bytes.extend_from_slice(&seal.0);
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<(KnownDevice, Seal)> {
    // Longer than what we write it is not even decoded.
    const LONGEST: usize = (1 + 16 + SEAL_LENGTH * (1 + MOST_ACCOUNTS)).div_ceil(3) * 4;
    if text.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (&VERSION, rest) = bytes.split_first()? else { return None };
    let (&id, rest) = rest.split_first_chunk::<16>()?;
    let (seals, []) = rest.as_chunks::<SEAL_LENGTH>() else { return None };
    let (own, accounts) = seals.split_first()?;
    Some((KnownDevice { id, accounts: accounts.iter().copied().map(Seal).collect() }, Seal(*own)))
}

/// Named like the session's cookie: under https for this very host, on loopback by the port.
fn name(server: &ServerSettings) -> String {
    if server.public_url.is_https() {
        "__Host-carnet-device".to_owned()
    } else {
        format!("carnet-device-{}", server.public_url.port())
    }
}

fn set(server: &ServerSettings, value: &str) -> HeaderValue {
    let secure = if server.public_url.is_https() { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; SameSite=Lax{secure}; HttpOnly; Max-Age={MAX_AGE_SECONDS}",
        name(server)
    );
    let mut value = HeaderValue::try_from(text).expect("base64url and a name of ours");
    value.set_sensitive(true);
    value
}

impl FromRequestParts<Arc<App>> for DeviceCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let (name, keys) = (name(&app.settings.server), app.keys.ring());
        // Junk beside ours is passed over.
        let texts = values(&parts.headers, &name)
            .take(MAX_VALUES)
            .filter_map(|it| std::str::from_utf8(it).ok());
        let mut read = texts.map(|text| Self::read(text, &keys));
        Ok(read.find(Self::is_genuine).unwrap_or(Self(None)))
    }
}
