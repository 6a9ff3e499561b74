//! From a parsed `SELECT` to SQL for SQLite: tables, joins, grouping, order. What is not known here is refused.

use std::collections::{BTreeMap, HashSet};

use sqlparser::ast::{
    Cte, Distinct, Expr, Fetch, GroupByExpr, OrderBy, Query, Select, SelectItem, SelectItemQualifiedWildcardKind,
    SetExpr, With,
};

use super::{
    Bound, SuiteQlError,
    expr::Translator,
    order::never_null,
    parse::unsupported,
    rownum,
    schema::{Column, Kind, Trait},
    scope::{Aggregates, Place, Scope, Source, Sql, literal, quoted},
    tables::{alias_name, ident_name},
};

/// A translated query.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The SQL, without the limit of `fetch`.
    pub sql: String,
    /// The same rows in no order, which is what counting them needs.
    pub unordered: String,
    pub columns: Vec<Column>,
    /// `FETCH FIRST n ROWS ONLY`.
    pub fetch: Option<u64>,
}

impl Relation {
    /// The SQL with its own limit.
    pub(super) fn limited(&self) -> String {
        self.fetch.map_or_else(|| self.sql.clone(), |n| format!("{} LIMIT {n}", self.sql))
    }
}

/// One column of a `SELECT` list.
pub(super) struct Item {
    pub sql: Sql,
    pub name: String,
}

impl Translator<'_> {
    /// Translates a query that stands inside `outer`, if any.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Result<Relation, SuiteQlError> {
        let plain = query.limit_clause.is_none()
            && query.locks.is_empty()
            && query.for_clause.is_none()
            && query.settings.is_none()
            && query.format_clause.is_none()
            && query.pipe_operators.is_empty();
        let SetExpr::Select(select) = query.body.as_ref() else { return Err(unsupported()) };
        if !plain {
            return Err(unsupported());
        }
        let known = self.ctes.clone();
        let with = query.with.as_ref().map(|with| self.with(with)).transpose()?;
        let fetch = query.fetch.as_ref().map(|fetch| self.fetch(fetch)).transpose()?;
        let mut relation = self.select(select, query.order_by.as_ref(), outer)?;
        self.ctes = known;
        relation.fetch = fetch;
        if let Some(with) = with {
            relation.sql = format!("{with} {}", relation.sql);
            relation.unordered = format!("{with} {}", relation.unordered);
        }
        Ok(relation)
    }

    fn with(&mut self, with: &With) -> Result<String, SuiteQlError> {
        if with.recursive {
            return Err(unsupported());
        }
        let mut tables = Vec::new();
        for Cte { alias, query, from, materialized, .. } in &with.cte_tables {
            if from.is_some() || materialized.is_some() {
                return Err(unsupported());
            }
            let name = alias_name(alias)?;
            let relation = self.query(query, None)?;
            tables.push(format!("{} AS ({})", quoted(&name), relation.limited()));
            self.ctes.insert(name, relation.columns);
        }
        Ok(format!("WITH {}", tables.join(", ")))
    }

    fn fetch(&self, fetch: &Fetch) -> Result<u64, SuiteQlError> {
        match &fetch.quantity {
            Some(quantity) if !fetch.percent && !fetch.with_ties => self.count(quantity),
            _ => Err(unsupported()),
        }
    }

    /// A whole number that is written or bound.
    pub(super) fn count(&self, expr: &Expr) -> Result<u64, SuiteQlError> {
        use sqlparser::ast::Value;
        let Expr::Value(value) = expr else { return Err(unsupported()) };
        let text = match &value.value {
            Value::Number(digits, false) => digits.clone(),
            Value::Placeholder(mark) => match self.bound(mark) {
                Some(Bound::Text(text)) => text.clone(),
                Some(Bound::Whole(n)) => n.to_string(),
                _ => return Err(unsupported()),
            },
            _ => return Err(unsupported()),
        };
        text.parse().map_err(|_| SuiteQlError::invalid("invalid number"))
    }

    fn select(
        &mut self,
        select: &Select,
        order_by: Option<&OrderBy>,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation, SuiteQlError> {
        only_known_clauses(select)?;
        let mut scope = Scope { sources: Vec::new(), outer };
        let from = self.from(&select.from, &mut scope)?;
        let group = self.group(&select.group_by, &scope)?;
        let limit = select.selection.as_ref().and_then(|w| rownum::limit(self, w).transpose()).transpose()?;
        let condition = limit.as_ref().map_or_else(|| select.selection.clone(), |found| found.rest.clone());
        let filter = Place { scope: &scope, grouped: None, aggregates: Aggregates::Refused };
        let condition = condition.map(|c| self.condition(&c, filter)).transpose()?;
        let free = Place { aggregates: Aggregates::Allowed, ..filter };
        let before = self.aggregates;
        let mut items = self.items(&select.projection, free)?;
        let having = select.having.as_ref().map(|h| self.condition(h, free)).transpose()?;
        let grouped = !group.is_empty() || select.having.is_some() || self.aggregates > before;
        let keys: HashSet<String> = group.iter().cloned().collect();
        let place = Place { grouped: grouped.then_some(&keys), ..free };
        let mut having_sql = having;
        if grouped {
            items = self.items(&select.projection, place)?;
            having_sql = select.having.as_ref().map(|h| self.condition(h, place)).transpose()?;
        }
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => false,
            Some(Distinct::Distinct) => true,
            Some(Distinct::On(_)) => return Err(unsupported()),
        };
        // Outside a grouped query there is nothing to aggregate by the time rows are put in order.
        let ordered = Place { aggregates: if grouped { Aggregates::Allowed } else { Aggregates::Refused }, ..place };
        let sure = never_null(&select.from, &scope);
        let order = self.order(order_by, &items, ordered, distinct, &sure)?;
        let mut parts = Parts { from, condition, group, having: having_sql, distinct, order };
        let written = |parts: &Parts| match &limit {
            None => Ok(parts.plain(&items)),
            Some(_) if grouped || distinct => Err(unsupported()),
            Some(found) => Ok(parts.cut(&items, found.rows)),
        };
        let sql = written(&parts)?;
        parts.order.clear();
        let unordered = written(&parts)?;
        // What was aggregated in here is nothing to the SELECT around.
        self.aggregates = before;
        let columns = items.into_iter().map(|i| Column {
            name: i.name,
            kind: i.sql.kind,
            special: match i.sql.special {
                Some((special @ Trait::Refers { .. }, _)) => special,
                _ => Trait::Plain,
            },
        });
        Ok(Relation { sql, unordered, columns: columns.collect(), fetch: None })
    }

    fn group(&mut self, group_by: &GroupByExpr, scope: &Scope<'_>) -> Result<Vec<String>, SuiteQlError> {
        let GroupByExpr::Expressions(keys, modifiers) = group_by else { return Err(unsupported()) };
        if !modifiers.is_empty() || keys.iter().any(|k| matches!(k, Expr::Value(_))) {
            return Err(unsupported());
        }
        let place = Place { scope, grouped: None, aggregates: Aggregates::Refused };
        keys.iter().map(|key| Ok(self.value(key, place)?.text)).collect()
    }

    fn items(&mut self, projection: &[SelectItem], place: Place<'_>) -> Result<Vec<Item>, SuiteQlError> {
        let mut items: Vec<Item> = Vec::new();
        for item in projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let name = own_name(expr).unwrap_or_else(|| format!("expr{}", items.len() + 1));
                    items.push(Item { sql: self.value(expr, place)?, name });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    items.push(Item { sql: self.value(expr, place)?, name: ident_name(alias)? });
                }
                SelectItem::Wildcard(options) if options.to_string().is_empty() => {
                    items.extend(all_of(place, None)?);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                    if options.to_string().is_empty() =>
                {
                    items.extend(all_of(place, Some(&name.to_string().to_lowercase()))?);
                }
                _ => return Err(unsupported()),
            }
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for item in &mut items {
            if place.aggregates == Aggregates::Allowed && place.grouped.is_none() {
                self.broken(&mut item.sql, place.scope);
            }
            let times = seen.entry(item.name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                item.name = format!("{}_{}", item.name, *times - 2);
            }
        }
        Ok(items)
    }

    /// Puts rubbish in the place of the cells that are to come out so.
    fn broken(&self, sql: &mut Sql, scope: &Scope<'_>) {
        for cell in &self.rules.broken {
            for source in scope.sources.iter().filter(|s| s.record == cell.table) {
                let key = if source.columns.iter().any(|c| c.name == "id") { "id" } else { "nkey" };
                let column = |name: &str| format!("{}.{}", quoted(&source.alias), quoted(name));
                if sql.text.contains(&column(&cell.column)) {
                    let (rubbish, other) = (literal(&cell.text), self.as_text(sql.clone()).text);
                    let text = format!("CASE WHEN {} = {} THEN {rubbish} ELSE {other} END", column(key), cell.id);
                    *sql = Sql::new(text, Kind::Text);
                }
            }
        }
    }
}

/// The parts of a translated `SELECT`.
struct Parts {
    from: String,
    condition: Option<String>,
    group: Vec<String>,
    having: Option<String>,
    distinct: bool,
    order: Vec<(String, &'static str)>,
}

impl Parts {
    fn plain(&self, items: &[Item]) -> String {
        let list: Vec<_> = items.iter().map(|i| format!("{} AS {}", i.sql.text, quoted(&i.name))).collect();
        let order: Vec<_> = self.order.iter().map(|(key, direction)| format!("{key} {direction}")).collect();
        let mut sql =
            format!("SELECT {}{} FROM {}", if self.distinct { "DISTINCT " } else { "" }, list.join(", "), self.from);
        if let Some(condition) = &self.condition {
            sql = format!("{sql} WHERE {condition}");
        }
        if !self.group.is_empty() {
            sql = format!("{sql} GROUP BY {}", self.group.join(", "));
        }
        if let Some(having) = &self.having {
            sql = format!("{sql} HAVING {having}");
        }
        if !order.is_empty() {
            sql = format!("{sql} ORDER BY {}", order.join(", "));
        }
        sql
    }

    /// `ROWNUM` cuts before the rows are put in order: the cut is a sub-select of its own.
    fn cut(&self, items: &[Item], rows: u64) -> String {
        let inner = items.iter().enumerate().map(|(at, i)| format!("{} AS c{at}", i.sql.text));
        let keys = self.order.iter().enumerate().map(|(at, (key, _))| format!("{key} AS o{at}"));
        let inner: Vec<_> = inner.chain(keys).collect();
        let condition = self.condition.as_ref().map_or_else(String::new, |c| format!(" WHERE {c}"));
        let outer: Vec<_> = items.iter().enumerate().map(|(at, i)| format!("c{at} AS {}", quoted(&i.name))).collect();
        let order: Vec<_> = self.order.iter().enumerate().map(|(at, (_, d))| format!("o{at} {d}")).collect();
        let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        let from = &self.from;
        format!(
            "SELECT {} FROM (SELECT {} FROM {from}{condition} LIMIT {rows}){order}",
            outer.join(", "),
            inner.join(", ")
        )
    }
}

fn all_of(place: Place<'_>, of: Option<&str>) -> Result<Vec<Item>, SuiteQlError> {
    if place.grouped.is_some() {
        return Err(SuiteQlError::invalid("not a GROUP BY expression"));
    }
    let sources: Vec<_> = place.scope.sources.iter().filter(|s| of.is_none_or(|of| of == s.alias)).collect();
    if sources.is_empty() {
        return Err(place.scope.unknown(of.unwrap_or("*")));
    }
    let item = |source: &Source, c: &Column| Item {
        sql: Sql::new(format!("{}.{}", quoted(&source.alias), quoted(&c.name)), c.kind),
        name: c.name.clone(),
    };
    Ok(sources.into_iter().flat_map(|s| s.columns.iter().map(move |c| item(s, c))).collect())
}

/// The name of an item without an alias: the column's.
fn own_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(ident.value.to_lowercase()),
        Expr::CompoundIdentifier(parts) => parts.last().map(|p| p.value.to_lowercase()),
        _ => None,
    }
}

fn only_known_clauses(select: &Select) -> Result<(), SuiteQlError> {
    let plain = select.optimizer_hints.is_empty()
        && select.select_modifiers.is_none()
        && select.top.is_none()
        && select.exclude.is_none()
        && select.into.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.named_window.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && matches!(select.flavor, sqlparser::ast::SelectFlavor::Standard);
    if plain { Ok(()) } else { Err(unsupported()) }
}
