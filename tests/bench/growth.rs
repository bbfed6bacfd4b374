//! Growth: what opening, sync, writing, search and the status cost with 1, 10 and 100 relationships and with 1, 5 and 10 years, as a chart and as exponents.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ithaca_core::id::{DocumentId, SpaceId};
use ithaca_tests::play::stage::now;
use tokio::runtime::Runtime;

use crate::device::{Person, pair, runtime};
use crate::history::ms;
use crate::local::{Filled, fill};
use crate::process::{Process, relay};
use crate::sheet::median;
use crate::text::Text;
use crate::{Done, machine, say, words};

/// How often each is done.
const TIMES: usize = 9;
/// What is measured, with the colour of its line.
const DEEDS: [(&str, &str); 5] =
    [("open", "#1f5f8b"), ("sync", "#b4542b"), ("write", "#3d7a4a"), ("search", "#7a4a86"), ("status", "#8a6d1f")];
/// Messages and notes of one relationship where relationships are counted; of one year where years are.
const RELATIONSHIP: (usize, usize) = (200, 20);
const YEAR: (usize, usize) = (5_000, 550);

/// Milliseconds by deed, at one size.
type Point = (f64, [f64; DEEDS.len()]);

/// Measures both, writes the chart and says the figures.
pub fn run(chart: &Path) -> Done {
    let home = PathBuf::from("target").join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).map_err(words)?;
    let done = measure(&home);
    drop(std::fs::remove_dir_all(&home));
    let panels = done?;
    std::fs::write(chart, svg(&panels)).map_err(words)?;
    say("| | open | sync | write | search | status |\n|---|---|---|---|---|---|")?;
    for (name, points) in &panels {
        for (size, took) in points {
            let cells: Vec<String> = took.iter().map(|ms| format!("{ms:.2} ms")).collect();
            say(&format!("| {size} {name} | {} |", cells.join(" | ")))?;
        }
        let slopes: Vec<String> = (0..DEEDS.len()).map(|i| format!("{:.2}", exponent(points, i))).collect();
        say(&format!("| exponent over {name} | {} |", slopes.join(" | ")))?;
    }
    say(&format!("\nThe chart is {}. {}", chart.display(), machine()))
}

fn measure(home: &Path) -> Done<Vec<(&'static str, Vec<Point>)>> {
    let (runtime, mut text) = (runtime()?, Text::new(19));
    let mut relationships = Vec::new();
    for n in [1, 10, 100] {
        let (ana, space, note, server) = many(&home.join(format!("{n} relationships")), n, &runtime, &mut text)?;
        relationships.push((n as f64, deeds(&ana, &space, note, &runtime, &mut text)?));
        drop(server);
    }
    let mut years = Vec::new();
    for n in [1, 5, 10] {
        let dir = home.join(format!("{n} years"));
        let Filled { ana, space, note, port } = fill(&dir, YEAR.0 * n, YEAR.1 * n, &mut text)?;
        let server = relay(&dir.join("relay"), Some(&port))?;
        years.push((n as f64, deeds(&ana, &space, note, &runtime, &mut text)?));
        drop(server);
    }
    Ok(vec![("relationships", relationships), ("years", years)])
}

/// Ana with so many relationships, closed; the space and a note of the first.
fn many(dir: &Path, n: usize, runtime: &Runtime, text: &mut Text) -> Done<(PathBuf, SpaceId, DocumentId, Process)> {
    let server = relay(&dir.join("relay"), None)?;
    let mut ana = Person::new("Ana", &dir.join("ana"), true)?;
    let mut first = None;
    for i in 0..n {
        let mut ben = Person::new("Ben", &dir.join(format!("ben {i}")), true)?;
        let space = pair(&mut ana, &mut ben, &server.said, runtime)?;
        for _ in 0..RELATIONSHIP.0 {
            ana.say(&space, text.message())?;
        }
        let note = DocumentId(text.bytes());
        ana.note(&space, note, &text.letters(5_000))?;
        for _ in 1..RELATIONSHIP.1 {
            ana.note(&space, DocumentId(text.bytes()), &text.letters(600))?;
        }
        first.get_or_insert((space, note));
    }
    for _ in 0..3 {
        ana.sync(runtime)?;
    }
    let (space, note) = first.ok_or("nobody")?;
    Ok((ana.close()?, space, note, server))
}

/// Medians, in ms: opening to a first screen, writing ten letters into a note, sending that and asking for everything else, finding a word,
/// and the status with every state code.
fn deeds(ana: &Path, space: &SpaceId, note: DocumentId, runtime: &Runtime, text: &mut Text) -> Done<[f64; DEEDS.len()]> {
    let mut took: [Vec<f64>; DEEDS.len()] = Default::default();
    let mut len = 5_000;
    for _ in 0..TIMES {
        let from = Instant::now();
        let mut person = Person::open(ana, false)?;
        if person.engine.messages(space, None, 50).map_err(words)?.len() != 50 {
            return Err("the first screen is not full".to_owned());
        }
        let opened = ms(from);
        // What the first sync and the first search of a process prepare is not what grows here.
        person.sync(runtime)?;
        let word = text.message().split(' ').next().unwrap_or_default().to_owned();
        person.engine.search(&word, 20).map_err(words)?;
        let from = Instant::now();
        crate::device::splice(&mut person.engine, space, note, text.below(len), &text.letters(10))?;
        let wrote = ms(from);
        len += 10;
        let from = Instant::now();
        person.sync(runtime)?;
        let synced = ms(from);
        let from = Instant::now();
        person.engine.search(&word, 20).map_err(words)?;
        let searched = ms(from);
        let from = Instant::now();
        person.engine.status(now()).map_err(words)?;
        for (all, one) in took.iter_mut().zip([opened, synced, wrote, searched, ms(from)]) {
            all.push(one);
        }
        person.close()?;
    }
    let mut out = [0.0; DEEDS.len()];
    for (median_of, all) in out.iter_mut().zip(&took) {
        *median_of = median(all).ok_or("nothing was measured")?;
    }
    Ok(out)
}

/// The slope of the line through the points, both axes in logarithms: 0 is flat, 1 grows with the size.
fn exponent(points: &[Point], deed: usize) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(n, took)| (n.ln(), took.get(deed).copied().unwrap_or(f64::NAN).ln())).collect();
    let n = logs.len() as f64;
    let (x, y) = (logs.iter().map(|l| l.0).sum::<f64>() / n, logs.iter().map(|l| l.1).sum::<f64>() / n);
    logs.iter().map(|l| (l.0 - x) * (l.1 - y)).sum::<f64>() / logs.iter().map(|l| (l.0 - x) * (l.0 - x)).sum::<f64>()
}

/// Two panels side by side, both axes logarithmic.
fn svg(panels: &[(&str, Vec<Point>)]) -> String {
    let (wide, high, left, top) = (400.0, 300.0, 60.0, 50.0);
    let all = || panels.iter().flat_map(|(_, points)| points.iter().flat_map(|(_, took)| took.iter().copied()));
    let (least, most) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let (low, up) = (least.log10().floor(), most.log10().ceil().max(least.log10().floor() + 1.0));
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 450\" font-family=\"sans-serif\" font-size=\"13\">\n<title>What opening, syncing, writing, searching and the status cost as relationships and years grow</title>\n<rect width=\"1000\" height=\"450\" fill=\"#fff\"/>\n",
    );
    for (panel, (name, points)) in panels.iter().enumerate() {
        let x0 = left + panel as f64 * (wide + 90.0);
        let first = points.first().map_or(1.0, |p| p.0);
        let last = points.last().map_or(10.0, |p| p.0);
        let x = |n: f64| x0 + wide * (n / first).ln() / (last / first).ln();
        let y = |ms: f64| top + high * (up - ms.log10()) / (up - low);
        let mut draw = |line: String| {
            out.push_str(&line);
            out.push('\n');
        };
        draw(format!("<text x=\"{x0}\" y=\"30\" font-size=\"16\">Milliseconds by {name}</text>"));
        let mut decade = low;
        while decade <= up {
            let at = y(10f64.powf(decade));
            draw(format!("<path d=\"M{x0} {at:.1}h{wide}\" stroke=\"#ddd\"/>"));
            draw(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{}</text>",
                x0 - 8.0,
                at + 4.0,
                10f64.powf(decade)
            ));
            decade += 1.0;
        }
        for (n, _) in points {
            draw(format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">{n}</text>", x(*n), top + high + 22.0));
        }
        for (i, (deed, colour)) in DEEDS.iter().enumerate() {
            let at: Vec<(f64, f64)> = points.iter().map(|(n, took)| (x(*n), y(took.get(i).copied().unwrap_or(f64::NAN)))).collect();
            let way: Vec<String> = at.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            draw(format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>", way.join(" ")));
            for (x, y) in &at {
                draw(format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"{colour}\"/>"));
            }
            draw(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{deed}: exponent {:.2}</text>",
                x0 + 200.0 * (i % 2) as f64,
                top + high + 46.0 + 18.0 * (i / 2) as f64,
                exponent(points, i)
            ));
        }
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_grow_has_exponent_nought_and_what_doubles_one() {
        let points: Vec<Point> = [1.0, 10.0, 100.0].map(|n: f64| (n, [5.0, n, 2.0 * n * n, 1.0 / n, n.sqrt()])).to_vec();
        for (deed, expected) in [0.0, 1.0, 2.0, -1.0, 0.5].into_iter().enumerate() {
            assert!((exponent(&points, deed) - expected).abs() < 1e-9);
        }
        let chart = svg(&[("years", points)]);
        assert_eq!(chart.matches("<polyline").count(), DEEDS.len());
        assert!(!chart.contains("NaN"));
    }
}
