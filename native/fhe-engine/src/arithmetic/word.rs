//! euint256 values, which are never added or compared but only combined bit by bit.
//!
//! The library packs two bits in a block. A sum of packed blocks mixes them up, so that a function of two words
//! needs one block to be scaled by four, and a function of three does not fit. Here a block is *spread*: its two
//! bits are digits of base four. Blocks of up to three words are then simply added, each digit counts the ones,
//! and one bootstrapping turns the counts into any symmetric function: and, or, exclusive or of two, parity and
//! majority of three. Two spread blocks also share a ciphertext as `first + 2 * second` for other functions.
//! The noise of three added blocks is less than that of the library's own scaled pair.
//!
//! Only fresh randomness comes packed. It is combined packed as long as it meets more of it.

use super::bitwise;
use super::block::{check_bounds, known_block, look_up};
use crate::graph::{ByCount, PARITY};
use crate::operation::{BinaryKind, ShiftKind};
use crate::types::{Clear, FheType};
use rayon::prelude::*;
use std::sync::OnceLock;
use tfhe::core_crypto::prelude::lwe_ciphertext_opposite_assign;
use tfhe::integer::{IntegerCiphertext, RadixCiphertext, ServerKey};
use tfhe::shortint::ciphertext::Degree;
use tfhe::shortint::Ciphertext;

/// Both bits of a spread block.
const SPREAD_MASK: u64 = 0b101;
const SPREAD_VALUES: [u64; 4] = [0b000, 0b001, 0b100, 0b101];

/// The form of a result's blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Packed,
    Spread,
}

impl Shape {
    /// A block's content from its two bits, the low one first.
    pub fn block(self, low: u64, high: u64) -> u64 {
        match self {
            Self::Packed => low | high << 1,
            Self::Spread => low | high << 2,
        }
    }
}

const ALL_OF_TWO: ByCount = [false, false, true, true];
const ANY: ByCount = [false, true, true, true];

/// The 128 blocks of a euint256, in one form or both.
pub struct Word {
    packed: OnceLock<RadixCiphertext>,
    spread: OnceLock<Vec<Ciphertext>>,
}

impl Word {
    pub fn from_packed(blocks: RadixCiphertext) -> Self {
        Self { packed: blocks.into(), spread: OnceLock::new() }
    }

    pub fn from_spread(blocks: Vec<Ciphertext>) -> Self {
        Self { packed: OnceLock::new(), spread: blocks.into() }
    }

    pub fn trivial(key: &ServerKey, scalar: Clear) -> Self {
        let spread = |block: u64| known_block(key, spread_bits(block));
        Self::from_spread(bitwise::clear_blocks(scalar, FheType::Uint256.blocks()).into_iter().map(spread).collect())
    }

    /// The form that is there anyway, spread if both are.
    pub fn blocks(&self) -> (Shape, &[Ciphertext]) {
        match (self.spread.get(), self.packed.get()) {
            (Some(spread), _) => (Shape::Spread, spread),
            (None, packed) => (Shape::Packed, packed.map(|radix| radix.blocks()).unwrap_or_default()),
        }
    }

    /// Ciphertexts held, in both forms together.
    pub fn ciphertexts(&self) -> impl Iterator<Item = &Ciphertext> {
        let packed = self.packed.get().into_iter().flat_map(|radix| radix.blocks());
        self.spread.get().into_iter().flatten().chain(packed)
    }

    /// The library's form. Making it costs a bootstrapping a block, once.
    pub fn packed(&self, key: &ServerKey) -> &RadixCiphertext {
        if let Some(packed) = self.packed.get() {
            return packed;
        }
        // Computed before the cell is touched: a cell that is being filled must not be waited for in a pool.
        let packed = RadixCiphertext::from(map_blocks(key, self.blocks().1, |x| x & 1 | (x >> 1) & 2));
        self.packed.get_or_init(|| packed)
    }

    /// The form for adding. Making it costs a bootstrapping a block, once.
    pub fn spread(&self, key: &ServerKey) -> &[Ciphertext] {
        if let Some(spread) = self.spread.get() {
            return spread;
        }
        let spread = map_blocks(key, self.blocks().1, |x| spread_bits(x & 3));
        self.spread.get_or_init(|| spread)
    }

    fn has(&self, shape: Shape) -> bool {
        match shape {
            Shape::Packed => self.packed.get().is_some(),
            Shape::Spread => self.spread.get().is_some(),
        }
    }

    fn new(shape: Shape, blocks: Vec<Ciphertext>) -> Self {
        match shape {
            Shape::Packed => Self::from_packed(RadixCiphertext::from(blocks)),
            Shape::Spread => Self::from_spread(blocks),
        }
    }
}

/// `and`, `or` and `xor` of two words.
pub fn combine(key: &ServerKey, kind: BinaryKind, (left, right): (&Word, &Word), shape: Shape) -> Option<Word> {
    let by_count = bitwise_by_count(kind)?;
    let both = |form| left.has(form) && right.has(form);
    if both(Shape::Packed) && !both(Shape::Spread) {
        let bit = |left: u64, right: u64, at: u64| u64::from(by_count[((left >> at & 1) + (right >> at & 1)) as usize]);
        let function = |left: u64, right: u64| shape.block(bit(left, right, 0), bit(left, right, 1));
        let blocks = bitwise::combine(key, left.packed(key).blocks(), right.packed(key).blocks(), function);
        return Some(Word::new(shape, blocks));
    }
    Some(count_ones(key, &[left, right], by_count, shape))
}

/// `and`, `or` and `xor` with a clear value: a bootstrapping only for blocks whose two bits are treated differently.
pub fn combine_scalar(key: &ServerKey, kind: BinaryKind, left: &Word, right: Clear, shape: Shape) -> Option<Word> {
    Some(count_ones(key, &[left, &Word::trivial(key, right)], bitwise_by_count(kind)?, shape))
}

/// A symmetric function of two or three words.
pub fn count_ones(key: &ServerKey, words: &[&Word], by_count: ByCount, shape: Shape) -> Word {
    // A lookup table is filled for every content of a block, also for those that sums of spread blocks never have.
    let bit = |count: u64| u64::from(by_count[count as usize]);
    let image = |counts: u64| shape.block(bit(counts & 3), bit(counts >> 2 & 3));
    let operands: Vec<&[Ciphertext]> = words.iter().map(|word| word.spread(key)).collect();
    let count = operands.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
    let block = |index: usize| {
        let blocks: Vec<&Ciphertext> = operands.iter().map(|blocks| &blocks[index]).collect();
        count_block(key, &blocks, image)
    };
    Word::new(shape, (0..count).into_par_iter().map(block).collect())
}

pub fn not(key: &ServerKey, word: &Word) -> Word {
    match word.blocks() {
        (Shape::Spread, blocks) => Word::from_spread(blocks.iter().map(|block| complement(key, block)).collect()),
        (Shape::Packed, _) => Word::from_packed(key.bitnot(word.packed(key))),
    }
}

/// Shifts and rotates by a clear amount; even amounts only move blocks.
pub fn shift(key: &ServerKey, word: &Word, kind: ShiftKind, amount: u64) -> Word {
    let (shape, blocks) = word.blocks();
    if shape == Shape::Packed {
        return Word::from_packed(bitwise::shift(key, word.packed(key), kind, amount));
    }
    let (whole, is_odd) = bitwise::split_amount(amount, blocks.len());
    let own = bitwise::move_blocks(key, blocks, kind, whole);
    if !is_odd {
        return Word::from_spread(own);
    }
    let next = bitwise::move_blocks(key, blocks, kind, whole + 1);
    // In `own + 2 * next` the bits lie in the order: own low, next low, own high, next high.
    let to_left = matches!(kind, ShiftKind::Left | ShiftKind::RotateLeft);
    let bits = if to_left {
        |x: u64| (x >> 3 & 1, x & 1)
    } else {
        |x: u64| (x >> 2 & 1, x >> 1 & 1)
    };
    let image = |pair: u64| Shape::Spread.block(bits(pair).0, bits(pair).1);
    let block = |(own, next): (&Ciphertext, &Ciphertext)| {
        let mut pair = key.as_ref().unchecked_scalar_mul(next, 2);
        key.as_ref().unchecked_add_assign(&mut pair, own);
        look_up(key, &pair, image)
    };
    Word::from_spread(own.par_iter().zip(&next).map(block).collect())
}

/// Two blocks in one ciphertext, for compression.
pub fn pair_blocks(key: &ServerKey, shape: Shape, first: &Ciphertext, second: &Ciphertext) -> Ciphertext {
    let mut pair = key.as_ref().unchecked_scalar_mul(second, if shape == Shape::Spread { 2 } else { 4 });
    key.as_ref().unchecked_add_assign(&mut pair, first);
    check_bounds(key, &pair);
    pair
}

/// Spread contents of both blocks of a pair.
pub fn split_pair(shape: Shape) -> [fn(u64) -> u64; 2] {
    match shape {
        Shape::Spread => [|pair| pair & SPREAD_MASK, |pair| pair >> 1 & SPREAD_MASK],
        Shape::Packed => [|pair| spread_bits(pair & 3), |pair| spread_bits(pair >> 2 & 3)],
    }
}

/// Spreads two packed bits.
pub fn spread_bits(packed: u64) -> u64 {
    Shape::Spread.block(packed & 1, packed >> 1 & 1)
}

fn bitwise_by_count(kind: BinaryKind) -> Option<ByCount> {
    match kind {
        BinaryKind::And => Some(ALL_OF_TWO),
        BinaryKind::Or => Some(ANY),
        BinaryKind::Xor => Some(PARITY),
        _ => None,
    }
}

/// One block of a symmetric function. Blocks that are not really encrypted (masks, shifted-in zeros) count at once;
/// with one other left, the result is often that block, its complement or known.
fn count_block(key: &ServerKey, blocks: &[&Ciphertext], image: impl Fn(u64) -> u64) -> Ciphertext {
    let is_known = |block: &&&Ciphertext| block.is_trivial();
    let known: u64 = blocks.iter().filter(is_known).filter_map(|b| b.decrypt_trivial_message_and_carry().ok()).sum();
    let unknown: Vec<&&Ciphertext> = blocks.iter().filter(|block| !block.is_trivial()).collect();
    match unknown.as_slice() {
        [] => known_block(key, image(known)),
        [only] => map_single(key, only, |value| image(known + value)),
        _ => {
            let mut sum = blocks[0].clone();
            blocks[1..].iter().for_each(|block| key.as_ref().unchecked_add_assign(&mut sum, block));
            look_up(key, &sum, image)
        }
    }
}

fn map_single(key: &ServerKey, block: &Ciphertext, image: impl Fn(u64) -> u64) -> Ciphertext {
    if SPREAD_VALUES.iter().all(|value| image(*value) == image(0)) {
        return known_block(key, image(0));
    }
    if SPREAD_VALUES.iter().all(|value| image(*value) == *value) {
        return block.clone();
    }
    if SPREAD_VALUES.iter().all(|value| image(*value) == SPREAD_MASK - value) {
        return complement(key, block);
    }
    look_up(key, block, image)
}

fn complement(key: &ServerKey, block: &Ciphertext) -> Ciphertext {
    assert!(block.degree.get() <= SPREAD_MASK, "the complement of a block that is not spread");
    let mut result = block.clone();
    lwe_ciphertext_opposite_assign(&mut result.ct);
    key.as_ref().unchecked_scalar_add_assign(&mut result, SPREAD_MASK as u8);
    result.degree = Degree::new(SPREAD_MASK);
    result
}

fn map_blocks(key: &ServerKey, blocks: &[Ciphertext], function: impl Fn(u64) -> u64 + Sync) -> Vec<Ciphertext> {
    blocks.par_iter().map(|block| look_up(key, block, &function)).collect()
}
