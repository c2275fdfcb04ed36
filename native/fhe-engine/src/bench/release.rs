//! One release of the Loop Pilot: three fleets of seven planes each in one tile, demo profile.

use super::graph::{add_noise, suppress, Counter, DEMO_DIGITS, DEMO_THRESHOLD};
use super::in_ands;
use super::subject::Subject;
use crate::error::{EngineError, Result};
use crate::types::Handle;
use std::time::{Duration, Instant};
use tfhe::integer::U256;

const FLEETS: u64 = 3;
const PLANES: usize = 7;
/// Five speed classes of 49 cells.
const COUNTERS: u32 = 245;
const CELLS: u32 = 49;

pub struct ReleaseCost {
    /// Checking, expanding and adding all inputs, in `and`s: done as they arrive.
    pub contributions: f64,
    /// Resolving the counters, noise and suppression, in `and`s: what a reader waits for.
    pub publication: f64,
}

/// Computes the release and checks the result: the noised counts lie within the noise's bounds of what was
/// contributed, and the published ones are those that suppression leaves.
pub fn measure(subject: &mut Subject) -> Result<ReleaseCost> {
    let fleets: Vec<Vec<U256>> = (0..FLEETS).map(fleet_planes).collect();
    let blobs = fleets.iter().map(|planes| subject.prove(planes)).collect::<Result<Vec<_>>>()?;
    let mut ands = time_ands(subject);
    let mut counter = Counter::default();

    let contributed = contribute(subject, &mut counter, &blobs)?;
    ands.extend(time_ands(subject));
    let contributions = in_ands(contributed, &ands);

    let (mut noised, mut published) = (Vec::new(), Vec::new());
    let took = subject.time(|writer| {
        let (counts, weight) = counter.resolve(writer);
        noised = add_noise(writer, &counts, weight);
        published = suppress(writer, &noised);
        published.clone()
    })?;
    let before = ands.split_off(3);
    let around = [before, time_ands(subject)].concat();
    check(subject, &fleets, (&noised, &published))?;
    Ok(ReleaseCost { contributions, publication: in_ands(took, &around) })
}

fn contribute(subject: &mut Subject, counter: &mut Counter, blobs: &[Vec<u8>]) -> Result<Duration> {
    let started = Instant::now();
    for blob in blobs {
        let words = subject.post(blob)?;
        subject.time(|writer| {
            counter.add(writer, &words);
            writer.transaction.allowed.iter().map(|grant| grant.handle).collect()
        })?;
    }
    Ok(started.elapsed())
}

fn time_ands(subject: &Subject) -> Vec<Duration> {
    (0..3).map(|_| subject.time_library_and()).collect()
}

/// Counts of a fleet, different in every cell: some cells reach the threshold, some don't.
fn fleet_planes(fleet: u64) -> Vec<U256> {
    let count = |counter: u32| (u64::from(counter % CELLS) * (fleet + 1) * 7 + u64::from(counter / CELLS)) % 23;
    let bit = |plane: usize, counter: u32| U256::from(u128::from(count(counter) >> plane & 1)) << counter;
    let plane = |plane: usize| (0..COUNTERS).fold(U256::from(0u128), |word, counter| word | bit(plane, counter));
    (0..PLANES).map(plane).collect()
}

fn check(subject: &Subject, fleets: &[Vec<U256>], (noised, published): (&[Handle], &[Handle])) -> Result<()> {
    let (noised, published) = (subject.decrypt(noised)?, subject.decrypt(published)?);
    let wrong = |what: String| EngineError::internal("bench", what);
    let values: Vec<i64> = (0..COUNTERS).map(|counter| signed(&noised, counter)).collect();
    for (counter, value) in (0..COUNTERS).zip(&values) {
        let count: i64 = fleets.iter().map(|planes| unsigned(planes, counter)).sum();
        let noise = value - count;
        let bound = 1 << DEMO_DIGITS.len();
        if !(-bound..bound).contains(&noise) {
            return Err(wrong(format!("counter {counter} has a noise of {noise}")));
        }
        let mut classes = (0..COUNTERS / CELLS).map(|class| values[(class * CELLS + counter % CELLS) as usize]);
        let is_shown = classes.any(|class| class >= DEMO_THRESHOLD as i64);
        let expected = if is_shown { *value } else { 0 };
        if signed(&published, counter) != expected {
            return Err(wrong(format!("counter {counter} is published wrongly")));
        }
    }
    Ok(())
}

fn unsigned(planes: &[U256], counter: u32) -> i64 {
    let bit = |plane: &U256| ((*plane >> counter) & U256::from(1u128)).to_low_high_u128().0 as i64;
    planes.iter().enumerate().map(|(weight, plane)| bit(plane) << weight).sum()
}

fn signed(planes: &[U256], counter: u32) -> i64 {
    let value = unsigned(planes, counter);
    let is_negative = value >> (planes.len() - 1) & 1 == 1;
    if is_negative {
        value - (1 << planes.len())
    } else {
        value
    }
}
