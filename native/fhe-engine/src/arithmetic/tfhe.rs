//! The real thing: every operation on ciphertexts under the engine's keys.

use super::{bitwise, integer, Arithmetic, Form, Task};
use crate::error::{EngineError, Result};
use crate::input;
use crate::keys::Keys;
use crate::operation::{BinaryKind, Operand, Operation};
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
        let left = operand(task, 0)?;
        match (left, right) {
            (Value::Radix(left), Operand::Handle(_)) => {
                Ok(integer::binary(self.key(), kind, left, radix(operand(task, 1)?)?))
            }
            (Value::Radix(left), Operand::Scalar(right)) => {
                let width = operand_type(&task.operation)?;
                Ok(integer::binary_scalar(self.key(), kind, left, right.truncated(width)))
            }
            (Value::Bool(left), Operand::Handle(_)) => {
                integer::binary_bool(self.key(), kind, left, boolean(operand(task, 1)?)?)
            }
            (Value::Bool(left), Operand::Scalar(right)) => {
                integer::binary_bool_scalar(self.key(), kind, left, !right.is_zero())
            }
        }
    }

    fn not(&self, value: &Value) -> Value {
        match value {
            Value::Bool(block) => Value::Bool(self.key().boolean_bitnot(block)),
            Value::Radix(radix) => Value::Radix(self.key().bitnot(radix)),
        }
    }

    fn trivial(&self, scalar: Clear, fhe_type: FheType) -> Value {
        match fhe_type {
            FheType::Bool => Value::Bool(self.key().create_trivial_boolean_block(!scalar.is_zero())),
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
        Value::Radix(self.key().par_generate_oblivious_pseudo_random_unsigned_integer_bounded(Seed(seed), bits, blocks))
    }
}

impl Arithmetic for TfheArithmetic {
    type Value = Value;

    fn compute(&self, task: &Task<Value>) -> Result<Value> {
        let fhe_type = task.handle.fhe_type()?;
        let value = match &task.operation {
            Operation::Input { index, .. } => input::expand(&self.keys, &task.source, *index)?,
            Operation::Seeded => value::decode(&self.keys, &task.source)?,
            Operation::Binary { kind, right, .. } => self.binary(*kind, task, right)?,
            Operation::Shift { kind, amount, .. } => {
                Value::Radix(bitwise::shift(self.key(), radix(operand(task, 0)?)?, *kind, *amount))
            }
            Operation::Not { .. } => self.not(operand(task, 0)?),
            Operation::Neg { .. } => Value::Radix(self.key().neg_parallelized(radix(operand(task, 0)?)?)),
            Operation::Cast { .. } => integer::cast(self.key(), operand(task, 0)?, fhe_type.blocks()),
            Operation::Select { .. } => {
                integer::select(self.key(), boolean(operand(task, 0)?)?, operand(task, 1)?, operand(task, 2)?)?
            }
            Operation::Trivial { scalar } => self.trivial(*scalar, fhe_type),
            Operation::Random { seed, bits } => self.random(*seed, *bits, fhe_type),
            Operation::Unsupported { name } => return Err(EngineError::UnsupportedOperation(name.clone())),
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
    match value {
        Value::Radix(radix) => Ok(radix),
        Value::Bool(_) => Err(EngineError::internal("value", "a boolean where an integer was expected")),
    }
}

fn boolean(value: &Value) -> Result<&BooleanBlock> {
    match value {
        Value::Bool(block) => Ok(block),
        Value::Radix(_) => Err(EngineError::internal("value", "an integer where a boolean was expected")),
    }
}

/// The type of the first operand: scalars are truncated to it.
fn operand_type(operation: &Operation) -> Result<FheType> {
    let first = operation.operands().first().copied();
    first.ok_or_else(|| EngineError::internal(operation.name(), "it has no operand"))?.fhe_type()
}
