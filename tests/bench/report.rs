//! The tables, the goals, and the summary as the last line.

use crate::{
    cold,
    load::Round,
    starts::Starts,
    warm::{Contender, Warm},
};

/// A goal and how it was met.
pub(crate) struct Goal {
    what: String,
    measured: String,
    met: bool,
}

/// What was found so far.
#[derive(Default)]
pub(crate) struct Report {
    goals: Vec<Goal>,
}

/// The middle one; of none, nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

pub(crate) fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Median and range, with so many decimals.
fn spread(values: &[f64], decimals: usize) -> String {
    format!("{:.decimals$} ({:.decimals$}–{:.decimals$})", median(values), least(values), most(values))
}

/// A figure of every round.
fn each(of: &Contender, take: impl Fn(&Round) -> f64) -> Vec<f64> {
    of.rounds.iter().map(take).collect()
}

fn line(of: &Contender) {
    println!(
        "{:<16} {:>24} {:>20} {:>20} {:>16.1} {:>8.0} %",
        of.name,
        spread(&each(of, |r| r.per_second), 0),
        spread(&each(of, |r| r.p50), 2),
        spread(&each(of, |r| r.p99), 2),
        median(&each(of, |r| r.server_cpu)),
        median(&each(of, |r| r.load_busy)) * 100.0,
    );
}

/// How one contender's requests per second compare with another's.
struct Ratio {
    /// Of the medians: this is what counts.
    medians: f64,
    /// Of each round with the round beside it.
    rounds: Vec<f64>,
}

impl Ratio {
    fn of(one: &Contender, other: &Contender, unit: f64) -> Self {
        let rates = |of| each(of, |r| r.per_second);
        let rounds = rates(one).iter().zip(rates(other)).map(|(a, b)| a / b * unit).collect();
        Self { medians: median(&rates(one)) / median(&rates(other)) * unit, rounds }
    }

    fn text(&self, unit: &str) -> String {
        let (least, most) = (least(&self.rounds), most(&self.rounds));
        format!("{:.2} {unit} (round by round {least:.2}–{most:.2})", self.medians)
    }
}

impl Report {
    pub(crate) fn goal(&mut self, what: &str, measured: String, met: bool) {
        self.goals.push(Goal { what: what.to_owned(), measured, met });
    }

    pub(crate) fn warm(&mut self, warm: &Warm) {
        println!(
            "\nsigned list, warm: 10 of {} rows and the sums, {} bytes of JSON; median (least–most) of the rounds",
            warm.rows, warm.bytes
        );
        println!(
            "{:<16} {:>24} {:>20} {:>20} {:>16} {:>10}",
            "", "requests/s", "p50 ms", "p99 ms", "server µs each", "load busy"
        );
        warm.contenders.iter().for_each(line);
        let others: Vec<f64> = warm.contenders.iter().flat_map(|c| each(c, |r| r.others * 100.0)).collect();
        if median(&others) > 5.0 {
            let share = spread(&others, 0);
            println!("other programs used {share} % of the servers' core: figures of a quiet machine are better");
        }
        let [card, null, twin, kept] = &warm.contenders;
        let cpu = |of: &Contender| median(&each(of, |r| r.server_cpu));
        println!(
            "by processor time: null takes {:.1} % of the card's, the twin {:.2} ×; card to twin with kept view: {}",
            cpu(null) / cpu(card) * 100.0,
            cpu(twin) / cpu(card),
            Ratio::of(card, kept, 1.0).text("×"),
        );
        let share = Ratio::of(card, null, 100.0);
        self.goal("card ≥ 55 % of null's requests/s", share.text("%"), share.medians >= 55.0);
        let times = Ratio::of(card, twin, 1.0);
        self.goal("card ≥ 2 × the twin's requests/s", times.text("×"), times.medians >= 2.0);
        let (p99, p50) = (median(&each(card, |r| r.p99)), median(&each(twin, |r| r.p50)));
        self.goal("card's p99 < the twin's p50", format!("{p99:.2} ms, {p50:.2} ms"), p99 < p50);
    }

    pub(crate) fn cold(&mut self, found: &cold::Cold) {
        println!(
            "\ncold list, one by one ({} contacts): whole {} ms, beyond the ERP {} ms",
            found.whole.len(),
            spread(&found.whole, 1),
            spread(&found.beyond, 1)
        );
        let beyond = median(&found.beyond);
        self.goal("cold: ERP time + ≤ 10 ms", format!("+ {} ms", spread(&found.beyond, 1)), beyond <= 10.0);
    }

    pub(crate) fn storm(&mut self, found: &cold::Storm) {
        println!("1,000 cold readers of one record at once: the last had its answer after {:.0} ms", found.last);
        self.goal("1,000 simultaneous cold readers → 1 ERP call", found.asked.to_string(), found.asked == 1);
    }

    pub(crate) fn dead(&mut self, found: &cold::Dead) {
        println!(
            "ERP dead: cold {} ms; the first reader of an old value {:.0} ms; then from the stale cache {} ms",
            spread(&found.cold, 0),
            found.first_stale,
            spread(&found.stale, 2)
        );
        let worst = most(&found.cold);
        self.goal("ERP dead, cold: answer within 3 s", format!("{worst:.0} ms at worst"), worst <= 3_000.0);
        let stale = median(&found.stale);
        self.goal("ERP dead, stale cache: < 5 ms", format!("{} ms", spread(&found.stale, 2)), stale < 5.0);
    }

    pub(crate) fn starts(&mut self, found: &Starts) {
        println!(
            "\n{} starts: ready after {} ms, first list after {} ms; resident {} MiB, at most {} MiB",
            found.ready.len(),
            spread(&found.ready, 0),
            spread(&found.listed, 0),
            spread(&found.resident, 1),
            spread(&found.peak, 1)
        );
        let listed = median(&found.listed);
        self.goal("start to first answer ≤ 200 ms", format!("{} ms", spread(&found.listed, 0)), listed <= 200.0);
        // The goal is in MB: 30 MB are 28.6 MiB.
        let resident = median(&found.resident) * 1.048_576;
        self.goal("idle memory ≤ 30 MB", format!("{resident:.1} MB"), resident <= 30.0);
    }

    /// Prints the goals and the summary; whether all were met.
    pub(crate) fn end(&self) -> bool {
        println!();
        for goal in &self.goals {
            println!("{:<7} {:<48} {}", if goal.met { "ok" } else { "MISSED" }, goal.what, goal.measured);
        }
        let missed: Vec<&str> = self.goals.iter().filter(|goal| !goal.met).map(|goal| goal.what.as_str()).collect();
        let met = self.goals.len() - missed.len();
        if missed.is_empty() {
            println!("\nbench: all {met} goals met");
        } else {
            println!("\nbench: {met} of {} goals met; missed: {}", self.goals.len(), missed.join("; "));
        }
        missed.is_empty()
    }
}
