//! HubSpot's events about records, kept as hints and worked off by looking at the records.
