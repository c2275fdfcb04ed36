//! Bitwise operations, block by block. Blocks that are known (zeroed by a mask or shifted in) are not ciphertexts
//! that need a bootstrapping: with one known block an operation is a function of the other alone, and often
//! the identity, the complement or a constant, which cost nothing.

use super::block::{known_block, look_up, look_up_pair};
use crate::operation::ShiftKind;
use crate::types::Clear;
use rayon::prelude::*;
use tfhe::integer::{IntegerCiphertext, RadixCiphertext, ServerKey};
use tfhe::shortint::Ciphertext;

/// Message bits of a block.
const BLOCK_BITS: u64 = 2;
const BLOCK_VALUES: u64 = 1 << BLOCK_BITS;
const BLOCK_MASK: u64 = BLOCK_VALUES - 1;

/// `function(left block, right block)` for every pair of blocks; both sides have clean blocks.
pub fn combine<F>(key: &ServerKey, left: &[Ciphertext], right: &[Ciphertext], function: F) -> Vec<Ciphertext>
where
    F: Fn(u64, u64) -> u64 + Sync,
{
    let table = key.as_ref().generate_lookup_table_bivariate(&function);
    let combine_blocks = |(left, right): (&Ciphertext, &Ciphertext)| match (known(left), known(right)) {
        (Some(left), Some(right)) => known_block(key, function(left, right)),
        (Some(left), None) => apply(key, right, |right| function(left, right)),
        (None, Some(right)) => apply(key, left, |left| function(left, right)),
        (None, None) => look_up_pair(key, (left, right), &table),
    };
    left.par_iter().zip(right).map(combine_blocks).collect()
}

/// The same with a clear right side.
pub fn combine_scalar<F>(key: &ServerKey, left: &RadixCiphertext, right: Clear, function: F) -> Vec<Ciphertext>
where
    F: Fn(u64, u64) -> u64 + Sync,
{
    let scalar_blocks = clear_blocks(right, left.blocks().len());
    let combine_blocks = |(left, right): (&Ciphertext, u64)| apply(key, left, |left| function(left, right));
    left.blocks().par_iter().zip(scalar_blocks).map(combine_blocks).collect()
}

/// Shifts and rotates by a clear amount, modulo the width as the network does. Even amounts only move blocks.
pub fn shift(key: &ServerKey, value: &RadixCiphertext, kind: ShiftKind, amount: u64) -> RadixCiphertext {
    let (whole, is_odd) = split_amount(amount, value.blocks().len());
    let to_left = matches!(kind, ShiftKind::Left | ShiftKind::RotateLeft);
    let moved = |distance: usize| move_blocks(key, value.blocks(), kind, distance);
    RadixCiphertext::from(match (is_odd, to_left) {
        (false, _) => moved(whole),
        (_, true) => combine(key, &moved(whole), &moved(whole + 1), |own, below| (own << 1 | below >> 1) & BLOCK_MASK),
        (_, false) => combine(key, &moved(whole), &moved(whole + 1), |own, above| (own >> 1 | above << 1) & BLOCK_MASK),
    })
}

/// Whole blocks of a shift, modulo the width, and whether a single bit is left.
pub fn split_amount(amount: u64, count: usize) -> (usize, bool) {
    let amount = amount % (count as u64 * BLOCK_BITS);
    ((amount / BLOCK_BITS) as usize, amount % BLOCK_BITS == 1)
}

/// How many blocks of a scalar are neither empty nor full: those are what a scalar operation costs.
pub fn mixed_blocks(scalar: Clear, count: usize) -> usize {
    clear_blocks(scalar, count).iter().filter(|block| **block != 0 && **block != BLOCK_MASK).count()
}

/// Blocks moved by whole places; what is shifted in is a known zero.
pub fn move_blocks(key: &ServerKey, blocks: &[Ciphertext], kind: ShiftKind, distance: usize) -> Vec<Ciphertext> {
    let count = blocks.len();
    let distance = distance.min(count);
    let place = |target: usize| match kind {
        ShiftKind::RotateLeft => Some((target + count - distance) % count),
        ShiftKind::RotateRight => Some((target + distance) % count),
        ShiftKind::Left => target.checked_sub(distance),
        ShiftKind::Right => Some(target + distance).filter(|source| *source < count),
    };
    let zero = || known_block(key, 0);
    (0..count).map(|target| place(target).map_or_else(zero, |source| blocks[source].clone())).collect()
}

/// A function of one block, with a bootstrapping only where none of the cheap cases applies.
fn apply(key: &ServerKey, block: &Ciphertext, function: impl Fn(u64) -> u64) -> Ciphertext {
    if let Some(value) = known(block) {
        return known_block(key, function(value));
    }
    let images: Vec<u64> = (0..BLOCK_VALUES).map(&function).collect();
    if images.iter().all(|image| *image == images[0]) {
        return known_block(key, images[0]);
    }
    if images.iter().enumerate().all(|(value, image)| value as u64 == *image) {
        return block.clone();
    }
    if images.iter().enumerate().all(|(value, image)| BLOCK_MASK - value as u64 == *image) {
        let mut complement = block.clone();
        key.as_ref().bitnot_assign(&mut complement);
        return complement;
    }
    look_up(key, block, |value| function(value % BLOCK_VALUES))
}

/// The value of a block that is not really encrypted.
fn known(block: &Ciphertext) -> Option<u64> {
    block.decrypt_trivial().ok()
}

/// The blocks of a clear value, lowest first.
pub fn clear_blocks(value: Clear, count: usize) -> Vec<u64> {
    let block = |index: usize| (value.0 >> (index as u32 * BLOCK_BITS as u32)).to_low_high_u128().0 as u64 & BLOCK_MASK;
    (0..count).map(block).collect()
}
