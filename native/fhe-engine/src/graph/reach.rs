//! What can still be reached, and forgetting the rest.

use super::{Graph, Node};
use crate::operation::Operation;
use crate::types::{Handle, InputId};
use std::collections::HashSet;

/// An operation without a grant can be used by its own transaction only. Its definition is kept so many blocks
/// longer, for a reorganisation or a decryption that comes late.
const BLOCKS_KEPT: u64 = 64;

/// What was forgotten.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub nodes: Vec<(Handle, Operation)>,
    /// Inputs of which no value is left.
    pub inputs: Vec<InputId>,
}

impl Graph {
    /// The parent needs these no more, nor what only they need.
    pub fn drop_handles(&mut self, handles: &[Handle]) -> super::Settled {
        let mut settled = super::Settled::default();
        for handle in handles {
            self.grants.remove(handle);
            for below in self.post_order(*handle, |_, node| Some(node.operation.operands())) {
                if let Some(node) = self.nodes.get_mut(&below) {
                    node.block = 0;
                }
            }
            if let Some(node) = self.nodes.get_mut(handle) {
                node.dropped = true;
            }
        }
        self.let_go(handles.to_vec(), &mut settled);
        settled
    }

    /// Forgets every operation that neither a grant, nor a waiting decryption, nor the blocks before `block`
    /// still need. What lies behind a durable value is not needed for it.
    pub fn sweep(&mut self, block: u64, is_durable: impl Fn(Handle) -> bool) -> Swept {
        let kept = self.reachable(block, is_durable);
        let before = self.input_ids();
        let mut swept = Swept::default();
        self.nodes.retain(|handle, node| {
            let keep = kept.contains(handle);
            if !keep {
                swept.nodes.push((*handle, node.operation.clone()));
            }
            keep
        });
        for node in self.nodes.values_mut() {
            node.consumers.retain(|consumer| kept.contains(consumer));
        }
        self.expected.retain(|_, consumers| {
            consumers.retain(|consumer| kept.contains(consumer));
            !consumers.is_empty()
        });
        swept.inputs = before.difference(&self.input_ids()).copied().collect();
        swept
    }

    fn reachable(&self, block: u64, is_durable: impl Fn(Handle) -> bool) -> HashSet<Handle> {
        let mut kept = HashSet::new();
        let mut open: Vec<Handle> =
            self.nodes.iter().filter(|(handle, node)| self.is_root(**handle, node, block)).map(|(h, _)| *h).collect();
        while let Some(handle) = open.pop() {
            let Some(node) = self.nodes.get(&handle) else { continue };
            if kept.insert(handle) && !is_durable(handle) {
                open.extend(node.operation.operands());
            }
        }
        kept
    }

    fn is_root(&self, handle: Handle, node: &Node, block: u64) -> bool {
        let is_recent = node.block != 0 && node.block + BLOCKS_KEPT > block;
        // What was posted or imported and not used yet may be used by a transaction that is still to come.
        let is_posted = matches!(node.operation, Operation::Input { .. } | Operation::Seeded);
        let is_unspent = is_posted && !node.consumed && !node.dropped;
        self.grants.contains_key(&handle) || node.is_open() || node.wanted > 0 || is_recent || is_unspent
    }

    /// Inputs of which a value is still known.
    pub fn input_ids(&self) -> HashSet<InputId> {
        let inputs = self.nodes.values().filter_map(|node| match node.operation {
            Operation::Input { input, .. } => Some(input),
            _ => None,
        });
        inputs.collect()
    }
}
