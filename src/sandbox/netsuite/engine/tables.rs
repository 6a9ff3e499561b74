//! The `FROM` clause: tables, joins and sub-selects, and the names they and other things may be given.

use sqlparser::ast::{Ident, Join, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableWithJoins};

use super::{
    SuiteQlError,
    expr::Translator,
    parse::unsupported,
    schema::{Column, Kind, Trait},
    scope::{Aggregates, Place, Scope, Source, quoted},
};

impl Translator<'_> {
    pub(super) fn from(&mut self, from: &[TableWithJoins], scope: &mut Scope<'_>) -> Result<String, SuiteQlError> {
        if from.is_empty() {
            return Err(unsupported());
        }
        let mut out = String::new();
        for (at, tables) in from.iter().enumerate() {
            if at > 0 {
                out.push_str(" CROSS JOIN ");
            }
            out.push_str(&self.factor(&tables.relation, scope)?);
            for join in &tables.joins {
                out.push_str(&self.join(join, scope)?);
            }
        }
        Ok(out)
    }

    fn join(&mut self, join: &Join, scope: &mut Scope<'_>) -> Result<String, SuiteQlError> {
        let (word, constraint) = match &join.join_operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => ("JOIN", on),
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => ("LEFT JOIN", on),
            JoinOperator::Right(on) | JoinOperator::RightOuter(on) => ("RIGHT JOIN", on),
            JoinOperator::FullOuter(on) => ("FULL JOIN", on),
            JoinOperator::CrossJoin(on) => ("CROSS JOIN", on),
            _ => return Err(unsupported()),
        };
        if join.global {
            return Err(unsupported());
        }
        let table = self.factor(&join.relation, scope)?;
        match constraint {
            JoinConstraint::On(on) if word != "CROSS JOIN" => {
                let place = Place { scope, grouped: None, aggregates: Aggregates::Refused };
                Ok(format!(" {word} {table} ON {}", self.condition(on, place)?))
            }
            JoinConstraint::None if word == "CROSS JOIN" => Ok(format!(" {word} {table}")),
            _ => Err(unsupported()),
        }
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_>) -> Result<String, SuiteQlError> {
        let (sql, source) = match factor {
            TableFactor::Table {
                name, alias, args: None, with_hints, version: None, with_ordinality: false, ..
            } if with_hints.is_empty() && plain_table(factor) => self.table(name, alias.as_ref())?,
            TableFactor::Derived { lateral: false, subquery, alias, sample: None } => {
                let relation = self.query(subquery, None)?;
                let alias = alias.as_ref().map_or_else(|| Ok(self.nameless()), alias_name)?;
                let source = Source { record: alias.clone(), alias, columns: relation.columns.clone() };
                (format!("({})", relation.limited()), source)
            }
            _ => return Err(unsupported()),
        };
        if scope.sources.iter().any(|s| s.alias == source.alias) {
            return Err(SuiteQlError::invalid(format!("Duplicate alias '{}'", source.alias)));
        }
        let out = format!("{sql} AS {}", quoted(&source.alias));
        scope.sources.push(source);
        Ok(out)
    }

    fn table(&self, name: &ObjectName, alias: Option<&TableAlias>) -> Result<(String, Source), SuiteQlError> {
        let record = name.to_string();
        let missing = || SuiteQlError::invalid(format!("Record '{record}' was not found"));
        let [part] = name.0.as_slice() else { return Err(missing()) };
        let ident = part.as_ident().filter(|i| i.quote_style.is_none()).ok_or_else(missing)?;
        let table = ident.value.to_lowercase();
        let alias = alias.map_or_else(|| Ok(table.clone()), alias_name)?;
        if let Some(columns) = self.ctes.get(&table) {
            return Ok((quoted(&table), Source { alias, record: table, columns: columns.clone() }));
        }
        if table == "dual" {
            let dummy = Column { name: "dummy".to_owned(), kind: Kind::Text, special: Trait::Plain };
            return Ok(("(SELECT 'X' AS \"dummy\")".to_owned(), Source { alias, record: table, columns: vec![dummy] }));
        }
        let columns = self.schema.table(&table).filter(|_| !self.rules.hides_table(&table)).ok_or_else(missing)?;
        let columns = columns.iter().filter(|c| !self.rules.hides_column(&table, &c.name)).cloned().collect();
        Ok((self.rules.rows_of(&table), Source { alias, record: table, columns }))
    }
}

/// Words that Oracle reserves and that therefore are no alias.
const RESERVED: &[&str] = &[
    "access",
    "add",
    "all",
    "and",
    "any",
    "as",
    "asc",
    "audit",
    "between",
    "by",
    "char",
    "check",
    "cluster",
    "column",
    "comment",
    "connect",
    "create",
    "date",
    "decimal",
    "default",
    "delete",
    "desc",
    "distinct",
    "drop",
    "else",
    "exclusive",
    "exists",
    "file",
    "float",
    "for",
    "from",
    "grant",
    "group",
    "having",
    "identified",
    "immediate",
    "in",
    "increment",
    "index",
    "initial",
    "insert",
    "integer",
    "intersect",
    "into",
    "is",
    "level",
    "like",
    "lock",
    "long",
    "maxextents",
    "minus",
    "mode",
    "modify",
    "nocompress",
    "not",
    "nowait",
    "null",
    "number",
    "of",
    "offline",
    "on",
    "online",
    "option",
    "or",
    "order",
    "pctfree",
    "prior",
    "public",
    "raw",
    "rename",
    "resource",
    "revoke",
    "row",
    "rowid",
    "rownum",
    "rows",
    "select",
    "session",
    "set",
    "share",
    "size",
    "smallint",
    "start",
    "successful",
    "synonym",
    "sysdate",
    "table",
    "then",
    "to",
    "trigger",
    "uid",
    "union",
    "unique",
    "update",
    "user",
    "validate",
    "values",
    "varchar",
    "view",
    "whenever",
    "where",
    "with",
];

pub(super) fn ident_name(ident: &Ident) -> Result<String, SuiteQlError> {
    let name = ident.value.to_lowercase();
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | ' '));
    let reserved = ident.quote_style.is_none() && RESERVED.contains(&name.as_str());
    if plain && !name.is_empty() && name.len() <= 128 && !reserved { Ok(name) } else { Err(unsupported()) }
}

pub(super) fn alias_name(alias: &TableAlias) -> Result<String, SuiteQlError> {
    // Oracle has no AS before the alias of a table; NetSuite takes both ways.
    if alias.columns.is_empty() && alias.at.is_none() { ident_name(&alias.name) } else { Err(unsupported()) }
}

/// Nothing but a name and an alias was written for this table.
fn plain_table(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::Table { partitions, json_path: None, sample: None, index_hints, .. }
        if partitions.is_empty() && index_hints.is_empty())
}
