//! The engine: records what contracts ask for and computes what somebody may read.
//!
//! Two lanes: `quick` answers requests, `evaluation` computes operations; each has as many threads as there are
//! cores, so that a proof is checked at once while operations of seconds are running.
//! Lock order: journal, then state. Neither is held while anything is computed, nor while values are read or written.

mod decrypt;
mod disk;
mod evaluate;
mod idle;
mod meter;
mod record;
mod replay;
mod report;
mod residence;
mod state;

#[cfg(test)]
mod tests;

pub use meter::cpu_time;

use crate::arithmetic::Arithmetic;
use crate::error::{EngineError, Result};
use crate::fence::lock;
use crate::journal::{Block, Journal};
use crate::store::Store;
use disk::DiskJob;
use rayon::ThreadPool;
use serde_json::Value as Json;
use state::State;
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Deep enough for an operation that a waiting one picks up on its stack.
const STACK_BYTES: usize = 16 << 20;

/// Unasked messages to the parent.
pub type Notify = Box<dyn Fn(Json) + Send + Sync>;

pub struct EngineOptions {
    /// Values in memory beyond this leave for the disk.
    pub memory_bytes: usize,
    pub cores: usize,
    /// State that later operations have used stays as it is on disk for so long, in case it is used again.
    pub consumed_plain_for: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { memory_bytes: 768 << 20, cores, consumed_plain_for: Duration::from_secs(600) }
    }
}

pub struct Engine<A: Arithmetic> {
    arithmetic: A,
    store: Store,
    journal: Mutex<Journal>,
    state: Mutex<State<A::Value>>,
    evaluation: ThreadPool,
    quick: ThreadPool,
    disk: Sender<DiskJob<A::Value>>,
    disk_thread: Mutex<Option<JoinHandle<()>>>,
    notify: Notify,
}

impl<A: Arithmetic> Engine<A> {
    /// Opens the store, replays its journal and goes on with what was being computed.
    pub fn open(arithmetic: A, store: Store, options: &EngineOptions, notify: Notify) -> Result<Arc<Self>> {
        let (journal, entries) = Journal::open(&store.journal_path())?;
        let (disk, jobs) = channel();
        let engine = Arc::new(Self {
            arithmetic,
            store,
            journal: Mutex::new(journal),
            state: Mutex::new(State::new(options)),
            evaluation: make_pool("evaluation", options.cores)?,
            quick: make_pool("quick", options.cores)?,
            disk,
            disk_thread: Mutex::new(None),
            notify,
        });
        *lock(&engine.disk_thread) = Some(engine.start_disk_thread(jobs)?);
        engine.replay(&entries)?;
        engine.pump();
        Ok(engine)
    }

    /// The last block that is durably recorded.
    pub fn cursor(&self) -> Option<Block> {
        lock(&self.state).cursor.clone()
    }

    pub fn arithmetic(&self) -> &A {
        &self.arithmetic
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Runs work that must not wait for evaluation.
    pub fn spawn_quick(&self, work: impl FnOnce() + Send + 'static) {
        self.quick.spawn(work);
    }

    /// Starts nothing more and writes what is worth keeping; operations that are running are given up.
    pub fn stop(&self) {
        let mut state = lock(&self.state);
        state.is_stopping = true;
        for handle in state.residence.resident_handles() {
            self.write_out(&mut state, handle);
        }
        drop(state);
        self.send(DiskJob::Stop);
        if let Some(Err(_)) = lock(&self.disk_thread).take().map(JoinHandle::join) {
            self.log("error", "the thread that writes values has panicked");
        }
    }

    fn log(&self, level: &str, message: impl std::fmt::Display) {
        (self.notify)(serde_json::json!({ "event": "log", "level": level, "message": message.to_string() }));
    }
}

fn make_pool(name: &'static str, threads: usize) -> Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_BYTES)
        .thread_name(move |index| format!("{name}-{index}"))
        .build()
        .map_err(|e| EngineError::internal("threads", e))
}
