//! Many rows by few statements: lists are cut to three fixed lengths, so that each statement is prepared three times at most.

use super::StoreError;

/// The lengths, the longest first.
const LENGTHS: [usize; 3] = [100, 10, 1];

/// Cuts a list into pieces of 100, then of 10, then of 1: for inserting.
pub(super) fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = LENGTHS.into_iter().find(|length| *length <= rest.len())?;
        let (piece, others) = rest.split_at(length);
        rest = others;
        Some(piece)
    })
}

/// Cuts a list into pieces of 100, and fills the last to 100, 10 or 1 by repeating its last row: for looking up, changing
/// and removing, where to name a row twice does nothing more.
pub(super) fn filled<T>(rows: &[T]) -> impl Iterator<Item = Vec<&T>> {
    rows.chunks(LENGTHS[0]).map(|some| {
        let length = LENGTHS.into_iter().rev().find(|length| some.len() <= *length).unwrap_or(LENGTHS[0]);
        some.iter().chain(std::iter::repeat_n(&some[some.len() - 1], length - some.len())).collect()
    })
}

/// Says so where not all rows were written: one is in the way that is another portal's, whose flow or connection the caller
/// named.
pub(super) fn all_written(written: u64, rows: usize) -> Result<(), StoreError> {
    if usize::try_from(written) == Ok(rows) { Ok(()) } else { Err(StoreError::Dangling(sqlx::Error::RowNotFound)) }
}

/// Adds `$1, $2, …)` for every value of the list to a statement that ends with `IN (`.
macro_rules! listed {
    ($sql:ident, $values:expr) => {{
        let mut list = $sql.separated(", ");
        for value in $values {
            list.push_bind(value);
        }
        list.push_unseparated(")");
    }};
}

pub(super) use listed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_every_row_once_in_order() {
        for length in [0, 1, 9, 10, 11, 99, 100, 101, 219] {
            let rows: Vec<usize> = (0..length).collect();
            let cut: Vec<&[usize]> = pieces(&rows).collect();
            assert!(cut.iter().all(|piece| LENGTHS.contains(&piece.len())));
            assert_eq!(cut.concat(), rows);
        }
    }

    #[test]
    fn filled_pieces_hold_every_row_and_no_other() {
        for length in [0, 1, 2, 10, 11, 100, 101, 250] {
            let rows: Vec<usize> = (0..length).collect();
            let mut seen: Vec<usize> = Vec::new();
            for piece in filled(&rows) {
                assert!(LENGTHS.contains(&piece.len()));
                seen.extend(piece);
            }
            seen.dedup();
            assert_eq!(seen, rows);
        }
    }
}
