//! What this database said, kept in memory until somebody writes.
//!
//! Promise: whoever reads after a write in this process sees it; a slow reader never puts back what a writer made old.
//! With several processes on one database, another process's write shows after `life` at the latest.
//! Never: serves a value that this process knows to be old.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;

/// A value and a number that no other value of this memory has.
#[derive(Debug)]
pub(super) struct Kept<V> {
    pub(super) value: V,
    pub(super) serial: u64,
}

/// Values by key, all made old together by [`Remembered::changed`] or one by one by [`Remembered::changed_one`].
pub(super) struct Remembered<K, V> {
    values: Cache<K, Arc<Kept<V>>>,
    epoch: AtomicU64,
    serials: AtomicU64,
}

impl<K, V> Remembered<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// Remembers at most `most` values, each for `life` at most.
    pub(super) fn new(most: u64, life: Duration) -> Self {
        Self {
            values: Cache::builder().max_capacity(most).time_to_live(life).build(),
            epoch: AtomicU64::new(0),
            serials: AtomicU64::new(1),
        }
    }

    /// The value of `key`, read by `load` where it is not remembered.
    pub(super) async fn get<E>(&self, key: &K, load: impl AsyncFnOnce() -> Result<V, E>) -> Result<Arc<Kept<V>>, E> {
        if let Some(kept) = self.values.get(key) {
            return Ok(kept);
        }
        let epoch = self.epoch.load(Ordering::SeqCst);
        let value = load().await?;
        let kept = Arc::new(Kept { value, serial: self.serials.fetch_add(1, Ordering::Relaxed) });
        if self.epoch.load(Ordering::SeqCst) == epoch {
            self.values.insert(key.clone(), Arc::clone(&kept));
            // A writer may have come between the look and the insert: then take it out again.
            if self.epoch.load(Ordering::SeqCst) != epoch {
                self.values.invalidate(key);
            }
        }
        Ok(kept)
    }

    /// Everything remembered is old.
    pub(super) fn changed(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.values.invalidate_all();
    }

    /// What is remembered of `key` is old.
    pub(super) fn changed_one(&self, key: &K) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.values.invalidate(key);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[tokio::test]
    async fn a_reader_that_was_overtaken_by_a_writer_leaves_nothing_behind() {
        let memory: Remembered<u8, &str> = Remembered::new(10, Duration::from_mins(1));
        let overtaken = memory
            .get(&1, async || {
                memory.changed_one(&1);
                Ok::<_, Infallible>("old")
            })
            .await
            .unwrap();
        assert_eq!(overtaken.value, "old");
        let next = memory.get(&1, async || Ok::<_, Infallible>("new")).await.unwrap();
        assert_eq!(next.value, "new");
        let again = memory.get(&1, async || Ok::<_, Infallible>("newer")).await.unwrap();
        assert_eq!(again.value, "new");
    }
}
