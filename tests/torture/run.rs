//! One house's torture from its beginning to its comparison.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use crate::{
    compare, dice::Dice, last, options::Options, people::People, plant, schema::Schema, sides::Kind, site::Site,
    story::Story,
};

/// How long HubSpot's index may lag behind, and the program waits because of that; and a little.
const LAG: i64 = 63_000;
/// The flows.
pub(crate) const FLOWS: [&str; 2] = ["customers", "contacts"];

/// What came of one house.
pub(crate) struct Came {
    pub(crate) house: &'static str,
    pub(crate) differences: Vec<String>,
    pub(crate) told: String,
    pub(crate) kills: usize,
}

/// Tortures a house on this database.
pub(crate) async fn house(options: &Options, database: &str, kills: usize) -> anyhow::Result<Came> {
    match database {
        "postgres" => {
            let schema = Schema::make().await?;
            let came = tortured(options, "postgres", Some(&schema.address), 2, kills).await;
            // Whoever wants logs wants to look.
            if options.logs.is_none() {
                schema.drop().await?;
            }
            came
        }
        "sqlite" => tortured(options, "sqlite", None, 1, kills).await,
        other => bail!("there is no database {other}: postgres, sqlite"),
    }
}

async fn tortured(
    options: &Options,
    name: &'static str,
    database: Option<&str>,
    replicas: usize,
    kills: usize,
) -> anyhow::Result<Came> {
    let seed = options.seed ^ replicas as u64;
    let site = Site::build(name, database, replicas, options.logs.clone()).await?;
    let say = |what: &str| say(&site, what);
    site.hubspot_and_netsuite_allow_more().await?;
    let story = plant::plant(&site, options.customers, seed).await?;
    say(&format!("planted: {} rows, {}", story.sagas.len(), story.told()));
    site.start_all().await?;
    for flow in FLOWS {
        site.switch_on(flow).await?;
    }
    for flow in FLOWS {
        site.start_flow(flow).await?;
    }
    say("both flows are counted and started; from now on a tenth of all calls fails");
    site.faults(true, seed).await?;
    let mut people = People::new(&site, story, seed);
    let stop = tokio_util::sync::CancellationToken::new();
    let busy = async {
        let worked = at_work(&site, &mut people, options).await;
        stop.cancel();
        worked
    };
    let (worked, killed) = tokio::join!(busy, killer(&site, kills, options, &stop));
    worked?;
    let killed = killed?;
    say(&format!("{killed} kills; {}", people.story.told()));
    site.faults(false, seed).await?;
    site.start_all().await?;
    last::changes(&site, &mut people).await?;
    come_to_rest(&site).await?;
    if options.sabotage {
        sabotage(&site, &people.story).await?;
    }
    say("at rest; comparing record by record");
    let differences = compare::compare(&site, &people.story).await?;
    say("compared");
    if let Some(folder) = options.logs.as_ref().filter(|_| !differences.is_empty()) {
        let told = format!("{}\n\n{:#?}", differences.join("\n"), people.story);
        std::fs::write(folder.join(format!("{name}-differences.txt")), told)?;
    }
    Ok(Came { house: name, differences, told: people.story.told(), kills: killed })
}

fn say(site: &Site, what: &str) {
    let seconds = (site.clock.now().0 - site.began) / 1_000;
    println!("[{} {seconds:>4} s] {what}", site.name);
}

/// People work until the first sync is complete and they did all they wanted.
async fn at_work(site: &Site, people: &mut People<'_>, options: &Options) -> anyhow::Result<()> {
    let (began, mut since) = (site.clock.now().0, None);
    let pace = Duration::from_millis((options.seconds * 1_000 / (options.customers as u64 / 4).max(1)).clamp(5, 200));
    let mut told = began;
    loop {
        let now = site.clock.now().0;
        if since.is_none() && site.flow("customers").await?.first_done() && site.flow("contacts").await?.first_done() {
            since = Some(now);
            say(site, &format!("the first sync is complete after {} s", (now - began) / 1_000));
        }
        let enough = i64::try_from(options.seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        if since.is_some_and(|since| now - since >= enough) {
            return Ok(());
        }
        if now - told > 30_000 {
            told = now;
            say(site, &format!("… {}", people.story.told()));
        }
        for _ in 0..20 {
            people.act().await.context("people at work")?;
            site.clock.pause(pace).await;
        }
        // An administrator who does not want to wait for the schedule.
        for flow in FLOWS {
            site.run(flow, "all").await?;
        }
    }
}

/// Kills a process so and so often at random moments, and starts it again soon after.
async fn killer(
    site: &Site,
    kills: usize,
    options: &Options,
    stop: &tokio_util::sync::CancellationToken,
) -> anyhow::Result<usize> {
    let mut dice = Dice::of(options.seed, 3);
    let mean = usize::try_from(options.seconds * 1_300).unwrap_or(usize::MAX) / kills.max(1);
    for kill in 0..kills {
        let wait = Duration::from_millis((mean / 4 + dice.below(mean)) as u64);
        // Whoever is late does not keep the people: the last kills come one after the other.
        tokio::select! {
            () = site.clock.pause(wait) => {}
            () = stop.cancelled() => site.clock.pause(Duration::from_secs(1)).await,
        }
        let at = dice.below(site.replicas());
        site.kill(at);
        say(site, &format!("kill {} of {kills}: process {at}", kill + 1));
        site.clock.pause(Duration::from_millis(200 + dice.below(1_500) as u64)).await;
        site.start(at)?;
    }
    Ok(kills)
}

/// Waits until nothing is left to do: events are delivered, HubSpot's index was read up to now, the census found what is
/// missing, and runs write nothing any more.
async fn come_to_rest(site: &Site) -> anyhow::Result<()> {
    let from = site.clock.now().0;
    while site.clock.now().0 - from < LAG || site.events_wait().await? {
        site.clock.pause(Duration::from_secs(1)).await;
    }
    for what in ["all", "census", "all"] {
        for flow in FLOWS {
            let done = site.run_through(flow, what).await?;
            if what == "census" {
                say(site, &format!("census of {flow}: {}", done["lastRun"]["counts"]));
            }
        }
        // Hints about records that the census missed are worked off beside the flows.
        site.clock.pause(Duration::from_secs(4)).await;
    }
    let mut told = Value::Null;
    for _ in 0..10 {
        let before = site.written().await?;
        for flow in FLOWS {
            site.run_through(flow, "all").await?;
        }
        site.clock.pause(Duration::from_secs(2)).await;
        let after = site.written().await?;
        if after == before {
            return Ok(());
        }
        told = json!({"before": before, "after": after});
    }
    bail!("runs go on writing although nothing changes: {told}")
}

/// Spoils one record: the comparison must find it.
async fn sabotage(site: &Site, story: &Story) -> anyhow::Result<()> {
    let records = site.records("0-1").await?;
    let spoilt = records.live().find(|record| {
        record.row().is_some_and(|row| row.0 == Kind::Customer && story.sagas.get(&row).is_some_and(|saga| saga.calm))
    });
    let id = spoilt.context("nothing to spoil")?.id;
    site.hubspot_does("PATCH", &format!("records/0-1/{id}"), &json!({"properties": {"email": "spoilt@x.example"}}))
        .await?;
    say(site, &format!("sabotage: contact {id} was changed behind everybody's back"));
    Ok(())
}

impl Site {
    /// Vendor limits times twenty.
    async fn hubspot_and_netsuite_allow_more(&self) -> anyhow::Result<()> {
        self.control(&self.hubspot, "PUT", "/_sandbox/limits", &json!({"factor": 20})).await?;
        let more = json!({"concurrencyLimit": 100});
        self.control(&self.netsuite, "PUT", "/_sandbox/accounts/tstdrv4711/switches", &more).await?;
        Ok(())
    }

    /// Whether HubSpot has events to deliver.
    async fn events_wait(&self) -> anyhow::Result<bool> {
        let hooks = self.control(&self.hubspot, "GET", "/_sandbox/webhooks", &Value::Null).await?;
        anyhow::ensure!(hooks["givenUp"] == json!([]), "HubSpot gave up events: {}", hooks["givenUp"]);
        Ok(hooks["waiting"] != json!([]))
    }

    /// What was written so far on both sides.
    async fn written(&self) -> anyhow::Result<Value> {
        let hubspot = self.control(&self.hubspot, "GET", "/_sandbox/stats", &Value::Null).await?;
        let netsuite = self.control(&self.netsuite, "GET", "/_sandbox/stats", &Value::Null).await?;
        Ok(json!([hubspot["written"], netsuite["calls"]["record"], netsuite["written"]]))
    }
}
