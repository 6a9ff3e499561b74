//! hubspot (being built).
