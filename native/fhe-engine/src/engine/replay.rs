//! Coming back after an end of any kind: the journal gives the graph, the store the values.

use super::state::State;
use super::Engine;
use crate::arithmetic::{Arithmetic, Form};
use crate::error::Result;
use crate::fence::lock;
use crate::journal::{BoundValue, Entry, Grant, Snapshot};
use crate::operation::{Operation, WireOperation};
use crate::types::Handle;
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

/// A journal smaller than this is not worth rewriting.
const COMPACT_ABOVE: u64 = 1 << 20;
/// A checked input whose handles were never bound belongs to a request that was lost.
const UNBOUND_FOR: Duration = Duration::from_secs(24 * 3600);

impl<A: Arithmetic> Engine<A> {
    pub(super) fn replay(&self, entries: &[Entry]) -> Result<()> {
        let mut state = lock(&self.state);
        for entry in entries {
            self.apply(&mut state, entry);
        }
        self.find_values(&mut state)?;
        self.demand_all(&mut state);
        self.clear_unused(&mut state);
        self.sweep(&mut state);
        self.clear_unbound_inputs(&state)?;
        drop(state);
        self.compact_if_worthwhile()
    }

    /// Takes note of the values on disk; files that belong to nothing are removed.
    fn find_values(&self, state: &mut State<A::Value>) -> Result<()> {
        for found in self.store.find_values()? {
            let node = state.graph.get(found.handle);
            let belongs =
                node.is_some_and(|node| (node.operation == Operation::Seeded) == (found.form == Form::Seeded));
            if !belongs {
                self.store.remove_value(found.handle, found.form)?;
            } else if found.form != Form::Seeded {
                let is_second = state.residence.form(found.handle).is_some();
                if is_second {
                    self.store.remove_value(found.handle, Form::Plain)?;
                }
                let form = if is_second { Form::Switched } else { found.form };
                state.residence.set_form(found.handle, form, found.written);
                state.graph.set_computed(found.handle);
            }
        }
        Ok(())
    }

    fn demand_all(&self, state: &mut State<A::Value>) {
        let mut granted: Vec<(u64, Handle)> = state
            .graph
            .grants()
            .filter(|(handle, _)| !state.graph.is_computed(*handle))
            .filter_map(|(handle, _)| state.graph.get(handle).map(|node| (node.sequence, handle)))
            .collect();
        granted.sort_unstable();
        self.demand_granted(state, granted.into_iter().map(|(_, handle)| handle).collect());
    }

    fn clear_unused(&self, state: &mut State<A::Value>) {
        for handle in state.residence.handles_on_disk() {
            if !state.is_worth_keeping(handle) {
                self.give_up(state, handle);
            }
        }
    }

    fn clear_unbound_inputs(&self, state: &State<A::Value>) -> Result<()> {
        let bound: HashSet<_> = state.graph.input_ids();
        let now = SystemTime::now();
        for (input, written) in self.store.find_inputs()? {
            let is_old = now.duration_since(written).is_ok_and(|age| age > UNBOUND_FOR);
            if is_old && !bound.contains(&input) {
                self.store.remove_input(input)?;
            }
        }
        Ok(())
    }

    /// Rewrites the journal as one snapshot when most of it speaks of forgotten things.
    pub(super) fn compact_if_worthwhile(&self) -> Result<()> {
        let mut journal = lock(&self.journal);
        if journal.bytes() < COMPACT_ABOVE.max(2 * journal.compacted_bytes()) {
            return Ok(());
        }
        let snapshot = lock(&self.state).snapshot();
        journal.rewrite(&Entry::Snapshot(Box::new(snapshot)))
    }

    pub(super) fn apply_snapshot(&self, state: &mut State<A::Value>, snapshot: &Snapshot) {
        let block = snapshot.cursor.as_ref().map_or(0, |block| block.number);
        for BoundValue { handle, input, index } in &snapshot.inputs {
            state.graph.define(*handle, Operation::Input { input: *input, index: *index }, block);
        }
        for handle in &snapshot.imports {
            state.graph.define(*handle, Operation::Seeded, block);
        }
        for wire in &snapshot.operations {
            super::record::define(state, wire, block);
        }
        for grant in &snapshot.allowed {
            state.graph.grant(grant.handle, grant.grantee);
        }
        for handle in &snapshot.consumed {
            state.graph.mark_consumed(*handle);
        }
        state.cursor = snapshot.cursor.clone();
    }
}

impl<V> State<V> {
    /// Everything that the journal has to say about what is left.
    fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot { cursor: self.cursor.clone(), ..Snapshot::default() };
        let mut nodes: Vec<_> = self.graph.iter().collect();
        nodes.sort_unstable_by_key(|(_, node)| node.sequence);
        for (handle, node) in nodes {
            match &node.operation {
                Operation::Input { input, index } => {
                    snapshot.inputs.push(BoundValue { handle, input: *input, index: *index });
                }
                Operation::Seeded => snapshot.imports.push(handle),
                operation => snapshot.operations.push(WireOperation::from_operation(handle, operation)),
            }
            if node.consumed {
                snapshot.consumed.push(handle);
            }
        }
        snapshot.allowed = self.graph.grants().map(|(handle, grantee)| Grant { handle, grantee }).collect();
        snapshot.allowed.sort_unstable_by_key(|grant| grant.handle);
        snapshot
    }
}
