//! A release as the contract asks for it, from a fleet's planes and noise to what the vault gets, against clear words:
//! every plane and the mask, bit by bit.

use crate::support::{clear, keys, scalar, Dice, Lab};
use fhe_engine::bench::graph::{add_noise, suppress, Transaction, Writer, DEMO_DIGITS, DEMO_THRESHOLD};
use fhe_engine::journal::Block;
use fhe_engine::operation::WireOperation;
use fhe_engine::types::{Clear, FheType, Handle};
use fhe_engine::value;
use std::collections::{BTreeSet, HashMap, HashSet};
use tfhe::integer::U256;

const CELLS: u32 = 49;
const CLASSES: u32 = 5;
const PLANES: u32 = 7;
const VEHICLES: u64 = 127;
const LAB_HANDLES: usize = 100;

/// Visits of 127 vehicles by cell and speed class, around the threshold of 20 in cells on odd and on even bits, in one
/// class, in several and in none. A mask was wrong in every odd cell here, and right where only even ones were high.
const VISITS: [(u32, [u64; 5]); 34] = [
    (0, [0, 3, 16, 5, 0]),
    (1, [0, 9, 10, 11, 23]),
    (2, [5, 21, 49, 9, 0]),
    (3, [7, 13, 19, 23, 6]),
    (4, [0, 0, 5, 14, 11]),
    (6, [0, 7, 15, 7, 1]),
    (11, [0, 0, 6, 13, 17]),
    (13, [0, 0, 1, 10, 25]),
    (14, [2, 23, 20, 3, 0]),
    (15, [2, 25, 33, 2, 0]),
    (16, [0, 0, 0, 2, 1]),
    (17, [1, 7, 24, 9, 6]),
    (18, [1, 13, 11, 1, 0]),
    (19, [3, 28, 15, 9, 1]),
    (20, [0, 0, 1, 20, 6]),
    (25, [0, 15, 18, 14, 0]),
    (28, [0, 1, 0, 0, 0]),
    (29, [3, 3, 22, 25, 4]),
    (31, [1, 0, 17, 24, 2]),
    (32, [0, 0, 0, 2, 0]),
    (33, [0, 0, 1, 1, 0]),
    (34, [0, 1, 0, 0, 0]),
    (35, [4, 9, 13, 5, 0]),
    (36, [0, 16, 30, 14, 1]),
    (37, [0, 2, 22, 11, 2]),
    (38, [0, 13, 15, 22, 5]),
    (39, [0, 0, 1, 1, 0]),
    (40, [2, 14, 18, 20, 3]),
    (41, [0, 0, 11, 16, 0]),
    (43, [2, 4, 3, 15, 2]),
    (45, [6, 7, 7, 0, 0]),
    // Not of that day: the bits at the ends of a class and of the word.
    (47, [36, 1, 0, 0, 0]),
    (48, [0, 0, 0, 0, 127]),
    (42, [4, 4, 4, 4, 4]),
];

/// The cells that reach the threshold with the noise that the dice give.
const SHOWN: [u32; 18] = [0, 1, 2, 3, 13, 14, 15, 17, 19, 20, 29, 31, 36, 37, 38, 40, 47, 48];

fn counts_by_counter() -> Vec<u64> {
    let visits: HashMap<u32, [u64; 5]> = VISITS.into();
    let count = |bit: u32| visits.get(&(bit % CELLS)).map_or(0, |classes| classes[(bit / CELLS) as usize]);
    (0..CELLS * CLASSES).map(count).collect()
}

/// The fleet's words. The bits above the classes are a contributor's own affair: here all are set.
fn planes() -> Vec<U256> {
    let spare = U256::MAX << (CELLS * CLASSES);
    let bit = |count: u64, plane: u32| clear(count >> plane & 1);
    let plane = |plane: u32| {
        (0..)
            .zip(counts_by_counter())
            .fold(spare, |word, (counter, count)| word | (bit(count, plane) << counter as u32))
    };
    (0..PLANES).map(plane).collect()
}

/// What the recorded operations mean, from the words that are given.
fn evaluate(operations: &[WireOperation], mut values: HashMap<Handle, U256>) -> HashMap<Handle, U256> {
    for wire in operations.iter().filter(|wire| wire.op != "rand") {
        let of = |handle: Option<Handle>| values[&handle.unwrap()];
        let amount = || wire.scalar.unwrap().0.to_low_high_u128().0 as u32;
        let right = || wire.scalar.map_or_else(|| of(wire.right), |scalar| scalar.0);
        let value = match wire.op.as_str() {
            "and" => of(wire.left) & right(),
            "or" => of(wire.left) | right(),
            "xor" => of(wire.left) ^ right(),
            "shl" => of(wire.left) << amount(),
            "shr" => of(wire.left) >> amount(),
            "not" => !of(wire.value),
            other => panic!("{other} is not part of a release"),
        };
        values.insert(wire.result, value);
    }
    values
}

fn signed(planes: &[U256], counter: usize) -> i64 {
    let bit = |plane: &U256| (*plane >> counter as u32).to_low_high_u128().0 as i64 & 1;
    let (sign, digits) = planes.split_last().unwrap();
    digits.iter().enumerate().map(|(weight, plane)| bit(plane) << weight).sum::<i64>() - (bit(sign) << digits.len())
}

/// What suppression is for, without its circuit.
fn mask_of(noised: &[U256]) -> U256 {
    let reaches = |counter: u32| signed(noised, counter as usize) >= DEMO_THRESHOLD as i64;
    let is_shown = |cell: u32| (0..CLASSES).any(|class| reaches(cell + CELLS * class));
    let shown = (0..CELLS * CLASSES).filter(|counter| is_shown(counter % CELLS));
    shown.fold(clear(0), |mask, counter| mask | (clear(1) << counter))
}

/// Noise by its law, drawn from the dice: a word for each random word of the operations.
fn draw_random_words(operations: &[WireOperation]) -> Vec<(Handle, U256)> {
    let mut dice = Dice(0x5eed);
    let random = operations.iter().filter(|wire| wire.op == "rand");
    random.map(|wire| (wire.result, dice.word())).collect()
}

fn operands(wire: &WireOperation) -> impl Iterator<Item = Handle> {
    [wire.left, wire.right, wire.value].into_iter().flatten()
}

/// The operations without those that only make noise, and the noise words that the others need. Making them takes two
/// thirds of a release's time.
fn without_noise_makers(operations: Vec<WireOperation>) -> (Vec<WireOperation>, Vec<Handle>) {
    let mut made_of_noise = HashSet::new();
    let (_, kept): (Vec<_>, Vec<_>) = operations.into_iter().partition(|wire| {
        let is_noise = wire.op == "rand" || operands(wire).all(|operand| made_of_noise.contains(&operand));
        is_noise && made_of_noise.insert(wire.result)
    });
    let needed: BTreeSet<Handle> = kept.iter().flat_map(operands).filter(|word| made_of_noise.contains(word)).collect();
    (kept, needed.into_iter().collect())
}

/// Brings words in as the generator gives them.
fn give_packed(lab: &Lab, words: &[(Handle, U256)]) {
    let encrypt = |value: U256| value::encrypt_seeded(&keys(), Clear(value), FheType::Uint256).unwrap();
    let encrypted: Vec<_> = words.iter().map(|(handle, value)| (*handle, encrypt(*value))).collect();
    lab.engine.import(&encrypted).unwrap();
}

/// Brings words in as inputs and results of operations are.
fn give_spread(lab: &Lab, words: &[(Handle, U256)]) {
    let values: Vec<U256> = words.iter().map(|(_, value)| *value).collect();
    let packed = lab.encrypt(FheType::Uint256, &values);
    let spread = packed.into_iter().zip(words).map(|(packed, (word, _))| scalar(*word, "or", packed, clear(0)));
    lab.record(spread.collect());
}

#[test]
fn a_release_shows_exactly_the_cells_that_reach_the_threshold() {
    let (lab, mut writer) = (Lab::new(), Writer::default());
    // The laboratory counts its own handles from one.
    for _ in 0..LAB_HANDLES {
        writer.handle();
    }
    let inputs: Vec<(Handle, U256)> = planes().into_iter().map(|plane| (writer.handle(), plane)).collect();
    let counts: Vec<Handle> = inputs.iter().map(|(handle, _)| *handle).collect();
    let noised = add_noise(&mut writer, &counts, VEHICLES);
    let published = suppress(&mut writer, &noised);
    let Transaction { operations, allowed } = writer.take();
    let mask = operations.last().and_then(|wire| wire.right).unwrap();
    assert_eq!((operations.len(), noised.len(), published.len()), (129, 9, 9));

    let random = draw_random_words(&operations);
    let given = inputs.iter().chain(&random).copied().collect();
    let expected = evaluate(&operations, given);
    let (operations, noise) = without_noise_makers(operations);
    assert_eq!(noise.len(), DEMO_DIGITS.len() + 1);
    let (sign, digits): (Vec<_>, Vec<_>) =
        noise.into_iter().map(|word| (word, expected[&word])).partition(|word| random.contains(word));
    give_packed(&lab, &sign);
    give_spread(&lab, &[inputs, digits].concat());
    lab.engine.record(Block { number: 1 << 32, hash: String::new() }, operations, allowed).unwrap();
    for (name, handles) in [("noised", noised.as_slice()), ("mask", &[mask]), ("published", &published)] {
        for (plane, (value, handle)) in lab.decrypt(handles).into_iter().zip(handles).enumerate() {
            assert_eq!(value, expected[handle], "{name}, plane {plane}");
        }
    }

    // And the circuit does what it is for.
    let noised: Vec<U256> = noised.iter().map(|handle| expected[handle]).collect();
    let bound = 1 << DEMO_DIGITS.len();
    for (counter, count) in counts_by_counter().into_iter().enumerate() {
        let noise = signed(&noised, counter) - count as i64;
        assert!((-bound..bound).contains(&noise), "a noise of {noise} in counter {counter}");
    }
    assert_eq!(expected[&mask], mask_of(&noised));
    let shown: Vec<u32> = (0..CELLS).filter(|cell| expected[&mask] >> *cell & clear(1) == clear(1)).collect();
    assert_eq!(shown, SHOWN);
}
