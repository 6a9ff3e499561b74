//! Expressions: compiled once, run over the fields of many records.
//!
//! The language is that of minijinja's expressions with our own filters alone. Fields are known by name; one that is empty is
//! `none` (nothing, which puts together as no text). An amount is an amount with its currency: `field.amount` is the number,
//! `field.currency` the code, and calculating with either is refused. A choice is what people read, `field.id` is the
//! system's own word. Dates are `YYYY-MM-DD`, instants `YYYY-MM-DDTHH:MM:SS.000Z`: both compare as texts.

use std::{
    collections::BTreeSet,
    fmt,
    ops::Range,
    sync::{Arc, LazyLock},
};

use minijinja::{Environment, ErrorKind, Expression, UndefinedBehavior};
use serde::Serialize;

use super::{
    filters,
    scan::{Named, scan},
    scope::{self, Scope},
};
use crate::domain::field::Value;

/// The most bytes a value may have that goes in or comes out.
pub(super) const LARGEST: usize = 65_536;

/// Steps that one run may take. The longest text that compiles needs some 2,000.
const FUEL: u64 = 20_000;

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_fuel(Some(FUEL));
    // Errors then know their place. They also hold the values; they are read for kind and place and dropped.
    engine.set_debug(true);
    // An empty field is bound as nothing: it is false, joins as no text, and is smaller than any number. That a name is known
    // is checked beforehand.
    engine.set_undefined_behavior(UndefinedBehavior::Lenient);
    filters::install(&mut engine);
    engine
});

/// A place in an expression, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Span {
    /// The first.
    pub from: usize,
    /// The one behind the last.
    pub to: usize,
}

/// What is wrong with an expression, by what its author can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Too long to be compiled.
    #[error(
        "the expression is too long: at most 2,000 characters, 64 words and signs that tie parts together, and 16 brackets within brackets"
    )]
    TooLong,
    /// It cannot be read.
    #[error("the expression cannot be read here: a sign or a bracket is missing or too many")]
    Syntax,
    /// No such field.
    #[error("there is no field {0}")]
    UnknownName(String),
    /// No such filter.
    #[error("there is no filter {0}")]
    UnknownFilter(String),
    /// No such test.
    #[error("there is no test {0}; there are empty, none and given")]
    UnknownTest(String),
    /// No such function.
    #[error("there is no function {0}; filters are written behind a bar, as in name|upper")]
    UnknownFunction(String),
    /// No such value table.
    #[error("there is no value table {0}")]
    UnknownTable(String),
    /// The table's name must be written out.
    #[error("lookup needs the name of a value table in quotes, as in lookup('countries')")]
    TableName,
    /// Something other than what can be asked of a field.
    #[error("behind a field only .amount, .currency, .id and .label can stand")]
    Attribute,
    /// Two fields that would be called the same.
    #[error("this and a field whose name ends alike cannot stand in one expression")]
    Ambiguous,
    /// Multiplication.
    #[error("* cannot be used: use times, as in quantity|times(12)")]
    Repeated,
    /// `x == none`, `x == ''`.
    #[error("write is empty or is not empty instead of comparing with none or ''")]
    ComparedWithNothing,
    /// Calculating with money.
    #[error("an amount of money cannot be calculated with or compared: its currency may differ from row to row")]
    Amount,
    /// A value of a kind that this cannot be done with.
    #[error("a value is of a kind with which this cannot be done")]
    Kind,
    /// Wrong arguments.
    #[error("the filter needs other arguments")]
    Arguments,
    /// Out of fuel.
    #[error("the expression takes too many steps")]
    TooMuch,
    /// The value is too large.
    #[error("the value has more than 65,536 bytes")]
    TooBig,
    /// The value is not in the table.
    #[error("the value table {0} has no such value")]
    Unmatched(String),
    /// Not a date.
    #[error("the value is no date that can be read")]
    NotADate,
    /// Not a number.
    #[error("the value is no plain number")]
    NotANumber,
}

impl Problem {
    /// The stable word of it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "expression_too_long",
            Self::Syntax => "syntax",
            Self::UnknownName(_) => "unknown_field",
            Self::UnknownFilter(_) => "unknown_filter",
            Self::UnknownTest(_) => "unknown_test",
            Self::UnknownFunction(_) => "unknown_function",
            Self::UnknownTable(_) => "unknown_table",
            Self::TableName => "table_name",
            Self::Attribute => "attribute",
            Self::Ambiguous => "ambiguous",
            Self::Repeated => "multiplication",
            Self::ComparedWithNothing => "compared_with_nothing",
            Self::Amount => "amount",
            Self::Kind => "wrong_kind",
            Self::Arguments => "arguments",
            Self::TooMuch => "too_many_steps",
            Self::TooBig => "too_long",
            Self::Unmatched(_) => "unmatched",
            Self::NotADate => "invalid_date",
            Self::NotANumber => "invalid_number",
        }
    }

    /// This problem, without a place.
    pub(super) const fn nowhere(self) -> ExprError {
        ExprError { problem: self, at: None }
    }

    /// This problem at these bytes of `text`.
    pub(super) fn at(self, text: &str, bytes: Range<usize>) -> ExprError {
        let chars = |end: usize| text.get(..end.min(text.len())).map(|before| before.chars().count());
        let at = chars(bytes.start).zip(chars(bytes.end)).map(|(from, to)| Span { from, to });
        ExprError { problem: self, at }
    }
}

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ExprError {
    /// What.
    pub problem: Problem,
    /// Where, if that is known.
    pub at: Option<Span>,
}

/// What an expression came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `none`: leave alone.
    Nothing,
    /// `''`: clear.
    Empty,
    /// A value.
    Value(Value),
}

/// An expression that can be run.
#[derive(Clone)]
pub struct Expr {
    text: Arc<str>,
    named: Arc<[(Arc<str>, Named)]>,
    tables: Arc<[(String, Range<usize>)]>,
    calculates: bool,
    compiled: Arc<Expression<'static, 'static>>,
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expr").field(&self.text).finish()
    }
}

impl Expr {
    /// Compiles `text`.
    ///
    /// # Errors
    /// What is wrong and where. Whether the fields and tables it names exist is not known here: see [`Expr::fields`] and
    /// [`Expr::tables`].
    pub fn compile(text: &str) -> Result<Self, ExprError> {
        let found = scan(text)?;
        let compiled = ENGINE.compile_expression_owned(found.source).map_err(|error| problem(text, &error))?;
        let named = found.named.into_iter().map(|named| (named.variable().into(), named)).collect();
        Ok(Self {
            text: text.into(),
            named,
            tables: found.tables.into(),
            calculates: found.calculates,
            compiled: Arc::new(compiled),
        })
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields it reads.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        self.named.iter().map(|(_, named)| named.field.as_str()).collect()
    }

    /// The value tables it looks into.
    #[must_use]
    pub fn tables(&self) -> BTreeSet<&str> {
        self.tables.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Whether it calculates or compares, which no amount may be part of.
    #[must_use]
    pub const fn calculates(&self) -> bool {
        self.calculates
    }

    /// `problem`, at the place where `field` is first named.
    pub(super) fn at_field(&self, field: &str, problem: Problem) -> ExprError {
        let at = self.named.iter().find(|(_, named)| named.field == field).map(|(_, named)| named.at.clone());
        match at {
            Some(at) => problem.at(&self.text, at),
            None => problem.nowhere(),
        }
    }

    /// `problem`, at the place where the table is first named.
    pub(super) fn at_table(&self, table: &str, problem: Problem) -> ExprError {
        let at = self.tables.iter().find(|(name, _)| name == table).map(|(_, at)| at.clone());
        match at {
            Some(at) => problem.at(&self.text, at),
            None => problem.nowhere(),
        }
    }

    /// Runs it.
    ///
    /// # Errors
    /// What could not be done and where; no value is told.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Outcome, ExprError> {
        let mut size = 0;
        let mut bound = Vec::with_capacity(self.named.len() + 1);
        for (variable, named) in self.named.iter() {
            let value = scope.get(&named.field);
            let money = matches!(value.as_deref(), Some(Value::Money(_)));
            if money && self.calculates {
                return Err(self.at_field(&named.field, Problem::Amount));
            }
            let value = value.map_or(minijinja::Value::UNDEFINED, |value| scope::bind(&value, named.attribute));
            size += value.as_str().map_or(0, str::len);
            bound.push((variable.to_string(), value));
        }
        if size > LARGEST {
            return Err(Problem::TooBig.nowhere());
        }
        bound.push((scope::TABLES.to_owned(), scope::tables(scope)));
        let outcome = self.compiled.eval(minijinja::Value::from_pairs(bound));
        let outcome = outcome.map_err(|error| problem(&self.text, &error))?;
        scope::outcome(&outcome).map_err(Problem::nowhere)
    }

    /// Runs it for a yes or no: nothing, an empty text, zero and `false` are no.
    ///
    /// # Errors
    /// As [`Expr::eval`].
    pub fn holds(&self, scope: &Scope<'_>) -> Result<bool, ExprError> {
        Ok(match self.eval(scope)? {
            Outcome::Nothing | Outcome::Empty => false,
            Outcome::Value(Value::Flag(flag)) => flag,
            Outcome::Value(Value::Number(number)) => !number.is_zero(),
            Outcome::Value(_) => true,
        })
    }
}

/// What the engine's error comes to. Its texts may hold values and are dropped.
fn problem(text: &str, error: &minijinja::Error) -> ExprError {
    let ours = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Problem>()).cloned();
    let problem = ours.unwrap_or(match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => Problem::Syntax,
        ErrorKind::OutOfFuel => Problem::TooMuch,
        ErrorKind::TooManyArguments | ErrorKind::MissingArgument => Problem::Arguments,
        _ => Problem::Kind,
    });
    match error.range() {
        Some(bytes) => problem.at(text, bytes),
        None => problem.nowhere(),
    }
}
