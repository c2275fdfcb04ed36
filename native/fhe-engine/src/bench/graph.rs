//! The operations that the histogram contract asks for, without the contract: carry-save counters, geometric noise,
//! suppression (`contracts/src/libraries/`). The bench computes exactly what a release costs.

use crate::journal::{Grant, Grantee};
use crate::operation::WireOperation;
use crate::types::{Clear, FheType, Handle, HexBytes};
use tfhe::integer::U256;

const LEVELS: usize = 12;
const CELLS: u64 = 49;

/// The demo profile: numerators of four digits over 2^8, lowest first, and the threshold k.
pub const DEMO_DIGITS: [u64; 4] = [0x61, 0x45, 0x1f, 0x05];
pub const DEMO_PRECISION: u32 = 8;
pub const DEMO_THRESHOLD: u64 = 20;

/// A transaction's operations and grants, as the follower would record them.
#[derive(Default)]
pub struct Transaction {
    pub operations: Vec<WireOperation>,
    pub allowed: Vec<Grant>,
}

/// Writes transactions; every result has a handle of its own.
#[derive(Default)]
pub struct Writer {
    next: u64,
    pub transaction: Transaction,
}

impl Writer {
    pub fn handle(&mut self) -> Handle {
        self.next += 1;
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&self.next.to_be_bytes());
        bytes[30] = FheType::Uint256.id();
        Handle(bytes)
    }

    /// What was written since the last call.
    pub fn take(&mut self) -> Transaction {
        std::mem::take(&mut self.transaction)
    }

    pub fn grant(&mut self, handle: Handle, grantee: Grantee) {
        self.transaction.allowed.push(Grant { handle, grantee });
    }

    pub fn gate(&mut self, op: &str, left: Handle, right: Handle) -> Handle {
        self.write(op, |wire| (wire.left, wire.right) = (Some(left), Some(right)))
    }

    pub fn gate_scalar(&mut self, op: &str, left: Handle, scalar: U256) -> Handle {
        self.write(op, |wire| (wire.left, wire.scalar) = (Some(left), Some(Clear(scalar))))
    }

    pub fn not(&mut self, value: Handle) -> Handle {
        self.write("not", |wire| wire.value = Some(value))
    }

    pub fn random(&mut self) -> Handle {
        let seed = u128::from(self.next) << 64 | 0x5eed;
        self.write("rand", |wire| (wire.seed, wire.bits) = (Some(HexBytes(seed.to_be_bytes().into())), Some(256)))
    }

    pub fn full_adder(&mut self, a: Handle, b: Handle, x: Handle) -> (Handle, Handle) {
        let t = self.gate("xor", a, b);
        let sum = self.gate("xor", t, x);
        let (both, through) = (self.gate("and", a, b), self.gate("and", t, x));
        (sum, self.gate("or", both, through))
    }

    pub fn half_adder(&mut self, a: Handle, b: Handle) -> (Handle, Handle) {
        (self.gate("xor", a, b), self.gate("and", a, b))
    }

    fn write(&mut self, op: &str, fill: impl FnOnce(&mut WireOperation)) -> Handle {
        let result = self.handle();
        let mut wire = WireOperation { result, op: op.into(), ..WireOperation::default() };
        fill(&mut wire);
        self.transaction.operations.push(wire);
        result
    }
}

/// A tile's counters: up to two pending words a level.
#[derive(Default)]
pub struct Counter {
    slots: [Vec<Handle>; LEVELS],
    weight: u64,
}

impl Counter {
    /// Adds one word a level, from level 0 on: a fleet's planes. What changes is granted to the contract.
    pub fn add(&mut self, writer: &mut Writer, planes: &[Handle]) {
        let mut carries = Vec::new();
        for level in 0..LEVELS {
            let words: Vec<Handle> = planes.get(level).copied().into_iter().chain(carries).collect();
            carries = self.add_at_level(writer, level, words);
            self.weight += planes.get(level).map_or(0, |_| 1 << level);
        }
    }

    /// Binary planes, lowest first, and the largest possible count.
    pub fn resolve(&self, writer: &mut Writer) -> (Vec<Handle>, u64) {
        let mut carry = None;
        let planes = (0..bit_length(self.weight)).filter_map(|level| {
            let words: Vec<Handle> = self.slots[level].iter().copied().chain(carry.take()).collect();
            let (plane, next) = match words.as_slice() {
                [] => return None,
                [word] => return Some(*word),
                [a, b] => writer.half_adder(*a, *b),
                words => writer.full_adder(words[0], words[1], words[2]),
            };
            carry = Some(next);
            Some(plane)
        });
        (planes.collect(), self.weight)
    }

    fn add_at_level(&mut self, writer: &mut Writer, level: usize, words: Vec<Handle>) -> Vec<Handle> {
        let slots = &mut self.slots[level];
        if words.is_empty() {
            return Vec::new();
        }
        let mut carries = Vec::new();
        let queue = if slots.len() == 2 { [words, vec![slots[0]]].concat() } else { words };
        let queue = reduce(writer, queue, &mut carries);
        if let (Some(last), [a, b]) = (slots.last().copied(), queue.as_slice()) {
            let (sum, carry) = writer.full_adder(last, *a, *b);
            carries.push(carry);
            writer.grant(sum, Grantee::Contract);
            *slots = vec![sum];
            return carries;
        }
        queue.iter().for_each(|word| writer.grant(*word, Grantee::Contract));
        match slots.len() {
            2 => slots[0] = queue[0],
            _ => slots.extend(queue),
        }
        carries
    }
}

/// Full adders over a queue until at most two words are left.
fn reduce(writer: &mut Writer, mut queue: Vec<Handle>, carries: &mut Vec<Handle>) -> Vec<Handle> {
    while queue.len() > 2 {
        let (sum, carry) = writer.full_adder(queue[0], queue[1], queue[2]);
        carries.push(carry);
        queue.drain(..3);
        queue.push(sum);
    }
    queue
}

/// Counts with noise, as two's complement planes, lowest first; granted to the contract.
pub fn add_noise(writer: &mut Writer, counts: &[Handle], weight: u64) -> Vec<Handle> {
    let width = bit_length(weight + (1 << DEMO_DIGITS.len()) - 1) + 1;
    let sign = writer.random();
    let mut carry = None;
    let mut noised = Vec::new();
    for plane in 0..width {
        let noise = match DEMO_DIGITS.get(plane) {
            Some(digit) => {
                let word = bernoulli(writer, *digit);
                writer.gate("xor", word, sign)
            }
            None => sign,
        };
        let (result, next) = match (counts.get(plane), carry) {
            (_, Some(carry)) if plane + 1 == width => (writer.gate("xor", noise, carry), carry),
            (Some(count), Some(carry)) => writer.full_adder(*count, noise, carry),
            (Some(count), None) => writer.half_adder(*count, noise),
            (None, carry) => writer.half_adder(noise, carry.unwrap_or(sign)),
        };
        writer.grant(result, Grantee::Contract);
        noised.push(result);
        carry = Some(next);
    }
    noised
}

/// Planes with every cell zeroed that did not reach the threshold in any class; granted to contract and vault.
pub fn suppress(writer: &mut Writer, planes: &[Handle]) -> Vec<Handle> {
    let sign = planes.len() - 1;
    let lowest = DEMO_THRESHOLD.trailing_zeros() as usize;
    let mut reached = planes[lowest];
    for (plane, handle) in planes.iter().enumerate().take(sign).skip(lowest + 1) {
        let op = if DEMO_THRESHOLD >> plane & 1 == 1 { "and" } else { "or" };
        reached = writer.gate(op, reached, *handle);
    }
    let positive = writer.not(planes[sign]);
    reached = writer.gate("and", reached, positive);
    let mask = over_classes(writer, reached);
    let masked: Vec<Handle> = planes.iter().map(|plane| writer.gate("and", *plane, mask)).collect();
    for plane in &masked {
        writer.grant(*plane, Grantee::Contract);
        writer.grant(*plane, Grantee::Vault);
    }
    masked
}

fn over_classes(writer: &mut Writer, bits: Handle) -> Handle {
    let amount = |classes: u64| U256::from(u128::from(classes * CELLS));
    let class_bits = U256::from((1u128 << CELLS) - 1);
    let mut cells = bits;
    for (from_bits, classes) in [(true, 1), (false, 2), (true, 4)] {
        let source = if from_bits { bits } else { cells };
        let moved = writer.gate_scalar("shr", source, amount(classes));
        cells = writer.gate("or", cells, moved);
    }
    cells = writer.gate_scalar("and", cells, class_bits);
    let mut mask = cells;
    for (from_cells, classes) in [(true, 1), (false, 2), (true, 4)] {
        let source = if from_cells { cells } else { mask };
        let moved = writer.gate_scalar("shl", source, amount(classes));
        mask = writer.gate("or", mask, moved);
    }
    mask
}

/// A word of independent bits, each set with probability numerator / 2^precision.
fn bernoulli(writer: &mut Writer, numerator: u64) -> Handle {
    let lowest = numerator.trailing_zeros();
    let mut word = writer.random();
    for bit in lowest + 1..DEMO_PRECISION {
        let random = writer.random();
        let op = if numerator >> bit & 1 == 1 { "or" } else { "and" };
        word = writer.gate(op, word, random);
    }
    word
}

fn bit_length(value: u64) -> usize {
    (u64::BITS - value.leading_zeros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::{check_support, cost_in_ands};
    use crate::graph::{Graph, Urgency};
    use crate::operation::Operation;
    use crate::types::InputId;
    use std::collections::BTreeMap;

    /// `and`s and operations by name that are needed for what the transactions grant.
    fn cost_of(transactions: &[Transaction], inputs: &[Handle]) -> (f64, BTreeMap<String, usize>) {
        let mut graph = Graph::default();
        for (index, handle) in inputs.iter().enumerate() {
            graph.define(*handle, Operation::Input { input: InputId([0; 32]), index }, 1);
        }
        for transaction in transactions {
            for wire in &transaction.operations {
                graph.define(wire.result, wire.operation().unwrap(), 1);
            }
            for grant in &transaction.allowed {
                graph.grant(grant.handle, grant.grantee);
                let settled = graph.demand(grant.handle, Urgency::State, check_support);
                assert!(settled.failed.is_empty());
            }
        }
        let mut names = BTreeMap::new();
        let open: Vec<_> = graph.iter().filter(|(_, node)| node.is_open()).collect();
        for (_, node) in &open {
            *names.entry(node.recipe.name(&node.operation).to_string()).or_default() += 1;
        }
        (open.iter().map(|(handle, node)| cost_in_ands(*handle, &node.operation, &node.recipe)).sum(), names)
    }

    #[test]
    fn a_loop_pilot_release_is_recorded_as_the_contract_does_and_costs_little() {
        let (mut writer, mut counter) = (Writer::default(), Counter::default());
        let mut inputs = Vec::new();
        let mut transactions = Vec::new();
        for _ in 0..3 {
            let planes: Vec<Handle> = (0..7).map(|_| writer.handle()).collect();
            counter.add(&mut writer, &planes);
            inputs.extend(planes);
            transactions.push(writer.take());
        }
        let (contributions, _) = cost_of(&transactions, &inputs);
        assert!(contributions < 34.0, "{contributions}");
        let (counts, weight) = counter.resolve(&mut writer);
        assert_eq!((counts.len(), weight), (9, 3 * 127));
        let noised = add_noise(&mut writer, &counts, weight);
        assert_eq!(noised.len(), 10);
        let published = suppress(&mut writer, &noised);
        transactions.push(writer.take());
        let vaults = transactions[3].allowed.iter().filter(|grant| grant.grantee == Grantee::Vault);
        assert_eq!(vaults.map(|grant| grant.handle).collect::<Vec<_>>(), published);
        let (all, names) = cost_of(&transactions, &inputs);
        assert_eq!(names["rand"], 33);
        assert!(all < 150.0, "{all} {names:?}");
    }
}
