//! The real thing: every operation on ciphertexts under the engine's keys.

use super::word::{self, Shape, Word};
use super::{bitwise, integer, Arithmetic, Form, Task};
use crate::error::{EngineError, Result};
use crate::graph::{ByCount, Recipe};
use crate::input;
use crate::keys::Keys;
use crate::operation::{BinaryKind, Operand, Operation, ShiftKind};
use crate::types::{Clear, FheType};
use crate::value::{self, Value};
use std::sync::Arc;
use tfhe::integer::{BooleanBlock, RadixCiphertext, ServerKey};
use tfhe::Seed;

pub struct TfheArithmetic {
    keys: Arc<Keys>,
}

impl TfheArithmetic {
    pub fn new(keys: Arc<Keys>) -> Self {
        Self { keys }
    }

    fn key(&self) -> &ServerKey {
        &self.keys.server
    }

    fn binary(&self, kind: BinaryKind, task: &Task<Value>, right: &Operand) -> Result<Value> {
        match operand(task, 0)? {
            Value::Word(left) => self.binary_word(kind, task, left, right),
            Value::Radix(left) => match right {
                Operand::Handle(_) => Ok(integer::binary(self.key(), kind, left, radix(operand(task, 1)?)?)),
                Operand::Scalar(right) => {
                    let right = right.truncated(operand_type(&task.operation)?);
                    Ok(integer::binary_scalar(self.key(), kind, left, right))
                }
            },
            Value::Bool(left) => match right {
                Operand::Handle(_) => integer::binary_bool(self.key(), kind, left, boolean(operand(task, 1)?)?),
                Operand::Scalar(right) => integer::binary_bool_scalar(self.key(), kind, left, !right.is_zero()),
            },
        }
    }

    /// Bitwise operations block by block; the two comparisons that words have, by the library.
    fn binary_word(&self, kind: BinaryKind, task: &Task<Value>, left: &Word, right: &Operand) -> Result<Value> {
        let key = self.key();
        let combined = match right {
            Operand::Handle(_) => word::combine(key, kind, (left, word(operand(task, 1)?)?), shape(task)),
            Operand::Scalar(right) => word::combine_scalar(key, kind, left, *right, shape(task)),
        };
        match (combined, right) {
            (Some(result), _) => Ok(Value::Word(result)),
            (None, Operand::Handle(_)) => {
                let right = word(operand(task, 1)?)?.packed(key);
                Ok(integer::binary(key, kind, left.packed(key), right))
            }
            (None, Operand::Scalar(right)) => Ok(integer::binary_scalar(key, kind, left.packed(key), *right)),
        }
    }

    fn count_ones(&self, task: &Task<Value>, by_count: ByCount) -> Result<Value> {
        let words = task.operands.iter().map(|value| word(value)).collect::<Result<Vec<_>>>()?;
        Ok(Value::Word(word::count_ones(self.key(), &words, by_count, shape(task))))
    }

    fn shift(&self, value: &Value, kind: ShiftKind, amount: u64) -> Result<Value> {
        Ok(match value {
            Value::Word(value) => Value::Word(word::shift(self.key(), value, kind, amount)),
            _ => Value::Radix(bitwise::shift(self.key(), radix(value)?, kind, amount)),
        })
    }

    fn not(&self, value: &Value) -> Value {
        match value {
            Value::Bool(block) => Value::Bool(self.key().boolean_bitnot(block)),
            Value::Radix(radix) => Value::Radix(self.key().bitnot(radix)),
            Value::Word(word) => Value::Word(word::not(self.key(), word)),
        }
    }

    fn trivial(&self, scalar: Clear, fhe_type: FheType) -> Value {
        match fhe_type {
            FheType::Bool => Value::Bool(self.key().create_trivial_boolean_block(!scalar.is_zero())),
            FheType::Uint256 => Value::Word(Word::trivial(self.key(), scalar)),
            _ => Value::Radix(self.key().create_trivial_radix(scalar.truncated(fhe_type).0, fhe_type.blocks())),
        }
    }

    /// The network's own generator: pseudorandom under the bootstrapping key, from the public seed of the event.
    /// Who lacks the secret key learns nothing from seed and ciphertext.
    fn random(&self, seed: u128, bits: u64, fhe_type: FheType) -> Value {
        if fhe_type == FheType::Bool {
            let block = self.key().as_ref().generate_oblivious_pseudo_random(Seed(seed), 1);
            return Value::Bool(BooleanBlock::new_unchecked(block));
        }
        let blocks = fhe_type.blocks() as u64;
        Value::from_radix(self.key().par_generate_oblivious_pseudo_random_unsigned_integer_bounded(
            Seed(seed),
            bits,
            blocks,
        ))
    }
}

impl TfheArithmetic {
    fn compute_as_recorded(&self, task: &Task<Value>, fhe_type: FheType) -> Result<Value> {
        Ok(match &task.operation {
            Operation::Input { index, .. } => input::expand(&self.keys, &task.source, *index)?,
            Operation::Seeded => value::decode(&self.keys, &task.source)?,
            Operation::Binary { kind, right, .. } => self.binary(*kind, task, right)?,
            Operation::Shift { kind, amount, .. } => self.shift(operand(task, 0)?, *kind, *amount)?,
            Operation::Not { .. } => self.not(operand(task, 0)?),
            Operation::Neg { .. } => Value::Radix(self.key().neg_parallelized(radix(operand(task, 0)?)?)),
            Operation::Cast { .. } => integer::cast(self.key(), operand(task, 0)?, fhe_type.blocks()),
            Operation::Select { .. } => {
                integer::select(self.key(), boolean(operand(task, 0)?)?, operand(task, 1)?, operand(task, 2)?)?
            }
            Operation::Trivial { scalar } => self.trivial(*scalar, fhe_type),
            Operation::Random { seed, bits } => self.random(*seed, *bits, fhe_type),
            Operation::Unsupported { name } => return Err(EngineError::UnsupportedOperation(name.clone())),
        })
    }
}

impl Arithmetic for TfheArithmetic {
    type Value = Value;

    fn compute(&self, task: &Task<Value>) -> Result<Value> {
        let fhe_type = task.handle.fhe_type()?;
        let value = match task.recipe {
            Recipe::AsRecorded => self.compute_as_recorded(task, fhe_type)?,
            Recipe::CountOnes(_, by_count) => self.count_ones(task, by_count)?,
        };
        value.expect_type(fhe_type)?;
        Ok(value)
    }

    fn bytes(&self, value: &Value) -> usize {
        value.bytes()
    }

    fn encode(&self, value: &Value, form: Form) -> Result<Option<Vec<u8>>> {
        value::encode(&self.keys, value, form)
    }

    fn decode(&self, bytes: &[u8]) -> Result<Value> {
        value::decode(&self.keys, bytes)
    }

    fn decrypt(&self, value: &Value) -> Result<Clear> {
        Ok(value.decrypt(&self.keys))
    }
}

fn operand(task: &Task<Value>, index: usize) -> Result<&Value> {
    let missing = || EngineError::internal(task.operation.name(), format!("operand {index} is missing"));
    task.operands.get(index).map(AsRef::as_ref).ok_or_else(missing)
}

fn radix(value: &Value) -> Result<&RadixCiphertext> {
    if let Value::Radix(radix) = value {
        Ok(radix)
    } else {
        Err(unexpected("an integer of up to 160 bits"))
    }
}

fn boolean(value: &Value) -> Result<&BooleanBlock> {
    if let Value::Bool(block) = value {
        Ok(block)
    } else {
        Err(unexpected("a boolean"))
    }
}

fn word(value: &Value) -> Result<&Word> {
    if let Value::Word(word) = value {
        Ok(word)
    } else {
        Err(unexpected("a euint256"))
    }
}

fn unexpected(expected: &str) -> EngineError {
    EngineError::internal("value", format!("{expected} was expected"))
}

fn shape(task: &Task<Value>) -> Shape {
    if task.is_better_packed {
        Shape::Packed
    } else {
        Shape::Spread
    }
}

/// The type of the first operand: scalars are truncated to it.
fn operand_type(operation: &Operation) -> Result<FheType> {
    let first = operation.operands().first().copied();
    first.ok_or_else(|| EngineError::internal(operation.name(), "it has no operand"))?.fhe_type()
}
