//! Windows outside HubSpot: tickets, cookies and OAuth states.
