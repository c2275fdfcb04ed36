//! The graph of recorded operations, and which of them anybody needs. It knows nothing of ciphertexts:
//! it says what may run next, and which values are no longer used.
//!
//! Only what was demanded (by a persistent grant or by a decryption), with everything that needs, is ever ready
//! to run. A value is held as long as a demanded operation still uses it; `Settled` names those that are not.

mod demand;
mod fuse;
mod reach;

pub use demand::Settled;
pub use fuse::{ByCount, Recipe, MAJORITY, PARITY};
pub use reach::Swept;

use crate::error::EngineError;
use crate::journal::Grantee;
use crate::operation::Operation;
use crate::types::Handle;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Why something is computed, least urgent first. Decryptions are waited for by a person; a release is looked
/// at soon; contract state is only prepared, so that a release does not pay for all contributions at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    State,
    Release,
    Decryption,
}

impl From<Grantee> for Urgency {
    fn from(grantee: Grantee) -> Self {
        match grantee {
            Grantee::Contract => Self::State,
            Grantee::Vault => Self::Release,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody needs it now.
    Idle,
    /// Demanded; so many operands have no value yet.
    Waiting {
        missing: usize,
    },
    Ready,
    Running,
    /// Its value is in memory or on disk.
    Computed,
    Failed(EngineError),
}

/// One handle: how its value comes about and who waits for it.
#[derive(Debug)]
pub struct Node {
    pub operation: Operation,
    /// How it is computed, decided when it is demanded.
    pub recipe: Recipe,
    pub stage: Stage,
    /// Order of recording; operands come before their consumers.
    pub sequence: u64,
    /// The block that recorded it last.
    pub block: u64,
    /// Some recorded operation has it as an operand.
    pub consumed: bool,
    /// Its value was computed before (and given up since).
    pub was_computed: bool,
    urgency: Option<Urgency>,
    /// Recorded operations that have it as an operand.
    consumers: Vec<Handle>,
    /// Demanded operations that wait for its value.
    waiting: Vec<Handle>,
    /// Demanded operations that have not run yet and need it.
    uses: usize,
    /// Decryptions that wait for it.
    wanted: usize,
    /// Forgotten by the parent: kept only while something else needs it.
    dropped: bool,
}

#[derive(Default)]
pub struct Graph {
    nodes: HashMap<Handle, Node>,
    grants: HashMap<Handle, Grantee>,
    ready: BTreeSet<(Reverse<Urgency>, u64, Handle)>,
    /// Operands that nobody recorded yet, with their consumers.
    expected: HashMap<Handle, Vec<Handle>>,
    next_sequence: u64,
}

impl Graph {
    /// Adds a handle, or renews it when it is recorded again (handles are deterministic on older hosts). Returns
    /// what may be demanded now: it, if it was granted before it was known, and operations that failed for lack of it.
    pub fn define(&mut self, handle: Handle, operation: Operation, block: u64) -> Vec<Handle> {
        if let Some(node) = self.nodes.get_mut(&handle) {
            node.block = block;
            node.dropped = false;
            return Vec::new();
        }
        for operand in once_each(operation.operands()) {
            match self.nodes.get_mut(&operand) {
                Some(node) => {
                    node.consumers.push(handle);
                    node.consumed = true;
                }
                None => self.expected.entry(operand).or_default().push(handle),
            }
        }
        let consumers = self.expected.remove(&handle).unwrap_or_default();
        let mut possible = if consumers.is_empty() { Vec::new() } else { self.heal(handle) };
        possible.extend(self.grants.contains_key(&handle).then_some(handle));
        self.nodes.insert(handle, Node::new(operation, self.next_sequence, block, consumers));
        self.next_sequence += 1;
        possible
    }

    /// Notes a persistent grant; a vault's outweighs a contract's.
    pub fn grant(&mut self, handle: Handle, grantee: Grantee) {
        let granted = self.grants.entry(handle).or_insert(grantee);
        *granted = grantee.max(*granted);
    }

    pub fn grantee(&self, handle: Handle) -> Option<Grantee> {
        self.grants.get(&handle).copied()
    }

    pub fn grants(&self) -> impl Iterator<Item = (Handle, Grantee)> + '_ {
        self.grants.iter().map(|(handle, grantee)| (*handle, *grantee))
    }

    /// A grant alone is reason to compute, unless the value comes from what the store holds anyway: then it is
    /// worth preparing only for an input (which takes seconds) that nothing has used yet.
    pub fn is_worth_preparing(&self, handle: Handle) -> bool {
        self.nodes.get(&handle).is_some_and(|node| match node.operation {
            Operation::Input { .. } => !node.consumed,
            _ => !node.operation.is_source(),
        })
    }

    pub fn get(&self, handle: Handle) -> Option<&Node> {
        self.nodes.get(&handle)
    }

    pub fn is_computed(&self, handle: Handle) -> bool {
        self.nodes.get(&handle).is_some_and(|node| node.stage == Stage::Computed)
    }

    pub fn contains(&self, handle: Handle) -> bool {
        self.nodes.get(&handle).is_some_and(|node| !node.dropped)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Handle, &Node)> {
        self.nodes.iter().map(|(handle, node)| (*handle, node))
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Anything is demanded and not computed yet.
    pub fn has_open_nodes(&self) -> bool {
        self.nodes.values().any(Node::is_open)
    }

    pub fn mark_consumed(&mut self, handle: Handle) {
        if let Some(node) = self.nodes.get_mut(&handle) {
            node.consumed = true;
        }
    }

    /// Clears failures that name `missing` as unknown, now that it is known.
    fn heal(&mut self, missing: Handle) -> Vec<Handle> {
        let cause = Stage::Failed(EngineError::UnknownAncestor(missing));
        let mut healed: Vec<(u64, Handle)> = Vec::new();
        for (handle, node) in self.nodes.iter_mut().filter(|(_, node)| node.stage == cause) {
            node.stage = Stage::Idle;
            healed.push((node.sequence, *handle));
        }
        healed.sort_unstable();
        healed.into_iter().map(|(_, handle)| handle).collect()
    }
}

impl Node {
    fn new(operation: Operation, sequence: u64, block: u64, consumers: Vec<Handle>) -> Self {
        Self {
            operation,
            recipe: Recipe::AsRecorded,
            stage: Stage::Idle,
            sequence,
            block,
            consumed: !consumers.is_empty(),
            was_computed: false,
            urgency: None,
            consumers,
            waiting: Vec::new(),
            uses: 0,
            wanted: 0,
            dropped: false,
        }
    }

    /// What it needs by its recipe, each once.
    fn needs(&self) -> Vec<Handle> {
        once_each(self.recipe.operands(&self.operation))
    }

    /// Demanded and not computed yet.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Waiting { .. } | Stage::Ready | Stage::Running)
    }

    /// Nothing that was demanded still needs the value.
    pub fn is_unused(&self) -> bool {
        self.uses == 0 && self.wanted == 0
    }
}

/// Each handle once, in order.
fn once_each(mut handles: Vec<Handle>) -> Vec<Handle> {
    let mut seen = Vec::with_capacity(handles.len());
    handles.retain(|handle| {
        let is_new = !seen.contains(handle);
        seen.push(*handle);
        is_new
    });
    handles
}
