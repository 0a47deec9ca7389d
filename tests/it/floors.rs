//! The recipe on real labelled comments must not fall below `models/floors.json`. With `STANCE_CORPUS` only.

use commentariat::labels::{self, ReadOptions, field};
use commentariat::model::{TrainParams, train};

use crate::{corpus, stance, stderr};

#[test]
fn accuracy_stays_above_the_floors() {
    let Some(corpus) = corpus("accuracy floors") else { return };
    let floors = std::fs::read(format!("{}/models/floors.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let floors: serde_json::Value = serde_json::from_slice(&floors).unwrap();
    let floors = &floors["accuracy"];
    let texts = corpus.join(floors["file"].as_str().unwrap());
    let hash = field::sha256(&std::fs::read(&texts).unwrap());
    assert_eq!(floors["sha256"], hash.as_str(), "the floors are for another version of the data");

    // The labels come from this repository, the texts from the corpus: what the model card says to do.
    let dir = tempfile::tempdir().unwrap();
    let joined = dir.path().join("open.csv");
    let args = ["labels", "join", "labels/field.csv", "--texts", texts.to_str().unwrap(), "-o"];
    let out = stance(&[&args[..], &[joined.to_str().unwrap()]].concat());
    assert!(out.status.success(), "{}", stderr(&out));

    let labelled = labels::read(&[joined], &ReadOptions::default()).unwrap();
    let params = TrainParams { diagnose: true, ..TrainParams::default() };
    let (_, report) = train(&labelled, &params).unwrap();
    for head in &report.heads {
        let floor = &floors[&head.name];
        let sources = head.diagnosis.mean().unwrap();
        for (name, reached) in [
            ("five_folds", head.model.macro_f1),
            ("five_folds_ru", head.languages["ru"].1),
            ("sources_left_out", sources),
        ] {
            let floor = floor[name].as_f64().unwrap();
            eprintln!("{} {name}: {reached:.4}, floor {floor}", head.name);
            assert!(reached >= floor, "{} {name} is {reached:.4}, below its floor {floor}", head.name);
        }
    }
}
