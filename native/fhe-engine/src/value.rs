//! Encrypted values in memory.

use crate::error::{EngineError, Result};
use crate::keys::Keys;
use crate::types::{Clear, FheType};
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
