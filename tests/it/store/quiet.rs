//! What is bound to statements never reaches the log, however much is logged.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use ledgercard::{
    domain::ids::{PortalId, UserId},
    in_tx,
    store::{
        associations, connections,
        credentials::{self, Holder, NewToken},
        idempotency::{self, Call},
        portals,
    },
};
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use super::fixture::{contact, invoice, on_both};

/// Keeps all that is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything of this process goes into one place: a log is begun once, and tests may share the process.
fn logged() -> Kept {
    static ALL: std::sync::OnceLock<Kept> = std::sync::OnceLock::new();
    let begin = || {
        let kept = Kept::default();
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(kept.clone()).init();
        kept
    };
    ALL.get_or_init(begin).clone()
}

const MARKS: [&str; 7] =
    ["MarkZone", "mark.ui.example", "MARKACCOUNT", "MarkName", "MARKINVOICE", "mark-key-0001", "MarkSealed"];

on_both! {
    async fn no_bound_value_is_logged(house) {
        let log = logged();
        let [zone, domain, account, name, invoice_id, key, sealed] = MARKS;
        let (portal, connection) = house.portal(1).await;
        let settings = serde_json::json!({ "mark": name });
        let id = invoice(invoice_id);
        let new = house.new_association(&connection, contact(501), &id);
        let token = NewToken { sealed: sealed.as_bytes(), issued_at: house.now(), expires_at: house.now(), credential: None };
        let key = key.parse().unwrap();
        in_tx!(house.db, "test", |tx| {
            portals::put(tx, portal, zone, domain, house.now()).await?;
            connections::rename(tx, portal, connection.id, &connection.name, &settings, house.now()).await?;
            credentials::put(tx, Holder::Portal(portal), sealed.as_bytes(), house.now()).await?;
            credentials::put_token(tx, Holder::Portal(portal), 1, token, house.now()).await?;
            associations::attach(tx, new, house.now()).await?;
            associations::elsewhere(tx, portal, contact(1), &[(connection.id, id.clone())]).await?;
            let call = Call { portal_id: portal, key: &key, operation: "x", user_id: UserId(1), fingerprint: sealed.as_bytes() };
            idempotency::claim(tx, call, house.now()).await?;
            idempotency::finish(tx, portal, &key, &settings).await
        }).unwrap();
        house.connection(portal, account).await;
        // Statements that fail are logged too.
        let missing = in_tx!(house.db, "test", |tx| {
            let mut elsewhere = house.new_association(&connection, contact(502), &id);
            elsewhere.portal_id = PortalId(404);
            associations::attach(tx, elsewhere, house.now()).await
        }).unwrap_err();

        let shown = format!("{} {missing}", String::from_utf8_lossy(&log.0.lock().unwrap()));
        assert!(shown.contains("INSERT INTO associations"), "the statements are in the log: {shown}");
        for mark in MARKS {
            assert!(!shown.contains(mark), "{mark}");
        }
    }
}
