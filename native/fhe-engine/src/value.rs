//! Encrypted values in memory and on disk.

use crate::arithmetic::Form;
use crate::error::{EngineError, Result};
use crate::keys::Keys;
use crate::types::{Clear, FheType};
use serde::{Deserialize, Serialize};
use tfhe::integer::ciphertext::{CompressedModulusSwitchedRadixCiphertext, CompressedRadixCiphertext};
use tfhe::integer::{BooleanBlock, IntegerCiphertext, RadixCiphertext, U256};

/// A ciphertext that operations can work on: a boolean, or an integer in blocks of two bits, lowest first.
#[derive(Clone)]
pub enum Value {
    Bool(BooleanBlock),
    Radix(RadixCiphertext),
}

impl Value {
    /// Shortint blocks held; each is some 16 kB.
    pub fn block_count(&self) -> usize {
        match self {
            Self::Bool(_) => 1,
            Self::Radix(radix) => radix.blocks().len(),
        }
    }

    /// Memory taken, near enough for a budget.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Bool(block) => block.as_ref().ct.as_ref().len() * size_of::<u64>(),
            Self::Radix(radix) => radix.blocks().iter().map(|b| b.ct.as_ref().len() * size_of::<u64>()).sum(),
        }
    }

    /// Refuses a value whose form is not that of the type: an operation was recorded with a wrong handle.
    pub fn expect_type(&self, fhe_type: FheType) -> Result<&Self> {
        let fits = match self {
            Self::Bool(_) => fhe_type == FheType::Bool,
            Self::Radix(radix) => fhe_type != FheType::Bool && radix.blocks().len() == fhe_type.blocks(),
        };
        if fits {
            return Ok(self);
        }
        let detail = format!("{} blocks where {} was expected", self.block_count(), fhe_type.name());
        Err(EngineError::internal("value", detail))
    }

    /// The clear value, by the client key.
    pub fn decrypt(&self, keys: &Keys) -> Clear {
        match self {
            Self::Bool(block) => Clear(U256::from(u128::from(keys.client.decrypt_bool(block)))),
            Self::Radix(radix) => Clear(keys.client.decrypt_radix::<U256>(radix)),
        }
    }
}

/// First byte of every stored value; changes when the bytes behind it do.
const STORED_VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
enum Stored {
    Bool(BooleanBlock),
    Radix(RadixCiphertext),
    Switched(CompressedModulusSwitchedRadixCiphertext),
    Seeded(CompressedRadixCiphertext),
}

/// The bytes for disk; `None` for a form that the value does not have (a boolean is one block: never compressed).
pub fn encode(keys: &Keys, value: &Value, form: Form) -> Result<Option<Vec<u8>>> {
    let stored = match (value, form) {
        (Value::Bool(block), Form::Plain) => Stored::Bool(block.clone()),
        (Value::Radix(radix), Form::Plain) => Stored::Radix(radix.clone()),
        (Value::Radix(radix), Form::Switched) => {
            Stored::Switched(keys.server.switch_modulus_and_compress_parallelized(radix))
        }
        (Value::Bool(_), Form::Switched) | (_, Form::Seeded) => return Ok(None),
    };
    to_bytes(&stored).map(Some)
}

/// Reads any form back.
pub fn decode(keys: &Keys, bytes: &[u8]) -> Result<Value> {
    let damaged = |detail: String| EngineError::internal("stored value", detail);
    let body = match bytes.split_first() {
        Some((&STORED_VERSION, body)) => body,
        version => return Err(damaged(format!("version {:?}, not {STORED_VERSION}", version.map(|(v, _)| v)))),
    };
    Ok(match bincode::deserialize(body).map_err(|e| damaged(e.to_string()))? {
        Stored::Bool(block) => Value::Bool(block),
        Stored::Radix(radix) => Value::Radix(radix),
        Stored::Switched(compressed) => Value::Radix(keys.server.decompress_parallelized(&compressed)),
        Stored::Seeded(compressed) => Value::Radix(compressed.decompress()),
    })
}

/// Encrypts a clear value by the client key in its seeded form: for bulk imports, which need no proof.
pub fn encrypt_seeded(keys: &Keys, clear: Clear, fhe_type: FheType) -> Result<Vec<u8>> {
    let value = clear.truncated(fhe_type);
    to_bytes(&match fhe_type {
        FheType::Bool => Stored::Bool(keys.client.encrypt_bool(!value.is_zero())),
        _ => Stored::Seeded(keys.client.encrypt_radix_compressed(value.0, fhe_type.blocks())),
    })
}

fn to_bytes(stored: &Stored) -> Result<Vec<u8>> {
    let mut bytes = vec![STORED_VERSION];
    bincode::serialize_into(&mut bytes, stored).map_err(|e| EngineError::internal("stored value", e))?;
    Ok(bytes)
}
