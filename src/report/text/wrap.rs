//! Breaks sentences into lines.

use unicode_width::UnicodeWidthStr;

/// Columns below which lines are not broken any further: one word a line helps nobody.
const MIN_WIDTH: usize = 20;

/// Breaks a text at spaces, so that each line has at most this many columns. A word that is longer
/// stays whole, and so does what stands between backticks: it may be copied.
pub(in crate::report) fn wrap(text: &str, width: usize) -> String {
    let width = width.max(MIN_WIDTH);
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        if !out.is_empty() {
            out.push('\n');
        }
        let mut used = 0;
        for word in words(line) {
            let needed = word.width();
            if used > 0 && used + 1 + needed > width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += needed;
        }
    }
    out
}

/// The words of a line; a quotation in backticks is one word.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut in_ticks = false;
    line.split(move |it: char| {
        if it == '`' {
            in_ticks = !in_ticks;
        }
        it == ' ' && !in_ticks
    })
    .filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_at_spaces_and_keeps_quotations_whole() {
        assert_eq!(wrap("one two", 20), "one two");
        assert_eq!(
            wrap("the quick brown fox jumps over", 20),
            "the quick brown fox\njumps over"
        );
        assert_eq!(
            wrap("write `event: order_delivered` before it", 20),
            "write\n`event: order_delivered`\nbefore it"
        );
        assert_eq!(wrap("a\nb", 20), "a\nb");
        assert_eq!(
            wrap("日本語 日本語 日本語 日本語", 20),
            "日本語 日本語 日本語\n日本語"
        );
        assert_eq!(
            wrap("an open ` is no quotation that ends", 10)
                .lines()
                .count(),
            2
        );
    }
}
