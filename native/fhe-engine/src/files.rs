//! Files that are either whole or absent: written beside their place, synced, then renamed.

use crate::error::{EngineError, Result};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Extension of files that are being written.
const PARTIAL: &str = "part";

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
    let temporary = temporary_name(path);
    let mode = if access == Access::OwnerOnly { 0o600 } else { 0o644 };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temporary, path));
    if let Err(e) = written {
        remove_if_present(&temporary)?;
        return Err(failed(e));
    }
    sync_folder(folder)
}

/// Takes away what writers that were killed have left in a folder that nobody else writes to.
pub fn clear_partial_files(folder: &Path) -> Result<()> {
    for path in list(folder)? {
        if path.extension().is_some_and(|extension| extension == PARTIAL) {
            remove_if_present(&path)?;
        }
    }
    Ok(())
}

pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e: std::io::Error| EngineError::storage(format!("cannot list {}", folder.display()), e);
    fs::read_dir(folder).map_err(failed)?.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
}

/// Unlike that of any other writer, in this process or another.
fn temporary_name(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}-{}.{PARTIAL}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
    path.with_file_name(name)
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
    let file = open_lock(folder)?;
    let failed = |e: std::fs::TryLockError| {
        EngineError::storage(
            format!("cannot lock {}", folder.display()),
            format!("{e}; is another engine running on it?"),
        )
    };
    file.try_lock().map_err(failed)?;
    Ok(file)
}

/// Holds a folder that processes take turns with; waits for the others.
pub fn wait_for_folder(folder: &Path) -> Result<File> {
    let file = open_lock(folder)?;
    file.lock().map_err(|e| EngineError::storage(format!("cannot lock {}", folder.display()), e))?;
    Ok(file)
}

fn open_lock(folder: &Path) -> Result<File> {
    let failed = |e| EngineError::storage(format!("cannot lock {}", folder.display()), e);
    OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("lock")).map_err(failed)
}
