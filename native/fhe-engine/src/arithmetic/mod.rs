//! Computing on values. The scheduler sees only the trait, so its own tests run on clear numbers.

mod bitwise;
mod block;
mod cost;
mod integer;
mod support;
mod tfhe;
pub mod word;

pub use cost::cost_in_ands;
pub use support::check_support;
pub use tfhe::TfheArithmetic;

use crate::error::Result;
use crate::graph::Recipe;
use crate::operation::Operation;
use crate::types::{Clear, Handle};
use std::sync::Arc;

/// How a value lies on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// As in memory: read back in a millisecond, 2.1 MB a word.
    Plain,
    /// Modulus-switched: 96 kB a word; reading it back costs as much as an operation.
    Switched,
    /// Encrypted by the client key from a seed: 18 kB a word, read back in some 20 ms. Imports only.
    Seeded,
}

/// One operation with everything it needs.
pub struct Task<V> {
    pub handle: Handle,
    pub operation: Operation,
    pub recipe: Recipe,
    /// In the order of `Recipe::operands`.
    pub operands: Vec<Arc<V>>,
    /// The result will be combined with fresh randomness.
    pub is_better_packed: bool,
    /// The input's blob or the import's seeded form, for operations that begin from one.
    pub source: Vec<u8>,
}

/// Values and what can be done with them. Implementations are called from many threads at once.
pub trait Arithmetic: Send + Sync + 'static {
    type Value: Send + Sync + 'static;

    /// Refuses, by name, operations that cannot be computed.
    fn check_support(&self, handle: Handle, operation: &Operation) -> Result<()> {
        check_support(handle, operation)
    }

    fn compute(&self, task: &Task<Self::Value>) -> Result<Self::Value>;

    /// Memory taken, near enough for a budget.
    fn bytes(&self, value: &Self::Value) -> usize;

    /// The bytes for disk; `None` if the value has no such form.
    fn encode(&self, value: &Self::Value, form: Form) -> Result<Option<Vec<u8>>>;

    /// Reads any form back.
    fn decode(&self, bytes: &[u8]) -> Result<Self::Value>;

    fn decrypt(&self, value: &Self::Value) -> Result<Clear>;
}
