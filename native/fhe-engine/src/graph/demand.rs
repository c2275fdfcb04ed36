//! What is demanded, what may run, what has become unused.

use super::{unique_operands, Graph, Stage, Urgency};
use crate::error::{EngineError, Result};
use crate::operation::Operation;
use crate::types::Handle;
use std::cmp::Reverse;
use std::collections::HashSet;

/// What an event has settled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Computed values that nothing demanded needs any more.
    pub unused: Vec<Handle>,
    /// Demanded operations that will not have a value.
    pub failed: Vec<(Handle, EngineError)>,
}

impl Graph {
    /// Asks for a handle's value with everything that it needs. `support` refuses operations that cannot be
    /// computed, before anything is spent on what they need. `failure` tells whether the value can be had.
    pub fn demand(
        &mut self,
        goal: Handle,
        urgency: Urgency,
        support: impl Fn(Handle, &Operation) -> Result<()>,
    ) -> Settled {
        let mut settled = Settled::default();
        let mut abandoned = Vec::new();
        for handle in self.unmet(goal, urgency) {
            if let Err(error) = self.plan(handle, urgency, &support) {
                self.update(handle, |node| node.stage = Stage::Failed(error.clone()));
                settled.failed.push((handle, error));
                abandoned.extend(self.nodes.get(&handle).map(|n| unique_operands(&n.operation)).unwrap_or_default());
            }
        }
        self.let_go(abandoned, &mut settled);
        settled
    }

    /// Why a handle will not have a value, if so.
    pub fn failure(&self, handle: Handle) -> Option<EngineError> {
        match self.nodes.get(&handle).map(|node| &node.stage) {
            None => Some(EngineError::UnknownHandle(handle)),
            Some(Stage::Failed(error)) => Some(error.clone()),
            Some(_) => None,
        }
    }

    /// A decryption waits for the handle: its value is kept until `unwant`. Old failures below it are tried again.
    pub fn want(&mut self, handle: Handle) {
        self.forgive(handle);
        if let Some(node) = self.nodes.get_mut(&handle) {
            node.wanted += 1;
        }
    }

    /// Takes one `want` back.
    pub fn unwant(&mut self, handle: Handle) -> Settled {
        let mut settled = Settled::default();
        if let Some(node) = self.nodes.get_mut(&handle) {
            node.wanted = node.wanted.saturating_sub(1);
        }
        self.let_go(vec![handle], &mut settled);
        settled
    }

    /// The most urgent operation whose operands are all there; it is then running.
    pub fn start_next(&mut self) -> Option<Handle> {
        let (_, _, handle) = self.ready.pop_first()?;
        self.nodes.get_mut(&handle)?.stage = Stage::Running;
        Some(handle)
    }

    /// A running operation has its value.
    pub fn finish(&mut self, handle: Handle) -> Settled {
        let mut settled = Settled::default();
        let Some(node) = self.nodes.get_mut(&handle) else { return settled };
        node.stage = Stage::Computed;
        node.was_computed = true;
        node.urgency = None;
        for consumer in node.consumers.clone() {
            self.operand_arrived(consumer);
        }
        self.release_operands(handle, &mut settled);
        self.let_go(vec![handle], &mut settled);
        settled
    }

    /// A demanded operation has failed, and with it all that waits for it.
    pub fn fail(&mut self, handle: Handle, error: EngineError) -> Settled {
        let mut settled = Settled::default();
        let mut failing = vec![handle];
        while let Some(handle) = failing.pop() {
            let Some(node) = self.nodes.get_mut(&handle) else { continue };
            if !node.is_open() {
                continue;
            }
            node.stage = Stage::Failed(error.clone());
            node.urgency = None;
            failing.extend(node.consumers.iter().filter(|consumer| **consumer != handle));
            settled.failed.push((handle, error.clone()));
            self.release_operands(handle, &mut settled);
        }
        settled
    }

    /// The value is there without having been computed now (it was found on disk).
    pub fn set_computed(&mut self, handle: Handle) {
        if let Some(node) = self.nodes.get_mut(&handle) {
            node.stage = Stage::Computed;
        }
    }

    /// The value has been given up; it can be computed again from its operation.
    pub fn forget_value(&mut self, handle: Handle) {
        if let Some(node) = self.nodes.get_mut(&handle) {
            if node.stage == Stage::Computed {
                node.stage = Stage::Idle;
            }
        }
    }

    /// Handles below `goal`, operands first, that are not yet demanded as urgently.
    fn unmet(&self, goal: Handle, urgency: Urgency) -> Vec<Handle> {
        self.post_order(goal, |node| match node.stage {
            Stage::Computed | Stage::Failed(_) => true,
            _ => node.urgency >= Some(urgency),
        })
    }

    /// How many values are still to be computed for `goal`, itself included.
    pub fn count_open(&self, goal: Handle) -> usize {
        self.post_order(goal, |node| !node.is_open()).len()
    }

    /// Depth first from `goal`, operands before consumers, without what `skip` accepts and what only that needs.
    pub(super) fn post_order(&self, goal: Handle, skip: impl Fn(&super::Node) -> bool) -> Vec<Handle> {
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        let mut stack = vec![(goal, false)];
        while let Some((handle, operands_done)) = stack.pop() {
            if operands_done {
                order.push(handle);
                continue;
            }
            let Some(node) = self.nodes.get(&handle).filter(|node| !skip(node)) else { continue };
            if seen.insert(handle) {
                stack.push((handle, true));
                let operands = node.operation.operands();
                stack.extend(operands.into_iter().rev().map(|operand| (operand, false)));
            }
        }
        order
    }

    /// Brings one handle, whose operands were planned before it, into the queue or raises it there.
    fn plan(
        &mut self,
        handle: Handle,
        urgency: Urgency,
        support: &impl Fn(Handle, &Operation) -> Result<()>,
    ) -> Result<()> {
        let Some(node) = self.nodes.get(&handle) else { return Ok(()) };
        if node.stage != Stage::Idle {
            self.raise(handle, urgency);
            return Ok(());
        }
        support(handle, &node.operation)?;
        let operands = unique_operands(&node.operation);
        let missing = self.count_missing(&operands)?;
        for operand in operands {
            self.update(operand, |node| node.uses += 1);
        }
        let stage = if missing == 0 { Stage::Ready } else { Stage::Waiting { missing } };
        self.enter(handle, stage, urgency);
        Ok(())
    }

    fn enter(&mut self, handle: Handle, stage: Stage, urgency: Urgency) {
        let Some(node) = self.nodes.get_mut(&handle) else { return };
        node.urgency = Some(urgency);
        if stage == Stage::Ready {
            self.ready.insert((Reverse(urgency), node.sequence, handle));
        }
        node.stage = stage;
    }

    fn count_missing(&self, operands: &[Handle]) -> Result<usize> {
        let mut missing = 0;
        for operand in operands {
            match self.nodes.get(operand).map(|node| &node.stage) {
                None => return Err(EngineError::UnknownAncestor(*operand)),
                Some(Stage::Failed(error)) => return Err(error.clone()),
                Some(Stage::Computed) => {}
                Some(_) => missing += 1,
            }
        }
        Ok(missing)
    }

    fn raise(&mut self, handle: Handle, urgency: Urgency) {
        let Some(node) = self.nodes.get_mut(&handle) else { return };
        let Some(old) = node.urgency.filter(|old| *old < urgency) else { return };
        node.urgency = Some(urgency);
        if self.ready.remove(&(Reverse(old), node.sequence, handle)) {
            self.ready.insert((Reverse(urgency), node.sequence, handle));
        }
    }

    fn operand_arrived(&mut self, consumer: Handle) {
        let Some(node) = self.nodes.get_mut(&consumer) else { return };
        let Stage::Waiting { missing } = node.stage else { return };
        let urgency = node.urgency.unwrap_or(Urgency::State);
        let stage = if missing <= 1 {
            Stage::Ready
        } else {
            Stage::Waiting { missing: missing - 1 }
        };
        self.enter(consumer, stage, urgency);
    }

    /// The operation no longer needs its operands.
    fn release_operands(&mut self, handle: Handle, settled: &mut Settled) {
        let Some(node) = self.nodes.get(&handle) else { return };
        let operands = unique_operands(&node.operation);
        for operand in &operands {
            self.update(*operand, |node| node.uses = node.uses.saturating_sub(1));
        }
        self.let_go(operands, settled);
    }

    /// Reports values that have become unused, and takes operations off the queue that nobody needs any more.
    pub(super) fn let_go(&mut self, handles: Vec<Handle>, settled: &mut Settled) {
        let mut candidates = handles;
        while let Some(handle) = candidates.pop() {
            let granted = self.grants.contains_key(&handle);
            let Some(node) = self.nodes.get_mut(&handle).filter(|node| node.is_unused()) else { continue };
            match node.stage {
                Stage::Computed => settled.unused.push(handle),
                Stage::Waiting { .. } | Stage::Ready if !granted => {
                    let urgency = node.urgency.take().unwrap_or(Urgency::State);
                    self.ready.remove(&(Reverse(urgency), node.sequence, handle));
                    node.stage = Stage::Idle;
                    for operand in unique_operands(&node.operation) {
                        self.update(operand, |node| node.uses = node.uses.saturating_sub(1));
                        candidates.push(operand);
                    }
                }
                _ => {}
            }
        }
    }

    /// Old failures below `goal` count as not tried.
    fn forgive(&mut self, goal: Handle) {
        for handle in self.post_order(goal, |node| node.stage == Stage::Computed || node.is_open()) {
            self.update(handle, |node| {
                if matches!(node.stage, Stage::Failed(_)) {
                    node.stage = Stage::Idle;
                }
            });
        }
    }

    fn update(&mut self, handle: Handle, change: impl FnOnce(&mut super::Node)) {
        if let Some(node) = self.nodes.get_mut(&handle) {
            change(node);
        }
    }
}
