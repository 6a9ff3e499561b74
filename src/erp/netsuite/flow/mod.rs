//! NetSuite's customers and contacts as they flow: which fields there are, what changed, what is there, what is written.
//!
//! Promise: whoever asks for changes with the cursors given misses no row, whatever the account's clock does; paging is by key,
//! never by a deep offset; an answer without rows is believed only when a count agrees; a row that cannot be read holds up no
//! other. Names of fields are our own or have the shape of a custom field's id: nothing else ever stands in a statement.
//! Never: sets an external id on a record that was not made here; decides what becomes of a record.
//!
//! | file | holds |
//! | --- | --- |
//! | `standard` | the fields that come with NetSuite |
//! | `catalog` | the fields that administrators added |
//! | `shape` | what an account has of both, and how that is found out |
//! | `select`, `question` | the statements, and when an answer is believed |
//! | `decode` | rows to records |
//! | `moment` | the account's clock |
//! | `stream`, `cursor` | up to where was read |
//! | `changes`, `census` | what changed, what is there |
//! | `apply`, `body` | what is written |

mod apply;
mod body;
mod catalog;
mod census;
mod changes;
mod cursor;
mod decode;
mod fields;
mod moment;
mod question;
mod select;
mod shape;
mod standard;
mod stream;

pub(super) use apply::apply;
pub(super) use catalog::Schema;
pub(super) use census::{census, count, sources};
pub(super) use changes::changes;
pub(super) use fields::fields;
pub(super) use shape::Shapes;
