use serde::{Deserialize, Serialize};

macro_rules! algorithms {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The signature algorithms that are accepted (RFC 7518 §3.1, RFC 8037 §3.1): an
        /// allow-list, since whatever is not named here does not exist.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Algorithm {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Algorithm {
            /// Every algorithm.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As it is written in a header.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// The algorithm under the name that the signing library has for it.
            pub fn library_name(self) -> jsonwebtoken::Algorithm {
                match self { $(Self::$name => jsonwebtoken::Algorithm::$name,)+ }
            }
        }
    };
}

algorithms! {
    /// ECDSA with P-256 and SHA-256: every stack verifies it.
    ES256,
    /// ECDSA with P-384 and SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
    /// RSA (PKCS #1 v1.5) with SHA-256.
    RS256,
    /// RSA (PSS) with SHA-256.
    PS256,
    /// HMAC with SHA-256: whoever verifies could sign too, so its keys are never published.
    HS256,
}

impl Algorithm {
    /// Reads the name that stands in headers and settings.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.as_str() == name)
    }

    /// Whether the key that verifies may be shown to everybody.
    pub fn is_public(self) -> bool {
        self != Self::HS256
    }
}
