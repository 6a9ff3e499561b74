//! Connecting an ERP account: drafts with a key pair and certificate, sign-in by consent, testing, replacing a certificate.
