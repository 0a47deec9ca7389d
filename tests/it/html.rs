//! The report page: one file, nothing loaded from elsewhere, small enough, hostile text harmless.

use commentariat::evaluate::calibration::Bin;
use commentariat::evaluate::classification::Slice;
use commentariat::labels::agreement::Alpha;
use commentariat::model::{Figures, LeftOut};
use commentariat::report::facts::{HeadFacts, IntervalFacts, ModelFacts};
use commentariat::report::rows::{CommentRow, Cross, LanguageCoverage, Quotes};
use commentariat::report::{
    ClassShare, Comparison, CopyGroup, CopyMember, Difference, Greater, Group, HeadEstimate, InputHash,
    Report, Settings, html,
};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

const HEADS: [(&str, [&str; 3]); 2] = [
    ("stance", ["anti-Kremlin", "neutral", "pro-Kremlin"]),
    ("sentiment", ["negative", "neutral", "positive"]),
];
const WORDS: [&str; 24] = [
    "corridor",
    "налог",
    "railway",
    "мост",
    "ferry",
    "тариф",
    "harbour",
    "визы",
    "pipeline",
    "зерно",
    "embassy",
    "паром",
    "treaty",
    "порт",
    "turbine",
    "станция",
    "customs",
    "кредит",
    "runway",
    "уголь",
    "pension",
    "граница",
    "grain",
    "курсы",
];

fn title(rng: &mut Pcg64Mcg) -> String {
    let mut word = || WORDS[rng.random_range(0..WORDS.len())];
    format!(
        "What the {} means for the {} and the {}, and who pays for the {}",
        word(),
        word(),
        word(),
        word()
    )
}

/// A random point of the simplex.
fn simplex(rng: &mut Pcg64Mcg) -> Vec<f32> {
    let w: Vec<f32> = (0..3).map(|_| -rng.random::<f32>().max(1e-6).ln()).collect();
    let sum: f32 = w.iter().sum();
    w.iter().map(|v| v / sum).collect()
}

fn estimate(rng: &mut Pcg64Mcg, h: usize, n: usize, withheld: bool) -> HeadEstimate {
    let (counted, adjusted) = (simplex(rng), simplex(rng));
    let classes = HEADS[h].1.iter().enumerate().map(|(c, class)| {
        let a = f64::from(adjusted[c]);
        ClassShare {
            class: (*class).to_owned(),
            n: (counted[c] * n as f32) as usize,
            counted: counted[c].into(),
            adjusted: (!withheld).then_some(a),
            lo: (!withheld).then_some((a - 0.09).max(0.0)),
            hi: (!withheld).then_some((a + 0.11).min(1.0)),
        }
    });
    HeadEstimate {
        head: HEADS[h].0.to_owned(),
        n,
        classes: classes.collect(),
        worth: (!withheld).then_some(41.3),
        verdict: if withheld {
            "counts only"
        } else if h == 0 {
            "verified"
        } else {
            "unverified"
        }
        .to_owned(),
        reasons: if withheld {
            vec!["the interval of neutral is 64 points wide".to_owned()]
        } else {
            Vec::new()
        },
        greater: (!withheld).then(|| Greater {
            larger: HEADS[h].1[0].to_owned(),
            smaller: HEADS[h].1[2].to_owned(),
            p: 0.87,
        }),
    }
}

fn cross(rng: &mut Pcg64Mcg) -> Cross {
    Cross {
        rows: HEADS[0].0.to_owned(),
        columns: HEADS[1].0.to_owned(),
        row_classes: HEADS[0].1.map(str::to_owned).to_vec(),
        column_classes: HEADS[1].1.map(str::to_owned).to_vec(),
        n: (0..3).map(|_| (0..3).map(|_| rng.random_range(0..60)).collect()).collect(),
    }
}

fn comment(rng: &mut Pcg64Mcg, no: u32) -> CommentRow {
    let posteriors = vec![simplex(rng), simplex(rng)];
    let argmax = |p: &Vec<f32>| (0..3).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap_or(0) as u8;
    let named = posteriors.iter().map(argmax).collect();
    let words = (0..3).map(|_| {
        // Stems vary more than the list does, so that packing is not flattered.
        let word = WORDS[rng.random_range(0..WORDS.len())];
        (format!("{word}{}", rng.random_range(0..200)), rng.random_range(-1.0..2.0))
    });
    let words = words.collect();
    CommentRow {
        no,
        time: Some(format!(
            "2024-05-{:02}T{:02}:{:02}:00Z",
            no % 28 + 1,
            rng.random_range(0..24),
            rng.random_range(0..60)
        )),
        lang: ["en", "ru", "uk"][rng.random_range(0..3)].to_owned(),
        posteriors,
        named,
        words,
        ..CommentRow::default()
    }
}

fn figures() -> Figures {
    let slice = |n| Slice { n, accuracy: 0.7, macro_f1: 0.6 };
    let of = |names: &[&str]| names.iter().map(|l| ((*l).to_owned(), slice(400))).collect::<Vec<_>>();
    Figures {
        languages: of(&["en", "ru", "kk"]).into_iter().collect(),
        lengths: of(&["1-5", "6-15", "16-40", "41+"]),
        left_out: vec![LeftOut { source: "news".to_owned(), n: 900, macro_f1: 0.51, baseline: 0.33 }],
        ece: 0.021,
        reliability: vec![Bin { from: 0.5, n: 700, confidence: 0.55, accuracy: 0.57 }],
        coders: Some(Alpha {
            alpha: Some(0.71),
            interval: Some((0.62, 0.8)),
            n_units: 180,
            observed: Some(0.81),
        }),
    }
}

fn facts() -> ModelFacts {
    let head = |h: usize| HeadFacts {
        head: HEADS[h].0.to_owned(),
        classes: HEADS[h].1.iter().map(|c| ((*c).to_owned(), 540)).collect(),
        macro_f1: 0.61,
        baseline_f1: 0.34,
        not_better: false,
        figures: Some(figures()),
        interval: Some(IntervalFacts {
            prior_strength: 12.0,
            article_effect: 0.25,
            verified: h == 0,
            n_articles: 73,
            coverage: (h == 0).then_some(0.953),
            width: (h == 0).then_some(38.0),
            n_held_out: if h == 0 { 41 } else { 0 },
            log_loss_gain: 0.21,
        }),
    };
    ModelFacts {
        sha256: "3b1f".repeat(16),
        version: "0.1.0".to_owned(),
        labels: [("english.csv".to_owned(), "9c".repeat(32))].into(),
        n_labels: 1641,
        languages: [("en".to_owned(), 830), ("ru".to_owned(), 779), ("kk".to_owned(), 32)].into(),
        sources: [("news".to_owned(), 900), ("project".to_owned(), 741)].into(),
        unknown_words: [("all", 0.12), ("en", 0.1), ("ru", 0.13), ("kk", 0.4)]
            .map(|(l, v)| (l.to_owned(), v))
            .into(),
        n_terms: [9120, 20311, 40822],
        base: None,
        heads: vec![head(0), head(1)],
    }
}

/// `n` articles of `n_comments` each, every part of the page filled.
pub fn synthetic(n: usize, n_comments: usize) -> Report {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    let group = |i: usize, rng: &mut Pcg64Mcg| Group {
        key: format!("https://news.example/2024/{i:04}-{}", WORDS[i % 24]),
        title: Some(title(rng)),
        // Nothing in July and August.
        date: Some(format!("2024-{:02}-{:02}", [1, 2, 3, 4, 5, 6, 9, 10][i % 8], i % 28 + 1)),
        sources: vec![["news.example", "blog.example"][i % 2].to_owned()],
        status: "found".to_owned(),
        host: None,
        declared: Some(n_comments as u32 + (i as u32 % 3)),
        n_comments,
        n_scored: n_comments,
        languages: [("en".to_owned(), n_comments / 2), ("ru".to_owned(), n_comments - n_comments / 2)].into(),
        unknown_words: Some(0.13),
        heads: (0..2).map(|h| estimate(rng, h, n_comments, i % 7 == 3)).collect(),
        cross: Some(cross(rng)),
        comments: (1..=n_comments as u32).map(|no| comment(rng, no)).collect(),
        warnings: if i % 9 == 1 {
            vec!["31 % of the words are new to the model (in training 12 %)".to_owned()]
        } else {
            Vec::new()
        },
    };
    let mut groups: Vec<Group> = (0..n).map(|i| group(i, &mut rng)).collect();
    if n > 3 {
        let last = n - 1;
        groups[last] = Group {
            status: "elsewhere".to_owned(),
            host: Some("comments.example".to_owned()),
            n_comments: 0,
            n_scored: 0,
            heads: Vec::new(),
            cross: None,
            comments: Vec::new(),
            languages: [].into(),
            unknown_words: None,
            ..groups[last].clone()
        };
    }
    let total = Group {
        key: "TOTAL".to_owned(),
        title: None,
        date: None,
        comments: Vec::new(),
        ..group(0, &mut rng)
    };
    let member = |g: &Group, no: u32| CopyMember {
        article: g.key.clone(),
        id: no.to_string(),
        time: Some("2024-05-03T10:00:00Z".to_owned()),
    };
    let copies = groups.windows(2).step_by(20).map(|w| CopyGroup {
        n: 3,
        n_articles: 2,
        similarity: 0.91,
        members: vec![member(&w[0], 3), member(&w[0], 9), member(&w[1], 14)],
    });
    let difference = |class: &str, d: f64| Difference {
        class: class.to_owned(),
        difference: d,
        lo: d - 0.1,
        hi: d + 0.12,
        p: 0.03,
        stands: d > 0.1,
    };
    Report {
        version: "0.1.0".to_owned(),
        model: "3b1f3b1f3b1f".to_owned(),
        settings: Settings {
            target: "comments".to_owned(),
            interval: 0.95,
            by: "article".to_owned(),
            seed: 0,
            anyway: false,
            quotes: Quotes::Words,
        },
        inputs: groups
            .iter()
            .map(|g| InputHash { source: format!("saved/{}.html", &g.key[21..]), sha256: "ab12".repeat(16) })
            .collect(),
        comparisons: vec![Comparison {
            a: groups[0].key.clone(),
            b: groups[n.min(2) - 1].key.clone(),
            head: "stance".to_owned(),
            classes: vec![
                difference("anti-Kremlin", 0.21),
                difference("neutral", -0.02),
                difference("pro-Kremlin", -0.19),
            ],
        }],
        copies: copies.collect(),
        without_copies: Some(total.clone()),
        coverage: [("en", 0.11, 830), ("ru", 0.14, 779), ("kk", 0.52, 32)]
            .map(|(lang, unknown, n_labels)| LanguageCoverage {
                lang: lang.to_owned(),
                n_comments: n * n_comments / 3,
                n_labels,
                unknown_words: Some(unknown),
                unknown_in_training: Some(0.1),
            })
            .to_vec(),
        facts: Some(facts()),
        command: ["report", "saved pages/", "--format", "html", "-o", "report.html"]
            .map(str::to_owned)
            .to_vec(),
        warnings: vec![
            "12 comments in kk, 32 labels of the model are (100 are needed; --anyway shows shares)"
                .to_owned(),
        ],
        total: Some(total),
        groups,
    }
}

/// 200 articles of 200 comments; kept for the browser test, which opens it (tests/browser/run.mjs).
#[test]
fn two_hundred_articles_fit_three_megabytes() {
    let page = html::render(&synthetic(200, 200)).unwrap();
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/report-200x200.html"), &page).unwrap();
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<tr role=\"row\" data-v").count(), 2 * 199, "a row per article and head");
}

/// Whatever could make a browser fetch something.
fn loads(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for start in [
        "src=",
        "srcset=",
        "<link",
        "@import",
        "url(",
        "<iframe",
        "<object",
        "<embed",
        "<img",
        "<base",
        "fetch(",
        "XMLHttpRequest",
        "import(",
    ] {
        found.extend(page.match_indices(start).map(|(i, _)| &page[i..page.len().min(i + 40)]));
    }
    found
}

#[test]
fn the_page_loads_nothing_and_links_to_itself_alone() {
    let page = html::render(&synthetic(12, 30)).unwrap();
    assert_eq!(loads(&page), Vec::<&str>::new());
    for (i, _) in page.match_indices("href=\"") {
        let target = &page[i + 6..];
        assert!(
            target.starts_with('#')
                || target.starts_with("data:text/csv")
                || target.starts_with("data:application/json")
        );
    }
    assert!(page.contains("Content-Security-Policy"));
}

#[test]
fn every_part_of_the_page_is_there() {
    let report = synthetic(12, 30);
    let page = html::render(&report).unwrap();
    for id in [
        "summary",
        "articles",
        "cross",
        "time",
        "comparisons",
        "copies",
        "coverage",
        "details",
        "methods",
        "model",
        "reproduce",
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    assert!(page.contains("stance report &#39;saved pages/&#39; --format html -o report.html"));
    assert!(
        page.contains("2024-06-06 to 2024-09-07") || page.contains("to 2024-09-"),
        "the summer without comments is named"
    );
    assert!(page.contains("comments are served by comments.example"));
    assert!(page.contains("lang=\"ru\"") && page.contains("Labels describe texts, not persons"));
}

/// Cuts out what a `data:` link holds.
fn link<'a>(page: &'a str, file: &str) -> &'a str {
    let at = page.find(&format!("download=\"{file}\"")).unwrap_or_else(|| panic!("no {file}"));
    let from = page[at..].find("base64,").unwrap() + at + 7;
    &page[from..from + page[from..].find('"').unwrap()]
}

fn decode(base64: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut out = Vec::new();
    for four in base64.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0_u32, |b, c| b << 6 | u32::from(digit(*c))) << (6 * (4 - four.len()));
        out.extend(&bits.to_be_bytes()[1..four.len()]);
    }
    out
}

#[test]
fn every_chart_hands_out_its_numbers() {
    let report = synthetic(12, 30);
    let page = html::render(&report).unwrap();
    let csv = String::from_utf8(decode(link(&page, "shares-stance.csv"))).unwrap();
    // Eleven articles with comments, the total, the header.
    assert_eq!(csv.lines().count(), 11 + 1 + 1, "{csv}");
    let share = report.groups[0].heads[0].classes[2].adjusted.unwrap();
    assert!(csv.contains(&format!("{share:.4}")));
    for chart in [
        "all-together",
        "without-copies",
        "shares-stance",
        "shares-sentiment",
        "cross-table",
        "over-time-stance",
        "comparisons",
        "near-copies",
        "languages",
    ] {
        let json = decode(link(&page, &format!("{chart}.json")));
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert!(!value["data"].as_array().unwrap().is_empty(), "{chart}");
        let csv = decode(link(&page, &format!("{chart}.csv")));
        let mut csv = csv::Reader::from_reader(&csv[..]).into_records();
        assert!(csv.next().unwrap().is_ok(), "{chart}");
    }
}

#[test]
fn text_from_outside_stays_text() {
    let mut report = synthetic(3, 30);
    let evil = "</script><script>alert(1)</script>\" onmouseover='x' <img src=q>\u{202e}";
    report.groups[0].title = Some(evil.to_owned());
    report.groups[0].key = evil.to_owned();
    report.groups[0].sources = vec![evil.to_owned()];
    report.groups[0].warnings = vec![evil.to_owned()];
    report.groups[0].heads[0].head = evil.to_owned();
    report.groups[0].heads[0].classes[0].class = evil.to_owned();
    report.groups[0].comments[0].text = Some(evil.to_owned());
    report.command.push(evil.to_owned());
    report.warnings.push(evil.to_owned());
    let page = html::render(&report).unwrap();
    // The packed comments and the script: the page's own two scripts.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(loads(&page).iter().filter(|l| !l.starts_with("src=q&gt;")).count(), 0, "{:?}", loads(&page));
    assert!(!page.contains('\u{202e}') && !page.contains("\" onmouseover"));
}

#[test]
fn texts_are_in_the_page_only_when_asked_for() {
    let mut report = synthetic(2, 30);
    report.groups[0].comments.clear();
    let page = html::render(&report).unwrap();
    assert!(page.contains("Of each comment only the words that decided"));
    report.settings.quotes = Quotes::None;
    assert!(html::render(&report).unwrap().contains("Texts of comments are left out"));
    report.groups[1].comments.clear();
    assert!(!html::render(&report).unwrap().contains("id=\"comments\""));
}

#[test]
fn an_empty_report_still_reads() {
    let mut report = synthetic(2, 30);
    report.groups.clear();
    report.total = None;
    report.comparisons.clear();
    let page = html::render(&report).unwrap();
    assert!(page.contains("<section id=\"summary\"") && page.ends_with("</html>\n"));
}
