//! The sheet: what was measured, round by round, and the lines that say whether a goal is met.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Measures by name; one value a round.
#[derive(Debug, Default)]
pub struct Sheet {
    values: BTreeMap<String, Vec<f64>>,
    lines: Vec<Line>,
}

/// What a measure is held against.
#[derive(Debug, Clone)]
pub enum Goal {
    /// At most so many times a reference.
    Most(f64, String),
    /// At least so many times a reference.
    Least(f64, String),
    /// At most so much in itself.
    Below(f64),
    /// Only shown.
    Shown,
}

#[derive(Debug)]
struct Line {
    goal: u8,
    what: String,
    unit: &'static str,
    ours: String,
    against: Goal,
}

/// The median; of an even number, the lower of the two in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

impl Sheet {
    /// Notes one round's value.
    pub fn add(&mut self, name: &str, value: f64) {
        self.values.entry(name.to_owned()).or_default().push(value);
    }

    /// The median over the rounds.
    pub fn get(&self, name: &str) -> Option<f64> {
        median(self.values.get(name)?)
    }

    /// A line of the table: `ours` and the reference in `against` are names of measures. The same line twice is one.
    pub fn line(&mut self, goal: u8, what: &str, unit: &'static str, ours: &str, against: Goal) {
        let same = |l: &Line| l.goal == goal && l.ours == ours && format!("{:?}", l.against) == format!("{against:?}");
        if !self.lines.iter().any(same) {
            self.lines.push(Line { goal, what: what.to_owned(), unit, ours: ours.to_owned(), against });
        }
    }

    /// The table, in Markdown. A reference that was not measured says so: such a line is neither met nor missed.
    pub fn table(&self) -> String {
        let mut out = String::from("| # | what | ours | against | theirs | ratio | goal | |\n|---|---|---|---|---|---|---|---|\n");
        let mut lines: Vec<&Line> = self.lines.iter().collect();
        lines.sort_by_key(|l| l.goal);
        for line in lines {
            let Some(ours) = self.get(&line.ours) else { continue };
            let (against, theirs, ratio, goal, met) = match &line.against {
                Goal::Most(times, name) => self.held(ours, name, &format!("≤ {times} ×"), |r| r <= *times),
                Goal::Least(times, name) => self.held(ours, name, &format!("≥ {times} ×"), |r| r >= *times),
                Goal::Below(most) => (String::new(), String::new(), String::new(), format!("≤ {most}"), said(ours <= *most)),
                Goal::Shown => Default::default(),
            };
            // Writing into a string does not fail.
            let _ = writeln!(
                out,
                "| {} | {} | {} {} | {against} | {theirs} | {ratio} | {goal} | {met} |",
                line.goal,
                line.what,
                number(ours),
                line.unit
            );
        }
        out
    }

    fn held(&self, ours: f64, name: &str, goal: &str, met: impl Fn(f64) -> bool) -> (String, String, String, String, String) {
        let label = name.split_once('/').map_or(name, |(who, _)| who).to_owned();
        match self.get(name).filter(|t| *t > 0.0) {
            Some(theirs) => {
                let ratio = ours / theirs;
                (label, number(theirs), number(ratio), goal.to_owned(), said(met(ratio)))
            }
            None => (label, "not measured".to_owned(), String::new(), goal.to_owned(), String::new()),
        }
    }

    /// Every measure with its least, median and greatest value.
    pub fn spread(&self) -> String {
        let mut out = String::from("| measure | rounds | least | median | greatest |\n|---|---|---|---|---|\n");
        for (name, values) in &self.values {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let median = median(values).unwrap_or(f64::NAN);
            let _ = writeln!(out, "| {name} | {} | {} | {} | {} |", values.len(), number(least), number(median), number(greatest));
        }
        out
    }
}

fn said(met: bool) -> String {
    if met { "met".to_owned() } else { "**missed**".to_owned() }
}

/// Three figures that count.
fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_or_missed_by_its_ratio_and_neither_without_a_reference() {
        let mut sheet = Sheet::default();
        for (ours, floor) in [(1.0, 1.0), (9.0, 2.0), (3.0, 2.0)] {
            sheet.add("ours/x", ours);
            sheet.add("floor/x", floor);
        }
        assert_eq!(sheet.get("ours/x"), Some(3.0));
        sheet.line(1, "x", "ms", "ours/x", Goal::Most(1.5, "floor/x".into()));
        sheet.line(1, "x", "ms", "ours/x", Goal::Most(1.4, "floor/x".into()));
        sheet.line(1, "x", "ms", "ours/x", Goal::Least(2.0, "peer/x".into()));
        let table = sheet.table();
        assert_eq!(table.matches("| met |").count(), 1, "{table}");
        assert_eq!(table.matches("**missed**").count(), 1, "{table}");
        assert!(table.contains("not measured"), "{table}");
    }
}
