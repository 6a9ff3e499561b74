//! `ROWNUM`, as far as it limits: `ROWNUM <= n`, `ROWNUM < n` and `ROWNUM = 1` beside other conditions.

use sqlparser::ast::{BinaryOperator, Expr};

use super::{SuiteQlError, expr::Translator, parse::unsupported};

/// A limit that was found in a condition, and the condition without it.
pub(super) struct Limit {
    pub rows: u64,
    pub rest: Option<Expr>,
}

/// Takes the limit out of `condition`; none when it has none.
pub(super) fn limit(translator: &Translator<'_>, condition: &Expr) -> Result<Option<Limit>, SuiteQlError> {
    match condition {
        Expr::Nested(inner) => limit(translator, inner),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let join = |a: &Expr, rest: Option<Expr>| match rest {
                None => a.clone(),
                Some(rest) => {
                    Expr::BinaryOp { left: Box::new(a.clone()), op: BinaryOperator::And, right: Box::new(rest) }
                }
            };
            if let Some(found) = limit(translator, right)? {
                return Ok(Some(Limit { rows: found.rows, rest: Some(join(left, found.rest)) }));
            }
            Ok(limit(translator, left)?.map(|f| Limit { rows: f.rows, rest: Some(join(right, f.rest)) }))
        }
        Expr::BinaryOp { left, op, right } if is_rownum(left) => {
            let n = translator.count(right)?;
            let rows = match op {
                BinaryOperator::LtEq => n,
                BinaryOperator::Lt => n.saturating_sub(1),
                BinaryOperator::Eq if n == 1 => 1,
                _ => return Err(unsupported()),
            };
            Ok(Some(Limit { rows, rest: None }))
        }
        _ => Ok(None),
    }
}

/// Whether an expression is the pseudo-column.
pub(super) fn is_rownum(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(i) if i.quote_style.is_none() && i.value.eq_ignore_ascii_case("rownum"))
}
