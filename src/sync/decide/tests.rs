//! What decisions promise, whatever the input.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;
use crate::sync::flow::{Direction, OnCreate, OnUpdate, Winner};

const DIRECTIONS: [Direction; 3] = [Direction::ToHubspot, Direction::ToErp, Direction::Both];
const WINNERS: [Winner; 6] =
    [Winner::Newest, Winner::Erp, Winner::Hubspot, Winner::OnlyIfEmpty, Winner::OnlyAtCreation, Winner::Never];

fn digest(value: Option<&str>) -> Digest {
    let mut digest = [0; 8];
    for (at, byte) in value.unwrap_or("-").bytes().enumerate() {
        digest[at % 8] ^= byte.wrapping_add(u8::try_from(at % 251).unwrap_or(0));
    }
    digest
}

fn value() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[ab]{1,2}".prop_map(Some)]
}

fn rule() -> impl Strategy<Value = Rule> {
    (0..3_usize, 0..6_usize, any::<bool>()).prop_map(|(direction, winner, only_true)| Rule {
        direction: DIRECTIONS[direction],
        winner: WINNERS[winner],
        guard: if only_true { Guard::OnlyTrue } else { Guard::None },
    })
}

/// The state of one row on both sides and what is kept of it.
#[derive(Debug, Clone)]
struct World {
    erp: Option<String>,
    hubspot: Option<String>,
    base: Option<Base>,
}

impl World {
    fn sides(&self, newer: Ordering) -> Sides<'_> {
        let now = Base { erp: digest(self.erp.as_deref()), hubspot: digest(self.hubspot.as_deref()) };
        Sides { erp: Some(self.erp.as_deref()), hubspot: self.hubspot.as_deref(), now, base: self.base, newer }
    }

    /// Does what was decided, as the engine does.
    fn follow(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::ToHubspot => self.hubspot.clone_from(&self.erp),
            Outcome::ToErp => self.erp.clone_from(&self.hubspot),
            Outcome::Agreed => {}
            Outcome::Kept => return,
        }
        self.base = Some(Base { erp: digest(self.erp.as_deref()), hubspot: digest(self.hubspot.as_deref()) });
    }
}

fn world() -> impl Strategy<Value = World> {
    (value(), value(), proptest::option::of((value(), value()))).prop_map(|(erp, hubspot, base)| World {
        erp,
        hubspot,
        base: base.map(|(erp, hubspot)| Base { erp: digest(erp.as_deref()), hubspot: digest(hubspot.as_deref()) }),
    })
}

fn order() -> impl Strategy<Value = Ordering> {
    prop_oneof![Just(Ordering::Less), Just(Ordering::Equal), Just(Ordering::Greater)]
}

proptest! {
    /// After one step nothing is left to be done: no row is written back and forth.
    #[test]
    fn a_second_look_does_nothing(rule in rule(), mut world in world(), newer in order(), creation in any::<bool>()) {
        let moment = if creation { Moment::Creation } else { Moment::Later };
        let first = decide_row(rule, &world.sides(newer), moment);
        world.follow(first);
        let second = decide_row(rule, &world.sides(newer), Moment::Later);
        prop_assert!(matches!(second, Outcome::Agreed | Outcome::Kept), "{first:?} then {second:?}");
    }

    #[test]
    fn a_value_goes_only_where_the_row_points(rule in rule(), world in world(), newer in order()) {
        let outcome = decide_row(rule, &world.sides(newer), Moment::Later);
        prop_assert!(outcome != Outcome::ToErp || rule.direction != Direction::ToHubspot);
        prop_assert!(outcome != Outcome::ToHubspot || rule.direction != Direction::ToErp);
        prop_assert!(rule.winner != Winner::Never || matches!(outcome, Outcome::Agreed | Outcome::Kept));
    }

    #[test]
    fn what_was_never_ours_is_never_cleared(rule in rule(), hubspot in "[ab]{1,2}", newer in order()) {
        let world = World { erp: None, hubspot: Some(hubspot), base: None };
        prop_assert_ne!(decide_row(rule, &world.sides(newer), Moment::Later), Outcome::ToHubspot);
    }

    /// A change on one side goes over and leaves what the other side changed elsewhere alone.
    #[test]
    fn one_sided_changes_go_over(old in "[ab]", new in "[cd]", newer in order(), winner in 0..3_usize) {
        let rule = Rule { direction: Direction::Both, winner: WINNERS[winner], guard: Guard::None };
        let base = Some(Base { erp: digest(Some(&old)), hubspot: digest(Some(&old)) });
        let erp = World { erp: Some(new.clone()), hubspot: Some(old.clone()), base };
        prop_assert_eq!(decide_row(rule, &erp.sides(newer), Moment::Later), Outcome::ToHubspot);
        let hubspot = World { erp: Some(old), hubspot: Some(new), base };
        prop_assert_eq!(decide_row(rule, &hubspot.sides(newer), Moment::Later), Outcome::ToErp);
    }

    #[test]
    fn an_opt_out_is_only_ever_set(world in world(), newer in order(), winner in 0..6_usize) {
        let rule = Rule { direction: Direction::Both, winner: WINNERS[winner], guard: Guard::OnlyTrue };
        prop_assert_ne!(decide_row(rule, &world.sides(newer), Moment::Creation), Outcome::ToHubspot);
        prop_assert_ne!(decide_row(rule, &world.sides(newer), Moment::Later), Outcome::ToErp);
    }
}

#[test]
fn a_tie_is_the_erps_and_the_winner_decides_when_both_changed() {
    let base = Some(Base { erp: digest(Some("old")), hubspot: digest(Some("old")) });
    let world = World { erp: Some("e".to_owned()), hubspot: Some("h".to_owned()), base };
    let outcome = |winner, newer| {
        let rule = Rule { direction: Direction::Both, winner, guard: Guard::None };
        decide_row(rule, &world.sides(newer), Moment::Later)
    };
    assert_eq!(outcome(Winner::Newest, Ordering::Equal), Outcome::ToHubspot);
    assert_eq!(outcome(Winner::Newest, Ordering::Less), Outcome::ToErp);
    assert_eq!(outcome(Winner::Newest, Ordering::Greater), Outcome::ToHubspot);
    assert_eq!(outcome(Winner::Erp, Ordering::Less), Outcome::ToHubspot);
    assert_eq!(outcome(Winner::Hubspot, Ordering::Greater), Outcome::ToErp);
}

#[test]
fn stages_go_forward_only() {
    let stage = |erp, hubspot| {
        let rule = Rule { direction: Direction::Both, winner: Winner::Erp, guard: Guard::Forward { erp, hubspot } };
        let world = World { erp: Some("x".to_owned()), hubspot: Some("y".to_owned()), base: None };
        decide_row(rule, &world.sides(Ordering::Equal), Moment::Later)
    };
    assert_eq!(stage(Some(3), Some(2)), Outcome::ToHubspot);
    assert_eq!(stage(Some(2), Some(3)), Outcome::Kept);
    assert_eq!(stage(None, Some(0)), Outcome::Kept, "a stage the portal does not have");
}

#[test]
fn a_person_s_edit_stays_where_hubspot_wins_and_nothing_goes_back() {
    let rule = Rule { direction: Direction::ToHubspot, winner: Winner::Hubspot, guard: Guard::None };
    let base = Some(Base { erp: digest(Some("old")), hubspot: digest(Some("old")) });
    let mut world = World { erp: Some("e1".to_owned()), hubspot: Some("mine".to_owned()), base };
    for next in ["e2", "e3"] {
        let outcome = decide_row(rule, &world.sides(Ordering::Greater), Moment::Later);
        assert_eq!(outcome, Outcome::Kept);
        world.follow(outcome);
        world.erp = Some(next.to_owned());
    }
    assert_eq!(world.hubspot.as_deref(), Some("mine"));
}

fn situation(policies: &Policies) -> Situation<'_> {
    Situation { policies, wanted: true, inactive: false, buried: false, linked: None, found: Found::None }
}

#[test]
fn policies_bind_new_rows() {
    let with = |on_create| Policies { on_create, ..Policies::default() };
    let (create, link_only, nothing) = (with(OnCreate::Create), with(OnCreate::LinkOnly), with(OnCreate::Nothing));
    assert_eq!(decide(&situation(&create)), Decision::Create);
    assert_eq!(decide(&situation(&link_only)), Decision::Skip(Skip::NothingToLink));
    let found = Situation { found: Found::One(ObjectId(5)), ..situation(&link_only) };
    assert_eq!(decide(&found), Decision::Link(ObjectId(5)));
    let found = Situation { found: Found::One(ObjectId(5)), ..situation(&nothing) };
    assert_eq!(decide(&found), Decision::Skip(Skip::NotCreated));
}

#[test]
fn neither_buried_nor_inactive_nor_unwanted_rows_get_a_record() {
    let policies = Policies::default();
    let found = Found::One(ObjectId(5));
    let base = || Situation { found: found.clone(), ..situation(&policies) };
    assert_eq!(decide(&Situation { buried: true, ..base() }), Decision::Skip(Skip::Buried));
    assert_eq!(decide(&Situation { inactive: true, ..base() }), Decision::Skip(Skip::Inactive));
    assert_eq!(decide(&Situation { wanted: false, ..base() }), Decision::Skip(Skip::NotWanted));
}

#[test]
fn a_record_with_a_writer_goes_to_the_review_list() {
    let policies = Policies::default();
    let taken = Situation { found: Found::Taken(ObjectId(7)), ..situation(&policies) };
    let review = Decision::Review { doubt: Doubt::Taken, candidates: vec![ObjectId(7)], reasons: Vec::new() };
    assert_eq!(decide(&taken), review);
}

#[test]
fn linked_rows_are_updated_only_by_their_writing_link_and_if_the_policy_says_so() {
    let policies = Policies::default();
    let linked = |writes, present| Situation { linked: Some(Linked { writes, present }), ..situation(&policies) };
    assert_eq!(decide(&linked(true, true)), Decision::Update);
    assert_eq!(decide(&linked(false, true)), Decision::Skip(Skip::ReadOnly));
    assert_eq!(decide(&linked(true, false)), Decision::Skip(Skip::Absent));
    let nothing = Policies { on_update: OnUpdate::Nothing, ..Policies::default() };
    let still = Situation { linked: Some(Linked { writes: true, present: true }), ..situation(&nothing) };
    assert_eq!(decide(&still), Decision::Skip(Skip::NotUpdated));
}
