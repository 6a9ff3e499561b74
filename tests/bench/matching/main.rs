//! The matching exam: labelled rows go through the real matching, and the table says what it did with them. See
//! `tests/bench/matching/run`, which makes the rows.

#![expect(clippy::print_stdout, reason = "it reports to a person")]
#![expect(clippy::print_stderr, reason = "and says why it could not")]

mod exam;
mod rows;
mod table;

use std::{path::PathBuf, process::ExitCode};

use self::{rows::Set, table::Table};

fn main() -> ExitCode {
    // Cargo's own arguments begin with a dash.
    let Some(folder) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from) else {
        eprintln!("matching: say where the rows are (tests/bench/matching/run does)");
        return ExitCode::FAILURE;
    };
    let mut table = Table::default();
    for name in ["light", "medium", "hell", "febrl4"] {
        match Set::read(&folder, name).and_then(|set| exam::sit(&set)) {
            Ok(marks) => table.add(name, &marks),
            Err(error) => {
                eprintln!("matching: {name}: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    if table.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
