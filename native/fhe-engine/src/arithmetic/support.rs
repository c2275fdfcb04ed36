//! Which operations exist on which types. Decided from handles alone, before anything is spent.

use crate::error::{EngineError, Result};
use crate::operation::{BinaryKind, Operand, Operation};
use crate::types::{FheType, Handle};

/// Refuses operations that the engine does not compute, naming operation and type, and operations whose
/// types do not fit together.
pub fn check_support(result: Handle, operation: &Operation) -> Result<()> {
    let result = result.fhe_type()?;
    match operation {
        Operation::Input { .. } | Operation::Seeded | Operation::Trivial { .. } => Ok(()),
        Operation::Binary { kind, left, right } => check_binary(*kind, left.fhe_type()?, right, result),
        Operation::Shift { kind, value, .. } => {
            require(is_wide(value.fhe_type()?), kind.name(), value.fhe_type()?)?;
            same(kind.name(), value.fhe_type()?, result)
        }
        Operation::Not { value } => {
            require(is_bitwise(result), "not", result)?;
            same("not", value.fhe_type()?, result)
        }
        Operation::Neg { value } => {
            require(is_arithmetic(result), "neg", result)?;
            same("neg", value.fhe_type()?, result)
        }
        Operation::Cast { value } => check_cast(value.fhe_type()?, result),
        Operation::Select { control, if_true, if_false } => {
            require(is_bitwise(result), "select", result)?;
            same("select", control.fhe_type()?, FheType::Bool)?;
            same("select", if_true.fhe_type()?, result)?;
            same("select", if_false.fhe_type()?, result)
        }
        Operation::Random { bits, .. } => {
            require(is_bitwise(result), "rand", result)?;
            let fits = *bits <= result.bits() as u64;
            if fits {
                Ok(())
            } else {
                Err(unsupported(&format!("rand of {bits} bits"), result))
            }
        }
        Operation::Unsupported { name } => Err(EngineError::UnsupportedOperation(name.clone())),
    }
}

fn check_binary(kind: BinaryKind, left: FheType, right: &Operand, result: FheType) -> Result<()> {
    use BinaryKind::{Add, And, Eq, Ge, Gt, Le, Lt, Max, Min, Mul, Ne, Or, Sub, Xor};
    let (supported, expected) = match kind {
        Add | Sub | Mul | Min | Max => (is_arithmetic(left), left),
        And | Or | Xor => (is_bitwise(left), left),
        Eq | Ne => (is_bitwise(left), FheType::Bool),
        Ge | Gt | Le | Lt => (is_arithmetic(left), FheType::Bool),
    };
    require(supported, kind.name(), left)?;
    same(kind.name(), expected, result)?;
    match right {
        Operand::Handle(right) => same(kind.name(), right.fhe_type()?, left),
        Operand::Scalar(_) => Ok(()),
    }
}

fn check_cast(from: FheType, to: FheType) -> Result<()> {
    require(is_bitwise(from), "cast from", from)?;
    require(is_wide(to) && from != to, &format!("cast of {} to", from.name()), to)
}

/// euint8 to euint64.
fn is_arithmetic(fhe_type: FheType) -> bool {
    matches!(fhe_type, FheType::Uint8 | FheType::Uint16 | FheType::Uint32 | FheType::Uint64)
}

/// euint8 to euint64, and euint256.
fn is_wide(fhe_type: FheType) -> bool {
    is_arithmetic(fhe_type) || fhe_type == FheType::Uint256
}

fn is_bitwise(fhe_type: FheType) -> bool {
    is_wide(fhe_type) || fhe_type == FheType::Bool
}

fn require(supported: bool, name: &str, fhe_type: FheType) -> Result<()> {
    if supported {
        Ok(())
    } else {
        Err(unsupported(name, fhe_type))
    }
}

fn same(name: &str, actual: FheType, expected: FheType) -> Result<()> {
    if actual == expected {
        return Ok(());
    }
    Err(unsupported(&format!("{name} with {} for", actual.name()), expected))
}

fn unsupported(what: &str, fhe_type: FheType) -> EngineError {
    let joint = if what.contains(' ') { "" } else { " on" };
    EngineError::UnsupportedOperation(format!("{what}{joint} {}", fhe_type.name()))
}
