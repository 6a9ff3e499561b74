//! The table, the goals, and the summary as the last line.

use crate::exam::Marks;

/// The goals of a set.
#[derive(Default)]
pub(crate) struct Table {
    missed: Vec<String>,
    goals: usize,
}

/// A share in hundredths of a per cent, so that nothing is rounded over a goal.
fn share(part: usize, whole: usize) -> usize {
    (part * 10_000).checked_div(whole).unwrap_or(10_000)
}

fn percent(hundredths: usize) -> String {
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

impl Table {
    /// Prints a set's lines and holds it to its goals.
    pub(crate) fn add(&mut self, name: &str, marks: &Marks) {
        println!("\n{name}: {} ERP rows, {} HubSpot rows", marks.erp, marks.hubspot);
        self.links(name, marks);
        self.pairs(name, marks);
        self.review(name, marks);
        if name == "febrl4" {
            self.without_mail(name, marks);
        }
    }

    fn links(&mut self, name: &str, marks: &Marks) {
        let right = marks.linked.iter().filter(|pair| marks.right(pair)).count();
        let precision = share(right, marks.linked.len());
        let figures = format!("{right} of {} right, {}", marks.linked.len(), percent(precision));
        let (goal, met) = if name == "hell" { ("reported", true) } else { ("≥ 99.50 %", precision >= 9_950) };
        self.goal(name, "automatic links", &figures, goal, met);
        if !marks.hard.is_empty() {
            let linked = marks.linked.intersection(&marks.hard).count();
            let seen = marks.review.intersection(&marks.hard).count();
            let figures = format!("{linked} of {} linked, {seen} in the review list", marks.hard.len());
            let (goal, met) = if name == "hell" { ("reported", true) } else { ("0 linked", linked == 0) };
            self.goal(name, "hard negatives", &figures, goal, met);
        }
    }

    fn pairs(&mut self, name: &str, marks: &Marks) {
        if !marks.exact.is_empty() {
            let linked = marks.exact.intersection(&marks.linked).count();
            let figures =
                format!("{linked} of {} linked, {}", marks.exact.len(), percent(share(linked, marks.exact.len())));
            self.goal(name, "exact duplicates", &figures, "≥ 99.00 %", share(linked, marks.exact.len()) >= 9_900);
        }
        let linked = marks.fuzzy.intersection(&marks.linked).count();
        let seen = marks.fuzzy.intersection(&marks.review).count();
        let found = share(linked + seen, marks.fuzzy.len());
        let figures =
            format!("{linked} linked + {seen} in the review list of {}, {}", marks.fuzzy.len(), percent(found));
        let goal = if name == "medium" { "≥ 80.00 %" } else { "reported" };
        self.goal(name, "fuzzy duplicates", &figures, goal, name != "medium" || found >= 8_000);
    }

    fn review(&mut self, name: &str, marks: &Marks) {
        let most = marks.fuzzy.len() * 3;
        let figures = format!(
            "{} candidates in {} entries, {} true fuzzy pairs",
            marks.review.len(),
            marks.entries,
            marks.fuzzy.len()
        );
        let held = name == "hell" || marks.review.len() <= most;
        self.goal(name, "review list", &figures, if name == "hell" { "reported" } else { "≤ 3 ×" }, held);
    }

    /// People without an e-mail address: whatever is linked or shown should be right.
    fn without_mail(&mut self, name: &str, marks: &Marks) {
        let all = marks.linked.len() + marks.review.len();
        let right = marks.linked.iter().chain(&marks.review).filter(|pair| marks.right(pair)).count();
        let precision = share(right, all);
        let recall = percent(share(right, marks.fuzzy.len()));
        let figures = format!("{right} of {all} right, {}; recall {recall}", percent(precision));
        self.goal(name, "precision", &figures, "≥ 99.00 %", precision >= 9_900);
    }

    fn goal(&mut self, set: &str, what: &str, figures: &str, goal: &str, met: bool) {
        let reported = goal == "reported";
        self.goals += usize::from(!reported);
        println!(
            "  {what:<18} {figures:<68} {goal:<10} {}",
            if reported {
                ""
            } else if met {
                "met"
            } else {
                "MISSED"
            }
        );
        if !met {
            self.missed.push(format!("{set}: {what}"));
        }
    }

    /// The summary; whether every goal was met.
    pub(crate) fn finish(self) -> bool {
        if self.missed.is_empty() {
            println!("\nmatching exam: all {} goals met", self.goals);
        } else {
            println!(
                "\nmatching exam: {} of {} goals MISSED: {}",
                self.missed.len(),
                self.goals,
                self.missed.join("; ")
            );
        }
        self.missed.is_empty()
    }
}
