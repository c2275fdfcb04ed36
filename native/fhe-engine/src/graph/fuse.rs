//! Full adders recognised in the graph of euint256 operations.
//!
//! Contracts add bit planes by `t = a ^ b; sum = t ^ x; carry = a ^ (t & (a ^ x))`: five operations, of which two
//! results matter. `sum` is the parity and `carry` the majority of three bits, and either takes one bootstrapping
//! a block when the three are added first. What is between them is then never computed, unless it is granted.

use super::{Graph, Node, Stage};
use crate::operation::{BinaryKind, Operand, Operation};
use crate::types::{FheType, Handle};

/// How a demanded value is computed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Recipe {
    #[default]
    AsRecorded,
    /// The parity of three words.
    Sum([Handle; 3]),
    /// The majority of three words.
    Majority([Handle; 3]),
}

impl Recipe {
    /// The handles whose values it needs, in order, repetitions included.
    pub fn operands(&self, operation: &Operation) -> Vec<Handle> {
        match self {
            Self::AsRecorded => operation.operands(),
            Self::Sum(words) | Self::Majority(words) => words.to_vec(),
        }
    }

    /// Costs are counted by this name.
    pub fn name<'a>(&self, operation: &'a Operation) -> &'a str {
        match self {
            Self::AsRecorded => operation.name(),
            Self::Sum(_) => "sum",
            Self::Majority(_) => "majority",
        }
    }
}

impl Graph {
    /// The cheapest way to a value, by what is around it.
    pub(super) fn choose_recipe(&self, handle: Handle, node: &Node) -> Recipe {
        let Some((left, right)) = words_of(BinaryKind::Xor, handle, &node.operation) else { return Recipe::AsRecorded };
        if let Some(words) = self.match_majority(left, right).or_else(|| self.match_majority(right, left)) {
            return Recipe::Majority(words);
        }
        match self.match_sum(left, right).or_else(|| self.match_sum(right, left)) {
            Some(words) => Recipe::Sum(words),
            None => Recipe::AsRecorded,
        }
    }

    /// Some consumer combines the value with fresh randomness, whose bits come packed: it had better be packed too.
    pub fn is_better_packed(&self, handle: Handle) -> bool {
        let consumers = self.nodes.get(&handle).map(|node| node.consumers.as_slice()).unwrap_or_default();
        consumers.iter().any(|consumer| {
            let Some(Operation::Binary { kind, left, right: Operand::Handle(right) }) = self.operation(*consumer)
            else {
                return false;
            };
            let other = if *left == handle { right } else { left };
            is_bitwise(*kind) && self.is_random(*other)
        })
    }

    /// `carry = a ^ (t & u)` with `t = a ^ b` and `u = a ^ x`.
    fn match_majority(&self, a: Handle, and: Handle) -> Option<[Handle; 3]> {
        if !self.is_avoidable(and) {
            return None;
        }
        let (t, u) = words_of(BinaryKind::And, and, self.operation(and)?)?;
        Some([a, self.xored_with(a, t)?, self.xored_with(a, u)?])
    }

    /// `sum = t ^ x` with `t = a ^ b`, where nothing else needs `t`.
    fn match_sum(&self, t: Handle, x: Handle) -> Option<[Handle; 3]> {
        if !self.is_avoidable(t) || !self.is_inner(t) {
            return None;
        }
        let (a, b) = words_of(BinaryKind::Xor, t, self.operation(t)?)?;
        let random = [a, b, x].into_iter().filter(|word| self.is_random(*word)).count();
        // Randomness must be unpacked first; with two such operands nothing is gained.
        (random < 2).then_some([a, b, x])
    }

    /// The other operand of `xor`, if it is an exclusive or with `a`.
    fn xored_with(&self, a: Handle, xor: Handle) -> Option<Handle> {
        let (left, right) = words_of(BinaryKind::Xor, xor, self.operation(xor)?)?;
        if left == a {
            Some(right)
        } else {
            (right == a).then_some(left)
        }
    }

    /// Nothing demanded has asked for its value yet.
    fn is_avoidable(&self, handle: Handle) -> bool {
        !self.grants.contains_key(&handle) && self.nodes.get(&handle).is_some_and(|node| node.stage == Stage::Idle)
    }

    /// All recorded consumers of `t` are sums, or lead to a majority, so that `t` itself will not be needed.
    fn is_inner(&self, t: Handle) -> bool {
        let Some(node) = self.nodes.get(&t) else { return false };
        node.consumers.iter().all(|consumer| match self.operation(*consumer) {
            Some(Operation::Binary { kind: BinaryKind::Xor, .. }) => true,
            Some(Operation::Binary { kind: BinaryKind::And, .. }) => self.leads_to_majority(*consumer),
            _ => false,
        })
    }

    fn leads_to_majority(&self, and: Handle) -> bool {
        let Some(node) = self.nodes.get(&and) else { return false };
        !node.consumers.is_empty()
            && node.consumers.iter().all(|carry| {
                let words = self.operation(*carry).and_then(|operation| words_of(BinaryKind::Xor, *carry, operation));
                words.is_some_and(|(left, right)| {
                    let other = if left == and { right } else { left };
                    self.match_majority(other, and).is_some()
                })
            })
    }

    fn operation(&self, handle: Handle) -> Option<&Operation> {
        self.nodes.get(&handle).map(|node| &node.operation)
    }

    fn is_random(&self, handle: Handle) -> bool {
        matches!(self.operation(handle), Some(Operation::Random { .. }))
    }
}

fn is_bitwise(kind: BinaryKind) -> bool {
    matches!(kind, BinaryKind::And | BinaryKind::Or | BinaryKind::Xor)
}

/// Both operands, if it is that operation on two encrypted words.
fn words_of(kind: BinaryKind, result: Handle, operation: &Operation) -> Option<(Handle, Handle)> {
    match operation {
        Operation::Binary { kind: found, left, right: Operand::Handle(right) } if *found == kind => {
            let is_word = |handle: &Handle| handle.fhe_type() == Ok(FheType::Uint256);
            [result, *left, *right].iter().all(is_word).then_some((*left, *right))
        }
        _ => None,
    }
}
