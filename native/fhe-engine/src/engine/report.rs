//! What the parent shows of the engine's work.

use super::Engine;
use crate::arithmetic::{cost_in_ands, Arithmetic};
use crate::error::Result;
use crate::fence::lock;
use crate::graph::Stage;
use serde_json::{json, Value as Json};

impl<A: Arithmetic> Engine<A> {
    /// The queue, its time left at the pace measured lately, and how far each vault's handle is.
    pub fn progress(&self) -> Json {
        let state = lock(&self.state);
        let (mut queued, mut running, mut ands) = (0, 0, 0.0);
        for (handle, node) in state.graph.iter().filter(|(_, node)| node.is_open()) {
            let is_running = node.stage == Stage::Running;
            running += usize::from(is_running);
            queued += usize::from(!is_running);
            // What runs is half done on average.
            ands += cost_in_ands(handle, &node.operation, &node.recipe) * if is_running { 0.5 } else { 1.0 };
        }
        let goals: Vec<Json> = state
            .goals
            .iter()
            .map(|goal| {
                let open = state.graph.count_open(goal.handle);
                let total = goal.total.max(open);
                let failed = state.graph.failure(goal.handle).map(|error| error.to_string());
                json!({ "handle": goal.handle, "done": total - open, "total": total, "failed": failed })
            })
            .collect();
        let done = state.meter.done();
        json!({
            "queued": queued, "running": running, "done": done, "total": done + queued + running,
            "secondsLeft": state.meter.seconds_for(ands).ceil(), "goals": goals,
        })
    }

    /// Sizes and counts, for tests, benches and the parent's health page.
    pub fn stats(&self) -> Result<Json> {
        let inputs = self.store.find_inputs()?.len();
        let state = lock(&self.state);
        let (computed, recomputed) = state.meter.counts();
        Ok(json!({
            "residentBytes": state.residence.resident_bytes(),
            "values": state.residence.count_in_memory(),
            "spilled": state.residence.count_on_disk(),
            "inputs": inputs,
            "operations": state.graph.len(),
            "computed": computed,
            "recomputed": recomputed,
            "busyShare": state.meter.busy_share(),
            "byOperation": state.meter.by_operation(),
        }))
    }
}
