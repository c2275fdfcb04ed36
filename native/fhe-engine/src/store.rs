//! What lies on disk: checked inputs (23 kB each), computed and imported values.

use crate::arithmetic::Form;
use crate::error::{EngineError, Result};
use crate::files::{self, Access};
use crate::types::{Handle, InputId};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const FORMS: [Form; 3] = [Form::Plain, Form::Switched, Form::Seeded];

/// The folder of one engine. Held exclusively while open.
pub struct Store {
    folder: PathBuf,
    _lock: File,
}

/// A value's file as found at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundValue {
    pub handle: Handle,
    pub form: Form,
    pub written: SystemTime,
}

impl Store {
    pub fn open(folder: &Path) -> Result<Self> {
        files::make_folder(folder)?;
        let lock = files::lock_folder(folder)?;
        for part in ["inputs", "values"] {
            files::make_folder(&folder.join(part))?;
            files::clear_partial_files(&folder.join(part))?;
        }
        files::clear_partial_files(folder)?;
        Ok(Self { folder: folder.into(), _lock: lock })
    }

    pub fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    /// Keeps a checked input. Writing it again changes nothing.
    pub fn write_input(&self, id: InputId, blob: &[u8]) -> Result<()> {
        let path = self.input_path(id);
        if path.exists() {
            return Ok(());
        }
        files::write_atomically(&path, blob, Access::Everyone)
    }

    pub fn read_input(&self, id: InputId) -> Result<Vec<u8>> {
        files::read_if_present(&self.input_path(id))?.ok_or(EngineError::UnknownInput(id))
    }

    pub fn remove_input(&self, id: InputId) -> Result<()> {
        files::remove_if_present(&self.input_path(id))
    }

    /// All inputs, with the time of their check.
    pub fn find_inputs(&self) -> Result<Vec<(InputId, SystemTime)>> {
        let paths = files::list(&self.folder.join("inputs"))?;
        let found = paths.iter().filter_map(|path| Some((InputId(parse_name(path)?), modified(path)?)));
        Ok(found.collect())
    }

    pub fn write_value(&self, handle: Handle, form: Form, bytes: &[u8]) -> Result<()> {
        files::write_atomically(&self.value_path(handle, form), bytes, Access::Everyone)
    }

    pub fn read_value(&self, handle: Handle, form: Form) -> Result<Vec<u8>> {
        files::read_if_present(&self.value_path(handle, form))?.ok_or(EngineError::LostValue(handle))
    }

    pub fn remove_value(&self, handle: Handle, form: Form) -> Result<()> {
        files::remove_if_present(&self.value_path(handle, form))
    }

    /// All values that are there.
    pub fn find_values(&self) -> Result<Vec<FoundValue>> {
        let paths = files::list(&self.folder.join("values"))?;
        Ok(paths.iter().filter_map(|path| parse_value_name(path)).collect())
    }

    fn input_path(&self, id: InputId) -> PathBuf {
        self.folder.join("inputs").join(format!("{id}.blob"))
    }

    fn value_path(&self, handle: Handle, form: Form) -> PathBuf {
        self.folder.join("values").join(format!("{handle}.{}", extension(form)))
    }
}

fn extension(form: Form) -> &'static str {
    match form {
        Form::Plain => "plain",
        Form::Switched => "switched",
        Form::Seeded => "seeded",
    }
}

fn parse_value_name(path: &Path) -> Option<FoundValue> {
    let handle = Handle(parse_name(path)?);
    let found = path.extension()?.to_str()?;
    let form = FORMS.into_iter().find(|form| extension(*form) == found)?;
    Some(FoundValue { handle, form, written: modified(path)? })
}

/// The 32 bytes that name the file; one that is being written has a longer name.
fn parse_name(path: &Path) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(path.file_stem()?.to_str()?, &mut bytes).ok()?;
    Some(bytes)
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}
