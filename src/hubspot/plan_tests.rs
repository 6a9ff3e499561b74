use proptest::prelude::*;

use super::*;

/// How an other side answers.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// It refuses the whole batch for one bad row and does not say which.
    Whole,
    /// It writes the good rows and names the bad ones.
    Named,
    /// It writes the good rows and says only that something was wrong.
    Unnamed,
    /// It refuses the whole batch and names one of the bad rows.
    OneNamed,
}

fn bad() -> Refusal {
    Refusal::bare(RefusalCode::InvalidEmail)
}

/// An other side for which these rows are bad; it notes what it wrote.
fn answer(manner: Manner, wrong: &BTreeSet<usize>, rows: &[usize], wrote: &mut Vec<usize>) -> Told<usize> {
    let faulty: Vec<usize> = rows.iter().copied().filter(|row| wrong.contains(row)).collect();
    let good: Vec<usize> = rows.iter().copied().filter(|row| !wrong.contains(row)).collect();
    let written = match (manner, faulty.is_empty()) {
        (_, true) | (Manner::Named | Manner::Unnamed, _) => good,
        _ => Vec::new(),
    };
    wrote.extend(&written);
    let named = match manner {
        Manner::Whole | Manner::Unnamed => &[],
        Manner::Named => &faulty[..],
        Manner::OneNamed => &faulty[..faulty.len().min(1)],
    };
    Told {
        done: written.into_iter().map(|row| (row, row)).collect(),
        refused: named.iter().map(|row| (*row, bad())).collect(),
        why: Some(bad()).filter(|_| !faulty.is_empty()),
    }
}

/// How the rows end, and with how many calls.
fn worked_off(count: usize, manner: Manner, wrong: &BTreeSet<usize>) -> (Ended<usize>, Vec<usize>, usize) {
    let mut plan = Plan::new(vec![(0..count).collect()]);
    let (mut wrote, mut calls) = (Vec::new(), 0);
    while let Some(group) = plan.next() {
        calls += 1;
        let told = answer(manner, wrong, group.rows(), &mut wrote);
        plan.told(&group, told);
    }
    (plan.end(), wrote, calls)
}

fn manner() -> impl Strategy<Value = Manner> {
    prop_oneof![Just(Manner::Whole), Just(Manner::Named), Just(Manner::Unnamed), Just(Manner::OneNamed)]
}

fn names(rows: &[(usize, usize)]) -> Vec<usize> {
    rows.iter().map(|(row, _)| *row).collect()
}

#[test]
fn one_bad_row_of_a_hundred_is_found_with_at_most_fourteen_more_calls() {
    for place in 0..100 {
        let (ended, _, calls) = worked_off(100, Manner::Whole, &BTreeSet::from([place]));
        assert_eq!((ended.done.len(), ended.refused), (99, vec![(place, bad())]));
        assert!(calls <= 15, "{calls} calls for row {place}");
    }
}

#[test]
fn a_row_of_which_nothing_is_ever_told_is_refused_and_not_sent_for_ever() {
    let mut plan = Plan::<()>::new(vec![vec![0, 1, 2]]);
    let mut calls = 0;
    while let Some(group) = plan.next() {
        calls += 1;
        plan.told(&group, Told { done: Vec::new(), refused: Vec::new(), why: None });
    }
    let untold = Refusal::bare(RefusalCode::Other("UNTOLD".to_owned()));
    assert_eq!(plan.end().refused, (0..3).map(|row| (row, untold.clone())).collect::<Vec<_>>());
    assert_eq!(calls, 5);
}

proptest! {
    #[test]
    fn every_row_ends_once_and_a_good_one_is_written_once(
        count in 1_usize..101, picks in proptest::collection::vec(0_usize..100, 0..12), manner in manner(),
    ) {
        let wrong: BTreeSet<usize> = picks.into_iter().filter(|row| *row < count).collect();
        let (ended, mut wrote, calls) = worked_off(count, manner, &wrong);
        let good: Vec<usize> = (0..count).filter(|row| !wrong.contains(row)).collect();
        prop_assert_eq!(names(&ended.done), good.clone());
        prop_assert_eq!(ended.refused, wrong.iter().map(|row| (*row, bad())).collect::<Vec<_>>());
        wrote.sort_unstable();
        prop_assert_eq!(wrote, good);
        let levels = count.next_power_of_two().trailing_zeros() as usize;
        prop_assert!(calls <= 1 + 2 * levels * wrong.len(), "{} calls for {} bad of {}", calls, wrong.len(), count);
    }

    #[test]
    fn whatever_an_answer_says_every_row_ends_once(
        count in 1_usize..40,
        lies in proptest::collection::vec(
            (proptest::collection::vec(0_usize..60, 0..8), proptest::collection::vec(0_usize..60, 0..8), any::<bool>()), 1..40,
        ),
    ) {
        let mut plan = Plan::new(vec![(0..count).collect()]);
        let mut lies = lies.into_iter().cycle();
        let mut calls = 0;
        while let Some(group) = plan.next() {
            calls += 1;
            prop_assert!(calls < 4 * count + 4, "it does not end");
            let (done, refused, why) = lies.next().unwrap();
            let told = Told {
                done: done.into_iter().map(|row| (row, row)).collect(),
                refused: refused.into_iter().map(|row| (row, bad())).collect(),
                why: why.then(bad),
            };
            plan.told(&group, told);
        }
        let ended = plan.end();
        let mut all = names(&ended.done);
        all.extend(ended.refused.iter().map(|(row, _)| *row));
        all.sort_unstable();
        prop_assert_eq!(all, (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn no_batch_holds_a_key_twice_or_too_many_rows(
        keys in proptest::collection::vec(proptest::collection::vec("[a-f]", 0..3), 0..40), most in 1_usize..10,
    ) {
        let batches = batches(&keys, most);
        let mut all: Vec<usize> = batches.concat();
        for batch in &batches {
            prop_assert!(!batch.is_empty() && batch.len() <= most);
            let mut seen = BTreeSet::new();
            for row in batch {
                let own: BTreeSet<&String> = keys[*row].iter().collect();
                prop_assert!(own.into_iter().all(|key| seen.insert(key)));
            }
        }
        for (place, row) in all.iter().enumerate() {
            let shares = |other: &usize| *other < *row && keys[*other].iter().any(|key| keys[*row].contains(key));
            prop_assert!(!all[place..].iter().any(shares), "a later row with a common key goes first");
        }
        all.sort_unstable();
        prop_assert_eq!(all, (0..keys.len()).collect::<Vec<_>>());
    }
}
