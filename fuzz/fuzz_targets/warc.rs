//! Any bytes as a stream: WARC, gzip or neither; what comes out stays within the limits.
#![no_main]

use commentariat::page::{Limits, documents_in};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_size: 1 << 16, max_ratio: 100 };
    for document in documents_in(Box::new(std::io::Cursor::new(data.to_vec())), "a", &limits).flatten() {
        assert!(document.bytes.len() <= (1 << 17));
    }
});
