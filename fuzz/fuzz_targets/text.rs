//! Any bytes as a text dump, names kept and replaced; the comments' spans must lie in their texts.
#![no_main]

use commentariat::comments::text::roles;
use commentariat::comments::{Authors, Options, split};
use commentariat::page::{Document, Kind, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut dump = Document::new("a.txt", data.to_vec());
    dump.kind = Kind::Text;
    let text = decode(&dump).text.into_owned();
    assert_eq!(roles(&text).len(), text.lines().count());
    for authors in [Authors::Keep, Authors::Hash] {
        let options = Options { authors, ..Options::default() };
        for thread in split(&dump, &options).expect("dumps never fail") {
            for comment in &thread.comments {
                for q in &comment.quotes {
                    assert!(comment.text.get(q.start..q.end).is_some());
                }
                assert!(comment.parent.is_none_or(|p| p != comment.no && p as usize <= thread.comments.len()));
            }
        }
    }
});
