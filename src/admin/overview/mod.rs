//! What the settings page shows: the portal, its connections, who may do what, and how things go.
//!
//! Promise: HubSpot is waited for a few seconds at most; what could not be found out is said to be unknown.
//! Never: a secret, or a value of a CRM or ERP record.

mod connection;
mod properties;
mod shapes;

use std::collections::BTreeMap;

use tokio::time::Instant;

pub(super) use self::connection::trouble;
pub use self::{properties::Remembered, shapes::*};
use super::{Admin, AdminError, Administrator, access::Refused, permissions};
use crate::{
    cards::Who,
    hubspot::scopes,
    in_tx,
    store::{
        associations, connections, links,
        links::CountOf,
        portals::{self, Portal, PortalTrouble},
        usage::{self, Used},
    },
};

/// The version of the contract with the settings page.
const CONTRACT: u32 = 3;
/// How many calls in any span we allow ourselves per portal, of the 110 in 10 s that HubSpot allows (DESIGN decision 10).
const LIMIT: CallLimit = CallLimit { calls: 100, seconds: 10 };

/// What answers.
const VERSIONS: Versions = Versions { backend: env!("CARGO_PKG_VERSION"), contract: CONTRACT };

/// Numbers by connection and by side.
pub(super) struct Numbers {
    associations: Vec<CountOf>,
    links: Vec<CountOf>,
    usage: BTreeMap<String, Used>,
}

impl Numbers {
    fn used(&self, side: &str) -> Usage {
        self.usage.get(side).copied().unwrap_or_default().into()
    }

    fn hanging(&self, id: crate::domain::ids::ConnectionId) -> Hanging {
        let of = |all: &[CountOf]| all.iter().find(|c| c.connection_id == id).map_or(0, |c| c.n);
        Hanging { associations: of(&self.associations), links: of(&self.links) }
    }
}

impl Admin {
    /// What the settings page shows to `who`, found out until `until`.
    ///
    /// # Errors
    /// Database trouble. Not being an administrator, and trouble with HubSpot, are parts of the answer.
    pub async fn settings_of(&self, who: Who, until: Instant) -> Result<SettingsAnswer, AdminError> {
        let refused = |why| Ok(SettingsAnswer::NotAllowed { why, versions: VERSIONS });
        match self.administrator_until(who, until).await {
            Ok(by) => Ok(SettingsAnswer::Ready(Box::new(self.overview(&by, until).await?))),
            Err(Refused::NotInstalled { before }) => {
                let reason = if before { NotInstalled::Uninstalled } else { NotInstalled::Never };
                let install_url = self.install_url();
                Ok(SettingsAnswer::NotInstalled { reason, install_url, versions: VERSIONS })
            }
            Err(Refused::NotAnAdmin) => refused(NotAllowed::NotAnAdmin),
            Err(Refused::UsersUnreadable) => refused(NotAllowed::UsersUnreadable),
            Err(Refused::Failed(error)) => Err(error),
        }
    }

    async fn overview(&self, by: &Administrator, until: Instant) -> Result<Overview, AdminError> {
        let (id, now) = (by.who().portal, self.clock.now());
        // What this process counted so far belongs to what is shown.
        self.write_usage().await;
        let read = in_tx!(self.db, read "settings", |tx| {
            let portal = portals::get(tx, id).await?;
            let connections = connections::list_of_portal(tx, id).await?;
            let associations = associations::count_active(tx, id).await?;
            let links = links::count(tx, id).await?;
            let usage = usage::last_day(tx, id, now).await?;
            Ok((portal, connections, associations, links, usage))
        })?;
        let (Some(portal), rows, associations, links, usage) = read else { return Err(AdminError::NotInstalled) };
        let usage = usage.into_iter().map(|side| (side.side, side.used)).collect();
        let numbers = Numbers { associations, links, usage };
        let drafts = self.drafts(id).await?;
        Ok(Overview {
            you: You { user_id: by.who().user, because: by.because() },
            permissions: permissions::of(&portal)?,
            portal: self.portal_view(portal, &numbers, until).await,
            connections: rows.iter().filter_map(|row| connection::view(row, &numbers, now)).collect(),
            drafts,
            versions: VERSIONS,
        })
    }

    async fn portal_view(&self, portal: Portal, numbers: &Numbers, until: Instant) -> PortalView {
        let granted: Vec<String> = texts(&portal.scopes);
        let properties = self.properties_of(portal.portal_id, until).await;
        PortalView {
            portal_id: portal.portal_id,
            domain: portal.domain,
            time_zone: portal.time_zone,
            currency: portal.details.get("currency").and_then(|c| c.as_str()).map(str::to_owned),
            additional_currencies: portal.details.get("additionalCurrencies").map(texts).unwrap_or_default(),
            installed_at: portal.installed_at,
            installed_by: portal.installed_by,
            scopes: Scopes {
                missing_required: scopes::missing_required(&granted),
                missing_optional: scopes::missing_optional(&granted),
            },
            trouble: portal
                .trouble
                .map(|trouble| Trouble { code: code(trouble), since: portal.trouble_at.unwrap_or(portal.updated_at) }),
            install_url: self.install_url(),
            properties,
            usage: numbers.used(usage::HUBSPOT),
            limit: LIMIT,
        }
    }
}

fn texts(list: &serde_json::Value) -> Vec<String> {
    let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|text| text.as_str()).map(str::to_owned).collect()
}

const fn code(trouble: PortalTrouble) -> TroubleCode {
    match trouble {
        PortalTrouble::Installing => TroubleCode::Installing,
        PortalTrouble::ConsentNeeded => TroubleCode::ConsentNeeded,
        PortalTrouble::Uninstalled => TroubleCode::Uninstalled,
        PortalTrouble::TokenRefused => TroubleCode::TokenRefused,
        PortalTrouble::Configuration => TroubleCode::Configuration,
    }
}
