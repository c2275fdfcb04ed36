//! Where each value is: in memory, on disk, or both. Memory has a budget; what was used longest ago leaves first.

use crate::arithmetic::Form;
use crate::types::Handle;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

struct Resident<V> {
    value: Arc<V>,
    bytes: usize,
    last_used: u64,
}

pub struct Residence<V> {
    memory: HashMap<Handle, Resident<V>>,
    /// With the time of writing.
    disk: HashMap<Handle, (Form, SystemTime)>,
    /// Being written to disk now.
    leaving: HashSet<Handle>,
    bytes: usize,
    budget: usize,
    clock: u64,
}

impl<V> Residence<V> {
    /// `budget` in bytes. Values that running operations hold are counted, but cannot leave.
    pub fn new(budget: usize) -> Self {
        Self { memory: HashMap::new(), disk: HashMap::new(), leaving: HashSet::new(), bytes: 0, budget, clock: 0 }
    }

    pub fn insert(&mut self, handle: Handle, value: Arc<V>, bytes: usize) {
        self.clock += 1;
        let resident = Resident { value, bytes, last_used: self.clock };
        self.bytes += bytes;
        if let Some(old) = self.memory.insert(handle, resident) {
            self.bytes -= old.bytes;
        }
    }

    pub fn get(&mut self, handle: Handle) -> Option<Arc<V>> {
        self.clock += 1;
        let resident = self.memory.get_mut(&handle)?;
        resident.last_used = self.clock;
        Some(resident.value.clone())
    }

    pub fn form(&self, handle: Handle) -> Option<Form> {
        self.disk.get(&handle).map(|(form, _)| *form)
    }

    pub fn set_form(&mut self, handle: Handle, form: Form, since: SystemTime) {
        self.disk.insert(handle, (form, since));
    }

    pub fn forget_file(&mut self, handle: Handle) -> Option<Form> {
        self.disk.remove(&handle).map(|(form, _)| form)
    }

    pub fn leave_memory(&mut self, handle: Handle) {
        if let Some(old) = self.memory.remove(&handle) {
            self.bytes -= old.bytes;
        }
    }

    /// Claims a value for writing; `None` if it is not in memory or is being written already.
    pub fn begin_writing(&mut self, handle: Handle) -> Option<Arc<V>> {
        let value = self.memory.get(&handle)?.value.clone();
        self.leaving.insert(handle).then_some(value)
    }

    pub fn end_writing(&mut self, handle: Handle) {
        self.leaving.remove(&handle);
    }

    pub fn is_writing(&self) -> bool {
        !self.leaving.is_empty()
    }

    pub fn is_over_budget(&self) -> bool {
        self.bytes > self.budget
    }

    /// Brings memory back under its budget: values that are on disk too leave at once, others are returned and
    /// leave when they have been written.
    pub fn shrink(&mut self) -> Vec<Handle> {
        let mut excess = self.bytes.saturating_sub(self.budget);
        let mut to_write = Vec::new();
        if excess == 0 {
            return to_write;
        }
        let mut by_age: Vec<(u64, Handle)> = self.memory.iter().map(|(h, resident)| (resident.last_used, *h)).collect();
        by_age.sort_unstable();
        for (_, handle) in by_age {
            let Some(resident) = self.memory.get(&handle).filter(|_| excess > 0) else { break };
            // A copy held elsewhere is at work: dropping this one would free nothing.
            let is_leaving = self.leaving.contains(&handle);
            if Arc::strong_count(&resident.value) > 1 && !is_leaving {
                continue;
            }
            excess = excess.saturating_sub(resident.bytes);
            if self.disk.contains_key(&handle) {
                self.leave_memory(handle);
            } else if !is_leaving {
                to_write.push(handle);
            }
        }
        to_write
    }

    pub fn resident_bytes(&self) -> usize {
        self.bytes
    }

    pub fn resident_handles(&self) -> Vec<Handle> {
        self.memory.keys().copied().collect()
    }

    pub fn count_in_memory(&self) -> usize {
        self.memory.len()
    }

    pub fn count_on_disk(&self) -> usize {
        self.disk.len()
    }

    pub fn handles_on_disk(&self) -> Vec<Handle> {
        self.disk.keys().copied().collect()
    }

    /// Files that could be smaller, with the time of writing.
    pub fn plain_files(&self) -> impl Iterator<Item = (Handle, SystemTime)> + '_ {
        let plain = self.disk.iter().filter(|(_, (form, _))| *form == Form::Plain);
        plain.map(|(handle, (_, since))| (*handle, *since))
    }
}
