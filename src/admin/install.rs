//! Installing the app into a portal: HubSpot's consent and what follows from it.
