//! Oracle's text functions: Unicode letters, positions counted in characters from 1, the empty text is null.

use std::cmp::Ordering;

use rusqlite::{
    functions::Context,
    types::{Value, ValueRef},
};

use super::oracle::{Arguments, Function, Given, Refused, held_text, text_of};

/// The functions of this file, `ora_like` aside.
pub(super) const FUNCTIONS: &[(&str, Function)] = &[
    ("ora_text", |a| Ok(a.text(0)?.map_or(Value::Null, held_text))),
    ("ora_concat", |a| Ok(held_text(a.text(0)?.unwrap_or_default() + &a.text(1)?.unwrap_or_default()))),
    ("ora_upper", |a| one(a, |t| t.chars().map(upper).collect())),
    ("ora_lower", |a| one(a, |t| t.chars().map(lower).collect())),
    ("ora_initcap", |a| one(a, |t| initcap(&t))),
    ("ora_length", |a| {
        Ok(a.text(0)?.map_or(Value::Null, |t| Value::Integer(i64::try_from(t.chars().count()).unwrap_or(i64::MAX))))
    }),
    ("ora_substr", substr),
    ("ora_instr", instr),
    ("ora_replace", |a| {
        let Some(text) = a.text(0)? else { return Ok(Value::Null) };
        let Some(from) = a.text(1)? else { return Ok(held_text(text)) };
        Ok(held_text(text.replace(&from, &a.text(2)?.unwrap_or_default())))
    }),
    ("ora_translate", |a| {
        let (Some(text), Some(from), Some(to)) = (a.text(0)?, a.text(1)?, a.text(2)?) else { return Ok(Value::Null) };
        let to: Vec<char> = to.chars().collect();
        let mapped = |c: char| match from.chars().position(|f| f == c) {
            Some(at) => to.get(at).copied(),
            None => Some(c),
        };
        Ok(held_text(text.chars().filter_map(mapped).collect()))
    }),
    ("ora_trim", |a| trimmed(a, true, true)),
    ("ora_ltrim", |a| trimmed(a, true, false)),
    ("ora_rtrim", |a| trimmed(a, false, true)),
    ("ora_lpad", |a| padded(a, true)),
    ("ora_rpad", |a| padded(a, false)),
];

fn one(a: &Arguments<'_, '_>, f: fn(String) -> String) -> Given {
    Ok(a.text(0)?.map_or(Value::Null, |t| held_text(f(t))))
}

/// The upper-case letter, where there is a single one ("ß" stays).
fn upper(c: char) -> char {
    let mut letters = c.to_uppercase();
    if letters.len() == 1 { letters.next().unwrap_or(c) } else { c }
}

/// The lower-case letter, where there is a single one.
fn lower(c: char) -> char {
    let mut letters = c.to_lowercase();
    if letters.len() == 1 { letters.next().unwrap_or(c) } else { c }
}

fn initcap(text: &str) -> String {
    let mut start = true;
    let mut out = String::new();
    for c in text.chars() {
        out.push(if start { upper(c) } else { lower(c) });
        start = !c.is_alphanumeric();
    }
    out
}

fn substr(a: &Arguments<'_, '_>) -> Given {
    let (Some(text), Some(from)) = (a.text(0)?, a.whole(1)?) else { return Ok(Value::Null) };
    let chars: Vec<char> = text.chars().collect();
    let length = i64::try_from(chars.len()).unwrap_or(i64::MAX);
    let start = match from.cmp(&0) {
        Ordering::Greater => from - 1,
        Ordering::Equal => 0,
        Ordering::Less => length + from,
    };
    let count = if a.count() > 2 { a.whole(2)? } else { Some(length) };
    match (usize::try_from(start), count.and_then(|n| usize::try_from(n).ok())) {
        (Ok(start), Some(count)) => Ok(held_text(chars.iter().skip(start).take(count).collect())),
        _ => Ok(Value::Null),
    }
}

fn instr(a: &Arguments<'_, '_>) -> Given {
    let (Some(text), Some(sought)) = (a.text(0)?, a.text(1)?) else { return Ok(Value::Null) };
    let from = if a.count() > 2 { a.whole(2)?.unwrap_or(0) } else { 1 };
    let nth = if a.count() > 3 { a.whole(3)?.unwrap_or(0) } else { 1 };
    let (Ok(from), Ok(nth)) = (usize::try_from(from - 1), usize::try_from(nth - 1)) else {
        return Err(Refused("argument is out of range"));
    };
    let chars: Vec<char> = text.chars().collect();
    let sought: Vec<char> = sought.chars().collect();
    let found = chars.windows(sought.len()).enumerate().skip(from).filter(|(_, w)| *w == sought).nth(nth);
    Ok(Value::Integer(found.map_or(0, |(at, _)| i64::try_from(at + 1).unwrap_or(0))))
}

fn trimmed(a: &Arguments<'_, '_>, left: bool, right: bool) -> Given {
    let Some(text) = a.text(0)? else { return Ok(Value::Null) };
    let Some(set) = (if a.count() > 1 { a.text(1)? } else { Some(" ".to_owned()) }) else { return Ok(Value::Null) };
    let mut rest = text.as_str();
    if left {
        rest = rest.trim_start_matches(|c| set.contains(c));
    }
    if right {
        rest = rest.trim_end_matches(|c| set.contains(c));
    }
    Ok(held_text(rest.to_owned()))
}

fn padded(a: &Arguments<'_, '_>, left: bool) -> Given {
    let (Some(text), Some(width)) = (a.text(0)?, a.whole(1)?) else { return Ok(Value::Null) };
    let Some(fill) = (if a.count() > 2 { a.text(2)? } else { Some(" ".to_owned()) }) else { return Ok(Value::Null) };
    let width = usize::try_from(width).unwrap_or(0).min(4_000);
    let missing = width.saturating_sub(text.chars().count());
    let fill: String = fill.chars().cycle().take(missing).collect();
    let kept: String = text.chars().take(width).collect();
    Ok(held_text(if left { fill + &kept } else { kept + &fill }))
}

/// One piece of a `LIKE` pattern.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    Exactly(char),
}

fn pattern(text: &str, escape: Option<&str>) -> Result<Vec<Piece>, Refused> {
    let mut marks = escape.unwrap_or_default().chars();
    let escape = match (escape, marks.next(), marks.next()) {
        (None, ..) => None,
        (Some(_), Some(mark), None) => Some(mark),
        _ => return Err(Refused("escape character must be character string of length 1")),
    };
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            _ if Some(c) == escape => match chars.next() {
                Some(next) if next == '%' || next == '_' || Some(next) == escape => Piece::Exactly(next),
                _ => return Err(Refused("missing or illegal character following the escape character")),
            },
            '%' => Piece::Any,
            '_' => Piece::One,
            _ => Piece::Exactly(c),
        });
    }
    Ok(out)
}

/// Whether `text` fits: on a mismatch the last `%` takes one character more.
fn fits(text: &[char], pieces: &[Piece]) -> bool {
    let (mut at, mut piece) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                retry = Some((at, piece + 1));
                piece += 1;
            }
            Some(Piece::Exactly(c)) if *c == text[at] => (at, piece) = (at + 1, piece + 1),
            Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
            _ => match retry {
                Some((from, after)) => {
                    retry = Some((from + 1, after));
                    (at, piece) = (from + 1, after);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|p| *p == Piece::Any)
}

/// `text LIKE pattern ESCAPE mark`; a null mark is none.
pub(super) fn like(ctx: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let Some(text) = text_of(ctx.get_raw(0)).map_err(Refused::marked)? else { return Ok(None) };
    if matches!(ctx.get_raw(1), ValueRef::Null) {
        return Ok(None);
    }
    let escape = text_of(ctx.get_raw(2)).map_err(Refused::marked)?;
    let pieces = ctx.get_or_create_aux(1, |value| {
        let text = text_of(value)?.unwrap_or_default();
        pattern(&text, escape.as_deref())
    });
    let pieces = pieces.map_err(|_| match pattern_error(ctx, escape.as_deref()) {
        Some(refused) => refused.marked(),
        None => Refused("invalid pattern").marked(),
    })?;
    let chars: Vec<char> = text.chars().collect();
    Ok(Some(fits(&chars, &pieces)))
}

/// Why the pattern of this call is refused.
fn pattern_error(ctx: &Context<'_>, escape: Option<&str>) -> Option<Refused> {
    text_of(ctx.get_raw(1)).and_then(|t| pattern(&t.unwrap_or_default(), escape)).err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("INV-100", "INV%", true)]
    #[case("INV-100", "%100", true)]
    #[case("INV-100", "inv%", false)]
    #[case("INV-100", "I_V%0", true)]
    #[case("INV-100", "%1_0_", false)]
    #[case("aXbXc", "a%X%c", true)]
    #[case("100%", "100\\%", true)]
    #[case("100x", "100\\%", false)]
    #[case("a_b", "a\\_b", true)]
    #[case("a\\b", "a\\\\b", true)]
    #[case("Größe", "Gr__e", true)]
    fn patterns(#[case] text: &str, #[case] like: &str, #[case] expected: bool) {
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(fits(&chars, &pattern(like, Some("\\")).expect("a pattern")), expected);
    }

    #[test]
    fn a_bad_escape_is_refused() {
        assert!(pattern("a\\b", Some("\\")).is_err());
        assert!(pattern("a\\", Some("\\")).is_err());
        assert!(pattern("a", Some("ab")).is_err());
        assert!(pattern("a", Some("")).is_err());
    }

    #[test]
    fn letters_change_one_by_one() {
        assert_eq!("größe ÄÖ".chars().map(upper).collect::<String>(), "GRÖßE ÄÖ");
        assert_eq!("ÉCLAIR".chars().map(lower).collect::<String>(), "éclair");
        assert_eq!(initcap("hELLO wORLD-x"), "Hello World-X");
    }

    proptest::proptest! {
        #[test]
        fn escaped_text_is_found_exactly_where_it_is(text in "[a-c%_\\\\é ]{0,12}", sought in "[a-c%_\\\\é]{0,3}") {
            let escaped: String = sought
                .chars()
                .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
                .collect();
            let pieces = pattern(&format!("%{escaped}%"), Some("\\")).expect("a pattern");
            let chars: Vec<char> = text.chars().collect();
            proptest::prop_assert_eq!(fits(&chars, &pieces), text.contains(&sought));
        }
    }
}
