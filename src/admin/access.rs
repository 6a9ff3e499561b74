//! Who administers: HubSpot's super admins, whoever installed the app, and the users they name.
//!
//! Promise: an [`Administrator`] exists only for a user who was found to be one just now.

use crate::cards::Who;

/// Why a user administers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// HubSpot says that they are a super admin.
    SuperAdmin,
    /// They installed the app.
    Installer,
    /// An administrator named them.
    Named,
}

/// A user who administers this portal.
#[derive(Debug, Clone, Copy)]
pub struct Administrator {
    who: Who,
    because: Because,
}

impl Administrator {
    /// Tenant and user.
    #[must_use]
    pub const fn who(&self) -> Who {
        self.who
    }

    /// Why they administer.
    #[must_use]
    pub const fn because(&self) -> Because {
        self.because
    }
}
