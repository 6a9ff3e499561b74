//! From a parsed expression to SQL for SQLite, with Oracle's conversions written out.

use std::collections::BTreeMap;

use sqlparser::ast::{BinaryOperator, CaseWhen, Expr, UnaryOperator, Value};

use super::{
    Bound, Rules, SuiteQlError,
    conditions::compare,
    parse::unsupported,
    rownum::is_rownum,
    schema::{Column, Kind, Schema, Trait},
    scope::{Aggregates, Place, Sql, literal, quoted},
};

/// Turns one statement into SQL for SQLite.
pub(super) struct Translator<'t> {
    pub schema: &'t Schema,
    pub rules: &'t Rules,
    pub params: &'t [Bound],
    /// The `WITH` names that can be used here.
    pub ctes: BTreeMap<String, Vec<Column>>,
    /// How many aggregates were met so far.
    pub aggregates: usize,
    nameless: usize,
}

impl<'t> Translator<'t> {
    pub(super) fn new(schema: &'t Schema, rules: &'t Rules, params: &'t [Bound]) -> Self {
        Self { schema, rules, params, ctes: BTreeMap::new(), aggregates: 0, nameless: 0 }
    }

    /// The value bound to the placeholder `?n`.
    pub(super) fn bound(&self, mark: &str) -> Option<&'t Bound> {
        mark.strip_prefix('?').and_then(|n| n.parse::<usize>().ok()).and_then(|n| self.params.get(n.checked_sub(1)?))
    }

    /// A name for a sub-select that has none.
    pub(super) fn nameless(&mut self) -> String {
        self.nameless += 1;
        format!("sub${}", self.nameless)
    }

    /// The placeholder that holds the present instant.
    pub(super) fn now(&self) -> Sql {
        Sql::new(format!("?{}", self.params.len() + 1), Kind::Date)
    }

    /// Translates an expression that has a value.
    pub(super) fn value(&mut self, expr: &Expr, place: Place<'_>) -> Result<Sql, SuiteQlError> {
        if let Some(keys) = place.grouped
            && place.aggregates == Aggregates::Allowed
        {
            let (met, nameless) = (self.aggregates, self.nameless);
            let free = self.plain_value(expr, Place { grouped: None, ..place })?;
            if keys.contains(&free.text) {
                return Ok(free);
            }
            (self.aggregates, self.nameless) = (met, nameless);
        }
        self.plain_value(expr, place)
    }

    fn plain_value(&mut self, expr: &Expr, place: Place<'_>) -> Result<Sql, SuiteQlError> {
        match expr {
            Expr::Nested(inner) => {
                let inner = self.value(inner, place)?;
                Ok(Sql { text: format!("({})", inner.text), ..inner })
            }
            Expr::Value(value) => self.constant(&value.value),
            Expr::Identifier(ident) if ident.quote_style.is_none() => {
                let name = ident.value.to_lowercase();
                match name.as_str() {
                    "sysdate" => Ok(self.now()),
                    _ if is_rownum(expr) && place.aggregates == Aggregates::Allowed && place.grouped.is_none() => {
                        Ok(Sql::new("row_number() OVER ()", Kind::Number))
                    }
                    _ => column(None, &name, place),
                }
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] if table.quote_style.is_none() && name.quote_style.is_none() => {
                    column(Some(&table.value.to_lowercase()), &name.value.to_lowercase(), place)
                }
                _ => Err(place.scope.unknown(&expr.to_string())),
            },
            Expr::Identifier(_) => Err(place.scope.unknown(&expr.to_string())),
            Expr::UnaryOp { op, expr } => self.signed(*op, expr, place),
            Expr::BinaryOp { left, op, right } => self.arithmetic(left, op, right, place),
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), place)
            }
            Expr::Subquery(query) => {
                let relation = self.query(query, Some(place.scope))?;
                let [only] = relation.columns.as_slice() else { return Err(SuiteQlError::invalid("too many values")) };
                Ok(Sql::new(format!("({})", relation.limited()), only.kind))
            }
            other => self.call_like(other, place),
        }
    }

    fn constant(&self, value: &Value) -> Result<Sql, SuiteQlError> {
        match value {
            Value::SingleQuotedString(text) if text.len() > super::LONGEST_TEXT => {
                Err(SuiteQlError::invalid("string literal too long"))
            }
            Value::SingleQuotedString(text) if text.is_empty() => Ok(Sql::new("NULL", Kind::Null)),
            Value::SingleQuotedString(text) => Ok(Sql::new(literal(text), Kind::Text)),
            Value::Number(digits, false) => {
                let number = super::number::parse(digits).map_err(|e| SuiteQlError::invalid(e.to_string()))?;
                Ok(Sql::new(number.to_string(), Kind::Number))
            }
            Value::Null => Ok(Sql::new("NULL", Kind::Null)),
            Value::Placeholder(mark) => match self.bound(mark) {
                Some(bound) => Ok(Sql::new(mark.clone(), bound.kind())),
                None => Err(unsupported()),
            },
            _ => Err(unsupported()),
        }
    }

    fn signed(&mut self, op: UnaryOperator, expr: &Expr, place: Place<'_>) -> Result<Sql, SuiteQlError> {
        let inner = self.value(expr, place)?;
        let inner = self.as_number(inner)?;
        match op {
            UnaryOperator::Plus => Ok(inner),
            UnaryOperator::Minus => Ok(Sql::new(format!("ora_neg({})", inner.text), Kind::Number)),
            _ => Err(unsupported()),
        }
    }

    fn arithmetic(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        place: Place<'_>,
    ) -> Result<Sql, SuiteQlError> {
        let (left, right) = (self.value(left, place)?, self.value(right, place)?);
        let call = |name: &str, a: &Sql, b: &Sql, kind| Sql::new(format!("{name}({}, {})", a.text, b.text), kind);
        match (op, left.kind, right.kind) {
            (BinaryOperator::StringConcat, ..) => {
                Ok(call("ora_concat", &self.as_text(left), &self.as_text(right), Kind::Text))
            }
            (BinaryOperator::Minus, Kind::Date, Kind::Date) => Ok(call("ora_date_sub", &left, &right, Kind::Number)),
            (BinaryOperator::Plus, Kind::Date, _) => {
                Ok(call("ora_date_add", &left, &self.as_number(right)?, Kind::Date))
            }
            (BinaryOperator::Plus, _, Kind::Date) => {
                Ok(call("ora_date_add", &right, &self.as_number(left)?, Kind::Date))
            }
            (BinaryOperator::Minus, Kind::Date, _) => {
                let days = self.as_number(right)?;
                Ok(Sql::new(format!("ora_date_add({}, ora_neg({}))", left.text, days.text), Kind::Date))
            }
            _ => {
                let name = match op {
                    BinaryOperator::Plus => "ora_add",
                    BinaryOperator::Minus => "ora_sub",
                    BinaryOperator::Multiply => "ora_mul",
                    BinaryOperator::Divide => "ora_div",
                    _ => return Err(unsupported()),
                };
                Ok(call(name, &self.as_number(left)?, &self.as_number(right)?, Kind::Number))
            }
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        place: Place<'_>,
    ) -> Result<Sql, SuiteQlError> {
        let operand = operand.map(|o| self.value(o, place)).transpose()?;
        let mut kind = Kind::Null;
        let mut out = "CASE".to_owned();
        for CaseWhen { condition, result } in conditions {
            let condition = match &operand {
                None => self.condition(condition, place)?,
                Some(operand) => {
                    let asked = self.value(condition, place)?;
                    compare(self, operand.clone(), &BinaryOperator::Eq, asked)?
                }
            };
            let result = self.value(result, place)?;
            kind = same_kind(kind, result.kind)?;
            out = format!("{out} WHEN {condition} THEN {}", result.text);
        }
        if let Some(otherwise) = otherwise {
            let otherwise = self.value(otherwise, place)?;
            kind = same_kind(kind, otherwise.kind)?;
            out = format!("{out} ELSE {}", otherwise.text);
        }
        Ok(Sql::new(format!("{out} END"), kind))
    }

    /// The value as text, as an implicit `TO_CHAR` makes it.
    pub(super) fn as_text(&self, sql: Sql) -> Sql {
        match sql.kind {
            Kind::Date => {
                let model = self.rules.date_format.model();
                Sql::new(format!("ora_to_char_date({}, '{model}')", sql.text), Kind::Text)
            }
            Kind::Number => Sql::new(format!("ora_text({})", sql.text), Kind::Text),
            Kind::Text | Kind::Null => sql,
        }
    }

    /// The value as a number, as an implicit `TO_NUMBER` makes it.
    #[expect(clippy::unused_self, reason = "stands beside as_text and as_date, which need the account's rules")]
    pub(super) fn as_number(&self, sql: Sql) -> Result<Sql, SuiteQlError> {
        match sql.kind {
            Kind::Number | Kind::Null => Ok(sql),
            Kind::Text => Ok(Sql::new(format!("ora_num({})", sql.text), Kind::Number)),
            Kind::Date => Err(SuiteQlError::invalid("inconsistent datatypes: expected NUMBER got DATE")),
        }
    }

    /// The value as a date, read in the account's own format.
    pub(super) fn as_date(&self, sql: Sql) -> Result<Sql, SuiteQlError> {
        match sql.kind {
            Kind::Date | Kind::Null => Ok(sql),
            Kind::Text => {
                let model = self.rules.date_format.model();
                Ok(Sql::new(format!("ora_to_date({}, '{model}')", sql.text), Kind::Date))
            }
            Kind::Number => Err(SuiteQlError::invalid("inconsistent datatypes: expected DATE got NUMBER")),
        }
    }
}

/// The common kind of the branches of a `CASE`.
pub(super) fn same_kind(a: Kind, b: Kind) -> Result<Kind, SuiteQlError> {
    match (a, b) {
        (Kind::Null, other) | (other, Kind::Null) => Ok(other),
        (a, b) if a == b => Ok(a),
        _ => Err(SuiteQlError::invalid("inconsistent datatypes")),
    }
}

fn column(qualifier: Option<&str>, name: &str, place: Place<'_>) -> Result<Sql, SuiteQlError> {
    let found = place.scope.resolve(qualifier, name)?;
    if place.grouped.is_some() && place.aggregates == Aggregates::Allowed && !found.outer {
        return Err(SuiteQlError::invalid(format!("Field '{name}': not a GROUP BY expression")));
    }
    let table = quoted(&found.source.alias);
    let special = (found.column.special != Trait::Plain).then(|| (found.column.special, table.clone()));
    Ok(Sql { text: format!("{table}.{}", quoted(name)), kind: found.column.kind, special })
}
