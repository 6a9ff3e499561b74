//! One invoice with its lines, taxes and payments.

use tokio::time::Instant;

use super::{
    CardError, Cards, Who,
    answer::{
        detail::{DetailAnswer, DetailState},
        row::{Attachment, Basis, InvoiceRow},
    },
    cache::Reading,
    freshness::Notes,
    list::ASK_AGAIN_MS,
};
use crate::{
    domain::{
        ids::{ConnectionId, InvoiceId},
        invoice::InvoiceDetail,
        record::RecordRef,
    },
    erp::ErpError,
};

impl Cards {
    /// One invoice of one of the portal's connections, as it looks from `record`.
    ///
    /// # Errors
    /// [`CardError::NoSuchConnection`] for another portal's connection; database trouble. Trouble with the ERP is a state.
    pub async fn detail(
        &self,
        who: Who,
        record: RecordRef,
        connection: ConnectionId,
        id: &InvoiceId,
    ) -> Result<DetailAnswer, CardError> {
        let deadline = Instant::now() + self.0.settings.answer_within;
        let portal = self.portal(who.portal).await?;
        self.allowed(who, &portal.value, deadline).await.to_see()?;
        let connection = portal.value.connection(connection).ok_or(CardError::NoSuchConnection)?;
        let rows = self.rows_of(who.portal, record).await?;
        let reading = self.0.reads.detail(connection, id, deadline).await;
        let mut notes = Notes::default();
        notes.take(&reading);
        let state = match &reading {
            Reading::Held(_) => DetailState::Ready,
            Reading::Loading => DetailState::Loading,
            Reading::Failed(ErpError::Missing) => DetailState::DeletedInErp,
            Reading::Failed(ErpError::Permission { .. }) => DetailState::NoPermission,
            Reading::Failed(_) => DetailState::Unavailable,
        };
        let here = rows.value.associations.iter().find(|a| a.connection_id == connection.id && a.invoice_id == *id);
        let attachment = here.map(|a| Attachment { association_id: a.id, added_by: a.added_by, added_at: a.added_at });
        let mut answer = empty(state, notes.view(connection));
        answer.retry_after_ms = matches!(reading, Reading::Loading).then_some(ASK_AGAIN_MS);
        if let Reading::Held(held) = &reading {
            let basis = attachment.map(|_| Basis::Attached);
            let today = self.today(&portal.value);
            answer.invoice = Some(InvoiceRow::of(connection.id, &held.value.head, today, basis, attachment));
            fill(&mut answer, &held.value);
        }
        Ok(answer)
    }
}

fn empty(state: DetailState, connection: super::answer::row::ConnectionView) -> DetailAnswer {
    DetailAnswer {
        state,
        retry_after_ms: None,
        connection,
        invoice: None,
        subtotal: None,
        discount: None,
        shipping: None,
        tax_total: None,
        terms: None,
        lines: Vec::new(),
        taxes: Vec::new(),
        payments: Vec::new(),
    }
}

fn fill(answer: &mut DetailAnswer, detail: &InvoiceDetail) {
    answer.subtotal = detail.subtotal;
    answer.discount = detail.discount;
    answer.shipping = detail.shipping;
    answer.tax_total = detail.tax_total;
    answer.terms.clone_from(&detail.terms);
    answer.lines = detail.lines.iter().map(Into::into).collect();
    answer.taxes = detail.taxes.iter().map(Into::into).collect();
    answer.payments = detail.payments.iter().map(Into::into).collect();
}
