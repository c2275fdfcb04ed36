//! Arithmetic, comparisons and choices, by the library's integer operations.

use super::bitwise;
use crate::error::{EngineError, Result};
use crate::operation::BinaryKind;
use crate::types::Clear;
use crate::value::Value;
use tfhe::integer::prelude::*;
use tfhe::integer::{BooleanBlock, RadixCiphertext, ServerKey, U256};

type Radix = RadixCiphertext;

/// Two encrypted integers of the same width.
pub fn binary(key: &ServerKey, kind: BinaryKind, left: &Radix, right: &Radix) -> Value {
    let bits = |function: fn(u64, u64) -> u64| bitwise::combine(key, left.blocks(), right.blocks(), function);
    match kind {
        BinaryKind::Add => Value::Radix(key.add_parallelized(left, right)),
        BinaryKind::Sub => Value::Radix(key.sub_parallelized(left, right)),
        BinaryKind::Mul => Value::Radix(key.mul_parallelized(left, right)),
        BinaryKind::Min => Value::Radix(key.min_parallelized(left, right)),
        BinaryKind::Max => Value::Radix(key.max_parallelized(left, right)),
        BinaryKind::And => Value::from_blocks(bits(|a, b| a & b)),
        BinaryKind::Or => Value::from_blocks(bits(|a, b| a | b)),
        BinaryKind::Xor => Value::from_blocks(bits(|a, b| a ^ b)),
        BinaryKind::Eq => Value::Bool(key.eq_parallelized(left, right)),
        BinaryKind::Ne => Value::Bool(key.ne_parallelized(left, right)),
        BinaryKind::Ge => Value::Bool(key.ge_parallelized(left, right)),
        BinaryKind::Gt => Value::Bool(key.gt_parallelized(left, right)),
        BinaryKind::Le => Value::Bool(key.le_parallelized(left, right)),
        BinaryKind::Lt => Value::Bool(key.lt_parallelized(left, right)),
    }
}

/// An encrypted and a clear integer; `right` is already truncated to the width.
pub fn binary_scalar(key: &ServerKey, kind: BinaryKind, left: &Radix, right: Clear) -> Value {
    let bits = |function: fn(u64, u64) -> u64| bitwise::combine_scalar(key, left, right, function);
    let scalar: U256 = right.0;
    match kind {
        BinaryKind::Add => Value::Radix(key.scalar_add_parallelized(left, scalar)),
        BinaryKind::Sub => Value::Radix(key.scalar_sub_parallelized(left, scalar)),
        BinaryKind::Mul => Value::Radix(key.scalar_mul_parallelized(left, scalar)),
        BinaryKind::Min => Value::Radix(key.scalar_min_parallelized(left, scalar)),
        BinaryKind::Max => Value::Radix(key.scalar_max_parallelized(left, scalar)),
        BinaryKind::And => Value::from_blocks(bits(|a, b| a & b)),
        BinaryKind::Or => Value::from_blocks(bits(|a, b| a | b)),
        BinaryKind::Xor => Value::from_blocks(bits(|a, b| a ^ b)),
        BinaryKind::Eq => Value::Bool(key.scalar_eq_parallelized(left, scalar)),
        BinaryKind::Ne => Value::Bool(key.scalar_ne_parallelized(left, scalar)),
        BinaryKind::Ge => Value::Bool(key.scalar_ge_parallelized(left, scalar)),
        BinaryKind::Gt => Value::Bool(key.scalar_gt_parallelized(left, scalar)),
        BinaryKind::Le => Value::Bool(key.scalar_le_parallelized(left, scalar)),
        BinaryKind::Lt => Value::Bool(key.scalar_lt_parallelized(left, scalar)),
    }
}

/// Two encrypted booleans.
pub fn binary_bool(key: &ServerKey, kind: BinaryKind, left: &BooleanBlock, right: &BooleanBlock) -> Result<Value> {
    Ok(Value::Bool(match kind {
        BinaryKind::And => key.boolean_bitand(left, right),
        BinaryKind::Or => key.boolean_bitor(left, right),
        BinaryKind::Xor | BinaryKind::Ne => key.boolean_bitxor(left, right),
        BinaryKind::Eq => key.boolean_bitnot(&key.boolean_bitxor(left, right)),
        _ => return Err(EngineError::UnsupportedOperation(format!("{} on ebool", kind.name()))),
    }))
}

/// An encrypted and a clear boolean: nothing is ever bootstrapped.
pub fn binary_bool_scalar(key: &ServerKey, kind: BinaryKind, left: &BooleanBlock, right: bool) -> Result<Value> {
    let constant = |value: bool| key.create_trivial_boolean_block(value);
    Ok(Value::Bool(match (kind, right) {
        (BinaryKind::And, false) => constant(false),
        (BinaryKind::Or, true) => constant(true),
        (BinaryKind::Xor | BinaryKind::Ne, true) | (BinaryKind::Eq, false) => key.boolean_bitnot(left),
        (BinaryKind::And, true) | (BinaryKind::Or, false) => left.clone(),
        (BinaryKind::Xor | BinaryKind::Ne, false) | (BinaryKind::Eq, true) => left.clone(),
        _ => return Err(EngineError::UnsupportedOperation(format!("{} on ebool", kind.name()))),
    }))
}

pub fn select(key: &ServerKey, control: &BooleanBlock, if_true: &Value, if_false: &Value) -> Result<Value> {
    Ok(match (if_true, if_false) {
        (Value::Bool(a), Value::Bool(b)) => Value::Bool(key.if_then_else_parallelized(control, a, b)),
        (Value::Radix(a), Value::Radix(b)) => Value::Radix(key.if_then_else_parallelized(control, a, b)),
        (Value::Word(a), Value::Word(b)) => {
            Value::from_radix(key.if_then_else_parallelized(control, a.packed(key), b.packed(key)))
        }
        _ => return Err(EngineError::internal("select", "two values of different types")),
    })
}

/// To an integer of `blocks` blocks: low bits are kept, high bits are zero.
pub fn cast(key: &ServerKey, value: &Value, blocks: usize) -> Value {
    Value::from_radix(match value {
        Value::Bool(block) => block.clone().into_radix(blocks, key),
        Value::Radix(radix) => key.cast_to_unsigned(radix.clone(), blocks),
        Value::Word(word) => key.cast_to_unsigned(word.packed(key).clone(), blocks),
    })
}
