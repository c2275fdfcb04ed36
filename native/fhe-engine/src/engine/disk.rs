//! Values on their way to disk, on a thread of its own: the cores go on computing meanwhile.

use super::state::State;
use super::Engine;
use crate::arithmetic::{Arithmetic, Form};
use crate::error::{EngineError, Result};
use crate::fence::{fenced, lock};
use crate::graph::{Node, Stage};
use crate::types::{Handle, InputId};
use std::sync::mpsc::Receiver;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::SystemTime;

pub enum DiskJob<V> {
    Write(Handle, Arc<V>),
    RemoveValue(Handle, Form),
    RemoveInput(InputId),
    /// Says when everything before it is done.
    #[cfg(test)]
    Tell(std::sync::mpsc::Sender<()>),
    Stop,
}

impl<A: Arithmetic> Engine<A> {
    pub(super) fn start_disk_thread(self: &Arc<Self>, jobs: Receiver<DiskJob<A::Value>>) -> Result<JoinHandle<()>> {
        let engine = Arc::downgrade(self);
        let work = move || {
            while let Ok(job) = jobs.recv() {
                match (engine.upgrade(), job) {
                    (None, _) | (_, DiskJob::Stop) => return,
                    (Some(engine), job) => {
                        engine.do_disk_job(job);
                        engine.pump();
                    }
                }
            }
        };
        std::thread::Builder::new().name("disk".into()).spawn(work).map_err(|e| EngineError::internal("threads", e))
    }

    /// After `stop` nobody listens any more; what would have been written is computed again at the next start.
    pub(super) fn send(&self, job: DiskJob<A::Value>) {
        let _stopped = self.disk.send(job);
    }

    /// Sends a value to disk if it is worth it and not there yet.
    pub(super) fn write_out(&self, state: &mut State<A::Value>, handle: Handle) {
        if state.residence.form(handle).is_some() || !state.is_worth_keeping(handle) {
            return;
        }
        if let Some(value) = state.residence.begin_writing(handle) {
            self.send(DiskJob::Write(handle, value));
        }
    }

    /// Gives a value up, in memory and on disk.
    pub(super) fn give_up(&self, state: &mut State<A::Value>, handle: Handle) {
        state.residence.leave_memory(handle);
        state.kept_plain.remove(&handle);
        if let Some(form) = state.residence.forget_file(handle) {
            self.send(DiskJob::RemoveValue(handle, form));
        }
        state.graph.forget_value(handle);
    }

    fn do_disk_job(&self, job: DiskJob<A::Value>) {
        let outcome = fenced("disk", || match job {
            DiskJob::Write(handle, value) => self.write_plain(handle, &value),
            DiskJob::RemoveValue(handle, form) => self.store.remove_value(handle, form),
            DiskJob::RemoveInput(id) => self.remove_input(id),
            #[cfg(test)]
            DiskJob::Tell(done) => {
                let _nobody_waits = done.send(());
                Ok(())
            }
            DiskJob::Stop => Ok(()),
        });
        if let Err(error) = outcome {
            self.log("error", error);
        }
    }

    /// The same blob may have been posted again since nobody knew it any more.
    fn remove_input(&self, input: InputId) -> Result<()> {
        let is_known = lock(&self.state).graph.input_ids().contains(&input);
        if is_known {
            Ok(())
        } else {
            self.store.remove_input(input)
        }
    }

    fn write_plain(&self, handle: Handle, value: &Arc<A::Value>) -> Result<()> {
        let bytes = self.arithmetic.encode(value, Form::Plain).map(Option::unwrap_or_default);
        let written = bytes.and_then(|bytes| self.store.write_value(handle, Form::Plain, &bytes));
        let mut state = lock(&self.state);
        state.residence.end_writing(handle);
        written?;
        state.residence.set_form(handle, Form::Plain, SystemTime::now());
        let node = state.graph.get(handle).filter(|node| node.stage == Stage::Computed);
        match node.map(Node::is_unused) {
            // Given up while it was being written.
            None => self.give_up(&mut state, handle),
            Some(true) => state.residence.leave_memory(handle),
            Some(false) if state.residence.is_over_budget() => state.residence.leave_memory(handle),
            Some(false) => {}
        }
        Ok(())
    }
}
