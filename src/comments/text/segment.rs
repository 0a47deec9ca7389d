//! Candidate segmentations of a dump: one per heading and kind of separator, each with a score.

use super::byline::Form;
use super::lines::{Class, Line, unbullet};
use crate::comments::rules::text::furniture::T_ROLES;

/// A separator that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Separator {
    /// A byline of one form; `exact` where its time names a moment.
    Byline {
        /// The form.
        form: Form,
        /// Moment or day.
        exact: bool,
    },
    /// A link that answers.
    Reply,
    /// Empty lines; the number of them.
    Gap(usize),
}

/// One comment as cut.
#[derive(Debug, Clone, Default)]
pub(super) struct Segment<'a> {
    /// Author as printed.
    pub(super) author: Option<&'a str>,
    /// Whom it answers, as the byline prints it.
    pub(super) answers: Option<&'a str>,
    /// Time as printed.
    pub(super) time: Option<&'a str>,
    /// Numbers of the body's lines.
    pub(super) body: Vec<usize>,
    /// Column of the byline.
    pub(super) indent: usize,
    /// Numbers of the byline's lines.
    pub(super) byline: Vec<usize>,
}

/// A way to cut.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    /// By which separator.
    pub(super) separator: Separator,
    /// Line of the heading.
    pub(super) heading: Option<usize>,
    /// The comments.
    pub(super) segments: Vec<Segment<'a>>,
    /// The higher, the more plausible.
    pub(super) score: f64,
}

/// Lines between a heading and the first separator; more is another part of the page.
const MAX_LEAD: usize = 80;

/// Tries one separator under one heading. `anchors` are the separator's lines in the whole text, sorted.
pub(super) fn candidate<'a>(
    lines: &[Line<'a>],
    heading: Option<usize>,
    separator: Separator,
    anchors: &[usize],
    declared: Option<u32>,
) -> Option<Candidate<'a>> {
    let from = heading.map_or(0, |h| h + 1);
    let after = &anchors[anchors.partition_point(|&a| a < from)..];
    let first = *after.first()?;
    let lead = from..first;
    if heading.is_some()
        && lead.len() > MAX_LEAD
        && lines[lead.clone()].iter().filter(|l| !matches!(l.class, Class::Blank)).count() > MAX_LEAD / 2
    {
        return None;
    }
    let names = Names::of(lines, from, after, separator);
    let run = run(lines, after, &names, declared, separator);
    let footer = match separator {
        Separator::Reply => true,
        Separator::Byline { form: Form::Says, .. } => false,
        _ => !names.before && is_footer(lines, from, run),
    };
    let cut = Cut { lines, from, run, names: &names, footer };
    let segments = cut.segments();
    let n_anchors = run.len();
    let n = segments.len();
    if n == 0 {
        return None;
    }
    let replies = cut.share_with(|l| matches!(l.class, Class::Reply));
    let with_links = replies.max(cut.share_with(|l| matches!(l.class, Class::Action)));
    let numbered = numbered(lines, run);
    let formed = lines[lead].iter().any(|l| matches!(l.class, Class::End));
    let n_chars: usize = segments.iter().flat_map(|s| &s.body).map(|&i| lines[i].text.len()).sum();
    let doubtful = heading.is_some_and(|h| !matches!(lines[h].class, Class::Heading(head) if !head.aside));
    let strong = matches!(
        separator,
        Separator::Byline { exact: true, .. } | Separator::Byline { form: Form::Says, .. }
    );
    // A page counts its comments of a picture alone, too.
    let right = declared == Some(n as u32)
        || (strong && n >= 20 && declared == Some(n_anchors as u32) && n * 20 >= n_anchors * 19);
    // Without a heading, or with the form above the first byline, only a regular thread is believed.
    if heading.is_none() {
        let authored = names.before
            || matches!(separator, Separator::Byline { form: Form::AuthorTime | Form::Says, .. });
        let nested = cut.n_indents() > 1 && run.iter().filter(|&&a| lines[a].bullet).count() * 2 > run.len();
        if !(strong && authored && n >= 3 && (with_links >= 0.6 || nested || right || numbered)) {
            return None;
        }
    }
    let sure = strong && (right || (n >= 3 && with_links >= 0.6));
    let told = right || with_links >= 0.5 || numbered || (strong && n >= 3 && n_chars / n >= 40);
    if heading.is_some() && ((doubtful && !sure) || (formed && !doubtful && !told)) {
        return None;
    }
    if n < 3 && !right && with_links < 0.5 && declared.is_some() {
        return None;
    }
    if !strong && separator != Separator::Reply && n < 2 && !right {
        return None;
    }
    let mut score = match separator {
        Separator::Byline { form: Form::Says, .. }
        | Separator::Byline { exact: true, form: Form::AuthorTime | Form::Time } => 1.6,
        Separator::Byline { form: Form::AuthorTime | Form::Time, .. } => 0.6,
        Separator::Byline { .. } => 0.8,
        Separator::Reply => 1.0,
        Separator::Gap(_) => 0.0,
    };
    score += n as f64 / n_anchors as f64 + (1.0 + n as f64).log2() * 0.25 + replies * 0.5;
    score += match declared {
        Some(_) if right => 3.0,
        Some(d) if n as f64 > f64::from(d) * 1.3 + 2.0 => -1.5,
        Some(d) => -0.5 * (f64::from(d) - n as f64).abs() / f64::from(d.max(1)).max(n as f64),
        None => 0.0,
    };
    if heading.is_none() {
        score -= 1.0;
    }
    // Of two headings above one thread the nearer one is its own.
    let n_between = lines[from..first].iter().filter(|l| matches!(l.class, Class::Text)).count();
    score -= (n_between as f64 * 0.02).min(0.5);
    Some(Candidate { separator, heading, segments, score })
}

/// Do the bylines count from one comment to the next?
fn numbered(lines: &[Line<'_>], run: &[usize]) -> bool {
    let number = |a: &usize| match &lines[*a].class {
        Class::Byline(b) => b.number,
        _ => None,
    };
    let steps = run
        .windows(2)
        .filter(|w| number(&w[0]).zip(number(&w[1])).is_some_and(|(a, b)| b == a + 1 || a == b + 1));
    run.len() > 1 && steps.count() * 10 >= (run.len() - 1) * 7
}

/// The name without the comment's number: "2 Patrice", "9. Dawn".
fn unnumbered(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let name_follows = (1..=4).contains(&(name.len() - rest.len())) && rest.starts_with([' ', '.', ')']);
    if name_follows { rest.trim_start_matches(['.', ')', ' ']) } else { name }
}

/// Whether each byline has its author on a line of its own before or after it.
struct Names {
    /// On the line before a byline of time alone.
    before: bool,
}

impl Names {
    fn of(lines: &[Line<'_>], from: usize, anchors: &[usize], separator: Separator) -> Self {
        if !matches!(separator, Separator::Byline { form: Form::Time, .. }) {
            return Names { before: false };
        }
        let sample = &anchors[..anchors.len().min(200)];
        let mut low = from;
        let mut n = 0;
        for &a in sample {
            n += usize::from(name_before(lines, low, a).is_some());
            low = a + 1;
        }
        Names { before: n * 10 >= sample.len() * 7 }
    }
}

/// The line of the name before a byline, over at most one empty line.
fn name_before(lines: &[Line<'_>], low: usize, anchor: usize) -> Option<usize> {
    // "Guest" or "Author" may stand between.
    let passed = |l: &Line<'_>| {
        matches!(l.class, Class::Blank | Class::Mark)
            || matches!(l.class, Class::Action) && T_ROLES.contains(&l.text.to_lowercase())
    };
    let at = (low..anchor).rev().take(4).find(|&i| !passed(&lines[i]))?;
    let says = matches!(&lines[at].class, Class::Byline(b) if matches!(b.form, Form::Says | Form::By));
    // A name with odd marks, on the line right above.
    let touching =
        at + 1 == anchor && matches!(lines[at].class, Class::Text) && lines[at].text.chars().count() <= 40;
    (lines[at].is_name() || says || touching && lines[at].bullet).then_some(at)
}

/// The separators that belong to one thread: up to the form, a change of structure, or a step to the left.
fn run<'a>(
    lines: &[Line<'_>],
    anchors: &'a [usize],
    names: &Names,
    declared: Option<u32>,
    separator: Separator,
) -> &'a [usize] {
    let between = |i: usize| &lines[anchors[i] + 1..anchors[i + 1]];
    let n_gaps = anchors.len() - 1;
    let has = |i: usize, class: &Class| between(i).iter().any(|l| l.is(class));
    let sample = n_gaps.min(100);
    let share = |class: &Class| (0..sample).filter(|&i| has(i, class)).count() as f64 / sample.max(1) as f64;
    // A link of the form under every comment ends nothing.
    let ends_matter = share(&Class::End) < 0.5;
    let first_gaps = n_gaps.min(10);
    let common = |class: &Class| {
        first_gaps >= 2 && (0..first_gaps).filter(|&i| has(i, class)).count() * 10 >= first_gaps * 7
    };
    let link = [Class::Reply, Class::Action].into_iter().find(|c| separator != Separator::Reply && common(c));
    let tail = |i: usize| {
        let end = anchors.get(i + 1).copied().unwrap_or(lines.len()).min(anchors[i] + 80);
        &lines[anchors[i] + 1..end]
    };
    let column = |i: usize| {
        let a = anchors[i];
        let low = if i == 0 { a.saturating_sub(4) } else { anchors[i - 1] + 1 };
        let at = if names.before { name_before(lines, low, a).unwrap_or(a) } else { a };
        lines[at].indent
    };
    let left = column(0);
    let enough = |n: usize| declared.is_none_or(|d| n >= d as usize);
    for i in 0..n_gaps {
        let end = ends_matter && has(i, &Class::End);
        // The declared number overrules a doubtful end.
        if end && (enough(i + 1) || anchors.len() > declared.unwrap_or(0) as usize) {
            return &anchors[..=i];
        }
        if separator != Separator::Reply && left > 1 && column(i + 1) + 1 < left {
            return &anchors[..=i];
        }
        if let Some(link) = &link
            && i > 0
            && !tail(i).iter().any(|l| l.is(link))
            && !tail(i + 1).iter().any(|l| l.is(link))
            && enough(i)
        {
            return &anchors[..i];
        }
    }
    anchors
}

/// Do the bodies stand above their bylines?
fn is_footer(lines: &[Line<'_>], from: usize, run: &[usize]) -> bool {
    let (Some(&first), Some(&last)) = (run.first(), run.last()) else { return false };
    let lead: Vec<&Line<'_>> =
        lines[from..first].iter().filter(|l| !matches!(l.class, Class::Blank)).collect();
    // What touches the first byline decides: a body (or the links under it), or the heading.
    let texts = lead.iter().filter(|l| matches!(l.class, Class::Text)).count();
    if texts == 0 {
        return false;
    }
    let headless = from == 0;
    // Items of a list begin with their bullet.
    if run.iter().filter(|&&a| lines[a].bullet).count() * 10 >= run.len() * 7 {
        return false;
    }
    // Where links close every comment, they stand above the first byline too, if its comment stands there.
    let is_link = |l: &&Line<'_>| matches!(l.class, Class::Reply | Class::Action);
    let closes = |from: usize, to: usize| {
        let near = lines[from..to].iter().rev().filter(|l| !matches!(l.class, Class::Blank | Class::Mark));
        near.take(2).any(|l| is_link(&l))
    };
    let sample = &run[..run.len().min(50)];
    let closed = sample.windows(2).filter(|w| closes(w[0] + 1, w[1])).count();
    let opened = sample.windows(2).filter(|w| {
        lines[w[0] + 1..w[1]]
            .iter()
            .find(|l| !matches!(l.class, Class::Blank | Class::Mark))
            .is_some_and(|l| is_link(&l))
    });
    if !headless
        && sample.len() > 2
        && closed * 10 >= (sample.len() - 1) * 7
        && opened.count() * 2 < sample.len()
    {
        return closes(from, first);
    }
    let next = lines[last + 1..].iter().filter(|l| !matches!(l.class, Class::Blank)).take(2);
    let follows = next
        .clone()
        .next()
        .is_some_and(|l| matches!(l.class, Class::Text) && l.indent + 1 >= lines[last].indent);
    let by = matches!(&lines[first].class, Class::Byline(b) if b.by);
    let long = !headless && lead.iter().any(|l| matches!(l.class, Class::Text) && l.text.len() > 60);
    !follows || by || (long && !lead.iter().any(|l| matches!(l.class, Class::End)))
}

/// The cutting itself.
struct Cut<'a, 'b> {
    lines: &'a [Line<'b>],
    from: usize,
    run: &'a [usize],
    names: &'a Names,
    footer: bool,
}

impl<'b> Cut<'_, 'b> {
    /// Lines of the `i`-th comment, and its name line where there is one.
    fn span(&self, i: usize) -> (std::ops::Range<usize>, Option<usize>) {
        let a = self.run[i];
        if self.footer {
            let low = if i == 0 { self.from } else { self.run[i - 1] + 1 };
            return (low..a, None);
        }
        let low = if i == 0 { self.from } else { self.run[i - 1] + 1 };
        let name = if self.names.before { name_before(self.lines, low, a) } else { None };
        let end = match self.run.get(i + 1) {
            Some(&next) if self.names.before => name_before(self.lines, a + 1, next).unwrap_or(next),
            Some(&next) => next,
            None => self.last_end(a),
        };
        (a + 1..end, name)
    }

    /// Where the last comment ends at the latest.
    fn last_end(&self, a: usize) -> usize {
        let column = self.lines[a].indent;
        let stop = |l: &Line<'_>| {
            matches!(l.class, Class::End)
                || matches!(l.class, Class::Heading(h) if !h.aside)
                || (column > 1 && !matches!(l.class, Class::Blank) && l.indent + 1 < column)
        };
        (a + 1..self.lines.len()).find(|&i| stop(&self.lines[i])).unwrap_or(self.lines.len())
    }

    /// Share of the comments with such a line in their span.
    fn share_with(&self, is: impl Fn(&Line<'b>) -> bool) -> f64 {
        let n = self.run.len().min(200);
        let step = (self.run.len() / n.max(1)).max(1);
        let picked: Vec<usize> = (0..self.run.len()).step_by(step).collect();
        let with = picked.iter().filter(|&&i| {
            let (span, _) = self.span(i);
            let span = span.start..span.end.min(span.start + 200);
            // A reply link inside the byline counts too.
            self.lines[span].iter().any(&is) || is(&self.lines[self.run[i]])
        });
        with.count() as f64 / picked.len().max(1) as f64
    }

    fn n_indents(&self) -> usize {
        let mut columns: Vec<usize> = self.run.iter().take(200).map(|&a| self.lines[a].indent).collect();
        columns.sort_unstable();
        columns.dedup();
        columns.len()
    }

    fn segments(&self) -> Vec<Segment<'b>> {
        let replies = self.share_with(|l| matches!(l.class, Class::Reply)) >= 0.5;
        let actions = self.share_with(|l| matches!(l.class, Class::Action)) >= 0.5;
        let bare = self.share_with(|l| matches!(l.class, Class::Mark)) < 0.2;
        let typical = self.typical_length();
        let mut out: Vec<Segment<'b>> = Vec::with_capacity(self.run.len());
        for i in 0..self.run.len() {
            let (span, name) = self.span(i);
            let open_end = !self.footer && i + 1 == self.run.len() && span.end == self.lines.len();
            let span = if self.footer && i == 0 { self.first_body(span) } else { span };
            let mut body = self.body(span.clone(), replies, actions, open_end.then_some(typical));
            if body.is_empty() && bare && !open_end {
                // "5" or "+1" is a comment where no scores are shown.
                body = span
                    .filter(|&l| {
                        matches!(self.lines[l].class, Class::Mark)
                            && self.lines[l].text.bytes().any(|b| b.is_ascii_digit())
                    })
                    .collect();
            }
            if !body.iter().any(|&l| self.lines[l].text.chars().any(|c| !c.is_whitespace())) {
                continue;
            }
            let anchor = &self.lines[self.run[i]];
            let mut segment =
                Segment { body, indent: anchor.indent, byline: vec![self.run[i]], ..Segment::default() };
            if let Class::Byline(b) = &anchor.class {
                (segment.author, segment.answers, segment.time) = (b.author, b.answers, b.time);
            }
            if let Some(name) = name {
                // A name beside the time is then another's: "an hour ago, to Name".
                segment.answers = segment.answers.or(segment.author.take());
                segment.indent = self.lines[name].indent;
                segment.byline.push(name);
                segment.author = Some(match &self.lines[name].class {
                    Class::Byline(b) => b.author.unwrap_or_default(),
                    _ if self.lines[name].bullet => unbullet(self.lines[name].text).0,
                    _ => self.lines[name].text,
                });
            }
            self.time_beside(&mut segment);
            out.push(segment);
        }
        if self.footer {
            self.leading_names(&mut out);
        }
        if numbered(self.lines, self.run) {
            out.iter_mut().for_each(|s| s.author = s.author.map(unnumbered));
        }
        out
    }

    /// The time of "X says:" stands on the next line or below the body.
    fn time_beside(&self, segment: &mut Segment<'b>) {
        if segment.time.is_some() {
            return;
        }
        let Some(&anchor) = segment.byline.first() else { return };
        let end = segment.body.last().map_or(anchor, |l| l + 1);
        let near =
            (anchor + 1..(anchor + 4).min(self.lines.len())).chain(end..(end + 3).min(self.lines.len()));
        for i in near {
            if let Class::Byline(b) = &self.lines[i].class
                && b.form == Form::Time
            {
                segment.time = b.time;
                segment.byline.push(i);
                return;
            }
            if i > anchor + 3 && matches!(self.lines[i].class, Class::Byline(_)) {
                return;
            }
        }
    }

    /// Bodies above their bylines may begin with the author's name.
    fn leading_names(&self, segments: &mut [Segment<'b>]) {
        if segments.iter().any(|s| s.author.is_some()) {
            return;
        }
        let named = |s: &Segment<'_>| s.body.len() > 1 && self.lines[s.body[0]].is_name();
        if segments.len() < 2 || segments.iter().filter(|s| named(s)).count() * 10 < segments.len() * 8 {
            return;
        }
        for s in segments.iter_mut().filter(|s| named(s)) {
            let name = s.body.remove(0);
            s.author = Some(self.lines[name].text);
            s.byline.push(name);
        }
    }

    /// The first body above its byline begins after the last line that is no text.
    fn first_body(&self, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let kept = |i: usize| matches!(self.lines[i].class, Class::Text | Class::Blank | Class::Byline(_));
        let end =
            span.clone().rev().find(|&i| matches!(self.lines[i].class, Class::Text)).unwrap_or(span.start);
        let start = (span.start..end).rev().find(|&i| !kept(i)).map_or(span.start, |i| i + 1);
        start..span.end
    }

    /// Lines of a typical comment, for the last one where nothing marks its end.
    fn typical_length(&self) -> usize {
        let mut lengths: Vec<usize> = (1..self.run.len()).map(|i| self.run[i] - self.run[i - 1]).collect();
        if lengths.is_empty() {
            return 12;
        }
        lengths.sort_unstable();
        lengths[lengths.len() * 3 / 4].max(4)
    }

    /// The body's lines in a span: without links, scores and rules around it.
    fn body(
        &self,
        span: std::ops::Range<usize>,
        replies: bool,
        actions: bool,
        most: Option<usize>,
    ) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        let end = most.map_or(span.end, |n| span.end.min(span.start + n));
        for i in span.start..end {
            let line = &self.lines[i];
            let started = !out.is_empty();
            match &line.class {
                Class::Blank if started => {
                    out.push(i);
                }
                Class::Text | Class::Heading(_) => out.push(i),
                // What ends most comments ends this one.
                Class::Reply if started && replies => break,
                Class::Action if started && actions && !replies => break,
                // Quotations name their author; a time alone is the byline's other half.
                // Another kind of byline is a log of changes, or the next part of the page.
                Class::Byline(b) if started && !self.footer && b.form == Form::AuthorTime && !b.exact => {
                    break;
                }
                Class::Byline(b) if started && b.form != Form::Time => out.push(i),
                Class::Mark if started && !line.text.starts_with(['+', '-', '−', '–', '0', '•', '|']) =>
                {
                    out.push(i);
                }
                Class::Furniture if started => out.push(i),
                Class::End if started && self.footer => out.push(i),
                _ => {}
            }
        }
        while out.last().is_some_and(|&i| matches!(self.lines[i].class, Class::Blank | Class::Mark)) {
            out.pop();
        }
        out
    }
}

/// Comments told by empty lines alone, under a heading that declares how many there are.
pub(super) fn by_gaps<'a>(lines: &[Line<'a>], heading: usize, declared: u32) -> Option<Candidate<'a>> {
    let from = heading + 1;
    let end = (from..lines.len())
        .find(|&i| {
            matches!(lines[i].class, Class::End)
                && lines[from..i].iter().any(|l| matches!(l.class, Class::Text))
        })
        .unwrap_or(lines.len());
    let mut best: Option<Candidate<'a>> = None;
    for gap in [3, 2, 1, 0] {
        let mut segments: Vec<Segment<'a>> = Vec::new();
        let mut blanks = usize::MAX;
        for (i, line) in lines.iter().enumerate().take(end).skip(from) {
            match line.class {
                Class::Blank => blanks = blanks.saturating_add(1),
                Class::Text | Class::Heading(_) | Class::Byline(_) => {
                    if blanks >= gap || segments.is_empty() {
                        segments.push(Segment::default());
                    }
                    if let Some(s) = segments.last_mut() {
                        s.body.push(i);
                    }
                    blanks = 0;
                }
                _ => {}
            }
            if segments.len() > 2 * declared as usize + 2 {
                break;
            }
        }
        let n = segments.len() as u32;
        if n == declared {
            return Some(Candidate {
                separator: Separator::Gap(gap),
                heading: Some(heading),
                segments,
                score: 2.5,
            });
        }
        let near = n > 0 && n <= declared + declared / 4 && n + declared / 4 >= declared;
        let farther = |c: &Candidate<'_>| (c.segments.len() as u32).abs_diff(declared) > n.abs_diff(declared);
        if near && best.as_ref().is_none_or(farther) {
            best = Some(Candidate {
                separator: Separator::Gap(gap),
                heading: Some(heading),
                segments,
                score: 0.5,
            });
        }
    }
    best
}
