//! Writing a proved connection: the row, its credential and the end of its draft in one transaction.

use serde_json::{Value, json};

use crate::{
    admin::{Admin, AdminError, flows},
    cards::Who,
    clock::Millis,
    domain::ids::{ConnectionId, DraftId, IdempotencyKey},
    erp::{
        System,
        netsuite::{AccountId, Credential},
    },
    in_tx,
    store::{
        StoreError, Tx,
        connections::{self, ConnectionStatus, Environment, Method, NewConnection},
        drafts, flows as store_flows,
        idempotency::{self, Call, Claim},
    },
    vault::{Holder, Prepared},
};

/// The operation's word with its idempotency keys.
const OPERATION: &str = "connect";

/// What was proved.
pub(super) struct Proved {
    pub(super) who: Who,
    pub(super) account: AccountId,
    /// What the connection is called if it is new.
    pub(super) name: String,
    /// The connection that was named, if one was: it keeps its name.
    pub(super) connection: Option<ConnectionId>,
    pub(super) credential: Credential,
    pub(super) method: Method,
    pub(super) ends_at: Millis,
    pub(super) once: Option<Once>,
}

/// The draft that ends with it, and the request that asked for it.
pub(super) struct Once {
    pub(super) draft: DraftId,
    pub(super) key: IdempotencyKey,
    pub(super) fingerprint: [u8; 32],
}

impl Once {
    fn call(&self, who: Who) -> Call<'_> {
        Call {
            portal_id: who.portal,
            key: &self.key,
            operation: OPERATION,
            user_id: who.user,
            fingerprint: &self.fingerprint,
        }
    }
}

/// How the transaction ended.
enum Ended {
    /// With the credential that was written, unless a repeat found it done.
    Connected(ConnectionId, Option<Prepared>),
    /// The draft, or the connection that was named, went away meanwhile.
    Gone(&'static str),
    /// The account has a certificate, which nobody said was to be replaced.
    HasCertificate,
    KeyReused,
}

impl Admin {
    /// The connection that the same request made before, if it did.
    pub(super) async fn connected_before(&self, who: Who, once: &Once) -> Result<Option<ConnectionId>, AdminError> {
        let now = self.clock.now();
        let call = once.call(who);
        match in_tx!(self.db, read "connect look", |tx| { idempotency::look(tx, call, now).await })? {
            Claim::Fresh => Ok(None),
            Claim::Replay(outcome) => Ended::read(&outcome).connection().map(Some),
            Claim::Conflict => Err(key_reused()),
        }
    }

    /// Writes it. Goes on when the caller is dropped.
    pub(super) async fn establish(&self, proved: Proved) -> Result<ConnectionId, AdminError> {
        let admin = self.clone();
        let written = self.see_through(async move {
            let (new_id, now) = (ConnectionId(admin.clock.new_id()), admin.clock.now());
            let ended = in_tx!(admin.db, "connect", |tx| { write(&admin, tx, &proved, new_id, now).await })?;
            let id = ended.connection()?;
            admin.cards.portals_changed();
            admin.flows.woken.wake();
            tracing::info!(portal = %proved.who.portal, connection = %id, account = %proved.account, "connected");
            Ok(id)
        });
        written.await.map_err(|_| AdminError::Inside("connecting stopped half-way".to_owned()))?
    }
}

/// The whole change. A repeat of the same request finds the outcome of the first.
async fn write(
    admin: &Admin,
    tx: &mut Tx,
    proved: &Proved,
    new_id: ConnectionId,
    now: Millis,
) -> Result<Ended, StoreError> {
    let Some(once) = &proved.once else { return connect(admin, tx, proved, new_id, now).await };
    match idempotency::claim(tx, once.call(proved.who), now).await? {
        Claim::Replay(outcome) => return Ok(Ended::read(&outcome)),
        Claim::Conflict => return Ok(Ended::KeyReused),
        Claim::Fresh => {}
    }
    let ended = if drafts::remove(tx, proved.who.portal, once.draft).await? {
        connect(admin, tx, proved, new_id, now).await?
    } else {
        Ended::Gone("draft")
    };
    idempotency::finish(tx, proved.who.portal, &once.key, &ended.outcome()).await?;
    Ok(ended)
}

async fn connect(
    admin: &Admin,
    tx: &mut Tx,
    proved: &Proved,
    new_id: ConnectionId,
    now: Millis,
) -> Result<Ended, StoreError> {
    let Proved { who, account, .. } = proved;
    let before = connections::of_account(tx, who.portal, System::NetSuite.word(), account.realm()).await?;
    if proved.connection.is_some() && proved.connection != before.as_ref().map(|row| row.id) {
        return Ok(Ended::Gone("connection"));
    }
    if before.as_ref().is_some_and(|row| replaces_certificate(row, proved.method, proved.connection)) {
        return Ok(Ended::HasCertificate);
    }
    let (status, kept_name, kept) = before.map_or((None, None, json!({})), |row| {
        (Some(row.status), Some(row.name).filter(|_| proved.connection.is_some()), row.settings)
    });
    let name = kept_name.as_deref().unwrap_or(&proved.name);
    let environment = if account.is_sandbox() { Environment::Sandbox } else { Environment::Production };
    let new = NewConnection {
        id: new_id,
        portal_id: who.portal,
        system: System::NetSuite.word(),
        account_id: account.realm(),
        name,
        environment,
        settings: &kept,
    };
    let row = connections::put(tx, new, now).await?;
    // Who replaces the credential of a paused connection has not said that it is to go on.
    if status == Some(ConnectionStatus::Paused) {
        connections::set_status(tx, who.portal, row.id, ConnectionStatus::Paused, now).await?;
    }
    connections::set_sign_in(tx, who.portal, row.id, proved.method, proved.ends_at, now).await?;
    flows::make_missing(tx, &admin.clock, &row, now).await?;
    // What could not be done without the credential is due now.
    store_flows::make_all_due(tx, who.portal, row.id, now).await?;
    // The call that proved it.
    connections::worked(tx, who.portal, row.id, now).await?;
    let kept = admin.vault.prepare(Holder::Connection(row.id), &proved.credential.to_secret(), None);
    kept.write(tx).await?;
    Ok(Ended::Connected(row.id, Some(kept)))
}

impl Ended {
    /// What is kept with the request's key: an id or a word.
    fn outcome(&self) -> Value {
        match self {
            Self::Connected(id, _) => json!({ "connectionId": id }),
            Self::Gone(what) => json!({ "gone": what }),
            Self::HasCertificate | Self::KeyReused => Value::Null,
        }
    }

    fn read(outcome: &Value) -> Self {
        let id = outcome["connectionId"].as_str().and_then(|id| id.parse().ok());
        let gone = if outcome["gone"] == "connection" { "connection" } else { "draft" };
        id.map_or(Self::Gone(gone), |id| Self::Connected(id, None))
    }

    /// The connection; what was in memory of an older credential is forgotten.
    fn connection(self) -> Result<ConnectionId, AdminError> {
        match self {
            Self::Connected(id, kept) => {
                kept.into_iter().for_each(Prepared::written);
                Ok(id)
            }
            Self::Gone(what) => Err(AdminError::NoSuch(what)),
            Self::HasCertificate => Err(has_certificate()),
            Self::KeyReused => Err(key_reused()),
        }
    }
}

/// Whether connecting by `method` would end a certificate that works, without anybody having named its connection.
pub(super) fn replaces_certificate(row: &connections::Connection, method: Method, named: Option<ConnectionId>) -> bool {
    let works = row.status != ConnectionStatus::Disconnected && row.method == Method::Certificate;
    works && method == Method::SignIn && named != Some(row.id)
}

pub(super) fn has_certificate() -> AdminError {
    AdminError::Conflict(
        "this account is connected with a certificate already, and a sign-in would replace its key. Nothing was changed; where \
         that is what you want, begin the sign-in at that connection on the settings page"
            .to_owned(),
    )
}

fn key_reused() -> AdminError {
    AdminError::Conflict("this idempotency key was used for another request; use a new key for each action".to_owned())
}
