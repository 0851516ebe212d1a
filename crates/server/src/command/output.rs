use std::io::{self, IsTerminal, Write};

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::CommandError;

/// Prints a line and escapes the characters that control a terminal. A reader that closes the pipe
/// is no error, as in `carnet user list | head`.
pub(super) fn say(line: &str) -> Result<(), CommandError> {
    print(&visible(line))
}

/// Prints a value as one line of JSON, for programs. What could steer a terminal is escaped, which
/// JSON allows in every text.
pub(super) fn say_json(value: &Value) -> Result<(), CommandError> {
    let mut line = String::new();
    for character in value.to_string().chars() {
        if is_disruptive(character) {
            let units = &mut [0; 2];
            for unit in character.encode_utf16(units) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            line.push(character);
        }
    }
    print(&line)
}

/// A text in which every character can be seen: those that steer a terminal, turn the direction of
/// a line or are invisible stand as `\u{…}`. People choose their names themselves, and clients what
/// they call themselves.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_disruptive(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_disruptive(character: char) -> bool {
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
    )
}

fn print(line: &str) -> Result<(), CommandError> {
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
    let rows: Vec<[String; N]> =
        rows.iter().map(|row| row.each_ref().map(|cell| visible(cell))).collect();
    let mut widths = [0; N];
    for row in std::iter::once(&heads).chain(&rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in std::iter::once(&heads).chain(&rows) {
        let cells = row.iter().zip(widths);
        let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        print(line.join("  ").trim_end())?;
    }
    Ok(())
}

/// Prints why the command failed.
pub(super) fn complain(line: &str) {
    // There is nobody left to tell when this fails.
    let _ = writeln!(io::stderr(), "carnet: {}", visible(line));
}

/// A moment as RFC 3339 writes it, in UTC.
pub(super) fn moment(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| seconds.to_string())
}

/// Asks for a yes; anything else is a no.
pub(super) fn confirm(question: &str) -> Result<bool, CommandError> {
    let io = |error| CommandError::Io { what: "answer".to_owned(), error };
    write!(io::stderr(), "{} [y/N] ", visible(question)).map_err(io)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(io)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Whether somebody sits in front of it.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_printed_steers_a_terminal_or_turns_a_line() {
        for (text, shown) in [
            ("Ada Lovelace 李小龍 Zoë 🎩", "Ada Lovelace 李小龍 Zoë 🎩"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\r\nb\tc\0", "a\\u{d}\\u{a}b\\u{9}c\\u{0}"),
            ("\u{202e}adA", "\\u{202e}adA"),
            ("\u{2067}x\u{2069}", "\\u{2067}x\\u{2069}"),
            ("a\u{200b}b\u{feff}\u{ad}", "a\\u{200b}b\\u{feff}\\u{ad}"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
