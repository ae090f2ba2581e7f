//! The lines of a text, and what stands around a place in it.

/// A text by its lines. Only `\n` and `\r\n` end lines here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'t> {
    pub(super) text: &'t str,
    /// What ends a line.
    pub(super) newline: &'static str,
}

impl<'t> Lines<'t> {
    /// Nothing if some lines end in another way than the rest.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let all = text.matches('\n').count();
        let windows = text.matches("\r\n").count();
        if windows != text.matches('\r').count() || (windows != 0 && windows != all) {
            return None;
        }
        let newline = if windows > 0 { "\r\n" } else { "\n" };
        Some(Self { text, newline })
    }

    /// Where the line of a place begins.
    pub(super) fn start(self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |it| it + 1)
    }

    /// Where the line of a place ends, before its line break.
    pub(super) fn end(self, at: usize) -> usize {
        let break_at = self.text[at..].find(self.newline);
        break_at.map_or(self.text.len(), |it| at + it)
    }

    /// Where the next line begins; nothing in the last one.
    pub(super) fn next(self, at: usize) -> Option<usize> {
        let end = self.end(at);
        (end < self.text.len()).then_some(end + self.newline.len())
    }

    /// The line of a place, without its line break.
    pub(super) fn line(self, at: usize) -> &'t str {
        &self.text[self.start(at)..self.end(at)]
    }

    /// The line above that of a place, with its start.
    pub(super) fn above(self, at: usize) -> Option<(usize, &'t str)> {
        let last = self.start(at).checked_sub(self.newline.len())?;
        Some((self.start(last), self.line(last)))
    }

    /// How far a place is from the start of its line.
    pub(super) fn column(self, at: usize) -> usize {
        at - self.start(at)
    }

    /// What stands before a place on its line.
    pub(super) fn before(self, at: usize) -> &'t str {
        &self.text[self.start(at)..at]
    }

    /// Whether only spaces stand before a place on its line.
    pub(super) fn begins_line(self, at: usize) -> bool {
        self.before(at).bytes().all(|it| it == b' ')
    }

    /// The end of the last line of a block that ends here, comments below it included that are
    /// indented at least so far.
    pub(super) fn end_of_block(self, end: usize, indent: usize) -> usize {
        let mut res = self.end(end);
        let mut at = res;
        while let Some(next) = self.next(at) {
            let line = self.line(next);
            at = self.end(next);
            if is_blank(line) {
                continue;
            }
            if comment(line).is_none_or(|it| it < indent) {
                break;
            }
            res = at;
        }
        res
    }

    /// Where the first of the comments begins that stand right above a head and are indented like
    /// it; the head's own line where there are none.
    pub(super) fn top(self, head: usize) -> usize {
        let mut start = self.start(head);
        while let Some((above, line)) = self.above(start)
            && comment(line) == Some(self.column(head))
        {
            start = above;
        }
        start
    }

    /// Whole lines from the one of `head` to the end of a block, with the comments right above that
    /// are indented like the head. Of two blank lines around it, one goes as well.
    pub(super) fn block(self, head: usize, end: usize) -> std::ops::Range<usize> {
        let mut start = self.top(head);
        let end = self.end_of_block(end, self.column(head) + 1);
        let next = self.next(end);
        let ends_blank = next.is_none_or(|it| it == self.text.len() || is_blank(self.line(it)));
        if let Some((above, line)) = self.above(start)
            && ends_blank
            && is_blank(line)
        {
            start = above;
        }
        match next {
            Some(next) => start..next,
            // The last line has no line break: that of the line above goes.
            None => start.saturating_sub(self.newline.len())..end,
        }
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// How far a line is indented that is nothing but a comment.
fn comment(line: &str) -> Option<usize> {
    let rest = line.trim_start_matches(' ');
    rest.starts_with('#').then_some(line.len() - rest.len())
}
