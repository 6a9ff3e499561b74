//! The users and teams of a portal, to choose from.
