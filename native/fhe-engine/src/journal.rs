//! The durable record of everything the parent told: one line per entry, each with its checksum. An answer is
//! given only after its entry is on disk, so whatever was answered survives a kill. A last line that was cut
//! short was never answered and is taken off at the next start.

use crate::error::{EngineError, Result};
use crate::files::{self, Access};
use crate::operation::WireOperation;
use crate::types::{Handle, InputId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Hex characters of the checksum before each line.
const CHECKSUM_CHARS: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub number: u64,
    pub hash: String,
}

/// Who got a persistent right to a handle: a contract keeps state, a vault publishes a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Grantee {
    Contract,
    Vault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub handle: Handle,
    pub grantee: Grantee,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "camelCase")]
pub enum Entry {
    /// Stands first, for everything that was there before.
    Snapshot(Box<Snapshot>),
    Record {
        block: Block,
        operations: Vec<WireOperation>,
        allowed: Vec<Grant>,
    },
    Bind {
        input: InputId,
        handles: Vec<Handle>,
    },
    Import {
        handles: Vec<Handle>,
    },
    Drop {
        handles: Vec<Handle>,
    },
}

/// All that is left of a journal's beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub cursor: Option<Block>,
    pub inputs: Vec<BoundValue>,
    pub imports: Vec<Handle>,
    pub operations: Vec<WireOperation>,
    pub allowed: Vec<Grant>,
    pub consumed: Vec<Handle>,
}

/// One value of an input, by its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundValue {
    pub handle: Handle,
    pub input: InputId,
    pub index: usize,
}

/// The open journal. One process writes it (the store's folder is locked).
pub struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// Length after the last rewriting.
    compacted_bytes: u64,
    /// Checksum of the last line: the parent tells its last block again when it did not hear the answer.
    last: Option<String>,
}

impl Journal {
    /// Opens or begins the journal; returns its entries in order.
    pub fn open(path: &Path) -> Result<(Self, Vec<Entry>)> {
        let text = files::read_if_present(path)?.unwrap_or_default();
        let (entries, bytes) = parse(&text)?;
        let last = entries.last().map(format_line).transpose()?.as_deref().map(checksum_of_line);
        let mut journal = Self { path: path.into(), file: open_for_writing(path)?, bytes, compacted_bytes: 0, last };
        journal.cut_back()?;
        path.parent().map_or(Ok(()), files::sync_folder)?;
        Ok((journal, entries))
    }

    /// Adds an entry durably, unless it is the last one again. After a failure (disk full) the journal is as before.
    pub fn append_if_new(&mut self, entry: &Entry) -> Result<bool> {
        let line = format_line(entry)?;
        let checksum = checksum_of_line(&line);
        if self.last.as_ref() == Some(&checksum) {
            return Ok(false);
        }
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(e) = written {
            self.cut_back()?;
            return Err(self.failed(e));
        }
        self.bytes += line.len() as u64;
        self.last = Some(checksum);
        Ok(true)
    }

    /// Replaces everything by one entry, durably and at once: for leaving out what nobody needs any more.
    pub fn rewrite(&mut self, entry: &Entry) -> Result<()> {
        let line = format_line(entry)?;
        files::write_atomically(&self.path, &line, Access::Everyone)?;
        self.file = open_for_writing(&self.path)?;
        self.bytes = line.len() as u64;
        self.compacted_bytes = self.bytes;
        self.cut_back()
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn compacted_bytes(&self) -> u64 {
        self.compacted_bytes
    }

    /// Takes off whatever stands behind the last whole line and continues there.
    fn cut_back(&mut self) -> Result<()> {
        self.file
            .set_len(self.bytes)
            .and_then(|()| self.file.seek(SeekFrom::Start(self.bytes)))
            .and_then(|_| self.file.sync_all())
            .map_err(|e| self.failed(e))
    }

    fn failed(&self, e: std::io::Error) -> EngineError {
        EngineError::storage(format!("cannot write {}", self.path.display()), e)
    }
}

fn open_for_writing(path: &Path) -> Result<File> {
    let failed = |e| EngineError::storage(format!("cannot open {}", path.display()), e);
    OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(failed)
}

fn format_line(entry: &Entry) -> Result<Vec<u8>> {
    let json = serde_json::to_string(entry).map_err(|e| EngineError::internal("journal", e))?;
    Ok(format!("{} {json}\n", checksum(json.as_bytes())).into_bytes())
}

fn checksum_of_line(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..CHECKSUM_CHARS.min(line.len())]).into_owned()
}

fn checksum(json: &[u8]) -> String {
    let mut text = hex::encode(Sha256::digest(json));
    text.truncate(CHECKSUM_CHARS);
    text
}

/// All whole lines and their length in bytes. Only the very last line may be torn: it was never answered.
fn parse(text: &[u8]) -> Result<(Vec<Entry>, u64)> {
    let mut entries = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let damaged = |detail: String| EngineError::DamagedJournal { offset: offset as u64, detail };
        match checked_json(line) {
            Ok(json) => entries.push(serde_json::from_slice(json).map_err(|e| damaged(e.to_string()))?),
            Err(_) if offset + line.len() == text.len() => break,
            Err(detail) => return Err(damaged(detail.into())),
        }
        offset += line.len();
    }
    Ok((entries, offset as u64))
}

fn checked_json(line: &[u8]) -> std::result::Result<&[u8], &'static str> {
    let line = line.strip_suffix(b"\n").ok_or("the line is cut short")?;
    let (sum, rest) = line.split_at_checked(CHECKSUM_CHARS).ok_or("the line is too short")?;
    let json = rest.strip_prefix(b" ").ok_or("there is no space after the checksum")?;
    if sum == checksum(json).as_bytes() {
        Ok(json)
    } else {
        Err("the checksum does not match")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct File(PathBuf);

    impl File {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("fhe-engine-journal-{name}-{}", std::process::id())))
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            let _best_effort = std::fs::remove_file(&self.0);
        }
    }

    fn entry(number: u8) -> Entry {
        let operation = WireOperation { result: Handle([number; 32]), op: "trivial".into(), ..Default::default() };
        let block = Block { number: number.into(), hash: format!("0x{number}") };
        let allowed = vec![Grant { handle: Handle([number; 32]), grantee: Grantee::Vault }];
        Entry::Record { block, operations: vec![operation], allowed }
    }

    #[test]
    fn a_last_line_cut_at_any_byte_is_taken_off_and_can_be_written_again() {
        let path = File::new("cut");
        let (mut journal, _) = Journal::open(&path.0).unwrap();
        journal.append_if_new(&entry(1)).unwrap();
        let first = journal.bytes() as usize;
        journal.append_if_new(&entry(2)).unwrap();
        let whole = std::fs::read(&path.0).unwrap();
        for length in first..whole.len() {
            std::fs::write(&path.0, &whole[..length]).unwrap();
            let (mut journal, entries) = Journal::open(&path.0).unwrap();
            assert_eq!(entries, [entry(1)], "cut at {length}");
            assert!(journal.append_if_new(&entry(2)).unwrap());
            assert_eq!(std::fs::read(&path.0).unwrap(), whole, "cut at {length}");
        }
    }

    #[test]
    fn any_changed_byte_before_the_last_line_is_noticed() {
        let path = File::new("flip");
        let (mut journal, _) = Journal::open(&path.0).unwrap();
        journal.append_if_new(&entry(1)).unwrap();
        let first = journal.bytes() as usize;
        journal.append_if_new(&entry(2)).unwrap();
        let whole = std::fs::read(&path.0).unwrap();
        for place in 0..first {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            let noticed = parse(&changed).is_err_and(|error| error.code() == "damaged_journal");
            // A line end that is gone joins both lines into one that is cut short: nothing of it is believed.
            let joined = place == first - 1 && parse(&changed).is_ok_and(|(entries, _)| entries.is_empty());
            assert!(noticed || joined, "byte {place}");
        }
    }

    #[test]
    fn the_last_entry_told_again_is_written_once_also_after_a_restart() {
        let path = File::new("again");
        let (mut journal, _) = Journal::open(&path.0).unwrap();
        assert!(journal.append_if_new(&entry(1)).unwrap());
        assert!(!journal.append_if_new(&entry(1)).unwrap());
        let (mut journal, entries) = Journal::open(&path.0).unwrap();
        assert_eq!(entries, [entry(1)]);
        assert!(!journal.append_if_new(&entry(1)).unwrap());
        assert!(journal.append_if_new(&entry(2)).unwrap());
    }

    #[test]
    fn a_rewritten_journal_holds_the_snapshot_and_what_comes_after() {
        let path = File::new("rewrite");
        let (mut journal, _) = Journal::open(&path.0).unwrap();
        (1..50).for_each(|number| assert!(journal.append_if_new(&entry(number)).unwrap()));
        let snapshot = Entry::Snapshot(Box::new(Snapshot { consumed: vec![Handle([7; 32])], ..Snapshot::default() }));
        journal.rewrite(&snapshot).unwrap();
        journal.append_if_new(&entry(50)).unwrap();
        let (_, entries) = Journal::open(&path.0).unwrap();
        assert_eq!(entries, [snapshot, entry(50)]);
    }
}
