//! Where records are to be looked at: their pages in HubSpot and in the ERP.

use std::{collections::HashMap, sync::Arc};

use crate::{
    admin::{Admin, AdminError},
    domain::{
        ids::{ConnectionId, PortalId, SourceId},
        record::RecordRef,
    },
    erp::{Erp, source::Kind},
    in_tx,
    store::{
        connections::{self, Connection},
        links::LinkKind,
        portals,
    },
};

/// The pages of a portal's records on both sides.
pub(super) struct Pages {
    portal: PortalId,
    ui_domain: String,
    /// Of connections whose connector this build has.
    erps: HashMap<ConnectionId, Arc<dyn Erp>>,
}

impl Pages {
    /// The page of a HubSpot record; `None` where the portal's host is none of HubSpot's.
    pub(super) fn of_record(&self, record: RecordRef) -> Option<String> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
        let front = self.ui_domain.strip_suffix(".hubspot.com")?;
        let (host, portal) = (&self.ui_domain, self.portal);
        let (kind, id) = (record.object_type.type_id(), record.object_id);
        let good = !front.is_empty() && front.bytes().all(fits);
        good.then(|| format!("https://{host}/contacts/{portal}/record/{kind}/{id}"))
    }

    /// The page of an ERP record.
    pub(super) fn of_source(&self, connection: ConnectionId, kind: LinkKind, id: &SourceId) -> Option<String> {
        let kind = match kind {
            LinkKind::Customer => Kind::Customer,
            LinkKind::Contact => Kind::Contact,
        };
        self.erps.get(&connection).map(|erp| erp.record_page(kind, id))
    }
}

impl Admin {
    /// The pages of a portal's records, and its connections.
    pub(super) async fn pages(&self, portal: PortalId) -> Result<(Pages, Vec<Connection>), AdminError> {
        let (row, connections) = in_tx!(self.db, read "where records are to be looked at", |tx| {
            Ok((portals::get(tx, portal).await?, connections::list_of_portal(tx, portal).await?))
        })?;
        let ui_domain = row.ok_or(AdminError::NotInstalled)?.ui_domain;
        let made = connections.iter().filter_map(|one| Some((one.id, self.connectors.connect(one).ok()?)));
        Ok((Pages { portal, ui_domain, erps: made.collect() }, connections))
    }
}
