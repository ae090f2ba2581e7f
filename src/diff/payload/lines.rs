//! A payload as lines that can be compared: JSON is laid out, and the texts in it are broken where they
//! say so, so that one changed word is not one changed page.

use serde_json::Value;

/// Longer lines are broken behind tags.
const WIDE: usize = 160;
/// However a line is made, it is no longer than this.
const LONGEST: usize = 400;

/// The lines of a payload.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => write(&value, 0, "", "", &mut out),
        Err(_) => text.lines().for_each(|it| add(it, "", &mut out)),
    }
    out
}

fn write(value: &Value, depth: usize, before: &str, behind: &str, out: &mut Vec<String>) {
    let margin = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push(format!("{margin}{before}{{"));
            for (at, (name, value)) in fields.iter().enumerate() {
                let name = format!("{}: ", Value::from(name.as_str()));
                let comma = if at + 1 < fields.len() { "," } else { "" };
                write(value, depth + 1, &name, comma, out);
            }
            out.push(format!("{margin}}}{behind}"));
        }
        Value::Array(items) if !items.is_empty() => {
            out.push(format!("{margin}{before}["));
            for (at, value) in items.iter().enumerate() {
                let comma = if at + 1 < items.len() { "," } else { "" };
                write(value, depth + 1, "", comma, out);
            }
            out.push(format!("{margin}]{behind}"));
        }
        Value::String(text) if text.contains('\n') || text.len() > WIDE => {
            out.push(format!("{margin}{before}\"\"\""));
            text.lines()
                .for_each(|it| add(it, &format!("{margin}  "), out));
            out.push(format!("{margin}\"\"\"{behind}"));
        }
        value => add(&format!("{before}{value}{behind}"), &margin, out),
    }
}

/// A line, broken behind tags and then wherever it must be.
fn add(line: &str, margin: &str, out: &mut Vec<String>) {
    let parts: Vec<&str> = if line.len() > WIDE {
        line.split_inclusive('>').collect()
    } else {
        vec![line]
    };
    for part in parts {
        let mut rest = part;
        loop {
            let end = rest
                .char_indices()
                .nth(LONGEST)
                .map_or(rest.len(), |it| it.0);
            out.push(format!("{margin}{}", &rest[..end]));
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn json_is_laid_out_and_texts_are_broken() {
        let it = lines("{\"a\": {\"b\": [1, \"x\\ny\"]}, \"c\": []}");
        let expected = [
            "{",
            "  \"a\": {",
            "    \"b\": [",
            "      1,",
            "      \"\"\"",
            "        x",
            "        y",
            "      \"\"\"",
            "    ]",
            "  },",
            "  \"c\": []",
            "}",
        ];
        assert_eq!(it, expected);
        assert_eq!(lines("not {json\nbut text"), ["not {json", "but text"]);
        let wide = format!("<p>{}</p><p>b</p>", "a".repeat(900));
        let lengths: Vec<usize> = lines(&wide).iter().map(String::len).collect();
        assert_eq!(lengths, [3, 400, 400, 104, 3, 5]);
    }
}
