//! Any bytes as an HTML page, then as whatever they look like.
#![no_main]

use commentariat::comments::{Authors, Options, split};
use commentariat::page::{Document, Kind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let options = Options { authors: Authors::Keep, ..Options::default() };
    let mut page = Document::new("a.html", data.to_vec());
    page.kind = Kind::Html;
    let _ = split(&page, &options);
    let _ = split(&Document::new("a", data.to_vec()), &options);
});
