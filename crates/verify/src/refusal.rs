use thiserror::Error;

/// Why a token was refused: for the log. A caller is told only that it was, since each reason would
/// help to forge the next token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a compact JWS of a length and alphabet that could be ours.
    #[error("malformed token")]
    Malformed,
    /// Header members other than `typ`, `alg` and `kid`, or values that are not ours.
    #[error("unacceptable header")]
    Header,
    /// No key has this id, or the key is for another algorithm.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not match.
    #[error("wrong signature")]
    Signature,
    /// A claim is missing, or of another type than it should be.
    #[error("unacceptable claims")]
    Claims,
    /// Issued by somebody else.
    #[error("foreign issuer")]
    Issuer,
    /// Meant for somebody else.
    #[error("foreign audience")]
    Audience,
    /// Valid no longer.
    #[error("expired")]
    Expired,
    /// Not valid yet.
    #[error("not yet valid")]
    NotYetValid,
}
