//! cards (being built).
