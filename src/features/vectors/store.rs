//! The vectors' file: magic, tables, checksum. Parsed within bounds, whoever wrote it.

use sha2::{Digest, Sha256};

use super::{Bytes, Table, Vectors};
use crate::error::{Error, Kind, Result};

const MAGIC: &[u8; 8] = b"CMTVEC1\n";
const HASH: usize = 32;

/// Bytes of a vectors file; little-endian throughout.
pub fn write(tables: &[Table]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    let put = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
    put(&mut out, tables.len());
    for t in tables {
        put(&mut out, t.name.len());
        out.extend(t.name.as_bytes());
        put(&mut out, t.n_words());
        put(&mut out, t.dim);
        put(&mut out, t.text.len());
        for part in [&t.text, &t.starts, &t.weights, &t.steps, &t.components] {
            out.extend_from_slice(part);
        }
    }
    let hash = Sha256::digest(&out);
    out.extend(&hash[..]);
    out
}

/// Tables from the bytes of a vectors file.
///
/// # Errors
/// Another kind of file, a truncated file, a checksum that does not hold, contents that contradict each other.
pub fn read(bytes: &[u8]) -> Result<Vectors> {
    if let Some((body, hash)) = bytes.split_last_chunk::<HASH>()
        && bytes.starts_with(MAGIC)
        && Sha256::digest(body)[..] != hash[..]
    {
        return Err(bad("the file of word vectors is truncated or was altered: its checksum does not hold"));
    }
    parse(bytes, |part| part.to_vec().into())
}

/// [`read`] without the checksum and in place, for bytes that are part of the program.
pub(super) fn embedded(bytes: &'static [u8]) -> Result<Vectors> {
    parse(bytes, Bytes::Borrowed)
}

fn parse<'b>(bytes: &'b [u8], keep: impl Fn(&'b [u8]) -> Bytes) -> Result<Vectors> {
    let (mut rest, hash) = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| bad("not a file of word vectors"))?
        .split_last_chunk::<HASH>()
        .ok_or_else(|| bad("the file of word vectors is truncated"))?;
    let n_tables = take_u32(&mut rest)?;
    let mut tables = Vec::new();
    for _ in 0..n_tables {
        tables.push(read_table(&mut rest, &keep)?);
    }
    Ok(Vectors { tables, sha256: hash.iter().map(|b| format!("{b:02x}")).collect() })
}

fn read_table<'b>(rest: &mut &'b [u8], keep: impl Fn(&'b [u8]) -> Bytes) -> Result<Table> {
    let n = take_u32(rest)?;
    let name =
        std::str::from_utf8(take(rest, n)?).map_err(|_| bad("a table's name is not UTF-8"))?.to_owned();
    let (n_words, dim, n_text) = (take_u32(rest)?, take_u32(rest)?, take_u32(rest)?);
    let text = keep(take(rest, n_text)?);
    let starts = keep(take(rest, bytes_of(n_words + 1, 4)?)?);
    let weights = keep(take(rest, bytes_of(n_words, 4)?)?);
    let steps = keep(take(rest, bytes_of(n_words, 4)?)?);
    let components = keep(take(rest, bytes_of(n_words, dim)?)?);
    let table = Table { name, dim, n_words, text, starts, weights, steps, components };
    let ordered = (0..n_words).all(|i| table.start(i) <= table.start(i + 1));
    if !ordered || table.start(n_words) != n_text {
        return Err(bad("the words of the vectors do not fit their index"));
    }
    Ok(table)
}

fn bytes_of(n: usize, size: usize) -> Result<usize> {
    n.checked_mul(size).ok_or_else(|| bad("the file of word vectors states an impossible size"))
}

fn take<'b>(rest: &mut &'b [u8], n: usize) -> Result<&'b [u8]> {
    let (head, tail) =
        rest.split_at_checked(n).ok_or_else(|| bad("the file of word vectors states more than it holds"))?;
    *rest = tail;
    Ok(head)
}

fn take_u32(rest: &mut &[u8]) -> Result<usize> {
    let b = take(rest, 4)?;
    Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
}

fn bad(what: &str) -> Error {
    Error::new(Kind::Model, what).hint("use the file that comes with this version of the program")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let rows = [("дом", 0.5f32), ("cat", 1.0), ("dog", 0.25)];
        Table::quantise("en", rows.map(|(w, x)| (w.to_owned(), x, vec![x, -x, 0.0])).to_vec())
    }

    #[test]
    fn written_is_read_back() {
        let bytes = write(&[table()]);
        let v = read(&bytes).unwrap();
        assert_eq!(v.tables, [table()]);
        assert_eq!(v.tables[0].get("дом"), Some(2));
    }

    #[test]
    fn the_shipped_file_holds_its_checksum() {
        let v = super::super::shipped().unwrap();
        assert_eq!(read(super::super::SHIPPED).unwrap().sha256, v.sha256);
        assert!(v.table("en").is_some() && v.table("ru").is_some());
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_refused() {
        let bytes = write(&[table()]);
        for n in 0..bytes.len() {
            assert!(read(&bytes[..n]).is_err());
            let mut altered = bytes.clone();
            altered[n] ^= 0x20;
            assert!(read(&altered).is_err());
        }
    }
}
