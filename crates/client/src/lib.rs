//! The session engine.
