//! Laws of the readers over generated input: dumps, exports, archives. Any bytes in, never a panic.

use commentariat::comments::{Authors, Options, Salt, Thread, split, text};
use commentariat::page::{Document, Kind, Limits, documents_in};
use proptest::prelude::*;

fn options() -> Options {
    Options { authors: Authors::Keep, salt: Salt::new(*b"the same in each run") }
}

fn threads(name: &str, kind: Option<Kind>, bytes: &[u8]) -> Vec<Thread> {
    let mut document = Document::new(name, bytes.to_vec());
    document.kind = kind.unwrap_or(document.kind);
    let once = split(&document, &options()).unwrap_or_default();
    assert_eq!(once, split(&document, &options()).unwrap_or_default(), "the same input, the same threads");
    once
}

/// What holds for every thread: numbers in order, parents that exist, nobody below himself, spans inside the text.
fn check(thread: &Thread) {
    let n = thread.comments.len() as u32;
    for (no, c) in (1..).zip(&thread.comments) {
        assert_eq!(c.no, no);
        assert!(!c.text.trim().is_empty(), "{no} is empty");
        assert!(c.parent.is_none_or(|p| p != no && (1..=n).contains(&p)), "{no} answers {:?}", c.parent);
        assert_eq!(c.parent.is_some(), c.evidence.is_some());
        for span in &c.quotes {
            assert!(span.start < span.end && c.text.get(span.start..span.end).is_some(), "{span:?}");
        }
        let (mut at, mut steps) = (c, 0);
        while let Some(p) = at.parent {
            at = &thread.comments[p as usize - 1];
            steps += 1;
            assert!(steps <= n, "{no} answers itself in the end");
        }
    }
}

/// Lines as dumps have them, and some that only look so.
const LINES: &[&str] = &[
    "",
    "",
    "3 comments",
    "Комментарии (2)",
    "Anna says:",
    "* Boris | May 3, 2021 at 10:15",
    "  Вера • 2 часа назад",
    "vor 3 Stunden",
    "10:15",
    "Reply",
    "ReplyDelete",
    "Ответить Поделиться",
    "+12",
    "\"who is going to pay for it\" - nobody, dear Anna",
    "Well, who is going to pay for it?",
    "@Anna: not me [a wordplay on the name of the town].",
    "Согласен, но кто теперь за это заплатит?",
    "Leave a Reply",
    "Powered by Disqus",
    "\u{202e}\u{301}\u{a0}İstanbul ẞ",
    "1. 2. 3. 4. 5/6/7 8:9 am pm",
    "il y a vor 99999999999999999999 ago",
];

fn dump() -> impl Strategy<Value = String> {
    let line = prop_oneof![8 => proptest::sample::select(LINES).prop_map(str::to_owned), 1 => "\\PC{0,40}"];
    proptest::collection::vec(line, 0..60).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn dumps(dump in dump()) {
        for thread in threads("page.txt", Some(Kind::Text), dump.as_bytes()) {
            check(&thread);
            // Every line of a comment stands in the dump, but for what lifting a note closes up.
            for line in thread.comments.iter().filter(|c| c.notes.is_empty()).flat_map(|c| c.text.lines()) {
                prop_assert!(dump.contains(line.trim()), "{line:?}");
            }
        }
        prop_assert_eq!(text::roles(&dump).len(), dump.lines().count());
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), name in "page\\.(txt|html|json|xml|csv|jsonl|warc)") {
        for thread in threads(&name, None, &bytes) {
            check(&thread);
        }
        let documents = documents_in(Box::new(std::io::Cursor::new(bytes)), &name, &Limits::default());
        prop_assert!(documents.take(1000).count() < 1000);
    }

    /// Sound exports with places of them replaced, doubled or cut off.
    #[test]
    fn exports(which in 0..EXPORTS.len(), edits in proptest::collection::vec((any::<u16>(), any::<u16>(), "[\\{\\}\\[\\]\",:<>/0-9a-z]{0,4}"), 0..4)) {
        let (name, sound) = EXPORTS[which];
        let whole = threads(name, Some(Kind::Export), sound.as_bytes());
        assert!(whole.iter().map(|t| t.comments.len()).sum::<usize>() > 1, "{name} is sound");
        let mut broken = sound.to_owned();
        for (at, len, put) in edits {
            let at = at as usize % (broken.len() + 1);
            let end = (at + len as usize % 12).min(broken.len());
            if broken.is_char_boundary(at) && broken.is_char_boundary(end) {
                broken.replace_range(at..end, &put);
            }
        }
        threads(name, Some(Kind::Export), broken.as_bytes()).iter().for_each(check);
    }

    /// Archives whose lengths, headers or ends are wrong.
    #[test]
    fn archives(lengths in proptest::collection::vec(0usize..200, 1..4), cut in any::<u16>(), flip in any::<(u16, u8)>(), packed in any::<bool>()) {
        let mut warc = Vec::new();
        for length in &lengths {
            let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>x</title><p>Nothing here.";
            warc.extend(format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{length}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n").bytes());
            warc.extend(page);
            warc.extend(b"\r\n\r\n");
        }
        if packed {
            use std::io::Write;
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(&warc).expect("memory");
            warc = gz.finish().expect("memory");
        }
        let at = flip.0 as usize % warc.len();
        warc[at] ^= flip.1;
        warc.truncate(cut as usize % (warc.len() + 1));
        let read = || documents_in(Box::new(std::io::Cursor::new(warc.clone())), "a.warc", &Limits::default()).take(1000);
        prop_assert!(read().count() < 1000);
        for document in read().flatten() {
            split(&document, &options()).unwrap_or_default().iter().for_each(check);
        }
    }
}

const EXPORTS: &[(&str, &str)] = &[
    (
        "youtube.json",
        r#"{"kind":"youtube#commentThreadListResponse","items":[{"id":"a","snippet":{"videoId":"v","topLevelComment":{"id":"a","snippet":{"textDisplay":"Fine","authorDisplayName":"Ida","publishedAt":"2021-05-03T10:15:00Z"}},"totalReplyCount":1},"replies":{"comments":[{"id":"a.b","snippet":{"parentId":"a","textDisplay":"Not so fine","authorDisplayName":"Per","publishedAt":"2021-05-03T11:15:00Z"}}]}}]}"#,
    ),
    (
        "topic.json",
        r#"{"post_stream":{"posts":[{"post_number":1,"username":"host","cooked":"<p>The article</p>"},{"post_number":2,"username":"ida","cooked":"<p>Fine</p>","created_at":"2021-05-03T10:15:00Z","reply_to_post_number":1},{"post_number":3,"username":"per","cooked":"<p>Not so</p>","reply_to_post_number":2}]},"id":7,"title":"Tram","slug":"tram","posts_count":3}"#,
    ),
    (
        "result.json",
        r#"{"name":"News","type":"public_channel","id":1,"messages":[{"id":1,"type":"message","date":"2021-05-03T10:15:00","from":"Ida","from_id":"user1","text":"Fine"},{"id":2,"type":"message","date":"2021-05-03T10:16:00","from":"Per","from_id":"user2","reply_to_message_id":1,"text":["Not ",{"type":"bold","text":"so"}]}]}"#,
    ),
    (
        "wall.json",
        r#"{"response":{"count":2,"items":[{"id":1,"from_id":5,"date":1620036900,"text":"Fine","thread":{"count":1,"items":[{"id":2,"from_id":6,"date":1620036960,"text":"Not so","parents_stack":[1]}]}}],"profiles":[{"id":5,"first_name":"Ida","last_name":"B"},{"id":6,"first_name":"Per","last_name":"C"}]}}"#,
    ),
    (
        "disqus.xml",
        r#"<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"><thread dsq:id="9"><id>t</id><link>https://a.example/tram</link><title>Tram</title></thread><post dsq:id="1"><message><![CDATA[<p>Fine</p>]]></message><createdAt>2021-05-03T10:15:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Ida</name></author><thread dsq:id="9"/></post><post dsq:id="2"><message><![CDATA[<p>Not so</p>]]></message><createdAt>2021-05-03T10:16:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Per</name></author><thread dsq:id="9"/><parent dsq:id="1"/></post></disqus>"#,
    ),
    (
        "posts.csv",
        "id,thread_id,timestamp,body,author\n1,9,2021-05-03 10:15:00,Fine,Ida\n2,9,2021-05-03 10:16:00,\"Not so, no\",Per\n",
    ),
];
