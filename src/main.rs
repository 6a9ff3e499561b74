//! The `ledgercard` program: reads the command line and runs what it asks for.

use std::process::ExitCode;

fn main() -> ExitCode {
    ledgercard::cli::main()
}
