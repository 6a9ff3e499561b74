//! Oracle NetSuite (placeholder until the connector lands in this folder).
