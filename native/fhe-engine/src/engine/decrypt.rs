//! Decryptions wait until their values are there, without holding a thread.

use super::state::State;
use super::Engine;
use crate::arithmetic::Arithmetic;
use crate::error::{EngineError, Result};
use crate::fence::{fenced, lock};
use crate::graph::Urgency;
use crate::types::{Clear, Handle};
use std::sync::Arc;

type Reply = Box<dyn FnOnce(Result<Vec<Clear>>) + Send>;

/// A decryption that waits.
pub struct Waiter {
    handles: Vec<Handle>,
    reply: Reply,
}

/// A decryption that can be answered: all values are there, or one will never be.
pub struct Answered {
    waiter: Waiter,
    outcome: Result<()>,
}

impl<A: Arithmetic> Engine<A> {
    /// Decrypts handles, computing first what is missing; `reply` is called once, maybe minutes later.
    pub fn decrypt(self: &Arc<Self>, handles: Vec<Handle>, reply: impl FnOnce(Result<Vec<Clear>>) + Send + 'static) {
        let mut state = lock(&self.state);
        if let Some(unknown) = handles.iter().find(|handle| !state.graph.contains(**handle)) {
            let unknown = *unknown;
            drop(state);
            return reply(Err(EngineError::UnknownHandle(unknown)));
        }
        for handle in &handles {
            state.graph.want(*handle);
        }
        for handle in &handles {
            self.demand(&mut state, *handle, Urgency::Decryption);
        }
        state.waiters.push(Waiter { handles, reply: Box::new(reply) });
        let answered = state.take_answered();
        drop(state);
        self.answer(answered);
        self.pump();
    }

    pub(super) fn answer(self: &Arc<Self>, answered: Vec<Answered>) {
        for Answered { waiter, outcome } in answered {
            let engine = self.clone();
            self.quick.spawn(move || {
                let handles = &waiter.handles;
                let values = outcome.and_then(|()| fenced("decryption", || engine.decrypt_computed(handles)));
                engine.unwant(handles);
                (waiter.reply)(values);
            });
        }
    }

    fn decrypt_computed(&self, handles: &[Handle]) -> Result<Vec<Clear>> {
        handles.iter().map(|handle| self.arithmetic.decrypt(&*self.load(*handle)?)).collect()
    }

    fn unwant(&self, handles: &[Handle]) {
        let mut state = lock(&self.state);
        for handle in handles {
            let settled = state.graph.unwant(*handle);
            self.settle(&mut state, settled);
        }
    }
}

impl<V> State<V> {
    /// Takes out the decryptions that need not wait any longer.
    pub fn take_answered(&mut self) -> Vec<Answered> {
        let (mut answered, mut waiting) = (Vec::new(), Vec::new());
        for waiter in std::mem::take(&mut self.waiters) {
            match self.outcome_of(&waiter.handles) {
                Some(outcome) => answered.push(Answered { waiter, outcome }),
                None => waiting.push(waiter),
            }
        }
        self.waiters = waiting;
        answered
    }

    fn outcome_of(&self, handles: &[Handle]) -> Option<Result<()>> {
        let mut is_complete = true;
        for handle in handles {
            match self.graph.failure(*handle) {
                Some(error) => return Some(Err(error)),
                None => is_complete &= self.graph.is_computed(*handle),
            }
        }
        is_complete.then_some(Ok(()))
    }
}
