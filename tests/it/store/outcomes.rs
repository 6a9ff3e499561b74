//! Runs and activity: what flows did.

use std::time::Duration;

use ledgercard::{
    domain::{
        ids::{FlowId, PortalId, RunId, SourceId, UserId},
        record::RecordRef,
    },
    in_tx,
    store::{
        StoreError,
        activity::{self, Filter, NewActivity, What},
        connections::Connection,
        links::LinkKind,
        runs::{self, Counts, NewRun, Progress, RunCause, RunKind, RunState},
    },
};

use super::{
    fixture::{House, company, contact, on_both},
    flows::flow,
};

fn new_run(house: &House, portal_id: PortalId, flow_id: FlowId) -> NewRun<'static> {
    NewRun {
        id: RunId(house.clock.new_id()),
        portal_id,
        flow_id,
        kind: RunKind::Sync,
        cause: RunCause::Schedule,
        phase: "changes",
        asked_by: None,
        of_run: None,
    }
}

async fn begin(house: &House, new: NewRun<'_>) -> RunId {
    in_tx!(house.db, "test", |tx| { runs::begin(tx, new, house.now()).await }).unwrap();
    house.clock.advance(Duration::from_secs(1));
    new.id
}

fn new_activity<'a>(house: &House, connection: &Connection, flow_id: FlowId) -> NewActivity<'a> {
    NewActivity {
        id: house.clock.new_id(),
        portal_id: connection.portal_id,
        connection_id: connection.id,
        flow_id,
        run_id: None,
        at: house.now(),
        what: What::Updated,
        target: "person",
        kind: LinkKind::Customer,
        erp_id: None,
        record: None,
        fields: &[],
        cause: None,
    }
}

on_both! {
    async fn a_run_goes_on_and_ends_once(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let id = begin(house, NewRun { kind: RunKind::Undo, cause: RunCause::Hand, asked_by: Some(UserId(7)), ..new_run(house, portal, flow) }).await;
        let counts = Counts { read: 1_000, created: 3, calls: u64::from(u32::MAX) + 1, ..Counts::default() };
        let mut more = counts;
        more += counts;
        in_tx!(house.db, "test", |tx| {
            let begun = runs::get(tx, portal, id).await?.unwrap();
            assert_eq!((begun.state, begun.ended_at, begun.counts, begun.total), (RunState::Running, None, Counts::default(), None));
            assert_eq!((begun.kind, begun.cause, begun.asked_by, begun.cancel_asked), (RunKind::Undo, RunCause::Hand, Some(UserId(7)), false));
            assert_eq!(runs::get(tx, PortalId(2), id).await?, None);
            assert_eq!(runs::running(tx, portal, flow).await?, [begun]);
            assert_eq!(runs::last(tx, portal, flow).await?, None);
            let first = Progress { counts, total: Some(5_000), phase: "changes" };
            assert_eq!(runs::go_on(tx, PortalId(2), id, first).await?, None);
            runs::go_on(tx, portal, id, first).await?.unwrap();
            assert!(!runs::ask_cancel(tx, PortalId(2), id).await?);
            assert!(runs::ask_cancel(tx, portal, id).await?);
            let next = Progress { counts: more, total: None, phase: "retries" };
            let stands = runs::go_on(tx, portal, id, next).await?.unwrap();
            assert_eq!((stands.counts, stands.total, stands.phase.as_str(), stands.cancel_asked), (more, Some(5_000), "retries", true));
            assert!(!runs::end(tx, PortalId(2), id, RunState::Failed, counts, None, house.now()).await?);
            assert!(runs::end(tx, portal, id, RunState::Failed, more, Some("unavailable"), house.now()).await?);
            assert!(!runs::end(tx, portal, id, RunState::Done, counts, None, house.now()).await?);
            assert_eq!(runs::go_on(tx, portal, id, next).await?, None);
            assert!(!runs::ask_cancel(tx, portal, id).await?);
            assert!(runs::running(tx, portal, flow).await?.is_empty());
            let ended = runs::last(tx, portal, flow).await?.unwrap();
            assert_eq!((ended.state, ended.trouble.as_deref(), ended.ended_at, ended.counts), (RunState::Failed, Some("unavailable"), Some(house.now()), more));
            assert_eq!(ended.counts.calls, 2 * (u64::from(u32::MAX) + 1));
            Ok(())
        }).unwrap();
    }

    async fn runs_are_listed_newest_first_page_by_page_and_expire_when_they_ended(house) {
        let (portal, connection) = house.portal(1).await;
        let (one, two) = (flow(house, &connection, "customers").await, flow(house, &connection, "contacts").await);
        let mut ids = Vec::new();
        for flow in [one, two, one, one] {
            ids.push(begin(house, new_run(house, portal, flow)).await);
        }
        let undo = begin(house, NewRun { of_run: Some(ids[0]), ..new_run(house, portal, one) }).await;
        in_tx!(house.db, "test", |tx| {
            let told = |page: Vec<runs::Run>| page.into_iter().map(|run| run.id).collect::<Vec<_>>();
            assert_eq!(told(runs::page(tx, portal, None, None, 2).await?), [undo, ids[3]]);
            assert_eq!(told(runs::page(tx, portal, None, Some(ids[3]), 9).await?), [ids[2], ids[1], ids[0]]);
            assert_eq!(told(runs::page(tx, portal, Some(two), None, 9).await?), [ids[1]]);
            assert!(runs::page(tx, PortalId(2), None, None, 9).await?.is_empty());
            assert_eq!(told(runs::undoing(tx, portal, ids[0]).await?), [undo]);
            assert!(runs::undoing(tx, portal, ids[1]).await?.is_empty());
            runs::end(tx, portal, ids[0], RunState::Done, Counts::default(), None, house.now()).await?;
            assert_eq!(runs::expire(tx, house.now()).await?, 0);
            assert_eq!(runs::expire(tx, house.now().plus(Duration::from_millis(1))).await?, 1, "those that go on stay");
            assert_eq!(runs::get(tx, portal, ids[0]).await?, None);
            Ok(())
        }).unwrap();
        let (other, _) = house.portal(2).await;
        let stolen = new_run(house, other, one);
        let refused = in_tx!(house.db, "test", |tx| { runs::begin(tx, stolen, house.now()).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn activity_is_kept_as_it_was_written(house) {
        let (portal, connection) = house.portal(1).await;
        let flow = flow(house, &connection, "customers").await;
        let (run, erp_id, fields) = (RunId(house.clock.new_id()), "42".parse::<SourceId>().unwrap(), ["email".to_owned(), "phone".to_owned()]);
        let full = NewActivity {
            run_id: Some(run), what: What::Parked, erp_id: Some(&erp_id), record: Some(contact(501)), fields: &fields,
            cause: Some("invalid_email"), ..new_activity(house, &connection, flow)
        };
        in_tx!(house.db, "test", |tx| { activity::write_many(tx, &[full]).await }).unwrap();
        let read = in_tx!(house.db, read "test", |tx| { activity::page(tx, portal, Filter::default(), None, 9).await }).unwrap().remove(0);
        assert_eq!((read.id, read.flow_id, read.connection_id, read.run_id, read.at), (full.id, flow, connection.id, Some(run), house.now()));
        assert_eq!((read.what, read.target.as_str(), read.kind, read.record()), (What::Parked, "person", LinkKind::Customer, Some(contact(501))));
        assert_eq!((read.erp_id, read.fields.as_slice(), read.cause.as_deref()), (Some(erp_id), fields.as_slice(), Some("invalid_email")));
        let (other, _) = house.portal(2).await;
        let stolen = NewActivity { portal_id: other, ..new_activity(house, &connection, flow) };
        let refused = in_tx!(house.db, "test", |tx| { activity::write_many(tx, &[stolen]).await }).unwrap_err();
        assert!(matches!(refused, StoreError::Dangling(_)), "{refused:?}");
    }

    async fn activity_is_found_by_what_it_is_about_newest_first(house) {
        let (portal, connection) = house.portal(1).await;
        let flows = [flow(house, &connection, "customers").await, flow(house, &connection, "contacts").await];
        let (run, erp_id) = (RunId(house.clock.new_id()), "42".parse::<SourceId>().unwrap());
        let mut new = Vec::new();
        for n in 0..1_111_u64 {
            house.clock.advance(Duration::from_millis(1));
            let record: Option<RecordRef> = match n % 3 { 0 => None, 1 => Some(contact(1)), _ => Some(company(1)) };
            let what = if n % 2 == 0 { What::Created } else { What::Updated };
            let (run_id, erp_id) = ((n < 11).then_some(run), (n < 2).then_some(&erp_id));
            new.push(NewActivity { record, what, run_id, erp_id, ..new_activity(house, &connection, flows[usize::from(n >= 1_000)]) });
        }
        in_tx!(house.db, "test", |tx| { activity::write_many(tx, &new).await }).unwrap();
        let page = |filter: Filter<'static>, before| async move {
            in_tx!(house.db, read "test", |tx| { activity::page(tx, portal, filter, before, 2_000).await }).unwrap()
        };
        let all = page(Filter::default(), None).await;
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), new.iter().rev().map(|one| one.id).collect::<Vec<_>>());
        assert_eq!(page(Filter::default(), Some(new[3].id)).await.iter().map(|one| one.id).collect::<Vec<_>>(), [new[2].id, new[1].id, new[0].id]);
        let none = Filter::default();
        assert_eq!(page(Filter { flow_id: Some(flows[1]), ..none }, None).await.len(), 111);
        assert_eq!(page(Filter { what: Some(What::Created), ..none }, None).await.len(), 556);
        assert_eq!(page(Filter { record: Some(company(1)), ..none }, None).await.len(), 370);
        assert_eq!(page(Filter { run_id: Some(run), what: Some(What::Updated), ..none }, None).await.len(), 5);
        in_tx!(house.db, "test", |tx| {
            assert_eq!(activity::page(tx, portal, Filter { erp_id: Some(&erp_id), ..none }, None, 9).await?.len(), 2);
            assert!(activity::page(tx, PortalId(2), none, None, 9).await?.is_empty());
            let first = activity::of_run(tx, portal, run, None, 4).await?;
            let rest = activity::of_run(tx, portal, run, first.last().map(|one| one.id), 99).await?;
            assert_eq!(first.iter().chain(&rest).map(|one| one.id).collect::<Vec<_>>(), new[..11].iter().rev().map(|one| one.id).collect::<Vec<_>>());
            assert_eq!(activity::expire(tx, new[11].at, 4).await?, 4);
            assert_eq!(activity::expire(tx, new[11].at, 100).await?, 7);
            assert!(activity::of_run(tx, portal, run, None, 9).await?.is_empty());
            Ok(())
        }).unwrap();
    }
}
