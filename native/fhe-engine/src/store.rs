//! What lies on disk: checked inputs (23 kB each) and computed values.

use crate::error::{EngineError, Result};
use crate::files::{self, Access};
use crate::types::InputId;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The folder of one engine. Held exclusively while open.
pub struct Store {
    folder: PathBuf,
    _lock: File,
}

impl Store {
    pub fn open(folder: &Path) -> Result<Self> {
        for part in ["inputs", "values"] {
            files::make_folder(&folder.join(part))?;
        }
        Ok(Self { folder: folder.into(), _lock: files::lock_folder(folder)? })
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

    fn input_path(&self, id: InputId) -> PathBuf {
        self.folder.join("inputs").join(format!("{id}.blob"))
    }
}
