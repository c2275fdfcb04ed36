//! `fhe-engine bench`: what the engine costs, in units of the library's own euint256 `and` timed in the same run.
//! One JSON object a line: `{"name","value","unit","n"}`.

pub mod graph;
mod release;
mod subject;

use crate::error::Result;
use crate::journal::Grantee;
use graph::Writer;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use subject::{Subject, WORDS_OF_AN_INPUT};
use tfhe::integer::U256;

/// Interleaved pairs of ours and theirs.
const PAIRS: usize = 7;
const BUSY_ROUNDS: usize = 3;

pub struct BenchOptions {
    /// Keys are read from here, or made in a temporary folder.
    pub keys: Option<PathBuf>,
    pub crs_cache: Option<PathBuf>,
    /// Names to be measured; all if empty.
    pub only: Vec<String>,
}

/// Measures and prints. A full run takes some ten minutes on two slow cores, most of it for one release.
pub fn bench(options: &BenchOptions, output: &mut impl Write) -> Result<()> {
    let mut subject = Subject::open(options)?;
    let mut print = |name: &str, value: f64, unit: &str, n: usize| {
        let _parent_gone = writeln!(output, "{}", json!({ "name": name, "value": round(value), "unit": unit, "n": n }));
    };
    let is_wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    if is_wanted("engine.and.ratio") {
        print("engine.and.ratio", and_ratio(&mut subject)?, "ratio", PAIRS);
    }
    if is_wanted("engine.busy") {
        print("engine.busy", busy(&mut subject)?, "share", BUSY_ROUNDS);
    }
    if is_wanted("engine.word.ands") {
        print("engine.word.ands", word_ands(&mut subject)?, "ands", WORDS_OF_AN_INPUT);
    }
    if is_wanted("engine.release.ands") {
        let cost = release::measure(&mut subject)?;
        print("engine.release.contributions.ands", cost.contributions, "ands", 1);
        print("engine.release.publication.ands", cost.publication, "ands", 1);
        print("engine.release.ands", cost.contributions + cost.publication, "ands", 1);
        eprintln!("{}", subject.stats()?);
    }
    Ok(())
}

/// One `and` through the whole engine (recorded, granted, scheduled, stored) against one by the library alone.
fn and_ratio(subject: &mut Subject) -> Result<f64> {
    let (a, b) = subject.operands()?;
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        let theirs = subject.time_library_and();
        let ours = subject.time(|writer| vec![granted(writer, "and", a, b)])?;
        ratios.push(ours.as_secs_f64() / theirs.as_secs_f64());
    }
    Ok(median(ratios))
}

/// Share of the cores' time that was ours to have, while two independent operations run.
fn busy(subject: &mut Subject) -> Result<f64> {
    let (a, b) = subject.operands()?;
    let mut shares = Vec::new();
    for _ in 0..BUSY_ROUNDS {
        let before = subject::Clocks::now();
        let wall = subject.time(|writer| vec![granted(writer, "and", a, b), granted(writer, "or", a, b)])?;
        shares.push(before.share_since(wall, subject.cores()));
    }
    Ok(median(shares))
}

/// Checking an input of eight words, expanding them and adding each to a counter, for one of them.
fn word_ands(subject: &mut Subject) -> Result<f64> {
    let (a, b) = subject.operands()?;
    let blob = subject.prove(&[U256::from(0x00ff_00ffu128); WORDS_OF_AN_INPUT])?;
    let mut unit = vec![subject.time_library_and(), subject.time_library_and()];
    let started = Instant::now();
    let words = subject.post(&blob)?;
    subject.time(|writer| {
        let sums = words.iter().map(|word| writer.full_adder(a, b, *word)).collect::<Vec<_>>();
        let handles: Vec<_> = sums.into_iter().flat_map(|(sum, carry)| [sum, carry]).collect();
        handles.iter().for_each(|handle| writer.grant(*handle, Grantee::Contract));
        handles
    })?;
    let took = started.elapsed();
    unit.extend([subject.time_library_and(), subject.time_library_and()]);
    Ok(in_ands(took, &unit) / WORDS_OF_AN_INPUT as f64)
}

fn granted(writer: &mut Writer, op: &str, a: crate::types::Handle, b: crate::types::Handle) -> crate::types::Handle {
    let handle = writer.gate(op, a, b);
    writer.grant(handle, Grantee::Contract);
    handle
}

/// A duration in units of the library's `and`s timed before and after it.
fn in_ands(took: Duration, ands: &[Duration]) -> f64 {
    took.as_secs_f64() / median(ands.iter().map(Duration::as_secs_f64).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.len() / 2;
    let lower = values.len().saturating_sub(1) / 2;
    (values[lower] + values[upper]) / 2.0
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
