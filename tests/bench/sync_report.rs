//! What is said of the sync's figures, and its goals.

use std::collections::BTreeMap;

use crate::{
    report::{Report, median, most},
    sync::{ASKABLE, First, Second},
};

/// Rows a batch of HubSpot holds, and pairs.
const BATCH: u64 = 100;
const PAIRS: u64 = 2_000;
/// Calls in any [`SPAN`] of seconds.
const MOST: u64 = 100;
const SPAN: u64 = 10;
/// From so many calls on, a first sync is long enough to tell its rate.
const TELLING: u64 = 500;
/// Rows of one page.
const PAGE: u64 = 1_000;

/// A first sync's calls to HubSpot, by what they are for.
struct Calls {
    reads: u64,
    writes: u64,
    associations: u64,
    others: u64,
    /// What it would be at best.
    least: u64,
}

impl Calls {
    fn of(first: &First) -> Self {
        let called: BTreeMap<&str, u64> = first.called.iter().map(|(name, calls)| (name.as_str(), *calls)).collect();
        let of = |names: &[&str]| names.iter().filter_map(|name| called.get(name)).sum::<u64>();
        let (records, pairs) = (first.hubspot.writes(false), first.hubspot.writes(true));
        let (reads, writes, associations) = (of(&["hubspot records"]), records.calls, pairs.calls);
        let others = first.hubspot.all().saturating_sub(reads + writes + associations);
        let (records, pairs) = (records.rows.div_ceil(BATCH), pairs.rows.div_ceil(PAIRS));
        Self { reads, writes, associations, others, least: 2 * records + pairs + others }
    }

    fn all(&self) -> u64 {
        self.reads + self.writes + self.associations + self.others
    }
}

impl Report {
    /// A first sync with the limits as they are.
    pub(crate) fn first_sync(&mut self, first: &First) {
        let calls = Calls::of(first);
        told(first, &calls);
        let name = named(first);
        let over = float(calls.all()) / float(calls.least);
        println!("{} calls are {over:.3} × the least that it could be, {}", calls.all(), calls.least);
        if calls.all() >= TELLING {
            let measured = format!("{} = {over:.3} × {}", calls.all(), calls.least);
            self.goal(&format!("{name}: calls ≤ 1.05 × the least"), measured, over <= 1.05);
            let share = share(first, &calls);
            let measured = format!("{share:.1} % over {:.0} s", first.calling.as_secs_f64());
            self.goal(&format!("{name}: 95–100 % of the allowed rate"), measured, (95.0..=100.5).contains(&share));
        } else {
            println!("too few to hold them against the goals");
        }
        let throttled = first.hubspot.throttled;
        self.goal(&format!("{name}: zero 429"), throttled.to_string(), throttled == 0);
        self.hint(first, &name);
    }

    /// A record that somebody asked for meanwhile.
    fn hint(&mut self, first: &First, name: &str) {
        let goal = format!("{name}: a record asked for arrives within a page");
        match first.asked {
            Some(asked) => {
                let measured = format!("{} rows, {:.1} s later", asked.rows, asked.after.as_secs_f64());
                self.goal(&goal, measured, asked.rows <= PAGE);
            }
            None if first.size.customers < ASKABLE => {}
            None => self.goal(&goal, "it was not seen".to_owned(), false),
        }
    }

    /// A first sync of a HubSpot that takes its time: told, not held against a goal.
    pub(crate) fn slow_sync(first: &First) {
        let calls = Calls::of(first);
        told(first, &calls);
        if calls.all() < 2 * MOST {
            return;
        }
        let share = share(first, &calls);
        println!("with {} ms for every batch: {share:.1} % of the allowed rate", first.size.takes_ms);
    }

    /// A first sync with the limits lifted.
    pub(crate) fn lifted_sync(&mut self, first: &First) {
        let calls = Calls::of(first);
        told(first, &calls);
        let name = named(first);
        // The goals are in MB.
        let (idle, peak) = (first.idle * 1.048_576, first.peak * 1.048_576);
        println!(
            "resident {idle:.1} MB before, {peak:.1} MB at most ({:.1} MB anonymous)",
            first.anonymous * 1.048_576
        );
        self.goal(&format!("{name}, limits lifted: memory ≤ 100 MB"), format!("{peak:.1} MB"), peak <= 100.0);
        let page = median(&first.pages);
        let measured = format!("{page:.0} ms, {:.0} at most, of {} pages", most(&first.pages), first.pages.len());
        self.goal("a page of 1,000 rows is kept in < 150 ms", measured, page < 150.0);
    }

    /// Syncs that had nothing to do.
    pub(crate) fn second_syncs(&mut self, few: &Second, many: &Second) {
        let told = |one: &Second| format!("{} to HubSpot, {} to the ERP", one.hubspot.all(), one.netsuite.all());
        println!();
        for one in [few, many] {
            println!("second sync of {}: calls {}, {:?}", grouped(one.customers), told(one), one.netsuite.calls);
        }
        let of = |one: &&Second| one.hubspot.writes(false).calls + one.hubspot.writes(true).calls;
        let writes: u64 = [few, many].iter().map(of).sum();
        self.goal("second sync: zero writes", writes.to_string(), writes == 0);
        let same = few.hubspot.all() == many.hubspot.all() && few.netsuite.all() == many.netsuite.all();
        let measured =
            format!("{} of {}: {}", told(many), grouped(many.customers), if same { "as few" } else { "not" });
        self.goal(&format!("second sync: calls as of {}", grouped(few.customers)), measured, same);
    }
}

/// How much of the allowed rate was used, in per cent: the least time in which so many calls can begin, of the time in which
/// they did. A hundred may begin at once, the next hundred ten seconds later.
fn share(first: &First, calls: &Calls) -> f64 {
    let least = calls.all().saturating_sub(1) / MOST * SPAN;
    float(least) / first.calling.as_secs_f64() * 100.0
}

fn named(first: &First) -> String {
    let people = first.size.people * 100.0;
    format!("first sync of {}, {people:.0} % persons", grouped(first.size.customers))
}

/// What was done and called, in words.
fn told(first: &First, calls: &Calls) {
    let counts = first.counts;
    println!(
        "\n{}: {:.0} s; {} read, {} made, {} linked, {} parked, {} to decide, {} associated, {} calls by its own count",
        named(first),
        first.took.as_secs_f64(),
        thousands(counts.read),
        thousands(counts.created),
        counts.linked,
        counts.parked,
        counts.reviews,
        thousands(counts.associated),
        counts.calls,
    );
    println!(
        "calls to HubSpot: {} reads by key, {} writes, {} associations, {} others; to the ERP {}",
        calls.reads,
        calls.writes,
        calls.associations,
        calls.others,
        first.netsuite.all()
    );
    for line in &first.stopped {
        println!("it stopped and went on later: {line}");
    }
    let each: Vec<String> = first.called.iter().map(|(name, calls)| format!("{name} {calls}")).collect();
    println!("by the program's own count since its start: {}", each.join(", "));
}

/// A count as a figure to reckon with.
fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// A number with commas.
fn grouped(number: u32) -> String {
    thousands(u64::from(number))
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
