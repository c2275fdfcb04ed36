//! What the parent tells: blocks of operations, inputs' handles, imports, what may be forgotten.
//! Everything is durable before it has an effect.

use super::disk::DiskJob;
use super::state::{Goal, State};
use super::Engine;
use crate::arithmetic::{Arithmetic, Form};
use crate::error::{EngineError, Result};
use crate::fence::lock;
use crate::graph::Urgency;
use crate::journal::{Block, Entry, Grant, Grantee};
use crate::operation::{Operation, WireOperation};
use crate::types::{FheType, Handle, InputId};
use rayon::prelude::*;
use std::sync::Arc;

/// Finished goals are still reported until there are this many.
const GOALS_MAX: usize = 256;
/// Blocks between two sweeps.
const SWEEP_EVERY: u64 = 8;

impl<A: Arithmetic> Engine<A> {
    /// Records a block's operations and grants. Telling the same block again changes nothing.
    pub fn record(self: &Arc<Self>, block: Block, operations: Vec<WireOperation>, allowed: Vec<Grant>) -> Result<()> {
        for operation in &operations {
            operation.operation()?;
        }
        self.tell(Entry::Record { block, operations, allowed })
    }

    /// Gives the values of a checked input their handles, in order.
    pub fn bind_input(self: &Arc<Self>, input: InputId, handles: Vec<Handle>, types: &[FheType]) -> Result<()> {
        let found = handles.iter().map(|handle| handle.fhe_type()).collect::<Result<Vec<_>>>()?;
        if found != types {
            let message = format!("input {input} holds {types:?}, its handles say {found:?}");
            return Err(EngineError::BadRequest(message));
        }
        self.tell(Entry::Bind { input, handles })
    }

    /// Takes ciphertexts in their seeded form, made by the client key: bulk imports of a local network.
    pub fn import(self: &Arc<Self>, values: &[(Handle, Vec<u8>)]) -> Result<()> {
        values.par_iter().try_for_each(|(handle, bytes)| self.store.write_value(*handle, Form::Seeded, bytes))?;
        self.tell(Entry::Import { handles: values.iter().map(|(handle, _)| *handle).collect() })
    }

    /// Forgets handles, and with them values, operations and inputs that only these need.
    pub fn drop_handles(self: &Arc<Self>, handles: Vec<Handle>) -> Result<()> {
        self.tell(Entry::Drop { handles })?;
        self.compact_if_worthwhile()
    }

    fn tell(self: &Arc<Self>, entry: Entry) -> Result<()> {
        let mut journal = lock(&self.journal);
        if !journal.append_if_new(&entry)? {
            return Ok(());
        }
        let mut state = lock(&self.state);
        let healed = self.apply(&mut state, &entry);
        self.demand_granted(&mut state, healed);
        self.after_entry(&mut state, &entry);
        let answered = state.take_answered();
        drop(state);
        drop(journal);
        self.answer(answered);
        self.pump();
        Ok(())
    }

    /// The effect of an entry on the graph alone: the same at once and when the journal is replayed. Returns what
    /// may be demanded again, since something it lacked has become known.
    pub(super) fn apply(&self, state: &mut State<A::Value>, entry: &Entry) -> Vec<Handle> {
        let block = state.cursor.as_ref().map_or(0, |block| block.number);
        let mut healed = Vec::new();
        match entry {
            Entry::Snapshot(snapshot) => self.apply_snapshot(state, snapshot),
            Entry::Record { block, operations, allowed } => {
                for operation in operations {
                    healed.extend(define(state, operation, block.number));
                }
                for grant in allowed {
                    state.graph.grant(grant.handle, grant.grantee);
                }
                state.cursor = Some(block.clone());
            }
            Entry::Bind { input, handles } => {
                for (index, handle) in handles.iter().enumerate() {
                    healed.extend(state.graph.define(*handle, Operation::Input { input: *input, index }, block));
                }
            }
            Entry::Import { handles } => {
                for handle in handles {
                    healed.extend(state.graph.define(*handle, Operation::Seeded, block));
                }
            }
            Entry::Drop { handles } => self.apply_drop(state, handles),
        }
        healed
    }

    fn apply_drop(&self, state: &mut State<A::Value>, handles: &[Handle]) {
        let settled = state.graph.drop_handles(handles);
        self.settle(state, settled);
        for handle in handles {
            if state.graph.get(*handle).is_some_and(crate::graph::Node::is_unused) {
                self.give_up(state, *handle);
            }
        }
        state.goals.retain(|goal| !handles.contains(&goal.handle));
    }

    fn after_entry(&self, state: &mut State<A::Value>, entry: &Entry) {
        if let Entry::Record { allowed, .. } = entry {
            self.demand_granted(state, allowed.iter().map(|grant| grant.handle).collect());
        }
        let block = state.cursor.as_ref().map_or(0, |block| block.number);
        if matches!(entry, Entry::Drop { .. }) || block.abs_diff(state.swept_at) >= SWEEP_EVERY {
            self.sweep(state);
        }
    }

    /// Asks for the values of those handles that have a grant.
    pub(super) fn demand_granted(&self, state: &mut State<A::Value>, handles: Vec<Handle>) {
        for handle in handles {
            let Some(grantee) = state.graph.grantee(handle) else { continue };
            if state.graph.is_worth_preparing(handle) {
                self.demand(state, handle, Urgency::from(grantee));
            }
            if grantee == Grantee::Vault {
                state.note_goal(handle);
            }
        }
    }

    pub(super) fn demand(&self, state: &mut State<A::Value>, handle: Handle, urgency: Urgency) {
        if !state.graph.has_open_nodes() {
            state.meter.restart_count();
        }
        let arithmetic = &self.arithmetic;
        let settled = state.graph.demand(handle, urgency, |handle, op| arithmetic.check_support(handle, op));
        self.settle(state, settled);
    }

    /// Forgets what nobody can reach any more.
    pub(super) fn sweep(&self, state: &mut State<A::Value>) {
        let block = state.cursor.as_ref().map_or(0, |block| block.number);
        state.swept_at = block;
        state.is_sweep_due = false;
        let residence = &state.residence;
        let swept = state.graph.sweep(block, |handle| residence.form(handle).is_some());
        for (handle, operation) in swept.nodes {
            self.give_up(state, handle);
            if operation == Operation::Seeded {
                self.send(DiskJob::RemoveValue(handle, Form::Seeded));
            }
        }
        for input in swept.inputs {
            self.send(DiskJob::RemoveInput(input));
        }
    }
}

/// Operations were understood before they were recorded, so a failure here means an older engine's journal.
pub(super) fn define<V>(state: &mut State<V>, wire: &WireOperation, block: u64) -> Vec<Handle> {
    let operation = wire.operation().unwrap_or_else(|e| Operation::Unsupported { name: e.to_string() });
    state.graph.define(wire.result, operation, block)
}

impl<V> State<V> {
    fn note_goal(&mut self, handle: Handle) {
        if self.goals.iter().any(|goal| goal.handle == handle) {
            return;
        }
        let total = self.graph.count_open(handle);
        self.goals.push(Goal { handle, total: total.max(1) });
        let mut excess = self.goals.len().saturating_sub(GOALS_MAX);
        let graph = &self.graph;
        self.goals.retain(|goal| {
            let is_finished = graph.count_open(goal.handle) == 0;
            let keep = !is_finished || excess == 0;
            excess -= usize::from(!keep);
            keep
        });
    }
}
