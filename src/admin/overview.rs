//! What the settings page shows.
