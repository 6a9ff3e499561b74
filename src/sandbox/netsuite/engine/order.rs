//! The order of rows: Oracle's nulls, and what SQLite's indexes can give as it is.

use sqlparser::ast::{Expr, Join, JoinOperator, OrderBy, OrderByKind, TableWithJoins};

use super::{
    SuiteQlError,
    expr::Translator,
    parse::unsupported,
    scope::{Place, Scope, quoted},
    select::Item,
};

impl Translator<'_> {
    /// The keys of an `ORDER BY` with their directions. `sure`: columns that are never null.
    pub(super) fn order(
        &mut self,
        order_by: Option<&OrderBy>,
        items: &[Item],
        place: Place<'_>,
        distinct: bool,
        sure: &[String],
    ) -> Result<Vec<(String, &'static str)>, SuiteQlError> {
        let Some(OrderBy { kind, interpolate: None }) = order_by else {
            return if order_by.is_none() { Ok(Vec::new()) } else { Err(unsupported()) };
        };
        let OrderByKind::Expressions(keys) = kind else { return Err(unsupported()) };
        let mut out = Vec::new();
        for key in keys {
            let ascending = match &key.options.sort {
                None | Some(sqlparser::ast::OrderBySort::Asc) => true,
                Some(sqlparser::ast::OrderBySort::Desc) => false,
                Some(_) => return Err(unsupported()),
            };
            if key.with_fill.is_some() {
                return Err(unsupported());
            }
            let sql = match item_of(&key.expr, items)? {
                Some(at) => items[at].sql.text.clone(),
                None => self.value(&key.expr, place)?.text,
            };
            if distinct && !items.iter().any(|i| i.sql.text == sql) {
                return Err(SuiteQlError::invalid("not a SELECTed expression"));
            }
            let way = direction(ascending, key.options.nulls_first);
            let way = if sure.contains(&sql) { way.split(' ').next().unwrap_or_default() } else { way };
            out.push((sql, way));
        }
        Ok(out)
    }
}

/// The columns of the first table that are never null there: SQLite's indexes have their order, which `NULLS LAST` is not.
pub(super) fn never_null(from: &[TableWithJoins], scope: &Scope<'_>) -> Vec<String> {
    let outer = |join: &Join| {
        matches!(join.join_operator, JoinOperator::Right(_) | JoinOperator::RightOuter(_) | JoinOperator::FullOuter(_))
    };
    let whole = !from.iter().flat_map(|t| &t.joins).any(outer);
    let first = scope.sources.first().filter(|s| whole && ["customer", "contact"].contains(&s.record.as_str()));
    first.map_or_else(Vec::new, |source| {
        ["id", "lastmodifieddate"].map(|column| format!("{}.{}", quoted(&source.alias), quoted(column))).to_vec()
    })
}

/// In Oracle null is greater than everything.
fn direction(ascending: bool, nulls_first: Option<bool>) -> &'static str {
    match (ascending, nulls_first.unwrap_or(!ascending)) {
        (true, true) => "ASC NULLS FIRST",
        (true, false) => "ASC NULLS LAST",
        (false, true) => "DESC NULLS FIRST",
        (false, false) => "DESC NULLS LAST",
    }
}

/// The item an `ORDER BY` key names by alias or position.
fn item_of(key: &Expr, items: &[Item]) -> Result<Option<usize>, SuiteQlError> {
    match key {
        Expr::Identifier(ident) => Ok(items.iter().position(|i| i.name == ident.value.to_lowercase())),
        Expr::Value(value) => {
            let position = value.value.to_string().parse::<usize>().ok().filter(|n| (1..=items.len()).contains(n));
            let wrong = || SuiteQlError::invalid("ORDER BY item must be the number of a SELECT-list expression");
            position.map(|n| Some(n - 1)).ok_or_else(wrong)
        }
        _ => Ok(None),
    }
}
