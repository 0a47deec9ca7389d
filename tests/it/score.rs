//! `stance score`: rows in, rows out, in order, and every way it can refuse.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::{stance, stderr, stdout};

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join(name);
    fs::write(&path, bytes).expect("the file is written");
    let path = path.display().to_string();
    (dir, path)
}

#[test]
fn jsonl_and_csv_of_the_same_comments_score_the_same() {
    let (_a, jsonl) = file(
        "c.jsonl",
        "{\"article\":\"a\",\"id\":1,\"text\":\"Пусть уходят с чужой земли\"}\n\n\
         {\"id\":\"2\",\"article\":\"a\",\"text\":\"said \\\"maybe\\\",\\nthen left\"}\n{\"article\":\"a\",\"id\":3,\"text\":\"\"}\n",
    );
    let (_b, csv) = file(
        "c.csv",
        "article,id,text\na,1,Пусть уходят с чужой земли\na,2,\"said \"\"maybe\"\",\nthen left\"\na,3,\n",
    );
    let (a, b) = (stance(&["score", &jsonl]), stance(&["score", &csv]));
    assert!(a.status.success() && b.status.success(), "{}{}", stderr(&a), stderr(&b));
    assert_eq!(stdout(&a), stdout(&b));
    let out = stdout(&a);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        "article,id,stance,p_anti-Kremlin,p_neutral,p_pro-Kremlin,sentiment,p_negative,p_neutral,p_positive"
    );
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("a,1,anti-Kremlin,"), "{}", lines[1]);
    assert_eq!(lines[3], "a,3,,,,,,,,");
    let p: Vec<f64> = lines[2].split(',').skip(3).take(3).map(|p| p.parse().unwrap()).collect();
    assert!((p.iter().sum::<f64>() - 1.0).abs() < 2e-6);
}

#[test]
fn order_and_bytes_do_not_depend_on_threads_nor_on_the_pipe() {
    let words = ["война", "peace", "ціна", "баға", "why", "зачем", "мир", "soon", "never", "хорошо"];
    let mut rows = String::new();
    for i in 0..20_000_usize {
        let text: Vec<&str> = (0..6).map(|j| words[(i * 7 + j * (i % 13 + 1)) % 10]).collect();
        rows.push_str(&format!(
            "{{\"article\":\"a{}\",\"id\":{i},\"text\":\"{}\"}}\n",
            i / 50,
            text.join(" ")
        ));
    }
    let (_dir, path) = file("c.jsonl", &rows);
    let one = stdout(&stance(&["score", &path, "--threads", "1"]));
    assert_eq!(one.lines().count(), 20_001);
    assert!(one.lines().skip(1).enumerate().all(|(i, l)| l.split(',').nth(1) == Some(&i.to_string())));
    assert_eq!(one, stdout(&stance(&["score", &path, "--threads", "8"])));

    let mut child = Command::new(env!("CARGO_BIN_EXE_stance"))
        .args(["score", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(rows.as_bytes()));
    let piped = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends").expect("all is taken");
    assert_eq!(one, stdout(&piped));

    let few = stdout(&stance(&["score", &path, "--limit", "7"]));
    assert!(one.starts_with(&few) && few.lines().count() == 8, "{few}");
}

/// `STANCE_STREAM_GB=1 cargo test --profile quick --test it gigabytes -- --ignored --nocapture` for a smaller stream.
#[test]
#[ignore = "scores 5 GB, made on the fly"]
#[cfg(target_os = "linux")]
fn gigabytes_pass_through_within_a_hundred_mebibytes() {
    let n_gb: f64 = std::env::var("STANCE_STREAM_GB").ok().map_or(5.0, |n| n.parse().expect("a number"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_stance"))
        .args(["score", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = std::io::BufWriter::new(child.stdin.take().expect("a pipe"));
    let roots =
        ["санкц", "война", "пере", "good", "govern", "мир", "нов", "sold", "вой", "стран", "lie", "правд"];
    let ends = ["ами", "ing", "ого", "ed", "ать", "s", "ия", "ment", "ует", "ly", "ы", ""];
    // Words and their order never stop changing, so that nothing can be remembered for good.
    let (mut state, mut n_bytes, mut id) = (1_u64, 0.0, 0_u64);
    let mut next = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % n
    };
    while n_bytes < n_gb * 1e9 {
        let words: Vec<String> = (0..8 + next(30))
            .map(|_| {
                format!("{}{}{}", roots[next(roots.len())], roots[next(roots.len())], ends[next(ends.len())])
            })
            .collect();
        let row = format!("{{\"article\":\"a{}\",\"id\":{id},\"text\":\"{}\"}}\n", id / 100, words.join(" "));
        input.write_all(row.as_bytes()).expect("the pipe is open");
        n_bytes += row.len() as f64;
        id += 1;
    }
    input.flush().expect("the pipe is open");
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("the child still runs");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).expect("a peak");
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().expect("kibibytes");
    println!("{id} comments, {:.1} GB, peak {:.0} MiB", n_bytes / 1e9, peak / 1024.0);
    drop(input);
    assert!(child.wait().expect("it ends").success());
    assert!(peak / 1024.0 < 100.0, "{peak} KiB");
}

#[test]
fn broken_inputs_are_refused_with_line_and_remedy_and_leave_nothing() {
    for (name, bytes, cause) in [
        ("a.jsonl", &b"{\"text\":\"x\"}\n{\"text\":\n"[..], "line 2"),
        ("b.jsonl", b"{\"id\":1}\n", "no \"text\""),
        ("c.csv", b"id,body\n1,x\n", "no column \"text\""),
        ("d.csv", b"id,text\n1,\"open\n", "not closed"),
        ("e.jsonl", b"{\"text\":\"ok\"}\n{\"text\":\"\xff\"}\n", "line 2: is not UTF-8"),
        ("f.csv", b"", "is empty"),
        ("g.csv", b"id,text\n1,a,b\n", "3 fields where the header has 2"),
    ] {
        let (dir, path) = file(name, bytes);
        let target = dir.path().join("out.csv");
        let out = stance(&["score", &path, "-o", &target.display().to_string()]);
        let err = stderr(&out);
        assert_eq!(out.status.code(), Some(2), "{name}: {err}");
        assert!(err.contains(cause) && err.contains("try: "), "{name}: {err}");
        assert!(!target.exists(), "{name}: half an output was left");
    }
}

#[test]
fn model_files_that_are_not_whole_are_told_apart() {
    let (dir, model) = file("m.stance", include_bytes!("../../models/shipped.stance"));
    let whole = fs::read(&model).unwrap();
    let (_in, input) = file("c.csv", "text\nhello\n");
    let mut newer = whole.clone();
    newer[8] = 9;
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    for (bytes, cause) in [
        (&whole[..whole.len() - 9], "truncated"),
        (&whole[..20], "truncated"),
        (&newer[..], "newer version"),
        (&altered[..], "altered"),
        (b"PK\x03\x04 something else altogether", "is not a model"),
        (b"", "is not a model"),
    ] {
        fs::write(&model, bytes).unwrap();
        let out = stance(&["score", &input, "-m", &model]);
        let err = stderr(&out);
        assert_eq!(out.status.code(), Some(2), "{err}");
        assert!(err.contains(cause) && err.contains("try: "), "{cause}: {err}");
    }
    let out = stance(&["score", &input, "-m", &dir.path().display().to_string()]);
    assert!(stderr(&out).contains("is a folder"), "{}", stderr(&out));
}

#[cfg(unix)]
#[test]
fn an_interruption_leaves_no_half_written_output() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let target = dir.path().join("out.csv");
    let mut child = Command::new(env!("CARGO_BIN_EXE_stance"))
        .args(["score", "-", "-o", &target.display().to_string()])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Enough that the program reads on and waits for more.
    stdin.write_all(&b"{\"text\":\"more to come\"}\n".repeat(100)).expect("it reads");
    while fs::read_dir(dir.path()).unwrap().count() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let out = child.wait_with_output().expect("it ends");
    drop(stdin);
    assert_eq!(out.status.code(), Some(1));
    assert!(stderr(&out).contains("interrupted"), "{}", stderr(&out));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
