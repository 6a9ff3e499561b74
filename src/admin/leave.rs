//! The four ways out: pause, disconnect, purge, remove from HubSpot.
