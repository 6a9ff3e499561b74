//! A log of every exchange, one JSON object a line, for the tool that holds it against the published descriptions.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

/// One exchange.
#[derive(Debug, Serialize)]
pub struct Exchange<'e> {
    /// The request's method.
    pub method: &'e str,
    /// The URL as the real system would have seen it.
    pub url: String,
    /// The request's body; empty when there was none.
    pub request_body: &'e str,
    /// The answer's status.
    pub status: u16,
    /// The answer's body; empty when there was none.
    pub response_body: &'e str,
    /// The request's media type.
    pub content_type: &'e str,
}

/// Where exchanges are written to.
#[derive(Debug)]
pub struct Exchanges(Mutex<File>);

impl Exchanges {
    /// Appends to the file at `path`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn append_to(path: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).append(true).open(path).map(|file| Self(Mutex::new(file)))
    }

    /// Writes one exchange.
    pub fn write(&self, exchange: &Exchange<'_>) {
        let line = serde_json::to_string(exchange).map_err(io::Error::from);
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = line.and_then(|line| writeln!(file, "{line}")) {
            tracing::error!(%error, "an exchange could not be logged");
        }
    }
}
