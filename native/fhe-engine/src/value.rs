//! Encrypted values in memory and on disk.

use crate::arithmetic::word::{self, Shape, Word};
use crate::arithmetic::Form;
use crate::error::{EngineError, Result};
use crate::keys::Keys;
use crate::types::{Clear, FheType};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tfhe::integer::ciphertext::CompressedRadixCiphertext;
use tfhe::integer::{BooleanBlock, IntegerCiphertext, RadixCiphertext, ServerKey, U256};
use tfhe::shortint::ciphertext::CompressedModulusSwitchedCiphertext;
use tfhe::shortint::Ciphertext;

/// A ciphertext that operations can work on.
pub enum Value {
    Bool(BooleanBlock),
    /// An integer in blocks of two bits, lowest first.
    Radix(RadixCiphertext),
    /// A euint256.
    Word(Word),
}

impl Value {
    /// An integer of the library as what its width says.
    pub fn from_radix(radix: RadixCiphertext) -> Self {
        let is_word = radix.blocks().len() == FheType::Uint256.blocks();
        if is_word {
            Self::Word(Word::from_packed(radix))
        } else {
            Self::Radix(radix)
        }
    }

    pub fn from_blocks(blocks: Vec<Ciphertext>) -> Self {
        Self::from_radix(RadixCiphertext::from(blocks))
    }

    /// Memory taken, near enough for a budget.
    pub fn bytes(&self) -> usize {
        let of = |block: &Ciphertext| size_of_val(block.ct.as_ref());
        match self {
            Self::Bool(block) => of(block.as_ref()),
            Self::Radix(radix) => radix.blocks().iter().map(of).sum(),
            Self::Word(word) => word.ciphertexts().map(of).sum(),
        }
    }

    /// Refuses a value whose form is not that of the type: an operation was recorded with a wrong handle.
    pub fn expect_type(&self, fhe_type: FheType) -> Result<&Self> {
        let (blocks, fits) = match self {
            Self::Bool(_) => (1, fhe_type == FheType::Bool),
            Self::Radix(radix) => (radix.blocks().len(), !matches!(fhe_type, FheType::Bool | FheType::Uint256)),
            Self::Word(word) => (word.blocks().1.len(), fhe_type == FheType::Uint256),
        };
        if fits && blocks == fhe_type.blocks() {
            return Ok(self);
        }
        Err(EngineError::internal("value", format!("{blocks} blocks where {} was expected", fhe_type.name())))
    }

    /// The clear value, by the client key.
    pub fn decrypt(&self, keys: &Keys) -> Clear {
        match self {
            Self::Bool(block) => Clear::from(u64::from(keys.client.decrypt_bool(block))),
            Self::Radix(radix) => Clear(keys.client.decrypt_radix::<U256>(radix)),
            Self::Word(word) => decrypt_word(keys, word),
        }
    }
}

fn decrypt_word(keys: &Keys, word: &Word) -> Clear {
    let (shape, blocks) = word.blocks();
    let client: &tfhe::shortint::ClientKey = keys.client.as_ref();
    let high_bit = if shape == Shape::Spread { 2 } else { 1 };
    let value = blocks.iter().rev().fold(U256::from(0u128), |value, block| {
        let content = client.decrypt_message_and_carry(block);
        let high = content >> high_bit & 1;
        (value << 2u32) | U256::from(u128::from(content & 1 | high << 1))
    });
    Clear(value)
}

/// First byte of every stored value; changes when the bytes behind it do.
const STORED_VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
enum Stored {
    Bool(BooleanBlock),
    Radix(RadixCiphertext),
    Word { is_spread: bool, blocks: Vec<Ciphertext> },
    SwitchedWord { is_spread: bool, pairs: Vec<CompressedModulusSwitchedCiphertext> },
    Seeded(CompressedRadixCiphertext),
}

/// The bytes for disk; `None` for a form that the value does not have: only words are worth compressing.
pub fn encode(keys: &Keys, value: &Value, form: Form) -> Result<Option<Vec<u8>>> {
    let stored = match (value, form) {
        (Value::Bool(block), Form::Plain) => Stored::Bool(block.clone()),
        (Value::Radix(radix), Form::Plain) => Stored::Radix(radix.clone()),
        (Value::Word(word), Form::Plain) => {
            let (shape, blocks) = word.blocks();
            Stored::Word { is_spread: shape == Shape::Spread, blocks: blocks.to_vec() }
        }
        (Value::Word(word), Form::Switched) => switch_word(&keys.server, word),
        _ => return Ok(None),
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
        Stored::Word { is_spread: true, blocks } => Value::Word(Word::from_spread(blocks)),
        Stored::Word { is_spread: false, blocks } => Value::from_radix(RadixCiphertext::from(blocks)),
        Stored::SwitchedWord { is_spread, pairs } => Value::Word(switch_back(&keys.server, is_spread, &pairs)),
        Stored::Seeded(compressed) => Value::from_radix(compressed.decompress()),
    })
}

fn switch_word(key: &ServerKey, word: &Word) -> Stored {
    let (shape, blocks) = word.blocks();
    let switch = |pair: &[Ciphertext]| {
        let joined = word::pair_blocks(key, shape, &pair[0], &pair[1]);
        key.as_ref().switch_modulus_and_compress(&joined)
    };
    let pairs = blocks.par_chunks_exact(2).map(switch).collect();
    Stored::SwitchedWord { is_spread: shape == Shape::Spread, pairs }
}

fn switch_back(key: &ServerKey, is_spread: bool, pairs: &[CompressedModulusSwitchedCiphertext]) -> Word {
    let shape = if is_spread { Shape::Spread } else { Shape::Packed };
    let tables = word::split_pair(shape).map(|part| key.as_ref().generate_lookup_table(part));
    let split = |pair| tables.each_ref().map(|table| key.as_ref().decompress_and_apply_lookup_table(pair, table));
    Word::from_spread(pairs.par_iter().flat_map_iter(split).collect())
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
