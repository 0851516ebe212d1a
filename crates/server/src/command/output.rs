use std::io::{self, IsTerminal, Write};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::CommandError;

/// Prints a line. Whoever reads may stop reading: `carnet user list | head` is no error.
pub(super) fn say(line: &str) -> Result<(), CommandError> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::Io { what: "standard output".to_owned(), error })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a table whose columns are as wide as what stands in them.
pub(super) fn table<const N: usize>(
    heads: [&str; N],
    rows: &[[String; N]],
) -> Result<(), CommandError> {
    let heads = heads.map(str::to_owned);
    let mut widths = [0; N];
    for row in std::iter::once(&heads).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in std::iter::once(&heads).chain(rows) {
        let cells = row.iter().zip(widths);
        let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        say(line.join("  ").trim_end())?;
    }
    Ok(())
}

/// Prints why the command failed.
pub(super) fn complain(line: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(io::stderr(), "carnet: {line}");
}

/// A moment as RFC 3339 writes it, in UTC.
pub(super) fn moment(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| seconds.to_string())
}

/// Whether somebody sits in front of it.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal()
}
