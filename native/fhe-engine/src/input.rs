//! Encrypted inputs: the proven lists that people post. A list is checked once, kept as its 23 kB blob
//! and unpacked again whenever one of its values is needed: expanded, a word is 2 MB and a whole input 8 MB.

use crate::arithmetic::word::{self, Word};
use crate::error::{EngineError, Result};
use crate::keys::{Keys, INPUT_BITS};
use crate::types::{Clear, FheType};
use crate::value::Value;
use rayon::prelude::*;
use tfhe::core_crypto::commons::traits::ContiguousEntityContainer;
use tfhe::core_crypto::prelude::{
    decrypt_lwe_ciphertext, par_expand_lwe_compact_ciphertext_list, LweCiphertext, LweCiphertextList,
    LweCiphertextListOwned, LweSecretKey,
};
use tfhe::integer::{BooleanBlock, RadixCiphertext, U256};
use tfhe::safe_serialization::safe_deserialize_conformant;
use tfhe::shortint::atomic_pattern::AtomicPattern;
use tfhe::shortint::ciphertext::{CompactCiphertextList, NoiseLevel};
use tfhe::shortint::{Ciphertext, KeySwitchingKeyView};
use tfhe::zk::{CompactPkeProof, ZkVerificationOutcome};
use tfhe::{FheTypes, ProvenCompactCiphertextList};

/// A full input is 23 kB; anything far above is not one.
pub const BLOB_BYTES_MAX: usize = 1 << 16;
/// The network's limit: the index must leave room in a handle's byte.
const VALUES_MAX: usize = 255;
/// Message bits of one block, and of the two blocks that share a ciphertext of the list.
const PACKED_BITS: u32 = 4;
const BLOCK_MASK: u64 = 3;

/// One compact list per proof, with the proof.
type ProvedLists = Vec<(CompactCiphertextList, CompactPkeProof)>;

/// Checks form, limits and proof; returns the types of the values in order.
pub fn verify(keys: &Keys, blob: &[u8], aux: &[u8]) -> Result<Vec<FheType>> {
    let list = parse(keys, blob)?;
    let types = list_types(&list)?;
    match list.verify(&keys.public.crs, &keys.public.public_key, aux) {
        ZkVerificationOutcome::Valid => Ok(types),
        ZkVerificationOutcome::Invalid => Err(EngineError::InvalidProof),
    }
}

/// The types of an input whose proof was checked before.
pub fn types(keys: &Keys, blob: &[u8]) -> Result<Vec<FheType>> {
    list_types(&parse(keys, blob)?)
}

/// Value `index` of a checked input, as a ciphertext that operations can work on (one word: some 2 s on two cores).
pub fn expand(keys: &Keys, blob: &[u8], index: usize) -> Result<Value> {
    let list = parse(keys, blob)?;
    let (first_block, fhe_type) = locate(&list_types(&list)?, index)?;
    let packed = unpack(&list)?;
    let mut blocks = extract_blocks(keys, &packed, first_block, fhe_type)?;
    Ok(match fhe_type {
        FheType::Bool => Value::Bool(BooleanBlock::new_unchecked(blocks.swap_remove(0))),
        FheType::Uint256 => Value::Word(Word::from_spread(blocks)),
        _ => Value::Radix(RadixCiphertext::from(blocks)),
    })
}

/// All clear values of a checked input, by the secret key of inputs: nothing is expanded, so it takes milliseconds.
pub fn decrypt(keys: &Keys, blob: &[u8]) -> Result<Vec<Clear>> {
    let list = parse(keys, blob)?;
    let types = list_types(&list)?;
    let secret = keys.input_secret.key();
    let blocks: Vec<u64> = unpack(&list)?
        .iter()
        .flat_map(|(list, _)| list.iter().collect::<Vec<_>>())
        .flat_map(|packed| unpack_clear(decrypt_packed(&secret.key(), packed.as_ref())))
        .collect();
    let mut rest = blocks.as_slice();
    types.iter().map(|fhe_type| take_clear(&mut rest, *fhe_type)).collect()
}

fn parse(keys: &Keys, blob: &[u8]) -> Result<ProvenCompactCiphertextList> {
    if blob.len() > BLOB_BYTES_MAX {
        return Err(EngineError::MalformedInput(format!("{} bytes, at most {BLOB_BYTES_MAX}", blob.len())));
    }
    safe_deserialize_conformant(blob, BLOB_BYTES_MAX as u64, &keys.input_conformance)
        .map_err(|e| EngineError::MalformedInput(e.chars().take(200).collect()))
}

fn list_types(list: &ProvenCompactCiphertextList) -> Result<Vec<FheType>> {
    if list.is_empty() || list.len() > VALUES_MAX {
        return Err(EngineError::MalformedInput(format!("{} values, of 1 to {VALUES_MAX}", list.len())));
    }
    let kinds = (0..list.len()).map(|index| list.get_kind_of(index).map(fhe_type_of).unwrap_or(Err(None)));
    let types = kinds.collect::<std::result::Result<Vec<_>, _>>().map_err(|kind| {
        EngineError::MalformedInput(format!("it holds a value of type {kind:?}, which the network does not have"))
    })?;
    // The relayer SDK counts two bits for a boolean, as the list packs them.
    let bits: usize = types.iter().map(|t| t.blocks() * 2).sum();
    if bits > INPUT_BITS {
        return Err(EngineError::MalformedInput(format!("{bits} bits, at most {INPUT_BITS}")));
    }
    Ok(types)
}

fn fhe_type_of(kind: FheTypes) -> std::result::Result<FheType, Option<FheTypes>> {
    Ok(match kind {
        FheTypes::Bool => FheType::Bool,
        FheTypes::Uint8 => FheType::Uint8,
        FheTypes::Uint16 => FheType::Uint16,
        FheTypes::Uint32 => FheType::Uint32,
        FheTypes::Uint64 => FheType::Uint64,
        FheTypes::Uint128 => FheType::Uint128,
        FheTypes::Uint160 => FheType::Address,
        FheTypes::Uint256 => FheType::Uint256,
        other => return Err(Some(other)),
    })
}

/// Where value `index` begins, counted in blocks over the whole list.
fn locate(types: &[FheType], index: usize) -> Result<(usize, FheType)> {
    let fhe_type = types.get(index).ok_or_else(|| EngineError::internal("input", format!("no value {index}")))?;
    Ok((types[..index].iter().map(|t| t.blocks()).sum(), *fhe_type))
}

/// The list's ciphertexts, each with two blocks (low, high), beside the list that describes them.
fn unpack(list: &ProvenCompactCiphertextList) -> Result<Vec<(LweCiphertextListOwned<u64>, CompactCiphertextList)>> {
    Ok(proved_lists(list)?
        .into_iter()
        .map(|(compact, _)| {
            let inner = &compact.ct_list;
            let mut expanded =
                LweCiphertextList::new(0, inner.lwe_size(), inner.lwe_ciphertext_count(), inner.ciphertext_modulus());
            par_expand_lwe_compact_ciphertext_list(&mut expanded, inner);
            (expanded, compact)
        })
        .collect())
}

/// The library hides the lists inside and only expands all values at once. Its serialized form begins with them.
fn proved_lists(list: &ProvenCompactCiphertextList) -> Result<ProvedLists> {
    let bytes = bincode::serialize(list).map_err(|e| EngineError::internal("input", e))?;
    bincode::deserialize(&bytes).map_err(|e| EngineError::internal("input", e))
}

fn extract_blocks(
    keys: &Keys,
    lists: &[(LweCiphertextListOwned<u64>, CompactCiphertextList)],
    first_block: usize,
    fhe_type: FheType,
) -> Result<Vec<Ciphertext>> {
    let end = first_block + fhe_type.blocks();
    let kind = keys.server.as_ref().atomic_pattern.kind();
    let packed: Vec<Ciphertext> = lists
        .iter()
        .flat_map(|(list, about)| list.iter().map(move |lwe| (lwe.as_ref().to_vec(), about)))
        .skip(first_block / 2)
        .take(end.div_ceil(2) - first_block / 2)
        .map(|(lwe, about)| {
            let lwe = LweCiphertext::from_container(lwe, about.ct_list.ciphertext_modulus());
            let (message, carry) = (about.message_modulus, about.carry_modulus);
            Ciphertext::new(lwe, about.degree, NoiseLevel::UNKNOWN, message, carry, kind)
        })
        .collect();
    let blocks = cast_halves(keys, &packed, first_block..end, fhe_type);
    if blocks.len() == fhe_type.blocks() {
        return Ok(blocks);
    }
    Err(EngineError::MalformedInput("it holds fewer ciphertexts than its types need".into()))
}

/// Two clean blocks from each packed ciphertext, only the halves inside `wanted`.
fn cast_halves(
    keys: &Keys,
    packed: &[Ciphertext],
    wanted: std::ops::Range<usize>,
    fhe_type: FheType,
) -> Vec<Ciphertext> {
    let key = KeySwitchingKeyView::from_raw_parts(keys.casting.as_view(), keys.server.as_ref(), None);
    // A boolean is nought or one, a word is spread for adding, other integers are as the library has them.
    let form = match fhe_type {
        FheType::Bool => |block: u64| u64::from(block != 0),
        FheType::Uint256 => word::spread_bits,
        _ => |block: u64| block,
    };
    let (low, high) = (move |x: u64| form(x & BLOCK_MASK), move |x: u64| form((x >> 2) & BLOCK_MASK));
    let halves: [&(dyn Fn(u64) -> u64 + Sync); 2] = [&low, &high];
    let first = wanted.start / 2;
    let cast = |(offset, ciphertext): (usize, &Ciphertext)| {
        let block = (first + offset) * 2;
        let inside: Vec<_> = (0..2).filter(|half| wanted.contains(&(block + half))).map(|half| halves[half]).collect();
        key.cast_and_apply_functions(ciphertext, Some(&inside))
    };
    packed.par_iter().enumerate().flat_map_iter(cast).collect()
}

/// The four message bits of one packed ciphertext, below one bit of padding.
fn decrypt_packed(secret: &LweSecretKey<&[u64]>, packed: &[u64]) -> u64 {
    let modulus = tfhe::core_crypto::prelude::CiphertextModulus::new_native();
    let phase = decrypt_lwe_ciphertext(secret, &LweCiphertext::from_container(packed, modulus)).0;
    let step_bits = u64::BITS - 1 - PACKED_BITS;
    (phase.wrapping_add(1 << (step_bits - 1)) >> step_bits) & ((1 << PACKED_BITS) - 1)
}

fn unpack_clear(packed: u64) -> [u64; 2] {
    [packed & BLOCK_MASK, (packed >> 2) & BLOCK_MASK]
}

fn take_clear(blocks: &mut &[u64], fhe_type: FheType) -> Result<Clear> {
    let short = || EngineError::MalformedInput("it holds fewer ciphertexts than its types need".into());
    let (own, rest) = blocks.split_at_checked(fhe_type.blocks()).ok_or_else(short)?;
    *blocks = rest;
    let value = own.iter().rev().fold(U256::from(0u128), |value, block| (value << 2u32) | U256::from(*block as u128));
    Ok(Clear(value).truncated(fhe_type))
}
