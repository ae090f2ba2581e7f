use super::super::sample::{look, shop};
use super::*;

#[test]
fn two_hidden_lines_come_first() {
    let comment = comment(&shop(), look());
    let lines: Vec<&str> = comment.lines().take(2).collect();
    assert_eq!(lines[0], "<!-- journeyc:v1 journeyc.yaml -->");
    assert!(
        lines[1].starts_with("<!-- journeyc:verdict=blocked content="),
        "{}",
        lines[1]
    );
}
