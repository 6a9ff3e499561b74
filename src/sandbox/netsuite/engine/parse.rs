//! From text to one parsed query, and what is refused before anything is looked up.

use sqlparser::{
    ast::{Query, Statement},
    dialect::OracleDialect,
    keywords::Keyword,
    parser::Parser,
    tokenizer::{Token, Tokenizer, Whitespace},
};

use super::SuiteQlError;

/// The longest statement, in bytes.
const LONGEST: usize = 1_000_000;

/// A parsed statement whose placeholders are numbered `?1`, `?2` … in the order in which they were written.
pub(super) struct Parsed {
    pub query: Box<Query>,
    pub placeholders: usize,
}

/// Parses `text`, which must be one `SELECT`.
pub(super) fn parse(text: &str) -> Result<Parsed, SuiteQlError> {
    if text.trim().is_empty() || text.len() > LONGEST || text.contains('\0') {
        return Err(unsupported());
    }
    let mut tokens = Tokenizer::new(&OracleDialect {}, text).tokenize().map_err(|_| unsupported())?;
    let mut placeholders = 0;
    for token in &mut tokens {
        match token {
            Token::Placeholder(mark) if mark == "?" => {
                placeholders += 1;
                *mark = format!("?{placeholders}");
            }
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_))
            | Token::Placeholder(_)
            | Token::SemiColon
            | Token::DoubleEq
            | Token::LBracket
            | Token::RBracket => return Err(unsupported()),
            Token::Word(word) if word.keyword == Keyword::LIMIT && word.quote_style.is_none() => {
                return Err(unsupported());
            }
            _ => {}
        }
    }
    let mut parser = Parser::new(&OracleDialect {}).with_tokens(tokens);
    let statement = parser.parse_statement().map_err(|_| unsupported())?;
    if parser.peek_token().token != Token::EOF {
        return Err(unsupported());
    }
    match statement {
        Statement::Query(query) => Ok(Parsed { query, placeholders }),
        _ => Err(unsupported()),
    }
}

/// What NetSuite says to a statement that it cannot even parse.
pub(super) fn unsupported() -> SuiteQlError {
    SuiteQlError::invalid("Invalid or unsupported search")
}
