//! What working some items came to: everything that one transaction will keep.

use super::item::Item;
use crate::{
    domain::{
        ids::{LinkId, ObjectId, SourceId},
        record::RecordRef,
    },
    erp::source::{Kind, SourceRecord},
    store::{
        activity::What,
        links::{Base, Link, LinkBasis},
        reviews::Candidate,
        runs::Counts,
    },
    sync::{bases::Bases, decide::Doubt},
};

/// A link that was found or made.
#[derive(Debug, Clone)]
pub(super) struct NewLink {
    pub(super) kind: Kind,
    pub(super) erp_id: SourceId,
    pub(super) target: String,
    pub(super) record: RecordRef,
    pub(super) basis: LinkBasis,
    pub(super) bases: Bases,
    pub(super) stamp: String,
    /// Whether it writes; else another link does.
    pub(super) writes: bool,
    /// The link that wrote to the record until now and yields.
    pub(super) instead_of: Option<Link>,
}

/// A link whose two sides were looked at.
#[derive(Debug, Clone)]
pub(super) struct Worked {
    pub(super) link: Link,
    pub(super) bases: Bases,
    pub(super) stamp: String,
    /// It becomes the one that writes, for this target.
    pub(super) promote: bool,
    pub(super) target: String,
    /// Whether its HubSpot record was written to.
    pub(super) wrote: bool,
}

/// A row that one side refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) target: String,
    pub(super) erp_id: Option<SourceId>,
    pub(super) record: Option<RecordRef>,
    /// Whether it was the ERP that refused.
    pub(super) by_erp: bool,
    pub(super) cause: String,
    pub(super) field: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) stamp: Option<String>,
    /// Whether it may pass by itself.
    pub(super) passing: bool,
}

/// A row that a person must decide about.
#[derive(Debug, Clone)]
pub(super) struct Doubtful {
    pub(super) target: String,
    pub(super) erp_id: SourceId,
    pub(super) doubt: Doubt,
    pub(super) candidates: Vec<ObjectId>,
    pub(super) reasons: Vec<&'static str>,
    /// How alike they are, and why, where that is the question.
    pub(super) alike: Vec<Candidate>,
}

/// Something that happened, for the activity.
#[derive(Debug, Clone)]
pub(super) struct Happened {
    pub(super) what: What,
    pub(super) target: String,
    pub(super) erp_id: Option<SourceId>,
    pub(super) record: Option<RecordRef>,
    pub(super) fields: Vec<String>,
    pub(super) cause: Option<String>,
}

/// A record that belongs to others of the ERP: its association is made once both have a link.
#[derive(Debug, Clone)]
pub(super) struct Belongs {
    pub(super) kind: Kind,
    pub(super) erp_id: SourceId,
    pub(super) target: String,
    pub(super) record: RecordRef,
    pub(super) to_kind: Kind,
    pub(super) to_id: SourceId,
    pub(super) to_target: String,
    pub(super) primary: bool,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) links: Vec<NewLink>,
    pub(super) worked: Vec<Worked>,
    pub(super) refused: Vec<Refused>,
    pub(super) doubtful: Vec<Doubtful>,
    /// Rows that went through: what was parked of them is not any more.
    pub(super) through: Vec<(String, SourceId)>,
    /// HubSpot records that have a row in the ERP now.
    pub(super) through_to_erp: Vec<(String, ObjectId)>,
    pub(super) happened: Vec<Happened>,
    pub(super) belongs: Vec<Belongs>,
    /// Waiting associations that are made now.
    pub(super) arrived: Vec<Belongs>,
    /// Associations whose other end has no link yet.
    pub(super) waiting: Vec<Belongs>,
    /// What records belonged to and belong to no more.
    pub(super) left: Vec<Belongs>,
    /// HubSpot records whose fate is to be found out.
    pub(super) lost: Vec<RecordRef>,
    /// Rows that HubSpot says are there already: they are looked for once more.
    pub(super) conflicts: Vec<Item>,
    /// Links whose row is gone from the ERP, with what it was merged into.
    pub(super) gone: Vec<(Link, Option<SourceId>)>,
    /// Links that are taken away.
    pub(super) unlinked: Vec<LinkId>,
    /// Links whose base is another one now.
    pub(super) rebased: Vec<(Link, Base)>,
    pub(super) counts: Counts,
    /// What a preview shows of each group: ids.
    pub(super) samples: Vec<Sample>,
}

/// One row of a preview.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) group: &'static str,
    pub(super) target: String,
    pub(super) erp_id: SourceId,
    pub(super) object_id: Option<ObjectId>,
    pub(super) reason: Option<String>,
}

impl Outcome {
    /// Puts another one behind this.
    pub(super) fn add(&mut self, mut more: Self) {
        self.links.append(&mut more.links);
        self.worked.append(&mut more.worked);
        self.refused.append(&mut more.refused);
        self.doubtful.append(&mut more.doubtful);
        self.through.append(&mut more.through);
        self.through_to_erp.append(&mut more.through_to_erp);
        self.happened.append(&mut more.happened);
        self.belongs.append(&mut more.belongs);
        self.arrived.append(&mut more.arrived);
        self.waiting.append(&mut more.waiting);
        self.left.append(&mut more.left);
        self.conflicts.append(&mut more.conflicts);
        self.lost.append(&mut more.lost);
        self.gone.append(&mut more.gone);
        self.unlinked.append(&mut more.unlinked);
        self.rebased.append(&mut more.rebased);
        self.samples.append(&mut more.samples);
        self.counts += more.counts;
    }

    /// Notes that something happened to a row.
    pub(super) fn note(
        &mut self,
        what: What,
        target: &str,
        source: &SourceRecord,
        record: Option<RecordRef>,
        fields: Vec<String>,
    ) {
        self.happened.push(Happened {
            what,
            target: target.to_owned(),
            erp_id: Some(source.id.clone()),
            record,
            fields,
            cause: None,
        });
    }
}

impl Doubtful {
    /// The candidates as they are kept.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        let reasons: Vec<String> = self.reasons.iter().map(|reason| (*reason).to_owned()).collect();
        let one = |id: &ObjectId| {
            let alike = self.alike.iter().find(|one| one.object_id == *id).cloned();
            alike.unwrap_or_else(|| Candidate { object_id: *id, score: 1_000, reasons: reasons.clone() })
        };
        self.candidates.iter().map(one).collect()
    }
}
