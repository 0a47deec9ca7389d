//! The methods paragraph: ready to paste, with every number and version.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::facts::{HeadFacts, IntervalFacts, ModelFacts};
use super::{Report, percent};
use crate::estimate::N_CALIBRATIONS;

/// Language of the paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Russian.
    Ru,
}

/// The paragraph on what was done, from the report's own numbers; no number in it is a constant of the text.
pub fn paragraph(report: &Report, lang: Lang) -> String {
    let mut out = String::new();
    data(&mut out, report, lang);
    if let Some(facts) = &report.facts {
        out.push(' ');
        out.push_str(&classifier(facts, lang));
    }
    out.push(' ');
    shares(&mut out, report, lang);
    out
}

/// The sentences on the classifier and its intervals, for a card or for a paper without a report at hand.
pub fn classifier(facts: &ModelFacts, lang: Lang) -> String {
    let mut out = String::new();
    let languages = counts(&facts.languages);
    let heads: Vec<String> = facts.heads.iter().map(classes).collect();
    let [words, pairs, chars] = facts.n_terms;
    let id = facts.id();
    let _ = match lang {
        Lang::En => write!(
            out,
            "Each comment was classified ({}) by multinomial logistic regression on TF-IDF weights of {words} words, \
             {pairs} word pairs and {chars} character n-grams, followed by a second logistic regression on these scores \
             and the comment's context (the comment answered, length, language, share of unknown words). The model \
             (id {id}, stance {}) was trained on {} hand-labelled comments ({languages}).",
            heads.join("; "),
            facts.version,
            facts.n_labels
        ),
        Lang::Ru => write!(
            out,
            "Каждый комментарий классифицирован ({}) мультиномиальной логистической регрессией по TF-IDF-весам \
             {words} слов, {pairs} пар слов и {chars} символьных n-грамм, за которой следует вторая логистическая \
             регрессия по этим оценкам и контексту комментария (комментарий, на который он отвечает, длина, язык, доля \
             незнакомых слов). Модель (id {id}, stance {}) обучена на комментариях, размеченных вручную; их {} \
             ({languages}).",
            heads.join("; "),
            facts.version,
            facts.n_labels
        ),
    };
    for h in &facts.heads {
        out.push(' ');
        head(&mut out, h, lang);
    }
    out
}

fn data(out: &mut String, report: &Report, lang: Lang) {
    let n_groups = report.groups.len();
    let n_with = report.groups.iter().filter(|g| g.n_scored > 0).count();
    let n_comments: usize = report.groups.iter().map(|g| g.n_comments).sum();
    let n_scored: usize = report.groups.iter().map(|g| g.n_scored).sum();
    let by = &report.settings.by;
    let inputs = report.inputs.len();
    let _ = match lang {
        Lang::En => write!(
            out,
            "Reader comments were split off {inputs} saved documents with stance {}: {n_comments} comments in {n_groups} \
             groups (by {by}), {n_with} of them with comments; {n_scored} comments could be read and were scored.",
            report.version
        ),
        Lang::Ru => write!(
            out,
            "Комментарии читателей выделены программой stance {} из сохранённых документов (их {inputs}): всего \
             комментариев {n_comments}, групп (по {by}) {n_groups}, из них с комментариями {n_with}; прочитано и оценено \
             комментариев {n_scored}.",
            report.version
        ),
    };
}

fn head(out: &mut String, h: &HeadFacts, lang: Lang) {
    let (f1, base) = (h.macro_f1, h.baseline_f1);
    let _ = match lang {
        Lang::En => write!(
            out,
            "Cross-validated by article, macro-F1 of {} is {f1:.2} (better baseline: {base:.2}).",
            h.head
        ),
        Lang::Ru => write!(
            out,
            "При перекрёстной проверке по статьям макро-F1 для {} составляет {f1:.2} (лучший из простых методов: \
             {base:.2}).",
            h.head
        ),
    };
    if let Some(i) = &h.interval {
        out.push(' ');
        interval(out, i, lang);
    }
}

fn interval(out: &mut String, i: &IntervalFacts, lang: Lang) {
    let (s, tau) = (i.prior_strength, i.article_effect);
    let _ = match lang {
        Lang::En => write!(
            out,
            "Its shares come from a Gibbs sampler over {N_CALIBRATIONS} calibrations of out-of-fold posteriors, with a \
             Dirichlet prior of {s:.0} comments at the label shares and a normal article effect of {tau:.2} on the logit \
             scale;"
        ),
        Lang::Ru => write!(
            out,
            "Доли получены сэмплером Гиббса по {N_CALIBRATIONS} калибровкам внефолдовых апостериорных вероятностей, с \
             априорным распределением Дирихле силой в {s:.0} комментариев и нормальным эффектом статьи {tau:.2} на \
             логит-шкале;"
        ),
    };
    let checked = match (lang, i.coverage, i.width) {
        (Lang::En, Some(c), Some(w)) => format!(
            " on {} held-out articles its 95 % intervals held the true share {:.0} % of the time, at a mean width of \
             {w:.0} points ({}).",
            i.n_held_out,
            100.0 * c,
            if i.verified { "verified" } else { "unverified" }
        ),
        (Lang::Ru, Some(c), Some(w)) => format!(
            " на отложенных статьях (их {}) 95-процентные интервалы накрыли истинную долю в {:.0} % случаев при средней \
             ширине {w:.0} п. п. ({}).",
            i.n_held_out,
            100.0 * c,
            if i.verified { "проверено" } else { "не проверено" }
        ),
        (Lang::En, ..) => {
            " there were too few labelled articles to check the intervals (unverified).".to_owned()
        }
        (Lang::Ru, ..) => {
            " размеченных статей слишком мало, чтобы проверить интервалы (не проверено).".to_owned()
        }
    };
    out.push_str(&checked);
}

fn shares(out: &mut String, report: &Report, lang: Lang) {
    let s = &report.settings;
    let withheld = report
        .groups
        .iter()
        .flat_map(|g| &g.heads)
        .filter(|h| h.classes.iter().any(|c| c.adjusted.is_none()))
        .count();
    let n: usize = report.groups.iter().map(|g| g.heads.len()).sum();
    let little =
        report.groups.iter().flat_map(|g| &g.heads).filter(|h| h.worth.is_some_and(|w| w < 1.0)).count();
    let little = match (lang, little) {
        (_, 0) => String::new(),
        (Lang::En, n) => format!(
            " {n} rest on the shares in training rather than on the comments, which add less than one hand label would; \
             they are marked."
        ),
        (Lang::Ru, n) => format!(
            " Из показанных {n} опираются на доли в обучающей выборке, а не на сами комментарии, дающие меньше, чем дала бы \
             одна ручная метка; они помечены."
        ),
    };
    let readers = s.target == "readers";
    let level = percent(s.interval);
    let _ = match lang {
        Lang::En => write!(
            out,
            "Reported shares are not counts of predicted classes but adjusted for the classifier's errors; intervals are \
             {level} % intervals of the share {}. Of {n} distributions {withheld} are withheld because the data do not \
             carry them; the report states each reason.{}{little} The method assumes that a class is worded alike in all articles \
             but for the article effect. Labels describe texts, not persons. Random seed {}.",
            if readers { "among commenters like these" } else { "among these comments" },
            if s.anyway {
                " Shares that would have been withheld are shown on request (--anyway)."
            } else {
                ""
            },
            s.seed
        ),
        Lang::Ru => write!(
            out,
            "Приведены не подсчёты предсказанных классов, а доли с поправкой на ошибки классификатора; интервалы \
             {level}-процентные, для доли {}. Из распределений (всего {n}) не показано {withheld}: данных для них \
             недостаточно, причина указана в отчёте.{}{little} Метод предполагает, что с точностью до эффекта статьи класс \
             выражается одинаково во всех статьях. Метки описывают тексты, а не людей. Начальное значение генератора \
             случайных чисел: {}.",
            if readers {
                "среди таких же комментаторов"
            } else {
                "среди этих комментариев"
            },
            if s.anyway {
                " Доли, которые программа скрыла бы, показаны по запросу (--anyway)."
            } else {
                ""
            },
            s.seed
        ),
    };
}

fn classes(h: &HeadFacts) -> String {
    let names: Vec<&str> = h.classes.iter().map(|(c, _)| c.as_str()).collect();
    format!("{}: {}", h.head, names.join(", "))
}

/// `en 830, ru 410`, most frequent first.
fn counts(languages: &BTreeMap<String, usize>) -> String {
    let mut sorted: Vec<_> = languages.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    sorted.iter().map(|(l, n)| format!("{l} {n}")).collect::<Vec<_>>().join(", ")
}
