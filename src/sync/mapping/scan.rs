//! What an expression is made of, read before it is compiled: the fields, filters and tables it names, and what must not
//! stand in one.
//!
//! The engine decides much of this only while it runs and only for the branch it takes; an administrator must hear of it
//! when the expression is saved.

use std::ops::Range;

use super::{
    expr::{ExprError, Problem},
    filters::{FILTERS, FUNCTIONS, TESTS},
};

/// More than this is a program, and not a mapping.
const LONGEST: usize = 2_000;

/// The most words and signs that tie parts together. It bounds a result's size before it is made, and how deep the engine
/// goes when it compiles, since it has no bound of its own that a thread's stack would bear.
const TIES: usize = 64;

/// The most brackets within brackets, for the same reason.
const DEPTH: usize = 16;

/// What can be asked of a field behind a dot.
const ATTRIBUTES: [&str; 4] = ["amount", "currency", "id", "label"];

const KEYWORDS: [&str; 14] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "loop"];

/// A field that an expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The field.
    pub(super) field: String,
    /// What is asked of it: the currency of an amount, the system's own word of a choice.
    pub(super) attribute: Option<&'static str>,
    /// Where it stands, in bytes.
    pub(super) at: Range<usize>,
}

impl Named {
    /// The variable that stands for it when the expression runs.
    pub(super) fn variable(&self) -> String {
        self.attribute.map_or_else(|| self.field.clone(), |attribute| format!("{}_{attribute}", self.field))
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// The text to compile: as it was, but that `field.id` is the one variable `field_id`. Of the same length, so that places
    /// stay what they are.
    pub(super) source: String,
    /// The fields, in the order in which they stand there.
    pub(super) named: Vec<Named>,
    /// The value tables, with the place.
    pub(super) tables: Vec<(String, Range<usize>)>,
    /// Whether it calculates or compares by size or likeness: nothing that may be done with an amount.
    pub(super) calculates: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Word,
    Text,
    Number,
    Sign,
}

#[derive(Debug, Clone)]
struct Token<'a> {
    sort: Sort,
    text: &'a str,
    at: Range<usize>,
}

impl Token<'_> {
    fn is_sign(&self, sign: &str) -> bool {
        self.sort == Sort::Sign && self.text == sign
    }

    fn is_word(&self, word: &str) -> bool {
        self.sort == Sort::Word && self.text == word
    }

    fn is_nothing(&self) -> bool {
        (self.sort == Sort::Word && matches!(self.text, "none" | "None"))
            || (self.sort == Sort::Text && self.text.len() == 2)
    }
}

/// Reads `text`.
///
/// # Errors
/// The first thing that must not stand there.
pub(super) fn scan(text: &str) -> Result<Scan, ExprError> {
    if text.len() > LONGEST {
        return Err(Problem::TooLong.nowhere());
    }
    let tokens = tokens(text);
    let mut found = Scan { source: text.to_owned(), ..Scan::default() };
    bounded(text, &tokens)?;
    for (index, token) in tokens.iter().enumerate() {
        match token.sort {
            Sort::Word => word(text, &tokens, index, &mut found)?,
            Sort::Sign => sign(text, &tokens, index, &mut found)?,
            Sort::Text | Sort::Number => {}
        }
    }
    unambiguous(text, &found)?;
    Ok(found)
}

/// Holds the expression to the bounds of this module.
fn bounded(text: &str, tokens: &[Token<'_>]) -> Result<(), ExprError> {
    let (mut ties, mut depth) = (0, 0_usize);
    for token in tokens {
        match token.sort {
            Sort::Sign if matches!(token.text, "(" | "[" | "{") => depth += 1,
            Sort::Sign if matches!(token.text, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            Sort::Sign if !matches!(token.text, "," | ":" | ".") => ties += 1,
            Sort::Word if matches!(token.text, "and" | "or" | "not" | "in" | "is" | "if") => ties += 1,
            _ => {}
        }
        if ties > TIES || depth > DEPTH {
            return Err(Problem::TooLong.at(text, token.at.clone()));
        }
    }
    Ok(())
}

fn word(text: &str, tokens: &[Token<'_>], index: usize, found: &mut Scan) -> Result<(), ExprError> {
    let token = &tokens[index];
    let before = index.checked_sub(1).map(|i| &tokens[i]);
    let next = tokens.get(index + 1);
    let refuse = |problem: Problem| Err(problem.at(text, token.at.clone()));
    if before.is_some_and(|t| t.is_sign("|")) {
        if !FILTERS.contains(&token.text) {
            return refuse(Problem::UnknownFilter(token.text.to_owned()));
        }
        return if token.text.starts_with("lookup") { table(text, tokens, index, found) } else { Ok(()) };
    }
    if is_test(tokens, index) {
        return if TESTS.contains(&token.text) { Ok(()) } else { refuse(Problem::UnknownTest(token.text.to_owned())) };
    }
    if before.is_some_and(|t| t.is_sign(".")) {
        return Ok(()); // Taken with the field before it.
    }
    if KEYWORDS.contains(&token.text) {
        found.calculates |= token.text == "in";
        return Ok(());
    }
    if next.is_some_and(|t| t.is_sign("(")) {
        let known = FUNCTIONS.contains(&token.text);
        return if known { Ok(()) } else { refuse(Problem::UnknownFunction(token.text.to_owned())) };
    }
    if next.is_some_and(|t| t.is_sign("=")) {
        return refuse(Problem::Arguments);
    }
    let attribute = attribute(text, tokens, index, found)?;
    found.named.push(Named { field: token.text.to_owned(), attribute, at: token.at.clone() });
    Ok(())
}

/// Whether the word is a test: `x is empty`, `x is not empty`.
fn is_test(tokens: &[Token<'_>], index: usize) -> bool {
    let back = |by: usize| index.checked_sub(by).map(|i| &tokens[i]);
    let not = tokens[index].is_word("not");
    (back(1).is_some_and(|t| t.is_word("is")) && !not)
        || (back(1).is_some_and(|t| t.is_word("not")) && back(2).is_some_and(|t| t.is_word("is")))
}

/// The attribute behind a field's name; the dot becomes part of the variable's name.
fn attribute(
    text: &str,
    tokens: &[Token<'_>],
    index: usize,
    found: &mut Scan,
) -> Result<Option<&'static str>, ExprError> {
    let (Some(dot), Some(name)) = (tokens.get(index + 1).filter(|t| t.is_sign(".")), tokens.get(index + 2)) else {
        return Ok(None);
    };
    let known = ATTRIBUTES.into_iter().find(|known| name.is_word(known));
    let close = tokens[index].at.end == dot.at.start && dot.at.end == name.at.start;
    let Some(attribute) = known.filter(|_| close) else {
        return Err(Problem::Attribute.at(text, dot.at.start..name.at.end));
    };
    found.source.replace_range(dot.at.clone(), "_");
    Ok(Some(attribute))
}

/// The table that a `lookup` names; it must be named there, so that it can be known beforehand.
fn table(text: &str, tokens: &[Token<'_>], index: usize, found: &mut Scan) -> Result<(), ExprError> {
    let name = tokens.get(index + 2).filter(|t| t.sort == Sort::Text && t.text.len() > 2 && !t.text.contains('\\'));
    let opened = tokens.get(index + 1).is_some_and(|t| t.is_sign("("));
    let closed = tokens.get(index + 3).is_some_and(|t| t.is_sign(")"));
    let Some(name) = name.filter(|_| opened && closed) else {
        return Err(Problem::TableName.at(text, tokens[index].at.clone()));
    };
    found.tables.push((name.text[1..name.text.len() - 1].to_owned(), name.at.clone()));
    Ok(())
}

fn sign(text: &str, tokens: &[Token<'_>], index: usize, found: &mut Scan) -> Result<(), ExprError> {
    let token = &tokens[index];
    let before = index.checked_sub(1).map(|i| &tokens[i]);
    let next = tokens.get(index + 1);
    match token.text {
        "*" | "**" => return Err(Problem::Repeated.at(text, token.at.clone())),
        "==" | "!=" => {
            if before.is_some_and(Token::is_nothing) || next.is_some_and(Token::is_nothing) {
                return Err(Problem::ComparedWithNothing.at(text, token.at.clone()));
            }
            found.calculates = true;
        }
        "<" | ">" | "<=" | ">=" | "/" | "//" | "%" | "+" => found.calculates = true,
        "-" => found.calculates |= !is_negative(before, next),
        "." if before.is_none_or(|t| t.sort != Sort::Word) => {
            return Err(Problem::Attribute.at(text, token.at.clone()));
        }
        _ => {}
    }
    Ok(())
}

/// Whether a minus belongs to the number behind it.
fn is_negative(before: Option<&Token<'_>>, next: Option<&Token<'_>>) -> bool {
    next.is_some_and(|t| t.sort == Sort::Number)
        && before.is_none_or(|t| t.sort == Sort::Sign && !matches!(t.text, ")" | "]" | "}"))
}

/// `field.id` runs as `field_id`; an account may have a field of that name as well.
fn unambiguous(text: &str, found: &Scan) -> Result<(), ExprError> {
    for named in found.named.iter().filter(|n| n.attribute.is_some()) {
        let variable = named.variable();
        if found.named.iter().any(|other| other.attribute.is_none() && other.field == variable) {
            return Err(Problem::Ambiguous.at(text, named.at.clone()));
        }
    }
    Ok(())
}

/// The words, texts, numbers and signs of `text`. A text that does not end goes on to the end: compiling tells of it.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let (sort, len) = token(&text[at..], first);
        if let Some(sort) = sort {
            found.push(Token { sort, text: &text[at..at + len], at: at..at + len });
        }
        at += len;
    }
    found
}

fn token(rest: &str, first: char) -> (Option<Sort>, usize) {
    if first.is_whitespace() {
        return (None, first.len_utf8());
    }
    if first == '\'' || first == '"' {
        return (Some(Sort::Text), text_len(rest, first));
    }
    if first.is_ascii_digit() {
        let digits = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let tail = rest[digits..].strip_prefix('.').filter(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
        let tail = tail.map_or(0, |t| 1 + t.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(t.len()));
        return (Some(Sort::Number), digits + tail);
    }
    if first.is_alphanumeric() || first == '_' {
        let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (Some(Sort::Word), len);
    }
    let two = ["==", "!=", "<=", ">=", "//", "**"].into_iter().any(|sign| rest.starts_with(sign));
    (Some(Sort::Sign), if two { 2 } else { first.len_utf8() })
}

fn text_len(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    rest.len()
}
