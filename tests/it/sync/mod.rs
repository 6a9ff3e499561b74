//! The contact sync over the wire: the app, the local HubSpot and the local NetSuite; flows worked by hand.

mod begun;
mod bonds;
mod both;
mod edges;
mod ends;
mod first;
mod house;
mod killed;
mod mended;
mod people;
