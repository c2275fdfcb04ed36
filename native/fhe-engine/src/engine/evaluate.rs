//! Runs what is ready, most urgent first, so many side by side that all cores have work.

use super::state::State;
use super::Engine;
use crate::arithmetic::{cost_in_ands, Arithmetic, Form, Task};
use crate::error::{EngineError, Result};
use crate::fence::{fenced, lock};
use crate::graph::Settled;
use crate::operation::Operation;
use crate::types::Handle;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl<A: Arithmetic> Engine<A> {
    /// Starts operations while there is room.
    pub(super) fn pump(self: &Arc<Self>) {
        loop {
            let next = lock(&self.state).admit();
            let Some(handle) = next else { break };
            let engine = self.clone();
            self.evaluation.spawn(move || engine.run(handle));
        }
        self.use_idle_time();
    }

    fn run(self: Arc<Self>, handle: Handle) {
        let started = Instant::now();
        let outcome = fenced("operation", || self.compute(handle));
        self.conclude(handle, outcome, started.elapsed());
        self.pump();
    }

    fn compute(&self, handle: Handle) -> Result<A::Value> {
        let (operation, recipe, is_better_packed) = {
            let state = lock(&self.state);
            let node = state.graph.get(handle).ok_or(EngineError::UnknownHandle(handle))?;
            (node.operation.clone(), node.recipe.clone(), state.graph.is_better_packed(handle))
        };
        let operands = recipe.operands(&operation).into_iter().map(|operand| self.load(operand));
        let operands = operands.collect::<Result<_>>()?;
        let source = match &operation {
            Operation::Input { input, .. } => self.store.read_input(*input)?,
            Operation::Seeded => self.store.read_value(handle, Form::Seeded)?,
            _ => Vec::new(),
        };
        self.arithmetic.compute(&Task { handle, operation, recipe, operands, is_better_packed, source })
    }

    /// A computed value, from memory or from disk.
    pub(super) fn load(&self, handle: Handle) -> Result<Arc<A::Value>> {
        let mut state = lock(&self.state);
        if let Some(value) = state.residence.get(handle) {
            return Ok(value);
        }
        let form = state.residence.form(handle).ok_or(EngineError::LostValue(handle))?;
        drop(state);
        let bytes = self.store.read_value(handle, form)?;
        let value = Arc::new(self.arithmetic.decode(&bytes).map_err(|_| EngineError::LostValue(handle))?);
        let bytes = self.arithmetic.bytes(&value);
        let mut state = lock(&self.state);
        state.residence.insert(handle, value.clone(), bytes);
        Ok(value)
    }

    fn conclude(self: &Arc<Self>, handle: Handle, outcome: Result<A::Value>, took: Duration) {
        let mut state = lock(&self.state);
        state.running.remove(&handle);
        state.is_sweep_due = true;
        let Some(node) = state.graph.get(handle) else { return };
        let (name, again) = (node.recipe.name(&node.operation).to_string(), node.was_computed);
        let ands = cost_in_ands(handle, &node.operation, &node.recipe);
        state.meter.end(name, took, ands);
        let settled = match outcome {
            Ok(value) => {
                state.meter.count_computed(again);
                let bytes = self.arithmetic.bytes(&value);
                state.residence.insert(handle, Arc::new(value), bytes);
                state.graph.finish(handle)
            }
            Err(error) => state.graph.fail(handle, error),
        };
        self.settle(&mut state, settled);
        let answered = state.take_answered();
        drop(state);
        self.answer(answered);
    }

    /// Lets go of what is no longer used: granted values go to disk, others are gone.
    pub(super) fn settle(&self, state: &mut State<A::Value>, settled: Settled) {
        for handle in settled.unused {
            if !state.is_worth_keeping(handle) {
                self.give_up(state, handle);
            } else if state.residence.form(handle).is_some() {
                state.residence.leave_memory(handle);
            } else {
                self.write_out(state, handle);
            }
        }
        for (handle, error) in settled.failed.iter().filter(|(handle, _)| state.graph.grantee(*handle).is_some()) {
            self.log("warning", format!("handle {handle} has no value: {error}"));
        }
        for handle in state.residence.shrink() {
            self.write_out(state, handle);
        }
    }
}
