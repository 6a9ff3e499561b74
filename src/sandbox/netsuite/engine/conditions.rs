//! Conditions: what may stand in `WHERE`, `ON`, `HAVING` and `CASE WHEN`. Oracle has no boolean values in SQL.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator};

use super::{
    SuiteQlError,
    expr::Translator,
    parse::unsupported,
    schema::{Kind, Trait},
    scope::{Place, Sql},
};

/// The most values in one `IN (…)`.
const MOST_IN: usize = 1_000;

impl Translator<'_> {
    /// Translates a condition.
    pub(super) fn condition(&mut self, expr: &Expr, place: Place<'_>) -> Result<String, SuiteQlError> {
        match expr {
            Expr::Nested(inner) => Ok(format!("({})", self.condition(inner, place)?)),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(format!("NOT ({})", self.condition(expr, place)?)),
            Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
                let word = if *op == BinaryOperator::And { "AND" } else { "OR" };
                Ok(format!("({} {word} {})", self.condition(left, place)?, self.condition(right, place)?))
            }
            Expr::BinaryOp { left, op, right } => {
                let (left, right) = (self.value(left, place)?, self.value(right, place)?);
                compare(self, left, op, right)
            }
            Expr::IsNull(inner) => Ok(format!("{} IS NULL", self.value(inner, place)?.text)),
            Expr::IsNotNull(inner) => Ok(format!("{} IS NOT NULL", self.value(inner, place)?.text)),
            Expr::Between { expr, negated, low, high } => {
                let (value, low, high) = (self.value(expr, place)?, self.value(low, place)?, self.value(high, place)?);
                let from = compare(self, value.clone(), &BinaryOperator::GtEq, low)?;
                let to = compare(self, value, &BinaryOperator::LtEq, high)?;
                Ok(format!("{}({from} AND {to})", if *negated { "NOT " } else { "" }))
            }
            Expr::InList { expr, list, negated } => self.one_of(expr, list, *negated, place),
            Expr::InSubquery { expr, subquery, negated } => {
                let value = self.value(expr, place)?;
                let relation = self.query(subquery, Some(place.scope))?;
                let [_] = relation.columns.as_slice() else { return Err(SuiteQlError::invalid("too many values")) };
                Ok(format!("{} {}IN ({})", value.text, if *negated { "NOT " } else { "" }, relation.limited()))
            }
            Expr::Exists { subquery, negated } => {
                let relation = self.query(subquery, Some(place.scope))?;
                Ok(format!("{}EXISTS ({})", if *negated { "NOT " } else { "" }, relation.limited()))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                let (text, pattern) = (self.value(expr, place)?, self.value(pattern, place)?);
                let escape = escape_char.as_ref().map(|e| self.value(e, place)).transpose()?;
                let escape = escape.map_or_else(|| "NULL".to_owned(), |e| e.text);
                let (text, pattern) = (self.as_text(text).text, self.as_text(pattern).text);
                Ok(format!("{}ora_like({text}, {pattern}, {escape})", if *negated { "NOT " } else { "" }))
            }
            _ => Err(SuiteQlError::invalid("invalid relational operator")),
        }
    }

    fn one_of(&mut self, expr: &Expr, list: &[Expr], not: bool, place: Place<'_>) -> Result<String, SuiteQlError> {
        if list.len() > MOST_IN {
            return Err(SuiteQlError::invalid("maximum number of expressions in a list is 1000"));
        }
        if list.is_empty() {
            return Err(unsupported());
        }
        let value = self.value(expr, place)?;
        let negate = if not { "NOT " } else { "" };
        let mut texts = Vec::with_capacity(list.len());
        for item in list {
            let item = self.value(item, place)?;
            texts.push(match value.special {
                Some((Trait::Status, _)) => compare(self, value.clone(), &BinaryOperator::Eq, item)?,
                _ => self.fitted(&value, item)?.text,
            });
        }
        match value.special {
            Some((Trait::Status, _)) => Ok(format!("{negate}({})", texts.join(" OR "))),
            _ => Ok(format!("{} {negate}IN ({})", value.text, texts.join(", "))),
        }
    }

    /// `other` in the kind of `value`, where Oracle converts it.
    fn fitted(&self, value: &Sql, other: Sql) -> Result<Sql, SuiteQlError> {
        match value.kind {
            Kind::Number => self.as_number(other),
            Kind::Date => self.as_date(other),
            Kind::Text | Kind::Null => Ok(other),
        }
    }
}

/// `left op right`, with Oracle's conversions: text beside a number becomes a number, beside a date a date.
pub(super) fn compare(
    translator: &Translator<'_>,
    left: Sql,
    op: &BinaryOperator,
    right: Sql,
) -> Result<String, SuiteQlError> {
    let sign = match op {
        BinaryOperator::Eq => "=",
        BinaryOperator::NotEq => "<>",
        BinaryOperator::Lt => "<",
        BinaryOperator::LtEq => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::GtEq => ">=",
        _ => return Err(SuiteQlError::invalid("invalid relational operator")),
    };
    let negate = match sign {
        "=" => Some(""),
        "<>" => Some("NOT "),
        _ => None,
    };
    if let (Some(negate), Some((column, table, asked))) = (negate, status_side(&left, &right)) {
        return Ok(format!("{negate}ora_status_is({table}.\"type\", {column}, {asked})"));
    }
    let (left, right) = match (left.kind, right.kind) {
        (Kind::Date, _) | (_, Kind::Date) => (translator.as_date(left)?, translator.as_date(right)?),
        (Kind::Number, _) | (_, Kind::Number) => (translator.as_number(left)?, translator.as_number(right)?),
        _ => (left, right),
    };
    Ok(format!("{} {sign} {}", left.text, right.text))
}

/// A `transaction.status` on one side only: its column, its table and the other side.
fn status_side<'s>(left: &'s Sql, right: &'s Sql) -> Option<(&'s str, &'s str, &'s str)> {
    match (&left.special, &right.special) {
        (Some((Trait::Status, _)), Some((Trait::Status, _))) => None,
        (Some((Trait::Status, table)), _) => Some((&left.text, table, &right.text)),
        (_, Some((Trait::Status, table))) => Some((&right.text, table, &left.text)),
        _ => None,
    }
}
