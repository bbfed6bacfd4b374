//! The trace: a text two people wrote at the same time, keystroke by keystroke, with what each had seen of the other.

use std::io::Read;

use serde::Deserialize;

/// Keystrokes of two people.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// What both end with.
    pub end_content: String,
    /// Keystrokes, each after those it names.
    pub txns: Vec<Keystroke>,
}

/// One keystroke, or a few at once.
#[derive(Debug, Deserialize)]
pub struct Keystroke {
    /// Which keystrokes its writer had in front of them.
    pub parents: Vec<usize>,
    /// Who.
    pub agent: usize,
    /// Position, letters out, letters in.
    pub patches: Vec<(usize, usize, String)>,
}

/// One thing a person does.
#[derive(Debug)]
pub enum Act {
    /// Types.
    Type(usize, (usize, usize, String)),
    /// Sends what was typed so far; the other will see it up to here.
    Send(usize),
    /// Sees what the other sent up to the send of this number.
    See(usize, usize),
}

impl Trace {
    /// Reads a trace, gzipped JSON.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn read(gzipped: &[u8]) -> Result<Self, String> {
        let mut json = String::new();
        flate2::read::GzDecoder::new(gzipped).read_to_string(&mut json).map_err(|e| format!("the trace cannot be unpacked: {e}"))?;
        serde_json::from_str(&json).map_err(|e| format!("the trace cannot be read: {e}"))
    }

    /// What happens, one thing after the other: a send right after the last keystroke that the other is to see, a sight right before the first that
    /// rests on it. Gives the acts and how often one saw the other.
    pub fn acts(&self) -> (Vec<Act>, usize) {
        let mut seen: Vec<[usize; 2]> = Vec::with_capacity(self.txns.len());
        let mut own = [0usize; 2];
        let mut last: [Option<usize>; 2] = [None, None];
        // By writer: after how many own keystrokes something is sent.
        let mut sights: Vec<Option<usize>> = Vec::with_capacity(self.txns.len());
        let mut sends: [std::collections::BTreeSet<usize>; 2] = Default::default();
        for (i, k) in self.txns.iter().enumerate() {
            let (me, other) = (k.agent, 1 - k.agent);
            let mut now = [0, 0];
            for p in &k.parents {
                for (n, s) in now.iter_mut().zip(seen[*p]) {
                    *n = (*n).max(s);
                }
            }
            let before = last[me].map_or(0, |l| seen[l][other]);
            sights.push((now[other] > before).then_some(now[other]));
            if now[other] > before {
                sends[other].insert(now[other]);
            }
            own[me] += 1;
            now[me] = own[me];
            now[other] = now[other].max(before);
            seen.push(now);
            last[me] = Some(i);
        }
        let mut acts = Vec::new();
        let mut typed = [0usize; 2];
        let mut sent: [Vec<usize>; 2] = Default::default();
        let mut n = 0;
        for (k, sight) in self.txns.iter().zip(&sights) {
            let (me, other) = (k.agent, 1 - k.agent);
            if let Some(upto) = sight {
                n += 1;
                acts.push(Act::See(me, sent[other].iter().position(|s| s == upto).unwrap_or(usize::MAX)));
            }
            for patch in &k.patches {
                acts.push(Act::Type(me, patch.clone()));
            }
            typed[me] += 1;
            if sends[me].contains(&typed[me]) {
                acts.push(Act::Send(me));
                sent[me].push(typed[me]);
            }
        }
        (acts, n)
    }
}
