//! `netsuite`: what an administrator of NetSuite needs from us.

use clap::Subcommand;

use crate::erp::netsuite::role;

/// What to print for NetSuite.
#[derive(Subcommand)]
pub enum NetSuite {
    /// Prints the role that a connection needs, as an SDF object.
    Role {
        /// As clicks instead.
        #[arg(long)]
        steps: bool,
    },
}

pub(super) fn run(command: &NetSuite) {
    let NetSuite::Role { steps } = command;
    super::print(&if *steps { role::steps() } else { role::xml() });
}
