//! Operations as the chain records them, and their form on the wire.

use crate::error::{EngineError, Result};
use crate::types::{Clear, FheType, Handle, HexBytes, InputId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryKind {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Eq,
    Ne,
    Ge,
    Gt,
    Le,
    Lt,
    Min,
    Max,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftKind {
    Left,
    Right,
    RotateLeft,
    RotateRight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    Handle(Handle),
    Scalar(Clear),
}

/// How a handle's value comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    Input {
        input: InputId,
        index: usize,
    },
    /// Imported: its ciphertext lies in the store.
    Seeded,
    Binary {
        kind: BinaryKind,
        left: Handle,
        right: Operand,
    },
    Shift {
        kind: ShiftKind,
        value: Handle,
        amount: u64,
    },
    Not {
        value: Handle,
    },
    Neg {
        value: Handle,
    },
    Cast {
        value: Handle,
    },
    Select {
        control: Handle,
        if_true: Handle,
        if_false: Handle,
    },
    Trivial {
        scalar: Clear,
    },
    /// `bits` random low bits from the network's public seed; the bits are secret, the seed is not.
    Random {
        seed: u128,
        bits: u64,
    },
    /// Kept, so that only what needs it fails.
    Unsupported {
        name: String,
    },
}

impl Operation {
    /// The handles whose values it needs, in order, repetitions included.
    pub fn operands(&self) -> Vec<Handle> {
        match self {
            Self::Binary { left, right: Operand::Handle(right), .. } => vec![*left, *right],
            Self::Binary { left: value, .. }
            | Self::Shift { value, .. }
            | Self::Not { value }
            | Self::Neg { value }
            | Self::Cast { value } => vec![*value],
            Self::Select { control, if_true, if_false } => vec![*control, *if_true, *if_false],
            Self::Input { .. }
            | Self::Seeded
            | Self::Trivial { .. }
            | Self::Random { .. }
            | Self::Unsupported { .. } => Vec::new(),
        }
    }

    /// The name by which costs are counted and refusals speak.
    pub fn name(&self) -> &str {
        match self {
            Self::Input { .. } => "input",
            Self::Seeded => "import",
            Self::Binary { kind, .. } => kind.name(),
            Self::Shift { kind, .. } => kind.name(),
            Self::Not { .. } => "not",
            Self::Neg { .. } => "neg",
            Self::Cast { .. } => "cast",
            Self::Select { .. } => "select",
            Self::Trivial { .. } => "trivial",
            Self::Random { .. } => "rand",
            Self::Unsupported { name } => name,
        }
    }

    /// Its value can be made again from what the store holds anyway, at no more than the cost of reading
    /// back a compressed one: such values are never written to disk once they have been used.
    pub fn is_source(&self) -> bool {
        matches!(self, Self::Input { .. } | Self::Seeded | Self::Trivial { .. })
    }
}

impl BinaryKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "add" => Self::Add,
            "sub" => Self::Sub,
            "mul" => Self::Mul,
            "and" => Self::And,
            "or" => Self::Or,
            "xor" => Self::Xor,
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "ge" => Self::Ge,
            "gt" => Self::Gt,
            "le" => Self::Le,
            "lt" => Self::Lt,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Mul => "mul",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Ge => "ge",
            Self::Gt => "gt",
            Self::Le => "le",
            Self::Lt => "lt",
            Self::Min => "min",
            Self::Max => "max",
        }
    }
}

impl ShiftKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "shl" => Self::Left,
            "shr" => Self::Right,
            "rotl" => Self::RotateLeft,
            "rotr" => Self::RotateRight,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "shl",
            Self::Right => "shr",
            Self::RotateLeft => "rotl",
            Self::RotateRight => "rotr",
        }
    }
}

/// An operation as the parent writes it and as the journal keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireOperation {
    pub result: Handle,
    pub op: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scalar: Option<Clear>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_true: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_false: Option<Handle>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<HexBytes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<u64>,
}

impl WireOperation {
    /// Understands the operation. One that the engine cannot compute becomes `Unsupported`, which fails only
    /// what needs it; one whose fields are missing is refused, since then the parent is at fault.
    pub fn operation(&self) -> Result<Operation> {
        if let Some(kind) = BinaryKind::from_name(&self.op) {
            return self.binary(kind);
        }
        if let Some(kind) = ShiftKind::from_name(&self.op) {
            return self.shift(kind);
        }
        Ok(match self.op.as_str() {
            "not" => Operation::Not { value: self.need(self.value, "value")? },
            "neg" => Operation::Neg { value: self.need(self.value, "value")? },
            "cast" => Operation::Cast { value: self.need(self.value, "value")? },
            "select" => Operation::Select {
                control: self.need(self.control, "control")?,
                if_true: self.need(self.if_true, "ifTrue")?,
                if_false: self.need(self.if_false, "ifFalse")?,
            },
            "trivial" => Operation::Trivial { scalar: self.need(self.scalar, "scalar")? },
            "rand" => self.random()?,
            name => Operation::Unsupported { name: name.into() },
        })
    }

    /// The wire form of an operation that was recorded (inputs and imports are bound otherwise).
    pub fn from_operation(result: Handle, operation: &Operation) -> Self {
        let mut wire = Self { result, op: operation.name().into(), ..Self::default() };
        match operation {
            Operation::Binary { left, right, .. } => {
                wire.left = Some(*left);
                match right {
                    Operand::Handle(right) => wire.right = Some(*right),
                    Operand::Scalar(scalar) => wire.scalar = Some(*scalar),
                }
            }
            Operation::Shift { value, amount, .. } => {
                wire.left = Some(*value);
                wire.scalar = Some(Clear::from(*amount));
            }
            Operation::Not { value } | Operation::Neg { value } | Operation::Cast { value } => {
                wire.value = Some(*value)
            }
            Operation::Select { control, if_true, if_false } => {
                (wire.control, wire.if_true, wire.if_false) = (Some(*control), Some(*if_true), Some(*if_false));
            }
            Operation::Trivial { scalar } => wire.scalar = Some(*scalar),
            Operation::Random { seed, bits } => {
                (wire.seed, wire.bits) = (Some(HexBytes(seed.to_be_bytes().into())), Some(*bits));
            }
            Operation::Input { .. } | Operation::Seeded | Operation::Unsupported { .. } => {}
        }
        wire
    }

    fn binary(&self, kind: BinaryKind) -> Result<Operation> {
        let left = self.need(self.left, "left")?;
        let right = match self.right {
            Some(right) => Operand::Handle(right),
            None => Operand::Scalar(self.need(self.scalar, "right or scalar")?),
        };
        Ok(Operation::Binary { kind, left, right })
    }

    fn shift(&self, kind: ShiftKind) -> Result<Operation> {
        let value = self.need(self.left, "left")?;
        Ok(match (self.scalar, self.right) {
            (Some(amount), _) => Operation::Shift { kind, value, amount: amount.low_u64() },
            (None, Some(_)) => Operation::Unsupported { name: format!("{} by an encrypted amount", kind.name()) },
            (None, None) => return Err(self.missing("right or scalar")),
        })
    }

    fn random(&self) -> Result<Operation> {
        let seed = self.seed.as_ref().ok_or_else(|| self.missing("seed"))?;
        let seed = <[u8; 16]>::try_from(seed.0.as_slice())
            .map_err(|_| EngineError::BadRequest(format!("rand {}: the seed has 16 bytes", self.result)))?;
        let bits = match self.bits {
            Some(bits) => bits,
            None => self.result.fhe_type().map_or(0, FheType::bits) as u64,
        };
        Ok(Operation::Random { seed: u128::from_be_bytes(seed), bits })
    }

    fn need<T: Copy>(&self, field: Option<T>, name: &str) -> Result<T> {
        field.ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> EngineError {
        EngineError::BadRequest(format!("operation {} with result {} lacks {name}", self.op, self.result))
    }
}
