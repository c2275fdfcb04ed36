//! Functions of three words recognised in the graph of euint256 operations.
//!
//! Contracts add bit planes with full adders: `t = a ^ b; sum = t ^ x; carry = (a & b) | (t & x)`, five operations of
//! which two results matter. Whatever the formula, `sum` is the parity and `carry` the majority of three bits, and
//! every symmetric function of three words takes one bootstrapping a block when their blocks are added first. So a
//! demanded value whose recorded formula is such a function is computed at once, and what is between is never
//! computed, unless it is granted or something else needs it.

use super::{Graph, Node, Stage};
use crate::operation::{BinaryKind, Operand, Operation};
use crate::types::{FheType, Handle};

/// Operations between a value and the three words that it is a function of: a carry has three.
const DEPTH_MAX: usize = 3;
/// The three words' bits in all eight combinations.
const PATTERNS: [u8; 3] = [0b1010_1010, 0b1100_1100, 0b1111_0000];

/// A bit by how many of three bits are set.
pub type ByCount = [bool; 4];

pub const PARITY: ByCount = [false, true, false, true];
pub const MAJORITY: ByCount = [false, false, true, true];

/// How a demanded value is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recipe {
    #[default]
    AsRecorded,
    /// A symmetric function of three words.
    CountOnes([Handle; 3], ByCount),
}

impl Recipe {
    /// The handles whose values it needs, in order, repetitions included.
    pub fn operands(&self, operation: &Operation) -> Vec<Handle> {
        match self {
            Self::AsRecorded => operation.operands(),
            Self::CountOnes(words, _) => words.to_vec(),
        }
    }

    /// Costs are counted by this name.
    pub fn name<'a>(&self, operation: &'a Operation) -> &'a str {
        match self {
            Self::AsRecorded => operation.name(),
            Self::CountOnes(_, PARITY) => "sum",
            Self::CountOnes(_, MAJORITY) => "majority",
            Self::CountOnes(..) => "count",
        }
    }
}

impl Graph {
    /// The cheapest way to a value, by what is around it.
    pub(super) fn choose_recipe(&self, handle: Handle, node: &Node) -> Recipe {
        if !is_word_formula(handle, &node.operation) {
            return Recipe::AsRecorded;
        }
        let candidates = self.cuts_below(&node.operation, DEPTH_MAX).into_iter();
        let recipes = candidates.filter_map(|words| {
            let words = <[Handle; 3]>::try_from(words).ok().filter(|words| self.are_ready_for_adding(words))?;
            by_count(self.truth_table(handle, &words)?).map(|by_count| Recipe::CountOnes(words, by_count))
        });
        recipes.last().unwrap_or_default()
    }

    /// What waits for the value combines it with fresh randomness, whose bits come packed: it had better be packed
    /// too, unless something adds it to others.
    pub fn is_better_packed(&self, handle: Handle) -> bool {
        let waiting = self.nodes.get(&handle).map(|node| node.waiting.as_slice()).unwrap_or_default();
        let waiting: Vec<&Node> = waiting.iter().filter_map(|consumer| self.nodes.get(consumer)).collect();
        let is_added = waiting.iter().any(|node| node.recipe != Recipe::AsRecorded);
        let meets_randomness = |node: &&Node| node.operation.operands().iter().any(|other| self.is_random(*other));
        !is_added && waiting.iter().any(|node| meets_randomness(node))
    }

    /// Sets of at most three words of which the operation's result is a function; the deepest last.
    fn cuts_below(&self, operation: &Operation, depth: usize) -> Vec<Vec<Handle>> {
        match operation {
            Operation::Not { value } => self.cuts(*value, depth),
            Operation::Binary { left, right: Operand::Handle(right), .. } => {
                let mut cuts = Vec::new();
                for left in self.cuts(*left, depth - 1) {
                    for right in self.cuts(*right, depth - 1) {
                        let mut union = left.clone();
                        union.extend(right.iter().filter(|handle| !left.contains(handle)));
                        if union.len() <= 3 && !cuts.contains(&union) {
                            cuts.push(union);
                        }
                    }
                }
                cuts
            }
            _ => Vec::new(),
        }
    }

    /// The word itself, and what it is a function of, if its own value need not be computed.
    fn cuts(&self, handle: Handle, depth: usize) -> Vec<Vec<Handle>> {
        let mut cuts = vec![vec![handle]];
        let node = self.nodes.get(&handle).filter(|node| node.stage == Stage::Idle && depth > 0);
        if let Some(node) =
            node.filter(|node| !self.grants.contains_key(&handle) && is_word_formula(handle, &node.operation))
        {
            cuts.extend(self.cuts_below(&node.operation, depth));
        }
        cuts
    }

    /// The value for all combinations of the words' bits; `None` beyond them.
    fn truth_table(&self, handle: Handle, words: &[Handle; 3]) -> Option<u8> {
        if let Some(at) = words.iter().position(|word| *word == handle) {
            return Some(PATTERNS[at]);
        }
        match &self.nodes.get(&handle)?.operation {
            Operation::Not { value } => self.truth_table(*value, words).map(|table| !table),
            Operation::Binary { kind, left, right: Operand::Handle(right) } => {
                let (left, right) = (self.truth_table(*left, words)?, self.truth_table(*right, words)?);
                match kind {
                    BinaryKind::And => Some(left & right),
                    BinaryKind::Or => Some(left | right),
                    BinaryKind::Xor => Some(left ^ right),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Packed words must be spread before they are added, which costs as much as is gained with two of them.
    fn are_ready_for_adding(&self, words: &[Handle]) -> bool {
        let is_packed = |word: &&Handle| {
            let operation = self.nodes.get(word).map(|node| &node.operation);
            matches!(
                operation,
                Some(Operation::Random { .. } | Operation::Seeded | Operation::Cast { .. } | Operation::Select { .. })
            )
        };
        words.iter().filter(is_packed).count() < 2
    }

    fn is_random(&self, handle: Handle) -> bool {
        self.nodes.get(&handle).is_some_and(|node| matches!(node.operation, Operation::Random { .. }))
    }
}

/// The function by the number of ones, if the table depends on nothing else.
fn by_count(table: u8) -> Option<ByCount> {
    let bit = |at: usize| table >> at & 1 == 1;
    let is_symmetric = bit(1) == bit(2) && bit(2) == bit(4) && bit(3) == bit(5) && bit(5) == bit(6);
    is_symmetric.then(|| [bit(0), bit(1), bit(3), bit(7)])
}

/// A bitwise operation on nothing but encrypted words.
fn is_word_formula(result: Handle, operation: &Operation) -> bool {
    let is_bitwise = match operation {
        Operation::Not { .. } => true,
        Operation::Binary { kind, right: Operand::Handle(_), .. } => {
            matches!(kind, BinaryKind::And | BinaryKind::Or | BinaryKind::Xor)
        }
        _ => false,
    };
    let is_word = |handle: &Handle| handle.fhe_type() == Ok(FheType::Uint256);
    is_bitwise && is_word(&result) && operation.operands().iter().all(is_word)
}
