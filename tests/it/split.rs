//! `stance split` with the real binary: layouts and languages of dumps, exports, archives, encodings, errors.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{corpus, stance, stderr, stdout};

/// A folder for the test's files, gone with it.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn put(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path: PathBuf = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

/// The threads of `paths`, authors kept.
fn threads(paths: &[&str]) -> Vec<Value> {
    let mut args = vec!["split", "--authors", "keep"];
    args.extend(paths);
    let out = stance(&args);
    assert!(out.status.success(), "{}", stderr(&out));
    stdout(&out).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn thread_of(dump: &str) -> Value {
    let dir = folder();
    threads(&[&put(dir.path(), "page.txt", dump)]).remove(0)
}

fn texts(thread: &Value) -> Vec<&str> {
    thread["comments"].as_array().unwrap().iter().map(|c| c["text"].as_str().unwrap()).collect()
}

fn fields<'a>(thread: &'a Value, name: &str) -> Vec<&'a str> {
    thread["comments"].as_array().unwrap().iter().map(|c| c[name].as_str().unwrap_or("")).collect()
}

const ARTICLE: &str = "Town council votes on the new tram line\n\n\
    The council of the river town decided on Thursday evening that the tram will run as far as the old mill.\n\n\
    Work on the rails is planned for the spring, said the head of the works department to the local paper.\n\n";

#[test]
fn reply_links_alone() {
    let t = thread_of(&format!(
        "{ARTICLE}3 Comment(s)\n\nComment Policy * Denotes Required Field 1500 / 1500\n\n\
         About time, my grandmother waited for it since the war.\n\nReply\n\n\
         ...and who is going to pay?\n\nReply\n\nThe mill is a ruin. Nobody wants to go there.\n\nReply\n"
    ));
    assert_eq!((t["status"].as_str(), t["declared"].as_u64()), (Some("found"), Some(3)));
    assert_eq!(
        texts(&t),
        [
            "About time, my grandmother waited for it since the war.",
            "...and who is going to pay?",
            "The mill is a ruin. Nobody wants to go there."
        ]
    );
    assert_eq!(t["warnings"].as_array().map(Vec::len), Some(0));
}

#[test]
fn empty_lines_alone_need_the_declared_number() {
    let body = "First thought on this.\n\n\nSecond thought,\nin two lines.\n\n\nThird.\n";
    let t = thread_of(&format!("{ARTICLE}3 comments\n\n{body}"));
    assert_eq!(texts(&t), ["First thought on this.", "Second thought,\nin two lines.", "Third."]);
    let t = thread_of(&format!("{ARTICLE}11 comments\n\n{body}"));
    assert_eq!(t["status"], "empty");
    assert!(t["warnings"][0].as_str().unwrap().contains("11 comments declared"));
}

#[test]
fn bylines_in_many_languages() {
    let pages = [
        (
            "de",
            "2 Kommentare",
            "Jutta Ahlers sagt:\n3. Mai 2021 um 10:15\n\nDas wird nie fertig, glaubt mir.\n\nAntworten",
            "Per Holm sagt:\n3. Mai 2021 um 11:02\n\nDoch, diesmal schon.\n\nAntworten",
            "Schreibe einen Kommentar",
        ),
        (
            "fr",
            "2 commentaires",
            "Par Odile Brun, le lundi 3 mai 2021 à 10h15\nEnfin une bonne nouvelle pour nous tous.",
            "Par Marc Petit, le lundi 3 mai 2021 à 11h02\nEt qui va payer cela ?",
            "Laisser un commentaire",
        ),
        (
            "ru",
            "Комментарии (2)",
            "Марина К. пишет:\n03.05.2021 в 10:15\n\nДавно пора было построить.\n\nОтветить",
            "serg72 пишет:\n03.05.2021 в 11:02\n\nНе верю, опять украдут половину.\n\nОтветить",
            "Оставить комментарий",
        ),
        (
            "uk",
            "2 коментарі",
            "Оксана пише:\n3 травня 2021 о 10:15\n\nДякую, дуже чекали на це.\n\nВідповісти",
            "Тарас пише:\n3 травня 2021 о 11:02\n\nПобачимо восени, що вийде.\n\nВідповісти",
            "Залишити коментар",
        ),
        (
            "kk",
            "Пікірлер (2)",
            "Айгүл\n3 мамыр 2021, 10:15\n\nБұл жақсы жаңалық екен.\n\nЖауап беру",
            "Нұрлан\n3 мамыр 2021, 11:02\n\nАқшаны кім төлейді сонда?\n\nЖауап беру",
            "Пікір қалдыру",
        ),
        (
            "uz",
            "Izohlar (2)",
            "Dilnoza\n3 may 2021, 10:15\n\nJuda yaxshi yangilik bo'libdi.\n\nJavob berish",
            "Jasur\n3 may 2021, 11:02\n\nPulini kim to'laydi endi?\n\nJavob berish",
            "Izoh qoldirish",
        ),
        (
            "en",
            "2 Responses to Town council",
            "1. Rosa Lind says:\n   May 3, 2021 at 10:15 am\n\n   Good for the shops on the hill.\n\n   Reply",
            "2. olly says:\n   May 3, 2021 at 11:02 am\n\n   I doubt that, to be honest.\n\n   Reply",
            "Leave a Reply",
        ),
    ];
    for (lang, heading, a, b, end) in pages {
        let t = thread_of(&format!("{ARTICLE}{heading}\n\n{a}\n\n{b}\n\n{end}\n\nFooter of the site\n"));
        assert_eq!(t["declared"], 2, "{lang}: {t}");
        let texts = texts(&t);
        assert_eq!(texts.len(), 2, "{lang}: {t}");
        for text in &texts {
            assert_eq!(text.lines().count(), 1, "{lang}: the body only, not {text:?}");
        }
        assert!(fields(&t, "author").iter().all(|a| !a.is_empty()), "{lang}: {t}");
        assert!(
            fields(&t, "time").iter().all(|a| a.starts_with("2021-05-03T1") || lang == "kk" || lang == "uz"),
            "{lang}: {t}"
        );
    }
}

#[test]
fn bylines_below_the_bodies() {
    let t = thread_of(&format!(
        "{ARTICLE}Reader Comments (3)\n\nLovely!\nMay 3, 2021 | Eve\nI will ride it every day.\n\nReally.\nMay 3, 2021 | Tove B\n\
         wow\nMay 4, 2021 | old rider\n\nPost a New Comment\n\nEnter your information below.\n"
    ));
    assert_eq!(texts(&t), ["Lovely!", "I will ride it every day.\n\nReally.", "wow"]);
    assert_eq!(fields(&t, "author"), ["Eve", "Tove B", "old rider"]);
}

#[test]
fn indentation_tells_depth() {
    let t = thread_of(&format!(
        "{ARTICLE}    Kommentare 3\n\n    * anton 03.05.21 10:15\n\n      Wird auch Zeit.\n\n        + berta 03.05.21 10:20\n\n          Sehe ich anders.\n\n    * carl 03.05.21 11:00\n\n      Mal sehen.\n"
    ));
    let depth: Vec<u64> =
        t["comments"].as_array().unwrap().iter().map(|c| c["depth"].as_u64().unwrap()).collect();
    assert_eq!(depth, [0, 1, 0], "{t}");
    assert_eq!(t["comments"][1]["parent"], 1);
    assert_eq!(t["comments"][1]["evidence"], "nesting");
}

#[test]
fn quotations_and_names_are_evidence() {
    let t = thread_of(&format!(
        "{ARTICLE}3 comments\n\nIda says:\nMay 3, 2021 at 10:15\n\n\"nobody ever asked the people here\" - yes they did, twice.\n\nReply\n\n\
         Ben says:\nMay 3, 2021 at 10:20\n\nOf course nobody ever asked the people here about it!\n\nReply\n\n\
         Kai says:\nMay 3, 2021 at 10:30\n\n@Ida that was long ago\n\nReply\n\nLeave a Reply\n"
    ));
    let c = &t["comments"];
    // Page order is not order in time: the first quotes the second.
    assert_eq!((&c[0]["parent"], &c[0]["evidence"]), (&Value::from(2), &Value::from("quotation")));
    assert_eq!(c[0]["quotes"][0]["start"], 0);
    assert_eq!((&c[2]["parent"], &c[2]["evidence"]), (&Value::from(1), &Value::from("mention")));
    assert_eq!(c[2]["names"][0], "Ida");
    assert!(c[1]["parent"].is_null());
}

#[test]
fn explanations_are_notes_and_completions_stay() {
    let t = thread_of(&format!(
        "{ARTICLE}2 comments\n\nThey did it [because] the \"tram-ta-ram\" [a wordplay on the sound of drums] must go on.\n\nReply\n\n\
         Give us [the] buses back [I mean the red ones].\n\nReply\n"
    ));
    assert_eq!(
        texts(&t),
        [
            "They did it [because] the \"tram-ta-ram\" must go on.",
            "Give us [the] buses back [I mean the red ones]."
        ]
    );
    assert_eq!(t["comments"][0]["notes"][0], "a wordplay on the sound of drums");
    assert_eq!(t["comments"][1]["notes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn no_section_elsewhere_and_empty() {
    let t = thread_of(ARTICLE);
    assert_eq!((t["status"].as_str(), t["declared"].as_u64()), (Some("none"), None));
    let t = thread_of(&format!(
        "{ARTICLE}Join the conversation\ncomments powered by Disqus\n\nSupport us\n\nOne gift\n"
    ));
    assert_eq!((t["status"].as_str(), t["host"].as_str()), (Some("elsewhere"), Some("Disqus")));
    let t = thread_of(&format!("{ARTICLE}No comments yet\n\nLeave a Reply\n\nName (required)\n"));
    assert_eq!(t["status"], "empty");
    for t in [thread_of("")] {
        assert_eq!(t["comments"].as_array().map(Vec::len), Some(0));
    }
}

#[test]
fn encodings_are_found_and_told() {
    let page = format!(
        "{ARTICLE}2 комментария\n\nОчень нужная людям линия, спасибо.\n\nОтветить\n\nЛучше бы дороги починили сначала.\n\nОтветить\n"
    );
    let utf16 = |be: bool, bom: bool| -> Vec<u8> {
        let mark = if bom { "\u{feff}" } else { "" };
        format!("{mark}{page}")
            .encode_utf16()
            .flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    };
    let dir = folder();
    let cases = [
        ("utf8", page.clone().into_bytes(), false),
        ("bom", format!("\u{feff}{page}").into_bytes(), false),
        ("utf16le", utf16(false, true), false),
        ("utf16be", utf16(true, true), false),
        ("utf16nobom", utf16(false, false), true),
        ("cp1251", encoding_rs::WINDOWS_1251.encode(&page).0.into_owned(), true),
        ("koi8r", encoding_rs::KOI8_R.encode(&page).0.into_owned(), true),
    ];
    for (name, bytes, guessed) in cases {
        let t = threads(&[&put(dir.path(), name, bytes)]).remove(0);
        assert_eq!(
            texts(&t),
            ["Очень нужная людям линия, спасибо.", "Лучше бы дороги починили сначала."],
            "{name}"
        );
        assert_eq!(t["warnings"].to_string().contains("guess"), guessed, "{name}: {}", t["warnings"]);
    }
}

#[test]
fn exports_are_read_and_what_is_left_out_is_counted() {
    let dir = folder();
    let telegram = r#"{"name":"Tram talk","type":"public_supergroup","id":77,"messages":[
        {"id":1,"type":"service","date":"2021-05-03T10:00:00","actor":"x","action":"create_group"},
        {"id":2,"type":"message","date":"2021-05-03T10:15:00","from":"Ida","from_id":"user1","text":"Who rides first?"},
        {"id":3,"type":"message","date":"2021-05-03T10:16:00","from":"Ben","from_id":"user2","reply_to_message_id":2,
         "text":["Me, see ",{"type":"link","text":"the plan"},"!"]}]}"#;
    let t = threads(&[&put(dir.path(), "result.json", telegram)]).remove(0);
    assert_eq!(texts(&t), ["Who rides first?", "Me, see the plan!"]);
    assert_eq!((&t["comments"][1]["parent"], &t["comments"][1]["depth"]), (&Value::from(1), &Value::from(1)));
    assert!(t["warnings"][0].as_str().unwrap().contains("1 service messages"));

    let reddit = r#"[{"kind":"Listing","data":{"children":[{"kind":"t3","data":{"id":"ab","title":"Tram","num_comments":4}}]}},
        {"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"c1","author":"ida","body":"Yes &amp; no","parent_id":"t3_ab","created_utc":1620036900.0,
          "replies":{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"c2","author":"ben","body":"[deleted]","parent_id":"t1_c1","replies":
            {"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"c3","author":"kai","body":"Why?","parent_id":"t1_c2","replies":""}}]}}}}]}}}},
          {"kind":"more","data":{"count":1,"children":["c9"]}}]}}]"#;
    let t = threads(&[&put(dir.path(), "thread.json", reddit)]).remove(0);
    assert_eq!((texts(&t), t["declared"].as_u64()), (vec!["Yes & no", "Why?"], Some(4)));
    assert_eq!((&t["comments"][1]["parent"], &t["comments"][1]["depth"]), (&Value::Null, &Value::from(2)));
    assert!(t["warnings"][0].as_str().unwrap().contains("1 deleted"), "{}", t["warnings"]);

    let wxr = r#"<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><item><title>Tram</title>
        <link>http://town.example/tram</link><wp:post_type>post</wp:post_type>
        <wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Ida</wp:comment_author><wp:comment_date_gmt>2021-05-03 10:15:00</wp:comment_date_gmt>
          <wp:comment_content><![CDATA[<p>At <b>last</b>!</p>]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
        <wp:comment><wp:comment_id>6</wp:comment_id><wp:comment_content>see my blog</wp:comment_content><wp:comment_type>pingback</wp:comment_type></wp:comment>
        <wp:comment><wp:comment_id>7</wp:comment_id><wp:comment_content>buy pills</wp:comment_content><wp:comment_approved>spam</wp:comment_approved></wp:comment>
        </item></channel></rss>"#;
    let t = threads(&[&put(dir.path(), "site.xml", wxr)]).remove(0);
    assert_eq!((texts(&t), t["article"].as_str()), (vec!["At last!"], Some("http://town.example/tram")));
    assert_eq!(t["warnings"][0], "left out: 1 pingbacks, 1 spam");
    assert_eq!(t["comments"][0]["time"], "2021-05-03T10:15:00Z");

    let fourcat = "id,thread_id,timestamp,author,subject,body\n1,1,2021-05-03 10:00:00,op,Tram,The plan\n2,1,2021-05-03 10:15:00,ida,,\"Fine, but late\"\n";
    let t = threads(&[&put(dir.path(), "set.csv", fourcat)]).remove(0);
    assert_eq!((texts(&t), t["title"].as_str()), (vec!["Fine, but late"], Some("Tram")));

    let unknown = put(dir.path(), "other.json", r#"{"weather":"fine"}"#);
    let out = stance(&["split", &unknown]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("JSON of an unknown kind") && stderr(&out).contains("known exports"));
}

/// A WARC record of a page.
fn record(url: &str, body: &[u8], length: Option<usize>) -> Vec<u8> {
    let http = [b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n", body].concat();
    let length = length.unwrap_or(http.len());
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-05-04T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), &http, b"\r\n\r\n"].concat()
}

fn page(words: &str) -> Vec<u8> {
    let html = format!(
        "<html><head><title>Линия</title></head><body><p>{}</p><ol class=commentlist><li class='comment depth-1' id=comment-3><cite class=fn>Аня</cite><div class=comment-content><p>{words}</p></div></li></ol></body></html>",
        "Городской совет проголосовал за новую линию трамвая. ".repeat(8)
    );
    encoding_rs::WINDOWS_1251.encode(&html).0.into_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

#[test]
fn warc_records_with_wrong_lengths_and_a_cut() {
    let dir = folder();
    // One member per record, as crawlers write them; the second record says it is longer than it is.
    let records = [
        record("http://a.example/1", &page("Наконец-то."), None),
        record("http://a.example/2", &page("Не верю."), Some(5000)),
        record("http://a.example/3", &page("Посмотрим."), Some(100)),
        record("http://a.example/4", &page("Ура!"), None),
    ];
    let warc: Vec<u8> = records.iter().flat_map(|r| gzip(r)).collect();
    let path = put(dir.path(), "crawl.warc.gz", &warc);
    let found = threads(&[&path]);
    let sources: Vec<&str> = found.iter().map(|t| t["source"].as_str().unwrap()).collect();
    assert_eq!(sources, (1..=4).map(|i| format!("{path}#http://a.example/{i}")).collect::<Vec<_>>());
    assert_eq!(texts(&found[0]), ["Наконец-то."]);
    assert_eq!((texts(&found[1]), texts(&found[3])), (vec!["Не верю."], vec!["Ура!"]));

    // A record that claims to go on swallows what follows it, so here every length is right.
    let whole: Vec<u8> =
        (1..=4).flat_map(|i| gzip(&record(&format!("http://a.example/{i}"), &page("Ура!"), None))).collect();
    let cut = put(dir.path(), "cut.warc.gz", &whole[..whole.len() - 20]);
    let out = stance(&["split", &cut]);
    assert_eq!(out.status.code(), Some(1));
    assert!(stderr(&out).contains("ends early"), "{}", stderr(&out));
    assert!(stdout(&out).lines().count() >= 3, "what came before the cut is there");

    let wet = "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://a.example/w\r\nContent-Type: text/plain\r\nContent-Length: LEN\r\n\r\n";
    let body = format!("{ARTICLE}1 comment\n\nIda says:\nMay 3, 2021 at 10:15\n\nGood.\n\nReply\n");
    let wet = format!("{}{body}\r\n\r\n", wet.replace("LEN", &body.len().to_string()));
    let t = threads(&[&put(dir.path(), "crawl.warc.wet", wet)]).remove(0);
    assert_eq!((texts(&t), t["article"].as_str()), (vec!["Good."], Some("http://a.example/w")));
}

#[test]
fn names_are_hashed_kept_or_dropped() {
    let dir = folder();
    let page = format!(
        "{ARTICLE}2 comments\n\nIda says:\nMay 3, 2021 at 10:15\n\nGood.\n\nReply\n\nIda says:\nMay 3, 2021 at 10:18\n\nVery good.\n\nReply\n"
    );
    let page = put(dir.path(), "page.txt", page);
    let salt = put(dir.path(), "salt", "sixteen bytes of salt");
    let authors = |args: &[&str]| -> Vec<String> {
        let out = stance(&[&["split", &page], args].concat());
        let t: Value = serde_json::from_str(stdout(&out).trim()).unwrap();
        fields(&t, "author").iter().map(|a| (*a).to_owned()).collect()
    };
    let (a, b) = (authors(&[]), authors(&[]));
    assert!(a[0] == a[1] && a[0].len() == 16 && a[0] != b[0], "stable within a run, not across: {a:?} {b:?}");
    assert_eq!(authors(&["--salt-file", &salt]), authors(&["--salt-file", &salt]));
    assert_eq!(authors(&["--authors", "drop"]), ["", ""]);
    assert_eq!(authors(&["--authors", "keep"]), ["Ida", "Ida"]);
}

#[test]
fn formats_and_reading_again() {
    let dir = folder();
    let page = format!(
        "{ARTICLE}2 comments\n\nIda says:\nMay 3, 2021 at 10:15\n\nGood, \"mostly\".\n\nReply\n\nBen says:\nMay 3, 2021 at 10:18\n\nNo.\n\nReply\n"
    );
    let page = put(dir.path(), "tram.txt", page);
    let csv = stdout(&stance(&["split", &page, "--authors", "keep", "--format", "csv"]));
    assert_eq!(
        csv,
        "article,no,parent,author,time,lang,text\ntram,1,,Ida,2021-05-03T10:15:00,en,\"Good, \"\"mostly\"\".\"\ntram,2,,Ben,2021-05-03T10:18:00,und,No.\n"
    );
    let table = stdout(&stance(&["split", &page, "--format", "text"]));
    assert!(table.starts_with("article  status") && table.contains("tram     found"), "{table}");
    // What was written is read again: threads as JSONL, comments as CSV rows.
    let jsonl = stance(&["split", &page, "--authors", "keep"]).stdout;
    let again = stance(&["split", &put(dir.path(), "again.jsonl", &jsonl), "--authors", "keep"]).stdout;
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(jsonl).unwrap());
    let rows = threads(&[&put(dir.path(), "rows.csv", csv)]).remove(0);
    assert_eq!((texts(&rows), rows["article"].as_str()), (vec!["Good, \"mostly\".", "No."], Some("tram")));
    let shown = stdout(&stance(&["split", &page, "--show-lines"]));
    assert!(shown.contains("     heading | 2 comments") && shown.contains("   comment 2 | No."), "{shown}");
}

#[test]
fn order_does_not_depend_on_threads() {
    let dir = folder();
    for i in 0..40 {
        put(
            dir.path(),
            &format!("p{i:02}.txt"),
            format!("{ARTICLE}1 comment\n\nIda says:\nMay 3, 2021 at 10:15\n\nNumber {i}.\n\nReply\n"),
        );
    }
    let path = dir.path().display().to_string();
    let run = |n: &str| stance(&["split", &path, "--authors", "keep", "--threads", n]).stdout;
    let one = run("1");
    assert_eq!(one, run("4"));
    assert_eq!(String::from_utf8(one).unwrap().lines().count(), 40);
}

#[test]
fn errors_name_the_cause_and_the_remedy() {
    let dir = folder();
    let missing = dir.path().join("nothing.txt").display().to_string();
    let out = stance(&["split", &missing]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("no such file or folder"));
    let page = put(dir.path(), "page.txt", ARTICLE);
    let target = dir.path().display().to_string();
    let out = stance(&["split", &page, "-o", &target]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("is a folder where a file is meant"));
    let out = stance(&["split", &page, "--salt-file", &target]);
    assert_eq!(out.status.code(), Some(2));
    let out = stance(&["split", &page, "--max-size", "10"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(stderr(&out).contains("larger than 10 bytes") && stderr(&out).contains("--max-size"));
    let out = stance(&["split", &page, "--max-size", "lots"]);
    assert_eq!(out.status.code(), Some(2));
    // A small file that grows without end.
    let bomb = put(dir.path(), "bomb.txt.gz", gzip(&vec![b'a'; 80 << 20]));
    let out = stance(&["split", &bomb]);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        stderr(&out).contains("decompression bomb") && stderr(&out).contains("--max-ratio"),
        "{}",
        stderr(&out)
    );
}

#[cfg(unix)]
#[test]
fn the_rest_is_done_where_one_file_cannot_be_read() {
    let dir = folder();
    put(
        dir.path(),
        "a.txt",
        format!("{ARTICLE}1 comment\n\nIda says:\nMay 3, 2021 at 10:15\n\nGood.\n\nReply\n"),
    );
    put(dir.path(), "b.json", "{\"items\": [");
    put(dir.path(), "c.txt", ARTICLE);
    let fifo = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // A pipe in a folder is passed over, a pipe that is named is refused: both at once, without waiting.
    let out = stance(&["split", &dir.path().display().to_string(), &fifo.display().to_string()]);
    assert_eq!(out.status.code(), Some(1));
    assert_eq!(stdout(&out).lines().count(), 2);
    let told = stderr(&out);
    assert!(
        told.contains("b.json") && told.contains("named pipe") && told.contains("2 of 4 could not be read"),
        "{told}"
    );
}

#[test]
fn seeds_come_out_exactly() {
    let Some(corpus) = corpus("the five articles the program exists for") else { return };
    let seeds = corpus.join("seeds").display().to_string();
    let found = threads(&[&seeds]);
    let seen: Vec<(&str, usize, Option<u64>)> = found
        .iter()
        .map(|t| {
            (t["status"].as_str().unwrap(), t["comments"].as_array().unwrap().len(), t["declared"].as_u64())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("found", 17, Some(17)),
            ("none", 0, None),
            ("found", 14, Some(14)),
            ("none", 0, None),
            ("elsewhere", 0, None)
        ]
    );
    assert_eq!(found[4]["host"], "Disqus");
    assert!(found.iter().flat_map(|t| texts(t)).all(|t| t != "Reply" && !t.contains("Comment Policy")));
    let notes = |t: &Value| -> usize {
        t["comments"].as_array().unwrap().iter().map(|c| c["notes"].as_array().unwrap().len()).sum()
    };
    assert_eq!((notes(&found[0]), notes(&found[2])), (2, 2));
    assert!(texts(&found[0])[9].starts_with("..."));
    // The fourth quotes the eleventh, which stands below it; nobody else gives a sign whom they answer.
    let parents: Vec<Option<u64>> =
        found[2]["comments"].as_array().unwrap().iter().map(|c| c["parent"].as_u64()).collect();
    assert_eq!(parents.iter().flatten().count(), 1);
    assert_eq!(parents[3], Some(11));
    assert_eq!(found[2]["comments"][3]["quotes"][0]["start"], 0);
}
