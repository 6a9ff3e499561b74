//! Any order of asking, refusing, landing and waiting, held against what must always be true.

use proptest::prelude::*;

use super::*;

const LIFE: Duration = Duration::from_hours(1);

#[derive(Debug, Clone)]
enum Event {
    Ask,
    /// The token last given out is refused.
    Refuse,
    Advance(u64),
    /// The renewal under way ends: with a new token, or a failure that may pass, or one that a person must mend.
    Land(u8),
    /// The credential is replaced; a renewal with the old one goes on for nobody.
    Reset,
    /// Such a renewal ends with a token.
    LandOld,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        4 => Just(Event::Ask),
        2 => Just(Event::Refuse),
        3 => (0_u64..4_000).prop_map(Event::Advance),
        3 => (0_u8..3).prop_map(Event::Land),
        1 => Just(Event::Reset),
        1 => Just(Event::LandOld),
    ];
    proptest::collection::vec(event, 0..80)
}

/// What a vault does with the steps that the state says.
struct Run {
    state: State,
    now: Millis,
    issued: u32,
    flying: Option<(u64, watch::Sender<Option<Landed>>)>,
    /// Generations of renewals that were under way when the credential was replaced.
    old: Vec<u64>,
    given: Option<SecretString>,
    expires: Vec<Millis>,
    take_offs: Vec<Millis>,
}

impl Run {
    fn new() -> Self {
        Self {
            state: State::default(),
            now: Millis(1_700_000_000_000),
            issued: 0,
            flying: None,
            old: Vec::new(),
            given: None,
            expires: Vec::new(),
            take_offs: Vec::new(),
        }
    }

    fn take_off(&mut self) {
        assert!(self.flying.is_none(), "one renewal at a time");
        let (land, landing) = watch::channel(None);
        self.flying = Some((self.state.took_off(landing), land));
        self.take_offs.push(self.now);
    }

    /// A token went out: it must live, and be the newest there is.
    fn gave(&mut self, token: SecretString) {
        let number: u32 = token.expose_secret().parse().unwrap();
        assert_eq!(number, self.issued, "the newest");
        assert!(self.now < self.expires[number as usize - 1], "one that lives");
        self.given = Some(token);
    }

    fn act(&mut self, step: Step) {
        match step {
            Step::Give(token) => self.gave(token),
            Step::GiveAndRenew(token) => {
                self.gave(token);
                self.take_off();
            }
            Step::Refuse(_) => assert!(self.flying.is_none(), "no failure while something can still be hoped for"),
            Step::Join(_) => assert!(self.flying.is_some()),
            Step::Renew => self.take_off(),
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Ask => {
                let step = self.state.ask(self.now);
                self.act(step);
            }
            Event::Refuse => {
                let Some(token) = self.given.clone() else { return };
                let step = self.state.ask_after_refusal(&token, self.now);
                if let Step::Give(other) | Step::GiveAndRenew(other) = &step {
                    assert_ne!(other.expose_secret(), token.expose_secret(), "not the refused one again");
                }
                self.act(step);
            }
            Event::Advance(seconds) => self.now = self.now.plus(Duration::from_secs(*seconds)),
            Event::Land(how) => self.land(*how),
            Event::LandOld => {
                let Some(generation) = self.old.pop() else { return };
                // Number 0 is never the newest: whoever gets it fails.
                let token = SecretString::from("0");
                let held = Held { token, issued_at: self.now, expires_at: self.now.plus(LIFE) };
                let _ = self.state.landed(generation, Flown { held: Some(held), failure: None }, self.now);
            }
            Event::Reset => {
                self.state.reset();
                self.old.extend(self.flying.take().map(|(generation, _)| generation));
                self.given = None;
            }
        }
    }

    fn land(&mut self, how: u8) {
        let Some((generation, _)) = self.flying.take() else { return };
        let failure = match how {
            0 => None,
            1 => Some(TokenError::Unavailable { why: "down" }),
            _ => Some(TokenError::Reconnect { why: "revoked" }),
        };
        let held = failure.is_none().then(|| {
            self.issued += 1;
            self.expires.push(self.now.plus(LIFE));
            let token = SecretString::from(self.issued.to_string());
            Held { token, issued_at: self.now, expires_at: self.now.plus(LIFE) }
        });
        let landed = self.state.landed(generation, Flown { held, failure }, self.now);
        assert_eq!(landed.is_ok(), how == 0);
    }
}

proptest! {
    #[test]
    fn only_living_newest_tokens_go_out_by_one_renewal_at_a_time(events in events()) {
        let mut run = Run::new();
        for event in &events {
            run.event(event);
        }
    }

    /// However often callers ask, a failing issuer is asked once per rest, of which none is shorter than the first.
    #[test]
    fn a_failing_issuer_is_left_in_peace(steps in proptest::collection::vec((0_u64..3_000, 1_u8..3), 1..200)) {
        let mut run = Run::new();
        for (millis, how) in steps {
            run.now = run.now.plus(Duration::from_millis(millis));
            run.event(&Event::Ask);
            run.land(how);
        }
        for pair in run.take_offs.windows(2) {
            prop_assert!(pair[1].since(pair[0]) >= REST_FIRST);
        }
    }

    /// Whoever refuses every token at once makes at most one renewal per span, besides the first.
    #[test]
    fn refusals_cannot_be_made_to_hammer(steps in proptest::collection::vec(0_u64..5_000, 1..200)) {
        let mut run = Run::new();
        run.event(&Event::Ask);
        run.land(0);
        run.take_offs.clear();
        for millis in steps {
            run.now = run.now.plus(Duration::from_millis(millis));
            run.event(&Event::Ask);
            run.event(&Event::Refuse);
            run.land(0);
        }
        for pair in run.take_offs.windows(2) {
            prop_assert!(pair[1].since(pair[0]) >= SPENT_SPAN);
        }
    }
}
