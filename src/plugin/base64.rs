//! Reads base64, in which plug-ins write files that are no text.

/// The bytes of a text in base64, with its padding; nothing if it is none.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text
        .iter()
        .rev()
        .take(2)
        .take_while(|it| **it == b'=')
        .count();
    let digits = text.get(..text.len() - padding)?;
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in digits.chunks(4) {
        let mut bits = 0_u32;
        for digit in chunk {
            bits = bits << 6 | digit_value(*digit)?;
        }
        let bytes = chunk.len() - 1;
        bits <<= 6 * (4 - chunk.len());
        let all = bits.to_be_bytes();
        // What padding cuts off must be nothing: each file has one spelling.
        if all.get(1 + bytes..)?.iter().any(|it| *it != 0) {
            return None;
        }
        out.extend_from_slice(all.get(1..=bytes)?);
    }
    Some(out)
}

fn digit_value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_read_and_slips_are_not() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("Zm9vYmE=", b"fooba"),
            ("Zm9vYmFy", b"foobar"),
            ("/+8A", b"\xff\xef\x00"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes), "{text}");
        }
        for text in [
            "Zg", "Zg=", "Z===", "=", "====", "Zh==", "Zm9=", "Zm 8", "Zm9v\n", "Zg==Zg==", "Zü==",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
