//! What the engine knows, under one lock.

use super::decrypt::Waiter;
use super::meter::Meter;
use super::residence::Residence;
use super::EngineOptions;
use crate::graph::Graph;
use crate::journal::Block;
use crate::operation::Operation;
use crate::types::{FheType, Handle};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Operations that run side by side at least, if there are as many: the end of one, when its last blocks do not
/// fill all cores, is filled by another.
const SIDE_BY_SIDE: usize = 2;
/// More than that run while they have fewer blocks together than this many a core.
const BLOCKS_PER_CORE: usize = 4;

/// A vault's handle, whose progress the parent shows.
pub struct Goal {
    pub handle: Handle,
    /// Operations that were to be done when it was granted.
    pub total: usize,
}

pub struct State<V> {
    pub graph: Graph,
    pub residence: Residence<V>,
    pub meter: Meter,
    pub cursor: Option<Block>,
    pub waiters: Vec<Waiter>,
    pub goals: Vec<Goal>,
    /// Operations that are running, with their blocks.
    pub running: HashMap<Handle, usize>,
    /// A value is being compressed, because there was nothing else to do.
    pub is_compressing: bool,
    /// Values that are not to be compressed.
    pub kept_plain: HashSet<Handle>,
    pub is_stopping: bool,
    /// Block of the last sweep.
    pub swept_at: u64,
    /// Something was computed since the last sweep: what it was made from may be forgotten.
    pub is_sweep_due: bool,
    pub consumed_plain_for: Duration,
    cores: usize,
}

impl<V> State<V> {
    pub fn new(options: &EngineOptions) -> Self {
        Self {
            graph: Graph::default(),
            residence: Residence::new(options.memory_bytes),
            meter: Meter::new(options.cores),
            cursor: None,
            waiters: Vec::new(),
            goals: Vec::new(),
            running: HashMap::new(),
            is_compressing: false,
            kept_plain: HashSet::new(),
            is_stopping: false,
            swept_at: 0,
            is_sweep_due: false,
            consumed_plain_for: options.consumed_plain_for,
            cores: options.cores,
        }
    }

    /// The next operation to run now, if the cores have room for it.
    pub fn admit(&mut self) -> Option<Handle> {
        let blocks: usize = self.running.values().sum();
        let is_full = self.running.len() >= SIDE_BY_SIDE && blocks >= BLOCKS_PER_CORE * self.cores;
        // Values that are on their way out must not be outrun by new ones.
        let is_held_up = self.residence.is_over_budget() && self.residence.is_writing();
        if is_full || is_held_up || self.is_stopping {
            return None;
        }
        let handle = self.graph.start_next()?;
        let width = self.graph.get(handle).map_or(1, |node| width_in_blocks(handle, &node.operation));
        self.running.insert(handle, width);
        self.meter.begin();
        Some(handle)
    }

    pub fn is_idle(&self) -> bool {
        self.running.is_empty() && !self.is_stopping
    }

    /// Whether the value may still be asked for later, by a grant or by an operation that was demanded.
    pub fn is_worth_keeping(&self, handle: Handle) -> bool {
        let is_used = self.graph.get(handle).is_some_and(|node| !node.is_unused());
        is_used || (self.graph.grantee(handle).is_some() && !self.can_be_made_again(handle))
    }

    /// A granted source that was used is not kept beside what it is made from; an input that nothing has used yet
    /// is, since expanding it has taken seconds.
    fn can_be_made_again(&self, handle: Handle) -> bool {
        self.graph.get(handle).is_some_and(|node| node.operation.is_source()) && !self.graph.is_worth_preparing(handle)
    }
}

fn width_in_blocks(handle: Handle, operation: &Operation) -> usize {
    let operands = operation.operands();
    let types = operands.iter().chain([&handle]).filter_map(|handle| handle.fhe_type().ok());
    types.map(FheType::blocks).max().unwrap_or(1)
}
