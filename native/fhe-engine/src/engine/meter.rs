//! What was computed, how long it took, how much is left.

use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Work done longer ago than this hardly counts for the pace.
const PACE_MEMORY_SECONDS: f64 = 120.0;
/// `and`s a second and core before anything was measured: two slow cores need 2.5 s for one.
const USUAL_PACE_PER_CORE: f64 = 0.2;

const USUAL_WEIGHT: f64 = 0.25;

#[derive(Default)]
struct Cost {
    count: u64,
    seconds: f64,
}

pub struct Meter {
    cores: usize,
    by_operation: BTreeMap<String, Cost>,
    computed: u64,
    recomputed: u64,
    /// Finished since the queue was last empty.
    done: usize,
    running: usize,
    pace: Pace,
    busy_since: Option<Instant>,
    busy_cpu_start: Duration,
    busy_wall: Duration,
    busy_cpu: Duration,
    last_change: Instant,
}

impl Meter {
    pub fn new(cores: usize) -> Self {
        Self {
            cores,
            by_operation: BTreeMap::new(),
            computed: 0,
            recomputed: 0,
            done: 0,
            running: 0,
            pace: Pace::default(),
            busy_since: None,
            busy_cpu_start: Duration::ZERO,
            busy_wall: Duration::ZERO,
            busy_cpu: Duration::ZERO,
            last_change: Instant::now(),
        }
    }

    pub fn begin(&mut self) {
        if self.running == 0 {
            self.busy_since = Some(Instant::now());
            self.busy_cpu_start = cpu_time();
            self.last_change = Instant::now();
        }
        self.running += 1;
    }

    /// An operation has ended; `ands` is what it cost by estimate.
    pub fn end(&mut self, operation: String, took: Duration, ands: f64) {
        self.done += 1;
        self.pace.add(ands, self.last_change.elapsed().as_secs_f64());
        self.last_change = Instant::now();
        let cost = self.by_operation.entry(operation).or_default();
        cost.count += 1;
        cost.seconds += took.as_secs_f64();
        self.running = self.running.saturating_sub(1);
        if self.running == 0 {
            self.close_busy_span();
        }
    }

    pub fn count_computed(&mut self, again: bool) {
        self.computed += 1;
        self.recomputed += u64::from(again);
    }

    /// The queue is empty: what comes next is counted from nought.
    pub fn restart_count(&mut self) {
        self.done = 0;
    }

    pub fn done(&self) -> usize {
        self.done
    }

    /// Seconds for so many `and`s at the pace measured lately.
    pub fn seconds_for(&self, ands: f64) -> f64 {
        self.pace.seconds_for(ands, USUAL_PACE_PER_CORE * self.cores as f64)
    }

    /// Share of all cores used while anything was running; 0 before.
    pub fn busy_share(&self) -> f64 {
        let (mut wall, mut cpu) = (self.busy_wall, self.busy_cpu);
        if let Some(since) = self.busy_since {
            wall += since.elapsed();
            cpu += cpu_time().saturating_sub(self.busy_cpu_start);
        }
        if wall.is_zero() {
            0.0
        } else {
            cpu.as_secs_f64() / (wall.as_secs_f64() * self.cores as f64)
        }
    }

    pub fn counts(&self) -> (u64, u64) {
        (self.computed, self.recomputed)
    }

    pub fn by_operation(&self) -> Json {
        let costs = self.by_operation.iter();
        let rows = costs.map(|(name, cost)| (name.clone(), json!({ "count": cost.count, "seconds": cost.seconds })));
        Json::Object(rows.collect())
    }

    fn close_busy_span(&mut self) {
        if let Some(since) = self.busy_since.take() {
            self.busy_wall += since.elapsed();
            self.busy_cpu += cpu_time().saturating_sub(self.busy_cpu_start);
        }
    }
}

/// How fast operations were done lately.
#[derive(Default)]
struct Pace {
    /// Decayed `and`s, and the decayed busy seconds that they took.
    ands: f64,
    seconds: f64,
}

impl Pace {
    fn add(&mut self, ands: f64, seconds: f64) {
        let kept = (-seconds / PACE_MEMORY_SECONDS).exp();
        self.ands = self.ands * kept + ands;
        self.seconds = self.seconds * kept + seconds;
    }

    /// The usual pace counts like a quarter of an `and`: the first measurement already outweighs it.
    fn seconds_for(&self, ands: f64, usual: f64) -> f64 {
        ands * (self.seconds + USUAL_WEIGHT / usual) / (self.ands + USUAL_WEIGHT)
    }
}

/// Processor time of this process, all threads (Linux; zero where the kernel does not tell).
pub fn cpu_time() -> Duration {
    // Clock ticks are hundredths of a second on every Linux that there is.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_a_guess_at_first_and_then_what_was_measured() {
        let mut pace = Pace::default();
        assert_eq!(pace.seconds_for(10.0, 0.5), 20.0);
        (0..100).for_each(|_| pace.add(1.0, 5.0));
        assert!((pace.seconds_for(10.0, 0.5) - 50.0).abs() < 3.0);
        // The machine got busy: what was long ago hardly counts.
        (0..30).for_each(|_| pace.add(1.0, 20.0));
        assert!((pace.seconds_for(10.0, 0.5) - 200.0).abs() < 20.0);
    }

    #[test]
    fn processor_time_of_this_process_goes_on() {
        let before = cpu_time();
        let mut noise = 0u64;
        while cpu_time() == before {
            noise = noise.wrapping_mul(31).wrapping_add(7);
        }
        assert!(cpu_time() > before, "{noise}");
    }
}
