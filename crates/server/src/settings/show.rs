use std::fmt;
use std::path::PathBuf;

use toml::{Table, Value};

use super::{LabelledLink, Lifetime, Registration, Settings};

impl fmt::Display for Settings {
    /// As a settings file that brings the same but for the secrets: of those, a comment says that
    /// they are set.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sections = [
            ("server", self.server_table()),
            ("database", self.database_table()),
            ("tokens", self.token_table()),
            ("passwords", self.password_table()),
            ("compat", table([("simplejwt", text(self.compat.simplejwt.as_str()))])),
            ("claims", self.claims_table()),
            (
                "client",
                table([
                    ("storage", text(self.client.storage.as_str())),
                    ("delivery", text(self.client.delivery.as_str())),
                ]),
            ),
            ("limits", table([("enabled", self.limits.enabled.into())])),
            ("audit", table([("keep", lifetime(self.audit.keep))])),
            ("metrics", self.metrics_table()),
            ("site", self.site_table()),
        ];
        for (name, table) in sections {
            let secret = self.secret_of(name);
            if table.is_empty() && secret.is_none() {
                continue;
            }
            writeln!(formatter, "[{name}]\n{}", table.to_string().trim_end())?;
            if let Some(secret) = secret {
                writeln!(formatter, "# {secret} is set, and not shown.")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

impl Settings {
    /// What of this section is set and must not be shown.
    fn secret_of(&self, section: &str) -> Option<&'static str> {
        match section {
            "database" if self.database.url.has_password() => Some("The password of the database"),
            "tokens" if self.tokens.introspection_secret.is_some() => Some("introspection_secret"),
            _ => None,
        }
    }

    fn server_table(&self) -> Table {
        let server = &self.server;
        let registration = match server.registration {
            Registration::Open => "open",
            Registration::Closed => "closed",
        };
        let mut shown = table([
            ("address", text(server.address.to_string())),
            ("public_url", text(server.public_url.as_str())),
            ("allowed_hosts", list(&server.allowed_hosts, ToString::to_string)),
            ("trusted_proxies", list(&server.trusted_proxies, ToString::to_string)),
            ("forwarded_header", text(server.forwarded_header.as_str())),
            ("allowed_origins", list(&server.allowed_origins, |origin| origin.as_str().to_owned())),
            ("registration", text(registration)),
            ("max_connections_per_network", server.max_connections_per_network.into()),
            ("idle_timeout", lifetime(server.idle_timeout)),
            ("request_timeout", lifetime(server.request_timeout)),
        ]);
        if let Some(most) = server.max_connections {
            shown.insert("max_connections".to_owned(), most.into());
        }
        shown
    }

    fn claims_table(&self) -> Table {
        let paths = self.claims.paths.iter();
        let shown = |path: &[String]| text(format!("attributes.{}", path.join(".")));
        paths.map(|(claim, path)| (claim.clone(), shown(path))).collect()
    }

    fn database_table(&self) -> Table {
        let database = &self.database;
        let mut shown = table([
            ("url", text(database.url.to_string())),
            ("max_connections", database.max_connections.into()),
            ("wait", text(format!("{}s", database.wait.as_secs()))),
        ]);
        if let Some(tls) = database.tls {
            shown.insert("tls".to_owned(), text(tls.as_str()));
        }
        if let Some(ca) = &database.ca {
            shown.insert("ca".to_owned(), text(ca.to_string_lossy()));
        }
        shown
    }

    fn metrics_table(&self) -> Table {
        let address = self.metrics.address.iter();
        address.map(|address| ("address".to_owned(), text(address.to_string()))).collect()
    }

    fn password_table(&self) -> Table {
        table([
            ("min_length", self.passwords.min_length.into()),
            ("memory_kib", self.passwords.memory_kib.into()),
            ("iterations", self.passwords.iterations.into()),
            ("parallelism", self.passwords.parallelism.into()),
            ("max_concurrent", self.passwords.max_concurrent.into()),
        ])
    }

    fn site_table(&self) -> Table {
        let site = &self.site;
        let mut shown = table([
            ("name", text(&site.name)),
            ("links", list(&site.links, LabelledLink::written)),
            ("language", text(&site.language)),
            ("languages", list(&site.languages, Clone::clone)),
            ("output_name", text(&site.output_name)),
            ("site_root", text(&site.site_root)),
            ("site_pkg_dir", text(&site.site_pkg_dir)),
            ("reload_port", site.reload_port.into()),
        ]);
        let path = |path: &PathBuf| text(path.to_string_lossy());
        for (key, value) in [
            ("logo", site.logo.as_ref().map(path)),
            ("texts", site.texts.as_ref().map(path)),
            ("accent", site.accent.map(|colour| text(colour.css()))),
            ("accent_dark", site.accent_dark.map(|colour| text(colour.css()))),
        ] {
            shown.extend(value.map(|value| (key.to_owned(), value)));
        }
        shown
    }

    fn token_table(&self) -> Table {
        let tokens = &self.tokens;
        table([
            ("issuer", text(&tokens.issuer)),
            ("resources", list(&tokens.resources, Clone::clone)),
            ("algorithm", text(tokens.algorithm.as_str())),
            ("access_lifetime", lifetime(tokens.access_lifetime)),
            ("idle_lifetime", lifetime(tokens.idle_lifetime)),
            ("absolute_lifetime", lifetime(tokens.absolute_lifetime)),
            ("reuse_grace", lifetime(tokens.reuse_grace)),
            ("key_rotation", lifetime(tokens.key_rotation)),
            ("max_sessions", tokens.max_sessions.into()),
        ])
    }
}

fn table<const N: usize>(pairs: [(&str, Value); N]) -> Table {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn text(value: impl Into<String>) -> Value {
    Value::String(value.into())
}

fn list<T>(values: &[T], write: impl Fn(&T) -> String) -> Value {
    Value::Array(values.iter().map(|value| text(write(value))).collect())
}

fn lifetime(lifetime: Lifetime) -> Value {
    text(format!("{}s", lifetime.seconds()))
}
