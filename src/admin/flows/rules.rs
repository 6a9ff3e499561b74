//! The rules of a flow with what both sides have, asked while the page waits.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::{join, join_all};
use tokio::time::{Instant, timeout_at};

use super::Named;
use crate::{
    admin::{Admin, AdminError},
    domain::{
        field::FieldInfo,
        ids::{FlowId, PortalId},
        record::ObjectType,
    },
    erp::{Erp, ErpError, Lane},
    hubspot::HubSpotError,
    store::connections::ConnectionStatus,
    sync::mapping::{Account, Fault, MappingDoc, Plan},
};

/// A flow, its mapping, and the fields and properties there are.
pub(super) struct Rules {
    pub(super) named: Named,
    pub(super) erp: Arc<dyn Erp>,
    /// The mapping that was saved; `None`: the default is in force.
    pub(super) saved: Option<MappingDoc>,
    pub(super) fields: Vec<FieldInfo>,
    pub(super) properties: BTreeMap<ObjectType, Vec<FieldInfo>>,
}

impl Rules {
    /// The mapping that is in force, written out.
    pub(super) fn doc(&self) -> MappingDoc {
        doc(&self.named, self.saved.as_ref())
    }

    /// What the two sides have.
    pub(super) const fn account(&self) -> Account<'_> {
        Account { erp: self.fields.as_slice(), properties: &self.properties }
    }

    /// A mapping made ready.
    pub(super) fn plan(&self, doc: &MappingDoc) -> Result<Plan, Vec<Fault>> {
        Plan::of(&self.named.default.targets, Some(doc), &self.fields, &self.properties)
    }

    /// The mapping in force, made ready.
    pub(super) fn plan_in_force(&self) -> Result<Plan, AdminError> {
        self.plan(&self.doc()).map_err(|faults| {
            let many = faults.len();
            AdminError::Conflict(format!("{many} rows of the mapping cannot be used; open the tab Property mappings"))
        })
    }
}

/// A saved mapping, or the default, written out with every target.
pub(super) fn doc(named: &Named, saved: Option<&MappingDoc>) -> MappingDoc {
    let default = named.default;
    let written = MappingDoc::of_defaults(&default.key, &default.targets);
    let Some(saved) = saved else { return written };
    let targets = default.targets.iter().zip(written.targets).map(|(target, mut rows)| {
        rows.rows = saved.rows_of(target).to_vec();
        rows
    });
    MappingDoc { targets: targets.collect(), tables: saved.tables.clone(), ..saved.clone() }
}

/// The mapping that was saved for a flow.
pub(super) fn saved(named: &Named) -> Result<Option<MappingDoc>, AdminError> {
    let saved = named.flow.mapping.clone().map(serde_json::from_value::<MappingDoc>).transpose();
    saved.map_err(|error| AdminError::Inside(format!("flows.mapping of {}: {error}", named.flow.id)))
}

/// Trouble with the ERP, for the person who waits.
pub(super) fn of_erp(error: &ErpError) -> AdminError {
    match error {
        ErpError::Reconnect { .. } => {
            AdminError::Conflict("the ERP account must be connected again (tab Connection)".to_owned())
        }
        ErpError::Permission { permission } => {
            AdminError::Conflict(format!("the ERP role lacks the permission \"{permission}\""))
        }
        other => AdminError::Unavailable(format!("the ERP cannot be asked ({other})")),
    }
}

/// Trouble with HubSpot, for the person who waits.
pub(super) fn of_hubspot(error: &HubSpotError) -> AdminError {
    match error {
        HubSpotError::Reinstall { .. } | HubSpotError::Consent => {
            AdminError::Conflict("HubSpot refuses until the app is installed again (tab Connection)".to_owned())
        }
        other => AdminError::Unavailable(format!("HubSpot cannot be asked ({other})")),
    }
}

/// What takes too long ends as trouble of the other side.
pub(super) async fn by<T>(
    until: Instant,
    asking: impl Future<Output = Result<T, AdminError>>,
) -> Result<T, AdminError> {
    let late = || Err(AdminError::Unavailable("the other side does not answer in time".to_owned()));
    timeout_at(until, asking).await.unwrap_or_else(|_| late())
}

impl Admin {
    /// A flow's rules, with what both sides have at present.
    pub(super) async fn rules(&self, portal: PortalId, flow: FlowId, until: Instant) -> Result<Rules, AdminError> {
        let named = self.named_flow(portal, flow).await?;
        let saved = saved(&named)?;
        if named.connection.status != ConnectionStatus::Active {
            return Err(AdminError::Conflict(
                "the connection of this flow is paused or was ended, so its account is asked nothing; resume or connect \
                 it first"
                    .to_owned(),
            ));
        }
        let erp = self.connectors.connect(&named.connection).map_err(AdminError::Inside)?;
        let mut types: Vec<ObjectType> = named.default.targets.iter().map(|target| target.object).collect();
        types.sort_unstable();
        types.dedup();
        let fields = async { erp.fields(Lane::Card, named.default.kind).await.map_err(|error| of_erp(&error)) };
        let properties = join_all(types.into_iter().map(async |object| {
            let infos = self.hubspot.fields(Lane::Card, portal, object).await;
            infos.map(|infos| (object, infos)).map_err(|error| of_hubspot(&error))
        }));
        let (fields, properties) = by(until, async { Ok(join(fields, properties).await) }).await?;
        let properties = properties.into_iter().collect::<Result<_, _>>()?;
        let fields = fields?;
        Ok(Rules { named, erp, saved, fields, properties })
    }
}
