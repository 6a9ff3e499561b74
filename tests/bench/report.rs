//! The tables, the goals, and the summary as the last line.

use crate::{cold, load::Round, starts::Starts, warm::Warm};

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

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Median and range, with so many decimals.
fn spread(values: &[f64], decimals: usize) -> String {
    format!("{:.decimals$} ({:.decimals$}–{:.decimals$})", median(values), least(values), most(values))
}

impl Report {
    fn goal(&mut self, what: &str, measured: String, met: bool) {
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
        for contender in &warm.contenders {
            let of = |take: fn(&Round) -> f64| contender.rounds.iter().map(take).collect::<Vec<_>>();
            println!(
                "{:<16} {:>24} {:>20} {:>20} {:>16.1} {:>8.0} %",
                contender.name,
                spread(&of(|r| r.per_second), 0),
                spread(&of(|r| r.p50), 2),
                spread(&of(|r| r.p99), 2),
                median(&of(|r| r.server_cpu)),
                median(&of(|r| r.load_busy)) * 100.0,
            );
        }
        let [card, null, twin, kept] = &warm.contenders;
        let rate = |rounds: &[Round]| median(&rounds.iter().map(|r| r.per_second).collect::<Vec<_>>());
        let each = |of: &[Round], by: &[Round], unit: f64| -> Vec<f64> {
            of.iter().zip(by).map(|(a, b)| a.per_second / b.per_second * unit).collect()
        };
        let share = rate(&card.rounds) / rate(&null.rounds) * 100.0;
        let shares = each(&card.rounds, &null.rounds, 100.0);
        let of_null = format!("{share:.1} % (round by round {:.1}–{:.1})", least(&shares), most(&shares));
        self.goal("card ≥ 55 % of null's requests/s", of_null, share >= 55.0);
        for (name, other, binding) in [("twin", twin, true), ("twin with kept view", kept, false)] {
            let times = rate(&card.rounds) / rate(&other.rounds);
            let all = each(&card.rounds, &other.rounds, 1.0);
            let measured = format!("{times:.2} × (round by round {:.2}–{:.2})", least(&all), most(&all));
            if binding {
                self.goal("card ≥ 2 × the twin's requests/s", measured, times >= 2.0);
            } else {
                println!("card to {name}: {measured}");
            }
        }
        let cpu = |rounds: &[Round]| median(&rounds.iter().map(|r| r.server_cpu).collect::<Vec<_>>());
        let (own, base) = (cpu(&card.rounds), cpu(&null.rounds));
        println!(
            "by processor time: null takes {:.1} % of the card, the twin {:.2} ×",
            base / own * 100.0,
            cpu(&twin.rounds) / own
        );
        let (p99, p50) = (
            median(&card.rounds.iter().map(|r| r.p99).collect::<Vec<_>>()),
            median(&twin.rounds.iter().map(|r| r.p50).collect::<Vec<_>>()),
        );
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
