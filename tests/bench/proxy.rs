//! A relay in front of the sandbox NetSuite that notes when the ERP had something to do.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    time::Instant,
};

/// From a question's first byte to its answer's last one, both as seen on Ledgercard's side.
type Spans = Arc<Mutex<Vec<(Instant, Instant)>>>;

/// The relay; stops with the runtime.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    spans: Spans,
}

impl Proxy {
    pub(crate) async fn start(to: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let spans = Spans::default();
        let noted = Arc::clone(&spans);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let spans = Arc::clone(&noted);
                // A broken connection is the end of that connection's relay and of nothing else.
                tokio::spawn(async move { relay(near, to, spans).await });
            }
        });
        Ok(Self { address, spans })
    }

    /// How long at least one question was with the ERP between `from` and `to`.
    pub(crate) fn busy(&self, from: Instant, to: Instant) -> Duration {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone();
        spans.sort_unstable();
        let (mut sum, mut covered) = (Duration::ZERO, from);
        for (start, end) in spans {
            let (start, end) = (start.max(covered), end.min(to));
            if end > start {
                sum += end - start;
                covered = end;
            }
        }
        sum
    }
}

async fn relay(near: TcpStream, to: SocketAddr, spans: Spans) -> io::Result<()> {
    let far = TcpStream::connect(to).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut place, mut answered) = (0, true);
    loop {
        tokio::select! {
            ready = near.readable() => {
                ready?;
                let Some(read) = take(&near, &mut buffer)? else { continue };
                if read == 0 {
                    return Ok(());
                }
                if std::mem::take(&mut answered) {
                    let mut spans = spans.lock().unwrap_or_else(PoisonError::into_inner);
                    place = spans.len();
                    spans.push((Instant::now(), Instant::now()));
                }
                give(&far, &buffer[..read]).await?;
            }
            ready = far.readable() => {
                ready?;
                let Some(read) = take(&far, &mut buffer)? else { continue };
                if read == 0 {
                    return Ok(());
                }
                answered = true;
                if let Some(span) = spans.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                    span.1 = Instant::now();
                }
                give(&near, &buffer[..read]).await?;
            }
        }
    }
}

fn take(from: &TcpStream, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match from.try_read(buffer) {
        Ok(read) => Ok(Some(read)),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(e) => Err(e),
    }
}

async fn give(to: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.try_write(bytes) {
            Ok(sent) => bytes = &bytes[sent..],
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => to.writable().await?,
            Err(e) => return Err(e),
        }
    }
    Ok(())
}
