//! The little of HTTP/1.1 that the load needs: a kept-alive connection, one question at a time, answers with a length.

use std::{io, net::SocketAddr};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use tokio::net::TcpStream;

/// Where the answer stands in the connection's buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: usize,
    length: usize,
}

/// A kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1024], filled: 0 })
    }

    /// Sends `request` and waits for the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.send(request).await?;
        self.receive().await
    }

    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.filled = 0;
        let mut sent = 0;
        while sent < request.len() {
            match self.stream.try_write(&request[sent..]) {
                Ok(more) => sent += more,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    pub(crate) async fn receive(&mut self) -> anyhow::Result<Answer> {
        let mut answer: Option<Answer> = None;
        loop {
            if let Some(answer) = answer
                && self.filled >= answer.head + answer.length
            {
                ensure!(self.filled == answer.head + answer.length, "more came than the answer's length says");
                return Ok(answer);
            }
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.filled * 2, 0);
            }
            self.stream.readable().await?;
            match self.stream.try_read(&mut self.buffer[self.filled..]) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(more) => self.filled += more,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => continue,
                Err(e) => return Err(e.into()),
            }
            if answer.is_none() {
                answer = head(&self.buffer[..self.filled])?;
            }
        }
    }

    pub(crate) fn body(&self, answer: Answer) -> &[u8] {
        &self.buffer[answer.head..answer.head + answer.length]
    }
}

/// Status, end of the head and length of the body, once the head is whole.
fn head(bytes: &[u8]) -> anyhow::Result<Option<Answer>> {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let status = bytes.get(9..12).and_then(|s| std::str::from_utf8(s).ok()).and_then(|s| s.parse().ok());
    let status: u16 = status.context("no status line")?;
    let mut length = (status == 204).then_some(0);
    for line in bytes[..end].split(|b| *b == b'\n') {
        let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
        if line[..colon].eq_ignore_ascii_case(b"content-length") {
            length = std::str::from_utf8(&line[colon + 1..])?.trim().parse().ok();
        }
    }
    let length: usize = length.context("the answer has no length")?;
    Ok(Some(Answer { status, head: end + 4, length }))
}

/// One call to a server's controls; the answer's JSON, or null where it is empty.
pub(crate) async fn control(to: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let body = body.map_or_else(String::new, Value::to_string);
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {to}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = Connection::open(to).await.with_context(|| format!("nobody listens on {to}"))?;
    let answer = connection.ask(request.as_bytes()).await.with_context(|| format!("{method} {path}"))?;
    let body = connection.body(answer);
    ensure!(answer.status < 300, "{method} {path} answered {}: {}", answer.status, String::from_utf8_lossy(body));
    if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(body).unwrap_or(Value::Null)) }
}

/// One request on a connection of its own; the answer's JSON. Anything but 200 is an error.
pub(crate) async fn once(to: SocketAddr, request: &[u8]) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(&bytes(to, request).await?)?)
}

/// As [`once`], the body's bytes.
pub(crate) async fn bytes(to: SocketAddr, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut connection = Connection::open(to).await.with_context(|| format!("nobody listens on {to}"))?;
    let answer = connection.ask(request).await?;
    let body = connection.body(answer);
    ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(body));
    Ok(body.to_vec())
}
