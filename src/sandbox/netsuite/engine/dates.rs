//! Oracle's date formats: `TO_CHAR`, `TO_DATE` and the account's own way to write a date.

use jiff::civil::{Date, DateTime};

use super::oracle::Refused;

/// How the engine holds dates.
const HELD: &str = "%Y-%m-%d %H:%M:%S";

/// One piece of a format model.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Year4,
    Year2,
    Month,
    MonthShort,
    MonthName,
    Day,
    DayShort,
    DayName,
    Hour24,
    Hour12,
    Minute,
    Second,
    Meridian,
    Quarter,
    Fill,
    Literal(String),
}

/// The words of a model, longest first where one begins another.
const WORDS: [(&str, Piece); 17] = [
    ("YYYY", Piece::Year4),
    ("YY", Piece::Year2),
    ("MONTH", Piece::MonthName),
    ("MON", Piece::MonthShort),
    ("MM", Piece::Month),
    ("MI", Piece::Minute),
    ("DAY", Piece::DayName),
    ("DD", Piece::Day),
    ("DY", Piece::DayShort),
    ("HH24", Piece::Hour24),
    ("HH12", Piece::Hour12),
    ("HH", Piece::Hour12),
    ("SS", Piece::Second),
    ("AM", Piece::Meridian),
    ("PM", Piece::Meridian),
    ("FM", Piece::Fill),
    ("Q", Piece::Quarter),
];

fn pieces(model: &str) -> Result<Vec<Piece>, Refused> {
    let unknown = Refused("date format not recognized");
    let mut out = Vec::new();
    let mut rest = model;
    'next: while let Some(first) = rest.chars().next() {
        if first == '"' {
            let (quoted, after) = rest[1..].split_once('"').ok_or(unknown)?;
            out.push(Piece::Literal(quoted.to_owned()));
            rest = after;
            continue;
        }
        if !first.is_alphanumeric() {
            out.push(Piece::Literal(first.to_string()));
            rest = &rest[first.len_utf8()..];
            continue;
        }
        for (word, piece) in &WORDS {
            if rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)) {
                out.push(piece.clone());
                rest = &rest[word.len()..];
                continue 'next;
            }
        }
        return Err(unknown);
    }
    if out.is_empty() { Err(unknown) } else { Ok(out) }
}

/// The date in the form in which the engine holds it.
pub(super) fn hold(at: DateTime) -> String {
    at.strftime(HELD).to_string()
}

/// The date that the engine holds as `text`. Read by place: a ledger has three dates a row, and a general parser is slow.
pub(super) fn held(text: &str) -> Result<DateTime, Refused> {
    let wrong = Refused("not a valid date");
    let part = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<i8>().ok()).ok_or(wrong);
    let year = text.get(..4).and_then(|digits| digits.parse().ok()).ok_or(wrong)?;
    let (month, day) = (part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| wrong)
}

/// A format model, taken apart.
#[derive(Debug)]
pub(super) struct Model(Vec<Piece>);

impl Model {
    /// Takes `model` apart.
    pub(super) fn of(model: &str) -> Result<Self, Refused> {
        pieces(model).map(Self)
    }
}

/// `TO_CHAR(date, model)`.
pub(super) fn print(at: DateTime, model: &Model) -> String {
    let mut out = String::new();
    let mut fill = true;
    for piece in &model.0 {
        let two = |n: i8| if fill { format!("{n:02}") } else { n.to_string() };
        let part = match piece {
            Piece::Year4 => format!("{:04}", at.year()),
            Piece::Year2 => format!("{:02}", at.year().rem_euclid(100)),
            Piece::Month => two(at.month()),
            Piece::Day => two(at.day()),
            Piece::Hour24 => two(at.hour()),
            Piece::Hour12 => two(if at.hour() % 12 == 0 { 12 } else { at.hour() % 12 }),
            Piece::Minute => two(at.minute()),
            Piece::Second => two(at.second()),
            Piece::Meridian => if at.hour() < 12 { "AM" } else { "PM" }.to_owned(),
            Piece::MonthShort => at.strftime("%b").to_string().to_uppercase(),
            Piece::MonthName => padded(&at.strftime("%B").to_string().to_uppercase(), fill),
            Piece::DayShort => at.strftime("%a").to_string().to_uppercase(),
            Piece::DayName => padded(&at.strftime("%A").to_string().to_uppercase(), fill),
            Piece::Quarter => ((at.month() + 2) / 3).to_string(),
            Piece::Literal(text) => text.clone(),
            Piece::Fill => {
                fill = !fill;
                String::new()
            }
        };
        out.push_str(&part);
    }
    out
}

fn padded(name: &str, fill: bool) -> String {
    if fill { format!("{name:<9}") } else { name.to_owned() }
}

/// `TO_DATE(text, model)`. Parts the model does not name are the first of the month at midnight of the year 1900.
pub(super) fn read(text: &str, model: &str) -> Result<DateTime, Refused> {
    let (mut year, mut month, mut day) = (1900_i16, 1_i8, 1_i8);
    let (mut hour, mut minute, mut second) = (0_i8, 0_i8, 0_i8);
    let mut afternoon = None;
    let mut rest = text.trim();
    for piece in pieces(model)? {
        match piece {
            Piece::Year4 => year = digits(&mut rest, 4, 1..=9999, "year must be between 1 and 9999")?,
            Piece::Year2 => year = 2000 + digits(&mut rest, 2, 0..=99, "invalid year")?,
            Piece::Month => month = small(&mut rest, 1..=12, "not a valid month")?,
            Piece::Day => day = small(&mut rest, 1..=31, "day of month must be between 1 and last day of month")?,
            Piece::Hour24 => hour = small(&mut rest, 0..=23, "hour must be between 0 and 23")?,
            Piece::Hour12 => hour = small(&mut rest, 1..=12, "hour must be between 1 and 12")?,
            Piece::Minute => minute = small(&mut rest, 0..=59, "minutes must be between 0 and 59")?,
            Piece::Second => second = small(&mut rest, 0..=59, "seconds must be between 0 and 59")?,
            Piece::Meridian => afternoon = Some(meridian(&mut rest)?),
            Piece::Literal(mark) => {
                rest = rest.strip_prefix(mark.as_str()).ok_or(Refused("literal does not match format string"))?;
            }
            Piece::Fill => {}
            _ => return Err(Refused("date format not recognized")),
        }
    }
    if !rest.is_empty() {
        return Err(Refused("date format picture ends before converting entire input string"));
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let date = Date::new(year, month, day).map_err(|_| Refused("date not valid for month specified"))?;
    Ok(date.at(hour, minute, second, 0))
}

fn digits(
    rest: &mut &str,
    most: usize,
    allowed: std::ops::RangeInclusive<i16>,
    wrong: &'static str,
) -> Result<i16, Refused> {
    let length = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if length == 0 {
        let short = rest.is_empty();
        return Err(Refused(if short { "input value not long enough for date format" } else { wrong }));
    }
    let number = rest[..length].parse().map_err(|_| Refused(wrong))?;
    *rest = &rest[length..];
    if allowed.contains(&number) { Ok(number) } else { Err(Refused(wrong)) }
}

fn small(rest: &mut &str, allowed: std::ops::RangeInclusive<i16>, wrong: &'static str) -> Result<i8, Refused> {
    digits(rest, 2, allowed, wrong).and_then(|n| i8::try_from(n).map_err(|_| Refused(wrong)))
}

fn meridian(rest: &mut &str) -> Result<bool, Refused> {
    let start = rest.get(..2).ok_or(Refused("AM/A.M. or PM/P.M. required"))?;
    let afternoon = start.eq_ignore_ascii_case("PM");
    if !afternoon && !start.eq_ignore_ascii_case("AM") {
        return Err(Refused("AM/A.M. or PM/P.M. required"));
    }
    *rest = &rest[2..];
    Ok(afternoon)
}

/// How an account writes dates where no `TO_CHAR` says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum DateFormat {
    /// `4/7/2020`, month first.
    #[default]
    #[serde(rename = "M/D/YYYY")]
    MonthFirst,
    /// `7.4.2020`, day first.
    #[serde(rename = "D.M.YYYY")]
    DayFirst,
    /// `2020-04-07`.
    #[serde(rename = "YYYY-MM-DD")]
    YearFirst,
}

impl DateFormat {
    /// The format model that says the same.
    #[must_use]
    pub const fn model(self) -> &'static str {
        match self {
            Self::MonthFirst => "FMMM/DD/YYYY",
            Self::DayFirst => "FMDD.MM.YYYY",
            Self::YearFirst => "YYYY-MM-DD",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::datetime;

    use super::*;

    #[rstest::rstest]
    #[case("YYYY-MM-DD HH24:MI:SS", "2020-04-07 15:04:09")]
    #[case("YYYY-MM-DD HH:MI:SS", "2020-04-07 03:04:09")]
    #[case("FMMM/DD/YYYY", "4/7/2020")]
    #[case("DD MON YY", "07 APR 20")]
    #[case("YYYY\"T\"HH12 PM \"Q\"Q", "2020T03 PM Q2")]
    fn dates_are_printed(#[case] model: &str, #[case] expected: &str) {
        assert_eq!(print(datetime(2020, 4, 7, 15, 4, 9, 0), &Model::of(model).expect("a model")), expected);
    }

    #[rstest::rstest]
    #[case("2020-04-07", "YYYY-MM-DD", Ok("2020-04-07 00:00:00"))]
    #[case("2020-04-07 03:04:09 PM", "YYYY-MM-DD HH:MI:SS AM", Ok("2020-04-07 15:04:09"))]
    #[case("4/7/2020", "MM/DD/YYYY", Ok("2020-04-07 00:00:00"))]
    #[case("2020-02-30", "YYYY-MM-DD", Err("date not valid for month specified"))]
    #[case("2020-04-07 15:00:00", "YYYY-MM-DD HH:MI:SS", Err("hour must be between 1 and 12"))]
    #[case("2020-04-07 15:00:00", "YYYY-MM-DD", Err("date format picture ends before converting entire input string"))]
    #[case("2020-04", "YYYY-MM-DD", Err("literal does not match format string"))]
    #[case("2020-04-07", "XYZ", Err("date format not recognized"))]
    fn dates_are_read(#[case] text: &str, #[case] model: &str, #[case] expected: Result<&str, &'static str>) {
        assert_eq!(read(text, model).map(hold), expected.map(str::to_owned).map_err(Refused));
    }
}
