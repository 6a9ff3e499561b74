//! The public address before the replicas: each connection goes to one that is up, in turns.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A door that is open until dropped.
pub(crate) struct Door {
    /// Where it is.
    pub(crate) address: SocketAddr,
    listening: JoinHandle<()>,
}

impl Door {
    /// Opens a door before servers at these addresses.
    pub(crate) async fn open(behind: Vec<SocketAddr>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (behind, turn) = (Arc::new(behind), Arc::new(AtomicUsize::new(0)));
        let listening = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let (behind, turn) = (Arc::clone(&behind), turn.fetch_add(1, Ordering::SeqCst));
                tokio::spawn(lead(visitor, behind, turn));
            }
        });
        Ok(Self { address, listening })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Leads a visitor to the first server that is up; where none is, the line is closed.
async fn lead(mut visitor: TcpStream, behind: Arc<Vec<SocketAddr>>, turn: usize) {
    for step in 0..behind.len() {
        let Ok(mut server) = TcpStream::connect(behind[(turn + step) % behind.len()]).await else { continue };
        // A server that is killed meanwhile closes its end, and so the visitor's.
        let _ended = tokio::io::copy_bidirectional(&mut visitor, &mut server).await;
        return;
    }
}
