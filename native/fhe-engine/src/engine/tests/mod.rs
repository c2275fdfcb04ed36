//! The engine on clear numbers: everything but the ciphertexts is the real thing.

mod failures;
mod lazy;
mod memory;
mod restart;

use super::{Engine, EngineOptions};
use crate::arithmetic::{Arithmetic, Form, Task};
use crate::error::{EngineError, Result};
use crate::fence::lock;
use crate::graph::{ByCount, Recipe};
use crate::journal::{Block, Grant, Grantee};
use crate::operation::{BinaryKind, Operand, Operation, WireOperation};
use crate::store::Store;
use crate::types::{Clear, FheType, Handle, HexBytes, InputId};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tfhe::integer::U256;

pub type ClearEngine = Arc<Engine<ClearArithmetic>>;
type Hook = Box<dyn Fn(Handle) + Send + Sync>;

/// Pretends that a value takes so much memory.
const VALUE_BYTES: usize = 1000;

/// A value that has no smaller form.
pub const INCOMPRESSIBLE: U256 = U256::MAX;

/// Numbers instead of ciphertexts. The hook sees every operation before it is computed.
pub struct ClearArithmetic {
    hook: Hook,
    computed: Mutex<Vec<Handle>>,
    /// Switched forms asked for.
    switched: AtomicU64,
}

impl Arithmetic for ClearArithmetic {
    type Value = Clear;

    fn compute(&self, task: &Task<Clear>) -> Result<Clear> {
        (self.hook)(task.handle);
        lock(&self.computed).push(task.handle);
        let operand = |index: usize| task.operands[index].0;
        let value = match (&task.recipe, &task.operation) {
            (Recipe::CountOnes(_, by_count), _) => count_ones([operand(0), operand(1), operand(2)], *by_count),
            (_, Operation::Input { index, .. }) => Clear::from_be_bytes(&task.source[index * 32..][..32]).unwrap().0,
            (_, Operation::Seeded) => Clear::from_be_bytes(&task.source).unwrap().0,
            (_, Operation::Trivial { scalar }) => scalar.0,
            (_, Operation::Random { seed, .. }) => U256::from(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            (_, Operation::Not { .. }) => !operand(0),
            (_, Operation::Binary { kind, right, .. }) => {
                let right = if let Operand::Scalar(scalar) = right { scalar.0 } else { operand(1) };
                bitwise(*kind, operand(0), right)
            }
            (_, other) => return Err(EngineError::UnsupportedOperation(other.name().into())),
        };
        Ok(Clear(value).truncated(task.handle.fhe_type()?))
    }

    fn bytes(&self, _: &Clear) -> usize {
        VALUE_BYTES
    }

    fn encode(&self, value: &Clear, form: Form) -> Result<Option<Vec<u8>>> {
        if form == Form::Switched {
            self.switched.fetch_add(1, Ordering::Relaxed);
        }
        let has_form = value.0 != INCOMPRESSIBLE || form == Form::Plain;
        Ok(has_form.then(|| [&[form as u8], value.to_be_bytes().as_slice()].concat()))
    }

    fn decode(&self, bytes: &[u8]) -> Result<Clear> {
        Clear::from_be_bytes(&bytes[1..]).ok_or_else(|| EngineError::internal("test", "bytes"))
    }

    fn decrypt(&self, value: &Clear) -> Result<Clear> {
        Ok(*value)
    }
}

fn count_ones(words: [U256; 3], by_count: ByCount) -> U256 {
    let bit = |word: U256, at: u32| ((word >> at) & U256::from(1u128)).to_low_high_u128().0 as usize;
    (0..256u32).fold(U256::from(0u128), |value, at| {
        let count: usize = words.iter().map(|word| bit(*word, at)).sum();
        value | (U256::from(u128::from(by_count[count])) << at)
    })
}

pub fn bitwise(kind: BinaryKind, left: U256, right: U256) -> U256 {
    match kind {
        BinaryKind::And => left & right,
        BinaryKind::Or => left | right,
        BinaryKind::Xor => left ^ right,
        other => panic!("{other:?} is not bitwise"),
    }
}

/// A folder that is gone with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("fhe-engine-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// What a process killed now would leave.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        copy_files(&self.0, &copy.0);
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.0);
    }
}

/// Files may vanish or be renamed meanwhile, as they may under a kill.
fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_files(&entry.path(), &target);
        } else {
            let _vanished = std::fs::copy(entry.path(), target);
        }
    }
}

pub fn open_with(folder: &Folder, options: &EngineOptions, hook: Hook) -> Result<ClearEngine> {
    let arithmetic = ClearArithmetic { hook, computed: Mutex::default(), switched: AtomicU64::new(0) };
    Engine::open(arithmetic, Store::open(&folder.0)?, options, Box::new(|_| {}))
}

/// Consumed state is compressed at the first idle moment, so that tests need not wait.
pub fn options(memory_bytes: usize, cores: usize) -> EngineOptions {
    EngineOptions { memory_bytes, cores, consumed_plain_for: Duration::ZERO }
}

pub fn open(folder: &Folder) -> ClearEngine {
    open_with(folder, &options(1 << 20, 2), Box::new(|_| {})).unwrap()
}

pub fn word(name: u64) -> Handle {
    handle(name, FheType::Uint256)
}

pub fn handle(name: u64, fhe_type: FheType) -> Handle {
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&name.to_be_bytes());
    bytes[30] = fhe_type.id();
    Handle(bytes)
}

pub fn wire(result: Handle, op: &str) -> WireOperation {
    WireOperation { result, op: op.into(), ..WireOperation::default() }
}

pub fn binary(result: Handle, op: &str, left: Handle, right: Handle) -> WireOperation {
    WireOperation { left: Some(left), right: Some(right), ..wire(result, op) }
}

pub fn trivial(result: Handle, value: u64) -> WireOperation {
    WireOperation { scalar: Some(Clear::from(value)), ..wire(result, "trivial") }
}

pub fn random(result: Handle, seed: u128) -> WireOperation {
    WireOperation { seed: Some(HexBytes(seed.to_be_bytes().into())), bits: Some(256), ..wire(result, "rand") }
}

/// `t = a ^ b; sum = t ^ x; carry = a ^ (t & (a ^ x))`, with results `first` to `first + 4`; sum and carry last.
pub fn full_adder(first: u64, [a, b, x]: [Handle; 3]) -> Vec<WireOperation> {
    let [t, u, v, sum, carry] = [0, 1, 2, 3, 4].map(|offset| word(first + offset));
    vec![
        binary(t, "xor", a, b),
        binary(sum, "xor", t, x),
        binary(u, "xor", a, x),
        binary(v, "and", t, u),
        binary(carry, "xor", a, v),
    ]
}

/// The other way to write it, with results `first` to `first + 4`; sum and carry last.
pub fn full_adder_with_or(first: u64, [a, b, x]: [Handle; 3]) -> Vec<WireOperation> {
    let [t, u, v, sum, carry] = [0, 1, 2, 3, 4].map(|offset| word(first + offset));
    vec![
        binary(t, "xor", a, b),
        binary(sum, "xor", t, x),
        binary(u, "and", a, b),
        binary(v, "and", t, x),
        binary(carry, "or", u, v),
    ]
}

pub fn grant(handle: Handle, grantee: Grantee) -> Grant {
    Grant { handle, grantee }
}

pub fn block(number: u64) -> Block {
    Block { number, hash: format!("0x{number:x}") }
}

/// Posts an input of words and gives them handles from `first` on.
pub fn post_input(engine: &ClearEngine, first: u64, values: &[U256]) -> InputId {
    let blob: Vec<u8> = values.iter().flat_map(|value| Clear(*value).to_be_bytes()).collect();
    let input = InputId::of(&blob);
    engine.store().write_input(input, &blob).unwrap();
    let handles: Vec<Handle> = (0..values.len() as u64).map(|offset| word(first + offset)).collect();
    engine.bind_input(input, handles, &vec![FheType::Uint256; values.len()]).unwrap();
    input
}

pub fn decrypt(engine: &ClearEngine, handles: &[Handle]) -> Result<Vec<U256>> {
    let (sender, receiver) = channel();
    engine.decrypt(handles.to_vec(), move |outcome| sender.send(outcome).unwrap());
    let values = receiver.recv().expect("every decryption is answered")?;
    Ok(values.into_iter().map(|value| value.0).collect())
}

pub fn computed(engine: &ClearEngine) -> Vec<Handle> {
    let mut handles = lock(&engine.arithmetic().computed).clone();
    handles.sort_unstable();
    handles
}

pub fn stat(engine: &ClearEngine, name: &str) -> u64 {
    engine.stats().unwrap()[name].as_u64().unwrap()
}

/// Waits until everything demanded is computed, everything to be written is written, the rest forgotten.
pub fn settle(engine: &ClearEngine) {
    wait_until(|| {
        let state = lock(&engine.state);
        !state.graph.has_open_nodes() && !state.is_sweep_due && !state.residence.is_writing()
    });
    let (sender, receiver) = channel();
    engine.send(super::disk::DiskJob::Tell(sender));
    receiver.recv().unwrap();
}

/// Ends an engine in order; its store may be opened again.
pub fn close(engine: ClearEngine) {
    engine.stop();
    wait_until(|| Arc::strong_count(&engine) == 1);
}

pub fn wait_until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never came about");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// A small generator with a fixed seed: the same graphs in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    pub fn word(&mut self) -> U256 {
        (0..4).fold(U256::from(0u128), |value, _| (value << 64u32) | U256::from(self.roll(usize::MAX) as u128))
    }
}
