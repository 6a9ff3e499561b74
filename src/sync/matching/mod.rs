//! Matching: which record of the other side is the same person or company, where no link says so yet.
//!
//! It is pure: it takes what both sides say about a [`Party`], live, and gives back ids, scores and codes. It works in two
//! stages that are kept apart on purpose.
//!
//! 1. [`exact`] looks for the ordered exact keys of a flow (our own key, a number such as a VAT id, an e-mail address, a
//!    company's domain, the whole row). Only this stage may lead to a link without a person, and only where nothing
//!    contradicts: an equal e-mail address under two names is a shared mailbox until somebody says otherwise.
//! 2. [`propose`] scores what is left over name, phone, address and the like. Whatever the score, it may only propose into
//!    the review list.
//!
//! Promises: the same two rows give the same verdict whichever is asked first; any text is accepted, none panics; a wrong
//! link is worse than a missed one. Never: keeps a value beyond the [`Index`] it was added to, or shows one in a reason, a
//! score or a debug text.

mod company;
mod exact;
mod facts;
mod find;
mod fold;
mod index;
mod legal;
mod mail;
mod person;
mod phone;
mod place;
mod score;
mod weigh;

#[cfg(test)]
mod matching_tests;
#[cfg(test)]
mod property_tests;

use std::fmt;

pub use exact::{ExactOutcome, Key, exact};
pub use find::{Found, Why, find};
pub use index::{Full, Index, Proposal, propose};
pub use score::{Score, Verdict, compare};

/// What a row stands for. A person is never the same as a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PartyKind {
    /// A human being, or the mailbox of a company that is kept as a contact.
    #[default]
    Person,
    /// A company or another organisation.
    Company,
}

/// One row of either side, as far as matching needs it; values as the side writes them. Empty texts count as absent.
#[derive(Clone, Default)]
pub struct Party {
    /// Person or company.
    pub kind: PartyKind,
    /// A person's given names.
    pub given: Option<String>,
    /// A person's family name; "Jr" and the like may follow it.
    pub family: Option<String>,
    /// The full name: of a company its name with the legal form; of a person only read where given and family are absent.
    pub name: Option<String>,
    /// Where a person works.
    pub company: Option<String>,
    /// Every e-mail address. What has not the shape of one is ignored.
    pub emails: Vec<String>,
    /// Every phone number, in any notation, an extension after "x" or "ext".
    pub phones: Vec<String>,
    /// The postcode of the main address.
    pub postcode: Option<String>,
    /// The town of the main address.
    pub city: Option<String>,
    /// The street lines of the main address, with the house number.
    pub street: Option<String>,
    /// ISO 3166-1 alpha-2; anything else is ignored.
    pub country: Option<String>,
    /// `YYYY-MM-DD` or `YYYYMMDD`; anything else is ignored.
    pub birth_date: Option<String>,
    /// Web sites or domains of its own. Those of its e-mail addresses need not be repeated here.
    pub domains: Vec<String>,
    /// Numbers that name it: `(field, value)`, such as our own key, a VAT id or a SIRET. Compared letter for letter but for
    /// case, spaces, dots and dashes.
    pub numbers: Vec<(String, String)>,
}

/// Shows the kind alone: the rest are values of a record.
impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Party").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why two rows are thought to be the same, or not: what a person who reviews them should look at. A code, never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A number that names it is equal.
    Number,
    /// An e-mail address is equal.
    Email,
    /// The names are equal, apart from case, accents, order, legal form and the like.
    Name,
    /// The names are alike: a slip of the keyboard, an abbreviation.
    NameAlike,
    /// A phone number is equal.
    Phone,
    /// A phone number is equal but for one digit or the extension, or an e-mail address but for one letter or its domain.
    NearlyEqual,
    /// The domain of the company's own.
    Domain,
    /// The company a person works for.
    Company,
    /// The birth date.
    BirthDate,
    /// Street and house number.
    Street,
    /// Postcode.
    Postcode,
    /// Town.
    City,
    /// Every field is equal.
    Whole,
    /// Contradiction: the names are not the same.
    NameDiffers,
    /// Contradiction: one is called junior or senior, or III, and the other is not.
    GenerationDiffers,
    /// Contradiction: the birth dates differ.
    BirthDateDiffers,
    /// Contradiction: the legal forms differ, so these are two legal persons.
    LegalFormDiffers,
    /// Contradiction: companies in different countries.
    CountryDiffers,
}

impl Reason {
    /// The code that rows of the review list and the settings page use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Email => "email",
            Self::Name => "name",
            Self::NameAlike => "name_alike",
            Self::Phone => "phone",
            Self::NearlyEqual => "nearly_equal",
            Self::Domain => "domain",
            Self::Company => "company",
            Self::BirthDate => "birth_date",
            Self::Street => "street",
            Self::Postcode => "postcode",
            Self::City => "city",
            Self::Whole => "whole",
            Self::NameDiffers => "name_differs",
            Self::GenerationDiffers => "generation_differs",
            Self::BirthDateDiffers => "birth_date_differs",
            Self::LegalFormDiffers => "legal_form_differs",
            Self::CountryDiffers => "country_differs",
        }
    }
}
