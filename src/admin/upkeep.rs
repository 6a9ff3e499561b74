//! What is looked after in the background: tokens, properties, ends of credentials, portals that left.
