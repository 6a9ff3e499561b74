//! A listener on a given or a free port that stops on request, and connections that can be cut off in mid-answer.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How long answers under way may take to finish after a stop.
const GRACE: Duration = Duration::from_secs(1);

/// A local server that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    stopping: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as `http://host:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops listening, lets answers under way finish for a moment, and is done.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(GRACE, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopping.cancel();
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Binds a port. Port 0 stands for a free one.
///
/// # Errors
/// When the address cannot be had.
pub async fn bind(listen: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen).await?;
    let addr = listener.local_addr()?;
    Ok((listener, addr))
}

/// Serves `app` on a bound port until `stopping` is cancelled or the result is stopped or dropped.
#[must_use]
pub fn run(listener: TcpListener, addr: SocketAddr, app: Router, stopping: CancellationToken) -> Running {
    let stopped = stopping.clone();
    let service = app.into_make_service_with_connect_info::<Line>();
    let task = tokio::spawn(async move {
        let server = axum::serve(Lines(listener), service).with_graceful_shutdown(stopped.cancelled_owned());
        if let Err(error) = server.await {
            tracing::error!(%error, "a local server of the sandbox failed");
        }
    });
    Running { addr, stopping, task: Some(task) }
}

/// The connection that a request came in by: lets its handler cut it off.
#[derive(Debug, Clone)]
pub struct Line {
    /// How many bytes of the next body go out before the line is cut; negative: it is not cut.
    left: Arc<AtomicI64>,
}

impl Line {
    /// Closes the connection before the next byte goes out.
    pub fn cut(&self) {
        self.left.store(0, Ordering::SeqCst);
    }

    /// Closes the connection after the head and `bytes` of the body have gone out.
    pub fn truncate(&self, bytes: usize) {
        self.left.store(i64::try_from(bytes).unwrap_or(i64::MAX).max(1), Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        Self { left: Arc::clone(&stream.io().left) }
    }
}

/// Accepts connections that can be cut.
struct Lines(TcpListener);

impl Listener for Lines {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, from) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for the other side's acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the connection keeps its delay");
        }
        (Wire { stream, left: Arc::new(AtomicI64::new(-1)), in_body: false }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that counts what goes out once it is to be cut.
struct Wire {
    stream: TcpStream,
    left: Arc<AtomicI64>,
    in_body: bool,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.left.load(Ordering::SeqCst);
        let Ok(left) = usize::try_from(left) else { return Pin::new(&mut self.stream).poll_write(cx, buf) };
        if left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let head =
            if self.in_body { 0 } else { buf.windows(4).position(|w| w == b"\r\n\r\n").map_or(buf.len(), |at| at + 4) };
        let most = buf.len().min(head + left);
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..most]))?;
        if written >= head {
            self.in_body = true;
            let body = i64::try_from(written - head).unwrap_or(i64::MAX);
            self.left.fetch_sub(body, Ordering::SeqCst);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
