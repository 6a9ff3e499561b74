//! The commands (being built).
