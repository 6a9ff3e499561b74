//! Sealing everything anew after a new key came to stand first in the ring, and looking whether everything can be opened.
//!
//! Promise: a value is put in the place of the one that was read, or not at all: what others write meanwhile stays.
//! Never: touches a value that the ring cannot open.

use super::{KeyRing, Place, SealError, Vault};
use crate::{
    in_tx,
    store::{
        StoreError,
        sealed::{self, Sealed},
    },
};

/// How many sealed values there are, and what the ring can do with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Values sealed with the first key.
    pub current: usize,
    /// Values sealed with another key of the ring.
    pub older: usize,
    /// Values that cannot be opened: where they stand, and why.
    pub closed: Vec<(String, SealError)>,
}

impl Vault {
    /// Looks at every sealed value without changing any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn look(&self) -> Result<Looked, StoreError> {
        let all = in_tx!(self.0.db, read "look at sealed values", |tx| { sealed::all(tx).await })?;
        let mut looked = Looked::default();
        for value in &all {
            match opened(self.ring(), value) {
                Ok(_) if self.ring().is_outdated(&value.bytes) => looked.older += 1,
                Ok(_) => looked.current += 1,
                Err(error) => looked.closed.push((name(value), error)),
            }
        }
        Ok(looked)
    }

    /// Seals every value anew that was sealed with an older key. Gives how many were.
    ///
    /// # Errors
    /// [`StoreError`]; what was sealed anew before it stays so, and the next run does the rest.
    pub async fn reseal(&self) -> Result<usize, StoreError> {
        let all = in_tx!(self.0.db, read "look at sealed values", |tx| { sealed::all(tx).await })?;
        let mut done = 0;
        for value in all.iter().filter(|value| self.ring().is_outdated(&value.bytes)) {
            let Ok(plain) = opened(self.ring(), value) else { continue };
            let new = self.ring().seal(&place(value), &plain);
            let replaced = in_tx!(self.0.db, "seal anew", |tx| { sealed::replace(tx, value, &new).await })?;
            done += usize::from(replaced);
        }
        Ok(done)
    }
}

fn place(value: &Sealed) -> Place<'_> {
    Place { table: &value.place_table, column: &value.place_column, row: &value.place_row }
}

fn opened(ring: &KeyRing, value: &Sealed) -> Result<zeroize::Zeroizing<Vec<u8>>, SealError> {
    ring.open(&place(value), &value.bytes)
}

/// Where a value stands, for people.
fn name(value: &Sealed) -> String {
    format!("{}.{} of {}", value.place_table, value.place_column, value.place_row)
}
