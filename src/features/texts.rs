//! Many short strings in one piece of memory, the program's own or a file's.

use std::borrow::Cow;

/// Strings one after the other, each behind its length (a number of seven bits a byte, low bits first).
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    bytes: Cow<'static, [u8]>,
    /// Where each string's length begins.
    starts: Vec<u32>,
}

impl Texts {
    /// Number of strings.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Adds a string.
    pub fn push(&mut self, s: &str) {
        let bytes = self.bytes.to_mut();
        self.starts.push(bytes.len() as u32);
        put_varint(bytes, s.len() as u32);
        bytes.extend_from_slice(s.as_bytes());
    }

    /// The bytes of string `id`.
    pub fn bytes(&self, id: u32) -> &[u8] {
        let mut at = self.starts[id as usize] as usize;
        let len = take_varint(&self.bytes, &mut at).unwrap_or(0) as usize;
        self.bytes.get(at..at + len).unwrap_or_default()
    }

    /// String `id`.
    pub fn get(&self, id: u32) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes(id))
    }

    /// All strings as they are stored.
    pub fn stored(&self) -> &[u8] {
        &self.bytes
    }

    /// The `n` strings that `bytes` begin with, and the length they take there; `None` where there are fewer, or
    /// one is longer than `bytes`.
    pub fn starts_in(bytes: &[u8], n: usize) -> Option<(Vec<u32>, usize)> {
        let mut starts = Vec::with_capacity(n.min(bytes.len()));
        let mut at = 0;
        for _ in 0..n {
            starts.push(u32::try_from(at).ok()?);
            at = (take_varint(bytes, &mut at)? as usize).checked_add(at)?;
            if at > bytes.len() {
                return None;
            }
        }
        Some((starts, at))
    }

    /// Strings as stored, and where they start.
    pub fn from_parts(bytes: Cow<'static, [u8]>, starts: Vec<u32>) -> Self {
        Texts { bytes, starts }
    }

    /// Whether all are UTF-8.
    pub fn is_utf8(&self) -> bool {
        (0..self.len() as u32).all(|i| std::str::from_utf8(self.bytes(i)).is_ok())
    }
}

/// Appends a number, seven bits a byte, low bits first.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut x: u32) {
    while x >= 0x80 {
        out.push(x as u8 | 0x80);
        x >>= 7;
    }
    out.push(x as u8);
}

/// Reads a number and moves `at` behind it.
#[inline]
pub(crate) fn take_varint(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let mut x = 0_u64;
    for shift in (0..35).step_by(7) {
        let b = *bytes.get(*at)?;
        *at += 1;
        x |= u64::from(b & 0x7f) << shift;
        if b < 0x80 {
            return u32::try_from(x).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Texts, put_varint, take_varint};

    #[test]
    fn strings_are_read_back_in_place() {
        let mut texts = Texts::default();
        let long = "ж".repeat(200);
        for s in ["a", "", &long, "конец"] {
            texts.push(s);
        }
        let (starts, len) = Texts::starts_in(texts.stored(), 4).unwrap();
        assert_eq!(len, texts.stored().len());
        let again = Texts::from_parts(texts.stored().to_vec().into(), starts);
        assert!(again.is_utf8() && again.len() == 4);
        assert_eq!([again.get(0), again.get(1), again.get(2), again.get(3)], ["a", "", &long, "конец"]);
        assert!(Texts::starts_in(texts.stored(), 5).is_none());
        assert!(Texts::starts_in(&texts.stored()[..len - 1], 4).is_none());
    }

    #[test]
    fn numbers_of_any_size_are_read_back_and_longer_ones_refused() {
        for x in [0, 1, 127, 128, 300, u32::MAX] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, x);
            let mut at = 0;
            assert_eq!((take_varint(&bytes, &mut at), at), (Some(x), bytes.len()));
        }
        assert_eq!(take_varint(&[0xff, 0xff, 0xff, 0xff, 0x7f], &mut 0), None);
        assert_eq!(take_varint(&[0x80; 9], &mut 0), None);
    }
}
