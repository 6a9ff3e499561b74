//! The allow-list of functions.

use sqlparser::ast::{
    BinaryOperator, CastKind, CeilFloorKind, DataType, DateTimeField, DuplicateTreatment, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, TrimWhereField,
};

use super::{
    SuiteQlError,
    conditions::compare,
    expr::{Translator, same_kind},
    parse::unsupported,
    schema::{Kind, Trait},
    scope::{Aggregates, Place, Sql},
};

/// What a simple function takes.
#[derive(Clone, Copy)]
enum Takes {
    /// Its first value is text.
    Text,
    /// Its first value is a number.
    Number,
    /// Its first value is a date.
    Date,
}

/// Functions that take their values as they are: name, ours, fewest and most values, kind of the first, kind given.
const SIMPLE: &[(&str, &str, usize, usize, Takes, Kind)] = &[
    ("UPPER", "ora_upper", 1, 1, Takes::Text, Kind::Text),
    ("LOWER", "ora_lower", 1, 1, Takes::Text, Kind::Text),
    ("INITCAP", "ora_initcap", 1, 1, Takes::Text, Kind::Text),
    ("LENGTH", "ora_length", 1, 1, Takes::Text, Kind::Number),
    ("SUBSTR", "ora_substr", 2, 3, Takes::Text, Kind::Text),
    ("INSTR", "ora_instr", 2, 4, Takes::Text, Kind::Number),
    ("REPLACE", "ora_replace", 2, 3, Takes::Text, Kind::Text),
    ("TRANSLATE", "ora_translate", 3, 3, Takes::Text, Kind::Text),
    ("TRIM", "ora_trim", 1, 1, Takes::Text, Kind::Text),
    ("LTRIM", "ora_ltrim", 1, 2, Takes::Text, Kind::Text),
    ("RTRIM", "ora_rtrim", 1, 2, Takes::Text, Kind::Text),
    ("LPAD", "ora_lpad", 2, 3, Takes::Text, Kind::Text),
    ("RPAD", "ora_rpad", 2, 3, Takes::Text, Kind::Text),
    ("CONCAT", "ora_concat", 2, 2, Takes::Text, Kind::Text),
    ("ABS", "ora_abs", 1, 1, Takes::Number, Kind::Number),
    ("SIGN", "ora_sign", 1, 1, Takes::Number, Kind::Number),
    ("MOD", "ora_mod", 2, 2, Takes::Number, Kind::Number),
    ("ROUND", "ora_round", 1, 2, Takes::Number, Kind::Number),
    ("TO_NUMBER", "ora_num", 1, 1, Takes::Number, Kind::Number),
    ("ADD_MONTHS", "ora_add_months", 2, 2, Takes::Date, Kind::Date),
    ("LAST_DAY", "ora_last_day", 1, 1, Takes::Date, Kind::Date),
];

impl Translator<'_> {
    /// Translates a function, and the few things the parser keeps apart from functions.
    pub(super) fn call_like(&mut self, expr: &Expr, place: Place<'_>) -> Result<Sql, SuiteQlError> {
        match expr {
            Expr::Function(function) => self.function(function, place),
            Expr::Substring { expr, substring_from: Some(from), substring_for, special: true, shorthand: true } => {
                let mut args = vec![self.value(expr, place)?, self.value(from, place)?];
                if let Some(count) = substring_for {
                    args.push(self.value(count, place)?);
                }
                self.named("SUBSTR", args)
            }
            Expr::Trim { expr, trim_where, trim_what, trim_characters: None } => {
                let mut args = vec![self.value(expr, place)?];
                if let Some(what) = trim_what {
                    args.push(self.value(what, place)?);
                }
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "ora_trim",
                    Some(TrimWhereField::Leading) => "ora_ltrim",
                    Some(TrimWhereField::Trailing) => "ora_rtrim",
                };
                Ok(self.spell(name, args, Kind::Text))
            }
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                let value = self.value(expr, place)?;
                Ok(Sql::new(format!("ora_ceil({})", self.as_number(value)?.text), Kind::Number))
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                let value = self.value(expr, place)?;
                Ok(Sql::new(format!("ora_floor({})", self.as_number(value)?.text), Kind::Number))
            }
            Expr::Extract {
                field: field @ (DateTimeField::Year | DateTimeField::Month | DateTimeField::Day),
                expr,
                ..
            } => {
                let value = self.value(expr, place)?;
                Ok(Sql::new(format!("ora_part('{field}', {})", self.as_date(value)?.text), Kind::Number))
            }
            Expr::Cast { kind: CastKind::Cast, expr, data_type, format: None } => {
                let value = self.value(expr, place)?;
                self.cast(value, data_type)
            }
            _ => Err(unsupported()),
        }
    }

    fn cast(&self, value: Sql, data_type: &DataType) -> Result<Sql, SuiteQlError> {
        let custom = match data_type {
            DataType::Custom(name, _) => name.to_string().to_uppercase(),
            _ => String::new(),
        };
        match data_type {
            DataType::Varchar(_) | DataType::Char(_) | DataType::Nvarchar(_) => Ok(self.as_text(value)),
            DataType::Custom(..) if custom == "VARCHAR2" => Ok(self.as_text(value)),
            DataType::Custom(..) if custom == "NUMBER" => self.as_number(value),
            DataType::Decimal(_) | DataType::Numeric(_) => self.as_number(value),
            DataType::Integer(None) | DataType::Int(None) => {
                Ok(Sql::new(format!("ora_round({})", self.as_number(value)?.text), Kind::Number))
            }
            _ => Err(unsupported()),
        }
    }

    fn function(&mut self, function: &Function, place: Place<'_>) -> Result<Sql, SuiteQlError> {
        let plain = !function.uses_odbc_syntax
            && function.parameters == FunctionArguments::None
            && function.within_group.is_empty()
            && function.filter.is_none()
            && function.null_treatment.is_none()
            && function.over.is_none();
        let quoted = function.name.0.iter().any(|p| p.as_ident().is_none_or(|i| i.quote_style.is_some()));
        if !plain || quoted {
            return Err(unsupported());
        }
        let name = function.name.to_string().to_uppercase();
        let FunctionArguments::List(list) = &function.args else {
            let bare = function.args == FunctionArguments::None
                && matches!(name.as_str(), "CURRENT_DATE" | "CURRENT_TIMESTAMP");
            return if bare { Ok(self.now()) } else { Err(unsupported()) };
        };
        if !list.clauses.is_empty() {
            return Err(unsupported());
        }
        if matches!(name.as_str(), "COUNT" | "SUM" | "AVG" | "MIN" | "MAX") {
            return self.aggregate(&name, &list.args, list.duplicate_treatment, place);
        }
        if list.duplicate_treatment.is_some() {
            return Err(unsupported());
        }
        let mut args = Vec::new();
        for arg in &list.args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) = arg else { return Err(unsupported()) };
            args.push(self.value(arg, place)?);
        }
        self.named(&name, args)
    }

    fn aggregate(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        distinct: Option<DuplicateTreatment>,
        place: Place<'_>,
    ) -> Result<Sql, SuiteQlError> {
        if place.aggregates != Aggregates::Allowed {
            return Err(SuiteQlError::invalid("group function is not allowed here"));
        }
        self.aggregates += 1;
        let distinct = if distinct == Some(DuplicateTreatment::Distinct) { "DISTINCT " } else { "" };
        let inside = Place { aggregates: Aggregates::Inside, grouped: None, ..place };
        match args {
            [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)] if name == "COUNT" && distinct.is_empty() => {
                Ok(Sql::new("COUNT(*)", Kind::Number))
            }
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))] => {
                let value = self.value(expr, inside)?;
                let (name, value, kind) = match name {
                    "COUNT" => ("COUNT", value, Kind::Number),
                    "SUM" => ("ora_sum", self.as_number(value)?, Kind::Number),
                    "AVG" => ("ora_avg", self.as_number(value)?, Kind::Number),
                    other => {
                        let kind = value.kind;
                        (other, value, kind)
                    }
                };
                Ok(Sql::new(format!("{name}({distinct}{})", value.text), kind))
            }
            _ => Err(unsupported()),
        }
    }

    fn named(&mut self, name: &str, args: Vec<Sql>) -> Result<Sql, SuiteQlError> {
        if let Some((_, ours, fewest, most, takes, gives)) = SIMPLE.iter().find(|f| f.0 == name) {
            if !(*fewest..=*most).contains(&args.len()) {
                return Err(SuiteQlError::invalid(format!("invalid number of arguments to {name}")));
            }
            return self.simple(ours, args, *takes, *gives);
        }
        match (name, args.as_slice()) {
            ("NVL", [value, other]) => {
                let other = self.like(value, other.clone())?;
                Ok(Sql::new(format!("COALESCE({}, {})", value.text, other.text), same_kind(value.kind, other.kind)?))
            }
            ("NVL2", [value, there, missing]) => {
                let missing = self.like(there, missing.clone())?;
                let kind = same_kind(there.kind, missing.kind)?;
                let (value, there) = (&value.text, &there.text);
                Ok(Sql::new(format!("CASE WHEN {value} IS NOT NULL THEN {there} ELSE {} END", missing.text), kind))
            }
            ("NULLIF", [a, b]) => {
                let equal = compare(self, a.clone(), &BinaryOperator::Eq, b.clone())?;
                Ok(Sql::new(format!("CASE WHEN {equal} THEN NULL ELSE {} END", a.text), a.kind))
            }
            ("COALESCE" | "GREATEST" | "LEAST", [first, _, ..]) => self.several(name, first, &args),
            ("DECODE", [value, _, _, ..]) => self.decode(value, &args[1..]),
            ("TO_CHAR", [value, model @ ..]) if model.len() <= 1 => Ok(self.to_char(value, model.first())),
            ("TO_DATE" | "TO_TIMESTAMP", [text, model]) if matches!(text.kind, Kind::Text | Kind::Null) => {
                Ok(Sql::new(format!("ora_to_date({}, {})", text.text, model.text), Kind::Date))
            }
            ("TO_DATE", [text]) => self.as_date(text.clone()),
            ("TRUNC", [value, ..]) if args.len() <= 2 => {
                let date = value.kind == Kind::Date;
                let first = if date { value.clone() } else { self.as_number(value.clone())? };
                let rest = args.get(1).map_or_else(String::new, |a| format!(", {}", a.text));
                let ours = if date { "ora_date_trunc" } else { "ora_trunc" };
                Ok(Sql::new(format!("{ours}({}{rest})", first.text), first.kind))
            }
            ("BUILTIN.DF", [value]) => Ok(self.display(value)),
            ("BUILTIN.CF", [Sql { special: Some((Trait::Status, table)), text, .. }]) => {
                Ok(Sql::new(format!("ora_status_code({table}.\"type\", {text})"), Kind::Text))
            }
            _ => Err(SuiteQlError::invalid(format!("Invalid or unsupported function: {name}"))),
        }
    }

    fn simple(&self, ours: &str, mut args: Vec<Sql>, takes: Takes, gives: Kind) -> Result<Sql, SuiteQlError> {
        let first = args[0].clone();
        args[0] = match takes {
            Takes::Text => self.as_text(first),
            Takes::Number => self.as_number(first)?,
            Takes::Date => self.as_date(first)?,
        };
        Ok(self.spell(ours, args, gives))
    }

    fn spell(&self, name: &str, args: Vec<Sql>, kind: Kind) -> Sql {
        let texts: Vec<_> = args
            .into_iter()
            .map(|a| if a.kind == Kind::Date && kind != Kind::Date { self.as_text(a).text } else { a.text })
            .collect();
        Sql::new(format!("{name}({})", texts.join(", ")), kind)
    }

    /// `other` in the kind of `value`.
    fn like(&self, value: &Sql, other: Sql) -> Result<Sql, SuiteQlError> {
        match value.kind {
            Kind::Number => self.as_number(other),
            Kind::Date => self.as_date(other),
            Kind::Text => Ok(self.as_text(other)),
            Kind::Null => Ok(other),
        }
    }

    fn several(&self, name: &str, first: &Sql, args: &[Sql]) -> Result<Sql, SuiteQlError> {
        let ours = match name {
            "GREATEST" => "MAX",
            "LEAST" => "MIN",
            _ => "COALESCE",
        };
        let mut kind = first.kind;
        let mut texts = Vec::new();
        for arg in args {
            let arg = if name == "COALESCE" { arg.clone() } else { self.like(first, arg.clone())? };
            kind = same_kind(kind, arg.kind)?;
            texts.push(arg.text);
        }
        Ok(Sql::new(format!("{ours}({})", texts.join(", ")), kind))
    }

    /// `DECODE(value, a, x, b, y, …, otherwise)`; null equals null here.
    fn decode(&self, value: &Sql, pairs: &[Sql]) -> Result<Sql, SuiteQlError> {
        let mut kind = Kind::Null;
        let mut out = "CASE".to_owned();
        for pair in pairs.chunks(2) {
            let result = pair.last().ok_or_else(unsupported)?;
            kind = same_kind(kind, result.kind)?;
            out = match pair {
                [asked, result] => {
                    let asked = self.like(value, asked.clone())?;
                    format!("{out} WHEN {} IS {} THEN {}", value.text, asked.text, result.text)
                }
                _ => format!("{out} ELSE {}", result.text),
            };
        }
        Ok(Sql::new(format!("{out} END"), kind))
    }

    fn to_char(&self, value: &Sql, model: Option<&Sql>) -> Sql {
        let text = match (value.kind, model) {
            (Kind::Date, Some(model)) => format!("ora_to_char_date({}, {})", value.text, model.text),
            (Kind::Date, None) => return self.as_text(value.clone()),
            (_, Some(model)) => format!("ora_to_char_num({}, {})", value.text, model.text),
            (_, None) => format!("ora_text({})", value.text),
        };
        Sql::new(text, Kind::Text)
    }

    /// `BUILTIN.DF`: what people see.
    fn display(&self, value: &Sql) -> Sql {
        let text = match &value.special {
            Some((Trait::Status, table)) => format!("ora_status_name({table}.\"type\", {})", value.text),
            Some((Trait::Type, _)) => format!("ora_type_name({})", value.text),
            Some((Trait::Refers { table, column }, _)) => {
                format!(
                    "(SELECT \"df$\".\"{column}\" FROM \"{table}\" AS \"df$\" WHERE \"df$\".\"id\" = {})",
                    value.text
                )
            }
            Some((Trait::Plain, _)) | None => return self.as_text(value.clone()),
        };
        Sql::new(text, Kind::Text)
    }
}
