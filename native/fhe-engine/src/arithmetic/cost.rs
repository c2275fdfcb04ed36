//! What an operation costs, in units of one euint256 `and` (128 bootstrappings): for time estimates.

use super::bitwise::mixed_blocks;
use crate::graph::Recipe;
use crate::operation::{BinaryKind, Operand, Operation};
use crate::types::{FheType, Handle};

const BLOCKS_OF_AN_AND: f64 = 128.0;

/// Cost of one operation. Bitwise costs are exact where no block is known beforehand; the others are bootstrappings
/// per block as measured at 64 bits.
pub fn cost_in_ands(result: Handle, operation: &Operation, recipe: &Recipe) -> f64 {
    if *recipe != Recipe::AsRecorded {
        return 1.0;
    }
    let blocks_of = |handle: &Handle| handle.fhe_type().map_or(0, FheType::blocks) as f64;
    let own = blocks_of(&result);
    let bootstrappings = match operation {
        Operation::Input { .. } => own * 0.9,
        Operation::Random { bits, .. } => (*bits as f64 / 2.0).ceil() * 0.9,
        Operation::Binary { kind, left, right } => binary(*kind, blocks_of(left), right),
        Operation::Shift { amount, .. } => own * (amount % 2) as f64,
        Operation::Neg { .. } => own * 3.0,
        Operation::Select { .. } => own * 3.2,
        Operation::Not { .. }
        | Operation::Cast { .. }
        | Operation::Trivial { .. }
        | Operation::Seeded
        | Operation::Unsupported { .. } => 0.0,
    };
    bootstrappings / BLOCKS_OF_AN_AND
}

fn binary(kind: BinaryKind, blocks: f64, right: &Operand) -> f64 {
    match (kind, right) {
        (BinaryKind::And | BinaryKind::Or | BinaryKind::Xor, Operand::Scalar(scalar)) => {
            mixed_blocks(*scalar, blocks as usize) as f64
        }
        (BinaryKind::And | BinaryKind::Or | BinaryKind::Xor, Operand::Handle(_)) => blocks,
        (BinaryKind::Eq | BinaryKind::Ne, _) => blocks * 1.2,
        (BinaryKind::Add | BinaryKind::Sub, _) => blocks * 3.0,
        (BinaryKind::Ge | BinaryKind::Gt | BinaryKind::Le | BinaryKind::Lt, _) => blocks * 2.0,
        (BinaryKind::Min | BinaryKind::Max, _) => blocks * 5.2,
        (BinaryKind::Mul, _) => blocks * blocks * 1.5,
    }
}
