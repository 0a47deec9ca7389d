//! Any bytes as an export and as rows.
#![no_main]

use commentariat::comments::{Options, split};
use commentariat::page::{Document, Kind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let options = Options::default();
    for kind in [Kind::Export, Kind::Rows] {
        let mut document = Document::new("a", data.to_vec());
        document.kind = kind;
        let _ = split(&document, &options);
    }
});
