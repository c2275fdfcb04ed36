//! Files that are either whole or absent: written beside their place, synced, then renamed.

use crate::error::{EngineError, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Everyone,
    OwnerOnly,
}

/// Replaces the file at `path` by `bytes`, durably; a kill leaves the old file or the new one.
pub fn write_atomically(path: &Path, bytes: &[u8], access: Access) -> Result<()> {
    let failed = |e: std::io::Error| EngineError::storage(format!("cannot write {}", path.display()), e);
    let folder = path.parent().ok_or_else(|| EngineError::storage(path.display().to_string(), "has no folder"))?;
    let temporary = path.with_extension(format!("{}.part", std::process::id()));
    let mode = if access == Access::OwnerOnly { 0o600 } else { 0o644 };
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&temporary).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&temporary, path).map_err(failed)?;
    sync_folder(folder)
}

/// Makes renames and removals in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    let failed = |e: std::io::Error| EngineError::storage(format!("cannot sync {}", folder.display()), e);
    File::open(folder).and_then(|f| f.sync_all()).map_err(failed)
}

pub fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| EngineError::storage(format!("cannot create {}", path.display()), e))
}

/// The file's bytes, or `None` when there is no such file.
pub fn read_if_present(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(EngineError::storage(format!("cannot read {}", path.display()), e)),
    }
}

/// Removes a file; that there is none is fine.
pub fn remove_if_present(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(EngineError::storage(format!("cannot remove {}", path.display()), e))
        }
        _ => Ok(()),
    }
}

/// Holds a folder for this process alone; the lock falls with the process.
pub fn lock_folder(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let failed = |detail: String| EngineError::storage(format!("cannot lock {}", folder.display()), detail);
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(|e| failed(e.to_string()))?;
    file.try_lock().map_err(|e| failed(format!("{e}; is another engine running on it?")))?;
    Ok(file)
}
