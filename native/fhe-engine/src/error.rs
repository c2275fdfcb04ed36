//! What can go wrong, each with the stable code that the parent process branches on.

use crate::types::{Handle, InputId};

pub type Result<T> = std::result::Result<T, EngineError>;

/// Cloneable, because one failed operation is reported to everything that needs it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error("{0}")]
    BadRequest(String),
    #[error("no method is called {0}")]
    UnknownMethod(String),
    #[error("the proof does not belong to this input and these addresses: encrypt it again for them")]
    InvalidProof,
    #[error("the input is not a proven ciphertext list of these keys: {0}")]
    MalformedInput(String),
    #[error("input {0} was never verified here: verify it first")]
    UnknownInput(InputId),
    #[error("nothing is known of handle {0}")]
    UnknownHandle(Handle),
    #[error("handle {0}, which a computation needs, was never recorded or bound")]
    UnknownAncestor(Handle),
    #[error("unsupported_operation: {0}")]
    UnsupportedOperation(String),
    #[error("the value of handle {0} is lost: its file in the store is missing or damaged")]
    LostValue(Handle),
    #[error("{context}: {detail}")]
    Storage { context: String, detail: String },
    #[error("the journal is damaged at byte {offset}: {detail}; restore it from a copy or reset the store")]
    DamagedJournal { offset: u64, detail: String },
    #[error("keys: {0}")]
    Keys(String),
    #[error("internal error in {place}: {detail}")]
    Internal { place: String, detail: String },
}

impl EngineError {
    /// The `code` of a protocol answer. Codes never change their meaning.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad_request",
            Self::UnknownMethod(_) => "unknown_method",
            Self::InvalidProof => "invalid_proof",
            Self::MalformedInput(_) => "malformed_input",
            Self::UnknownInput(_) => "unknown_input",
            Self::UnknownHandle(_) => "unknown_handle",
            Self::UnknownAncestor(_) => "unknown_ancestor",
            Self::UnsupportedOperation(_) => "unsupported_operation",
            Self::LostValue(_) => "lost_value",
            Self::Storage { .. } => "storage_failed",
            Self::DamagedJournal { .. } => "damaged_journal",
            Self::Keys(_) => "keys_unusable",
            Self::Internal { .. } => "internal",
        }
    }

    /// For IO errors: `context` says what was being done to which file.
    pub fn storage(context: impl Into<String>, detail: impl ToString) -> Self {
        Self::Storage { context: context.into(), detail: detail.to_string() }
    }

    pub fn internal(place: impl Into<String>, detail: impl ToString) -> Self {
        Self::Internal { place: place.into(), detail: detail.to_string() }
    }
}
