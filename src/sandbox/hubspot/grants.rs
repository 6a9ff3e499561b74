//! Who installed the app: installs, authorization codes, refresh and access tokens.
//!
//! Promise: every install has a refresh token of its own; a second install of a portal leaves the first one's working;
//! an uninstall ends all tokens of the portal at once.

use std::collections::BTreeMap;

use super::errors::Refusal;
use crate::clock::Millis;

/// How long an access token works, in seconds.
pub(super) const LIFETIME: i64 = 1_800;
/// How long an authorization code works, in milliseconds.
const CODE_LIFETIME: i64 = 600_000;

/// One install of the app in a portal.
#[derive(Debug, Clone)]
pub(super) struct Install {
    /// The portal's place in the list.
    pub portal: usize,
    /// The user who installed.
    pub user: u64,
    /// What was granted.
    pub scopes: Vec<String>,
    /// Its refresh token.
    pub refresh: String,
    /// The refresh token was not revoked.
    refresh_works: bool,
    /// The app was not removed from the portal since.
    there: bool,
}

/// An authorization code, and what it was given for.
#[derive(Debug, Clone)]
pub(super) struct Code {
    /// The portal's place in the list.
    pub portal: usize,
    /// The user who consented.
    pub user: u64,
    /// What was granted.
    pub scopes: Vec<String>,
    /// The address it was sent to.
    pub redirect_uri: String,
    /// The S256 challenge, when the install began with one.
    pub challenge: Option<String>,
}

/// What a token was found to be.
#[derive(Debug)]
pub(super) enum Found<'g> {
    /// An access token, and until when it works.
    Access(&'g Install, Millis),
    /// A refresh token.
    Refresh(&'g Install),
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Grants {
    installs: Vec<Install>,
    codes: BTreeMap<String, (Code, Millis)>,
    /// Access tokens: the install's place, and until when they work.
    access: BTreeMap<String, (usize, Millis)>,
}

impl Grants {
    /// Remembers an install.
    pub(super) fn install(&mut self, portal: usize, user: u64, scopes: Vec<String>, refresh: String) -> usize {
        self.installs.push(Install { portal, user, scopes, refresh, refresh_works: true, there: true });
        self.installs.len() - 1
    }

    /// Every token and code that there is.
    pub(super) fn secrets(&self) -> Vec<String> {
        let refresh = self.installs.iter().map(|install| &install.refresh);
        refresh.chain(self.codes.keys()).chain(self.access.keys()).cloned().collect()
    }

    /// Whether the app is installed in a portal.
    pub(super) fn installed(&self, portal: usize) -> bool {
        self.newest(portal).is_some()
    }

    /// The newest install of a portal.
    pub(super) fn newest(&self, portal: usize) -> Option<&Install> {
        self.installs.iter().rev().find(|i| i.portal == portal && i.there)
    }

    /// Removes the app from a portal: every token of it is dead.
    pub(super) fn uninstall(&mut self, portal: usize) {
        for install in self.installs.iter_mut().filter(|i| i.portal == portal) {
            install.there = false;
        }
        self.codes.retain(|_, (code, _)| code.portal != portal);
    }

    /// Changes what the present installs of a portal may do, at once.
    pub(super) fn regrant(&mut self, portal: usize, scopes: &[String]) {
        for install in self.installs.iter_mut().filter(|i| i.portal == portal && i.there) {
            install.scopes = scopes.to_vec();
        }
    }

    /// Remembers an authorization code.
    pub(super) fn give(&mut self, text: String, code: Code, now: Millis) {
        self.codes.retain(|_, (_, until)| until.0 > now.0);
        self.codes.insert(text, (code, Millis(now.0 + CODE_LIFETIME)));
    }

    /// Takes an authorization code: it works once. One whose check fails stays, as nobody got anything for it.
    pub(super) fn take(
        &mut self,
        text: &str,
        now: Millis,
        check: impl FnOnce(&Code) -> Result<(), Refusal>,
    ) -> Result<Code, Refusal> {
        let dead = || Refusal::token("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code");
        let (code, until) = self.codes.get(text).ok_or_else(dead)?;
        if now >= *until {
            return Err(dead());
        }
        check(code)?;
        self.codes.remove(text).map(|(code, _)| code).ok_or_else(dead)
    }

    /// The install of a refresh token that works.
    pub(super) fn by_refresh(&self, refresh: &str) -> Option<usize> {
        self.installs.iter().position(|i| i.there && i.refresh_works && i.refresh == refresh)
    }

    /// The install at a place.
    pub(super) fn at(&self, install: usize) -> &Install {
        &self.installs[install]
    }

    /// Remembers an access token of an install.
    pub(super) fn allow(&mut self, access: String, install: usize, now: Millis) {
        // Expired ones stay for a while, so that they are told apart from unknown ones.
        self.access.retain(|_, (_, until)| until.0 + 3_600_000 > now.0);
        self.access.insert(access, (install, Millis(now.0 + LIFETIME * 1_000)));
    }

    /// The install of an access token.
    pub(super) fn by_access(&self, token: &str, now: Millis) -> Result<&Install, Refusal> {
        let (install, until) = self.access.get(token).ok_or_else(Refusal::authentication)?;
        let install = &self.installs[*install];
        match () {
            () if !install.there => Err(Refusal::authentication()),
            () if now >= *until => Err(Refusal::expired()),
            () => Ok(install),
        }
    }

    /// What a token is; none: nothing that works.
    pub(super) fn find(&self, token: &str, now: Millis) -> Option<Found<'_>> {
        if let Some(install) = self.by_refresh(token) {
            return Some(Found::Refresh(&self.installs[install]));
        }
        let install = self.by_access(token, now).ok()?;
        self.access.get(token).map(|(_, until)| Found::Access(install, *until))
    }

    /// Ends one token. The app stays installed.
    pub(super) fn revoke(&mut self, token: &str) {
        self.access.remove(token);
        for install in self.installs.iter_mut().filter(|i| i.refresh == token) {
            install.refresh_works = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_install_leaves_the_first_token_and_an_uninstall_ends_both() {
        let mut grants = Grants::default();
        let first = grants.install(0, 9, vec![], "one".to_owned());
        grants.install(0, 9, vec![], "two".to_owned());
        grants.allow("access".to_owned(), first, Millis(0));
        assert!(grants.by_refresh("one").is_some() && grants.by_refresh("two").is_some());
        grants.revoke("two");
        assert!(grants.by_refresh("two").is_none() && grants.installed(0));
        assert!(grants.by_access("access", Millis(1)).is_ok());
        grants.uninstall(0);
        assert!(grants.by_refresh("one").is_none() && !grants.installed(0));
        assert_eq!(grants.by_access("access", Millis(1)).map(|_| ()), Err(Refusal::authentication()));
    }
}
