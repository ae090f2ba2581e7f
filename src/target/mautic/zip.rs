//! An archive with one file, stored as it is: Mautic refuses archives whose files shrink more than
//! ten to one, and a campaign does.
//!
//! In: a name and bytes. Out: the archive. Invariant: the same input gives the same bytes: every file is
//! of 1 January 1980, the first day that the format knows.
//! Not done here: compression, folders, files of more than four gigabytes.

/// 1 January 1980: years since then, months, days.
const DATE: u16 = 1 << 5 | 1;

/// Writes an archive with one file.
pub(super) fn stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    // What both headers of a file say of it: version, flags (names in UTF-8), method, time, date, sums.
    let mut facts = Vec::new();
    for word in [20_u16, 0x0800, 0, 0, DATE] {
        facts.extend(word.to_le_bytes());
    }
    for word in [checksum(bytes), size, size] {
        facts.extend(word.to_le_bytes());
    }
    facts.extend(length.to_le_bytes());
    facts.extend([0, 0]);

    let mut all = b"PK\x03\x04".to_vec();
    all.extend(&facts);
    all.extend(name.as_bytes());
    all.extend(bytes);
    let directory = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.extend(b"PK\x01\x02\x14\x00");
    all.extend(&facts);
    // No comment, first disk, no attributes, and the file begins at the beginning.
    all.extend([0_u8; 14]);
    all.extend(name.as_bytes());
    let end = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    all.extend((end - directory).to_le_bytes());
    all.extend(directory.to_le_bytes());
    all.extend([0, 0]);
    all
}

/// CRC-32 as archives have it.
fn checksum(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                sum >> 1 ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn an_archive_holds_its_file_as_it_is_and_is_the_same_each_time() {
        let archive = stored("a.json", b"{}");
        assert_eq!(archive, stored("a.json", b"{}"));
        assert_eq!(archive.len(), 30 + 6 + 2 + 46 + 6 + 22);
        assert_eq!(&archive[..4], b"PK\x03\x04");
        assert_eq!(&archive[8..14], &[0, 0, 0, 0, 0x21, 0]);
        assert_eq!(&archive[30..38], b"a.json{}");
    }
}
