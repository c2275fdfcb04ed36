//! What is measured: an engine in a temporary folder, beside the bare library under the same keys.

use super::graph::{Transaction, Writer};
use super::BenchOptions;
use crate::arithmetic::TfheArithmetic;
use crate::engine::{cpu_time, Engine, EngineOptions};
use crate::error::{EngineError, Result};
use crate::input;
use crate::journal::{Block, Grantee};
use crate::keys::{load_library_keys, KeyPaths, Keys};
use crate::prover;
use crate::store::Store;
use crate::types::{Clear, FheType, Handle, InputId};
use serde_json::Value as Json;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tfhe::integer::U256;
use tfhe::prelude::FheEncrypt;
use tfhe::FheUint256;

pub const WORDS_OF_AN_INPUT: usize = 8;
/// A contract, a user, the ACL and a chain id.
const AUX: [u8; 92] = [7; 92];

pub struct Subject {
    engine: Arc<Engine<TfheArithmetic>>,
    keys: Arc<Keys>,
    library_operands: (FheUint256, FheUint256),
    writer: Writer,
    block: u64,
    folder: PathBuf,
}

impl Subject {
    pub fn open(options: &BenchOptions) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("fhe-engine-bench-{}", std::process::id()));
        let own = |option: &Option<PathBuf>, name: &str| option.clone().unwrap_or_else(|| folder.join(name));
        let paths = KeyPaths::new(&own(&options.keys, "keys"), &own(&options.crs_cache, "crs"));
        let keys = Arc::new(Keys::open(&paths, &|_| {})?);
        let (client, server) = load_library_keys(&paths)?;
        rayon::broadcast(|_| tfhe::set_server_key(server.clone()));
        tfhe::set_server_key(server);
        let library_operands = (FheUint256::encrypt(U256::MAX, &client), FheUint256::encrypt(12345u64, &client));
        let notify = Box::new(|event| eprintln!("{event}"));
        let store = Store::open(&folder.join("store"))?;
        let engine = Engine::open(TfheArithmetic::new(keys.clone()), store, &EngineOptions::default(), notify)?;
        Ok(Self { engine, keys, library_operands, writer: Writer::default(), block: 0, folder })
    }

    /// The library's `and`, on all cores.
    pub fn time_library_and(&self) -> Duration {
        let started = Instant::now();
        let _result = &self.library_operands.0 & &self.library_operands.1;
        started.elapsed()
    }

    /// Records what `write` writes and waits until the handles that it returns are computed.
    pub fn time(&mut self, write: impl FnOnce(&mut Writer) -> Vec<Handle>) -> Result<Duration> {
        let handles = write(&mut self.writer);
        let transaction = self.writer.take();
        let started = Instant::now();
        self.record(transaction)?;
        self.decrypt(&handles)?;
        Ok(started.elapsed())
    }

    /// Two words as a contract has them: results of operations, granted to it.
    pub fn operands(&mut self) -> Result<(Handle, Handle)> {
        let mut pair = Vec::new();
        self.time(|writer| {
            for _ in 0..2 {
                let random = [writer.random(), writer.random()];
                let word = writer.gate("xor", random[0], random[1]);
                writer.grant(word, Grantee::Contract);
                pair.push(word);
            }
            pair.clone()
        })?;
        Ok((pair[0], pair[1]))
    }

    pub fn prove(&self, words: &[U256]) -> Result<Vec<u8>> {
        let values: Vec<Clear> = words.iter().copied().map(Clear).collect();
        prover::prove(&self.keys.public, &values, &vec![FheType::Uint256; words.len()], &AUX)
    }

    /// Checks an input and gives its values handles.
    pub fn post(&mut self, blob: &[u8]) -> Result<Vec<Handle>> {
        let types = input::verify(&self.keys, blob, &AUX)?;
        let id = InputId::of(blob);
        self.engine.store().write_input(id, blob)?;
        let handles: Vec<Handle> = types.iter().map(|_| self.writer.handle()).collect();
        self.engine.bind_input(id, handles.clone(), &types)?;
        Ok(handles)
    }

    pub fn decrypt(&self, handles: &[Handle]) -> Result<Vec<U256>> {
        let (sender, receiver) = channel();
        self.engine.decrypt(handles.to_vec(), move |outcome| {
            let _nobody_waits = sender.send(outcome);
        });
        let values = receiver.recv().map_err(|e| EngineError::internal("bench", e))??;
        Ok(values.into_iter().map(|value| value.0).collect())
    }

    pub fn stats(&self) -> Result<Json> {
        self.engine.stats()
    }

    pub fn cores(&self) -> usize {
        EngineOptions::default().cores
    }

    fn record(&mut self, transaction: Transaction) -> Result<()> {
        self.block += 1;
        let block = Block { number: self.block, hash: String::new() };
        self.engine.record(block, transaction.operations, transaction.allowed)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.engine.stop();
        let _best_effort = std::fs::remove_dir_all(&self.folder);
    }
}

/// Processor time of this process and of the whole machine.
pub struct Clocks {
    own: Duration,
    machine: Duration,
}

impl Clocks {
    pub fn now() -> Self {
        Self { own: cpu_time(), machine: machine_time() }
    }

    /// Our share of what other processes left of the cores, over the time since.
    pub fn share_since(&self, wall: Duration, cores: usize) -> f64 {
        let now = Self::now();
        let own = now.own.saturating_sub(self.own).as_secs_f64();
        let others = now.machine.saturating_sub(self.machine).as_secs_f64() - own;
        own / (wall.as_secs_f64() * cores as f64 - others.max(0.0))
    }
}

/// Time that all processes have computed (Linux: the first line of /proc/stat, without idling and waiting for IO).
fn machine_time() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<u32> = fields.map(|field| field.parse().unwrap_or(0)).collect();
    let (idle, waiting) = (3, 4);
    let busy = ticks.iter().enumerate().filter(|(at, _)| *at != idle && *at != waiting && *at < 8);
    busy.map(|(_, ticks)| TICK * *ticks).sum()
}
