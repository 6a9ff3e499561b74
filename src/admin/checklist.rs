//! The prerequisites of a connection, each proved, refused or left to a person to confirm.
