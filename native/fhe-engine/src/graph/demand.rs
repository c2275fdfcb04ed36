//! What is demanded, what may run, what has become unused.

use super::{Graph, Node, Recipe, Stage, Urgency};
use crate::error::{EngineError, Result};
use crate::operation::Operation;
use crate::types::Handle;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

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
        for (handle, recipe) in self.unmet(goal, urgency) {
            if let Err(error) = self.plan((handle, recipe), urgency, &support) {
                self.update(handle, |node| node.stage = Stage::Failed(error.clone()));
                settled.failed.push((handle, error));
                abandoned.extend(self.nodes.get(&handle).map(Node::needs).unwrap_or_default());
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
        for waiting in std::mem::take(&mut node.waiting) {
            self.operand_arrived(waiting);
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
            failing.append(&mut node.waiting);
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

    /// Handles below `goal`, operands first, that are not yet demanded as urgently. Decides the recipe of those
    /// that were not demanded at all.
    fn unmet(&self, goal: Handle, urgency: Urgency) -> Vec<(Handle, Recipe)> {
        let choose = |handle, node: &Node| match node.stage {
            Stage::Idle => self.choose_recipe(handle, node),
            _ => node.recipe.clone(),
        };
        let mut recipes = HashMap::new();
        let order = self.post_order(goal, |handle, node| {
            let is_met = matches!(node.stage, Stage::Computed | Stage::Failed(_)) || node.urgency >= Some(urgency);
            let recipe = if is_met { return None } else { choose(handle, node) };
            Some(recipes.entry(handle).or_insert(recipe).operands(&node.operation))
        });
        order.into_iter().map(|handle| (handle, recipes.remove(&handle).unwrap_or_default())).collect()
    }

    /// How many values are still to be computed for `goal`, itself included.
    pub fn count_open(&self, goal: Handle) -> usize {
        self.post_order(goal, |_, node| node.is_open().then(|| node.needs())).len()
    }

    /// Depth first from `goal`, operands before consumers. `below` names a handle's operands, or `None` for one that
    /// is left out with what only it needs.
    pub(super) fn post_order(
        &self,
        goal: Handle,
        mut below: impl FnMut(Handle, &Node) -> Option<Vec<Handle>>,
    ) -> Vec<Handle> {
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        let mut stack = vec![(goal, false)];
        while let Some((handle, are_operands_done)) = stack.pop() {
            if are_operands_done {
                order.push(handle);
                continue;
            }
            let Some(node) = self.nodes.get(&handle).filter(|_| !seen.contains(&handle)) else { continue };
            if let Some(operands) = below(handle, node) {
                seen.insert(handle);
                stack.push((handle, true));
                stack.extend(operands.into_iter().rev().map(|operand| (operand, false)));
            }
        }
        order
    }

    /// Brings one handle, whose operands were planned before it, into the queue or raises it there.
    fn plan(
        &mut self,
        (handle, recipe): (Handle, Recipe),
        urgency: Urgency,
        support: &impl Fn(Handle, &Operation) -> Result<()>,
    ) -> Result<()> {
        let Some(node) = self.nodes.get_mut(&handle) else { return Ok(()) };
        if node.stage != Stage::Idle {
            self.raise(handle, urgency);
            return Ok(());
        }
        node.recipe = recipe;
        support(handle, &node.operation)?;
        let needs = node.needs();
        let missing = self.find_missing(&needs)?;
        for operand in needs {
            let is_missing = missing.contains(&operand);
            self.update(operand, |node| {
                node.uses += 1;
                node.waiting.extend(is_missing.then_some(handle));
            });
        }
        let stage = if missing.is_empty() {
            Stage::Ready
        } else {
            Stage::Waiting { missing: missing.len() }
        };
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

    /// Which of them have no value yet.
    fn find_missing(&self, operands: &[Handle]) -> Result<Vec<Handle>> {
        let mut missing = Vec::new();
        for operand in operands {
            match self.nodes.get(operand).map(|node| &node.stage) {
                None => return Err(EngineError::UnknownAncestor(*operand)),
                Some(Stage::Failed(error)) => return Err(error.clone()),
                Some(Stage::Computed) => {}
                Some(_) => missing.push(*operand),
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
        let needs = self.nodes.get(&handle).map(Node::needs).unwrap_or_default();
        for operand in &needs {
            self.update(*operand, |node| {
                node.uses = node.uses.saturating_sub(1);
                node.waiting.retain(|waiting| *waiting != handle);
            });
        }
        self.let_go(needs, settled);
    }

    /// Reports values that have become unused, and takes operations off the queue that nobody needs any more.
    pub(super) fn let_go(&mut self, handles: Vec<Handle>, settled: &mut Settled) {
        for handle in handles {
            let is_granted = self.grants.contains_key(&handle);
            let Some(node) = self.nodes.get_mut(&handle).filter(|node| node.is_unused()) else { continue };
            match node.stage {
                Stage::Computed => settled.unused.push(handle),
                Stage::Waiting { .. } | Stage::Ready if !is_granted => {
                    let urgency = node.urgency.take().unwrap_or(Urgency::State);
                    self.ready.remove(&(Reverse(urgency), node.sequence, handle));
                    node.stage = Stage::Idle;
                    self.release_operands(handle, settled);
                }
                _ => {}
            }
        }
    }

    /// Old failures below `goal` count as not tried.
    fn forgive(&mut self, goal: Handle) {
        let is_settled = |node: &Node| node.stage == Stage::Computed || node.is_open();
        for handle in self.post_order(goal, |_, node| (!is_settled(node)).then(|| node.operation.operands())) {
            self.update(handle, |node| {
                if matches!(node.stage, Stage::Failed(_)) {
                    node.stage = Stage::Idle;
                }
            });
        }
    }

    fn update(&mut self, handle: Handle, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(&handle) {
            change(node);
        }
    }
}
