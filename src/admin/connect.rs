//! Connecting an ERP account: drafts with a key pair and certificate, sign-in by consent, testing, replacing a certificate.

use url::Url;

use super::{
    Admin, AdminError,
    windows::{Claimed, Finished, NetSuiteReturn, Window},
};

#[expect(clippy::unused_async, reason = "filled in with the connector")]
impl Admin {
    /// The ERP's page for consent of an open sign-in window.
    pub(crate) async fn sign_in_address(
        &self,
        _window: &Window,
        _state: &str,
        _challenge: &str,
    ) -> Result<Url, AdminError> {
        Err(AdminError::Conflict("signing in to an ERP is not built in".to_owned()))
    }

    /// Ends a sign-in with what the ERP sent back.
    pub(crate) async fn finish_sign_in(
        &self,
        _claimed: Claimed,
        _query: NetSuiteReturn,
    ) -> Result<Finished, AdminError> {
        Err(AdminError::Conflict("signing in to an ERP is not built in".to_owned()))
    }

    /// File name and PEM text of the certificate that a window is about.
    pub(crate) async fn certificate_of(&self, _window: &Window) -> Result<(String, String), AdminError> {
        Err(AdminError::Conflict("certificates are not built in".to_owned()))
    }
}
