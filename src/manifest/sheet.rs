//! The schedule as a spreadsheet.

use super::types::{Manifest, Touchpoint};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// `schedule.csv`: RFC 4180 with a heading, one row a touchpoint.
///
/// It begins with a byte order mark: without one, Excel reads `–` and `ü` as gibberish.
/// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
pub fn sheet(manifest: &Manifest) -> String {
    let mut text = String::from(BYTE_ORDER_MARK);
    let heading = [
        "journey", "step", "channel", "purpose", "class", "sender", "template", "when", "earliest",
        "latest", "after", "only_if", "unless",
    ];
    line(&mut text, &heading.map(str::to_owned));
    for row in &manifest.schedule {
        line(&mut text, &cells(row));
    }
    text
}

fn cells(row: &Touchpoint) -> [String; 13] {
    let purposes: Vec<&str> = row.purpose.iter().map(|it| it.word()).collect();
    let earliest = row.offsets.as_ref().map(|it| it.earliest.clone());
    let latest = row.offsets.as_ref().and_then(|it| it.latest.clone());
    [
        row.journey.clone(),
        row.step.clone(),
        row.channel.word().to_owned(),
        purposes.join(" "),
        row.class.map_or("", crate::model::Class::word).to_owned(),
        row.sender.clone().unwrap_or_default(),
        row.template.clone().unwrap_or_default(),
        row.when.clone(),
        earliest.unwrap_or_default(),
        latest.unwrap_or_default(),
        row.after.clone(),
        row.only_if.join("; "),
        row.unless.join("; "),
    ]
}

fn line(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&quote(cell));
    }
    text.push_str("\r\n");
}

fn quote(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guarded = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", guarded.replace('"', "\"\""));
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_and_guards() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=SUM(A1)", "'=SUM(A1)"),
            ("+1", "'+1"),
            ("-1,2", "\"'-1,2\""),
            ("@here", "'@here"),
            ("", ""),
        ] {
            assert_eq!(quote(cell), expected);
        }
    }
}
