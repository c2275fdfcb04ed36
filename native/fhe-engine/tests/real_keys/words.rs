//! euint256 against clear words, in both forms and in between.

use crate::support::{binary, clear, keys, random, scalar, select, unary, wire, Dice, Lab};
use fhe_engine::arithmetic::Form;
use fhe_engine::operation::WireOperation;
use fhe_engine::types::{Clear, FheType, Handle};
use fhe_engine::value;
use tfhe::integer::U256;

const WORD: FheType = FheType::Uint256;

struct Words {
    lab: Lab,
    operations: Vec<WireOperation>,
    expected: Vec<(String, Handle, U256)>,
}

impl Words {
    fn new() -> Self {
        Self { lab: Lab::new(), operations: Vec::new(), expected: Vec::new() }
    }

    fn expect(&mut self, name: &str, value: U256, make: impl FnOnce(Handle) -> WireOperation) -> Handle {
        let result = self.lab.handle(WORD);
        self.operations.push(make(result));
        self.expected.push((name.into(), result, value));
        result
    }

    fn check(self) -> Lab {
        self.lab.record(self.operations);
        for (name, handle, value) in self.expected {
            assert_eq!(self.lab.decrypt(&[handle]), [value], "{name}");
        }
        self.lab
    }
}

fn mask(bits: u32) -> U256 {
    U256::MAX >> (256 - bits)
}

fn rotated_left(value: U256, amount: u32) -> U256 {
    (value << amount) | (value >> (256 - amount))
}

#[test]
fn bitwise_operations_agree_with_clear_words_in_every_form() {
    let mut dice = Dice(0x2560);
    let [a, b] = [dice.word(), dice.word()];
    let mut words = Words::new();
    // Imports are packed; results are spread; so the operands below are packed with packed, mixed, spread with spread.
    let [a_in, b_in] = words.lab.encrypt(WORD, &[a, b]).try_into().unwrap();
    let both = words.expect("packed and packed", a & b, |result| binary(result, "and", a_in, b_in));
    let mixed = words.expect("spread or packed", (a & b) | a, |result| binary(result, "or", both, a_in));
    let spread =
        words.expect("spread xor spread", (a & b) ^ mixed_value(a, b), |result| binary(result, "xor", both, mixed));
    let not = words.expect("not spread", !((a & b) ^ mixed_value(a, b)), |result| unary(result, "not", spread));
    words.expect("not packed", !a, |result| unary(result, "not", a_in));
    let tile =
        words.expect("scalar and", !((a & b) ^ mixed_value(a, b)) & mask(49), |r| scalar(r, "and", not, mask(49)));
    let tile_value = !((a & b) ^ mixed_value(a, b)) & mask(49);
    words.expect("scalar or", tile_value | clear(0b0110_0111), |r| scalar(r, "or", tile, clear(0b0110_0111)));
    words.expect("scalar xor", tile_value ^ U256::MAX, |r| scalar(r, "xor", tile, U256::MAX));
    words.expect("known blocks", tile_value & b, |result| binary(result, "and", tile, b_in));
    words.check();
}

fn mixed_value(a: U256, b: U256) -> U256 {
    (a & b) | a
}

#[test]
fn shifts_and_rotations_agree_with_clear_words_in_both_forms() {
    let mut dice = Dice(0x5417);
    let value = dice.word();
    let mut words = Words::new();
    let packed = words.lab.encrypt(WORD, &[value])[0];
    let spread = words.expect("spread", value & !clear(1), |r| scalar(r, "and", packed, !clear(1)));
    let even = value & !clear(1);
    words.expect("shl 49", even << 49u32, |r| scalar(r, "shl", spread, clear(49)));
    words.expect("shr 49", even >> 49u32, |r| scalar(r, "shr", spread, clear(49)));
    words.expect("shl 98", even << 98u32, |r| scalar(r, "shl", spread, clear(98)));
    words.expect("shr 196", even >> 196u32, |r| scalar(r, "shr", spread, clear(196)));
    words.expect("rotl 255", rotated_left(even, 255), |r| scalar(r, "rotl", spread, clear(255)));
    words.expect("rotr 98", rotated_left(even, 256 - 98), |r| scalar(r, "rotr", spread, clear(98)));
    words.expect("packed shr 1", value >> 1u32, |r| scalar(r, "shr", packed, clear(1)));
    words.expect("packed rotl 6", rotated_left(value, 6), |r| scalar(r, "rotl", packed, clear(6)));
    words.expect("shl by the width", value, |r| scalar(r, "shl", packed, clear(256)));
    words.check();
}

#[test]
fn folding_and_spreading_a_mask_over_five_classes_is_right_and_cheap() {
    let mut dice = Dice(0x3a5c);
    let value = dice.word() & dice.word() & dice.word() & mask(245);
    let mut words = Words::new();
    let packed = words.lab.encrypt(WORD, &[value])[0];
    let m = words.expect("m", value, |r| scalar(r, "or", packed, clear(0)));
    let by = |words: &mut Words, op: &'static str, from: (Handle, U256), amount: u64| {
        let value = if op == "shl" { from.1 << amount as u32 } else { from.1 >> amount as u32 };
        (words.expect(&format!("{op} {amount}"), value, |r| scalar(r, op, from.0, clear(amount))), value)
    };
    let or = |words: &mut Words, a: (Handle, U256), b: (Handle, U256)| {
        (words.expect("or", a.1 | b.1, |r| binary(r, "or", a.0, b.0)), a.1 | b.1)
    };
    let m = (m, value);
    let shifted = by(&mut words, "shr", m, 49);
    let x = or(&mut words, m, shifted);
    let shifted = by(&mut words, "shr", x, 98);
    let x = or(&mut words, x, shifted);
    let shifted = by(&mut words, "shr", m, 196);
    let x = or(&mut words, x, shifted);
    let cut = (words.expect("cut", x.1 & mask(49), |r| scalar(r, "and", x.0, mask(49))), x.1 & mask(49));
    let shifted = by(&mut words, "shl", cut, 49);
    let y = or(&mut words, cut, shifted);
    let shifted = by(&mut words, "shl", y, 98);
    let y = or(&mut words, y, shifted);
    let shifted = by(&mut words, "shl", cut, 196);
    or(&mut words, y, shifted);
    words.check();
}

#[test]
fn adders_agree_with_clear_words_when_randomness_takes_part() {
    let mut dice = Dice(0xadde);
    let [p, c] = [dice.word(), dice.word()];
    let mut words = Words::new();
    let [p_in, c_in] = words.lab.encrypt(WORD, &[p, c]).try_into().unwrap();
    let (r, s) = (words.lab.handle(WORD), words.lab.handle(WORD));
    words.lab.record(vec![random(r, 11, Some(256)), random(s, 12, Some(256))]);
    let [r_clear, s_clear] = words.lab.decrypt(&[r, s]).try_into().unwrap();
    // As a noise builder does: combined with more randomness while packed, then signed, then added.
    let digit = words.expect("digit", r_clear & s_clear, |result| binary(result, "and", r, s));
    let noise_clear = (r_clear & s_clear) ^ s_clear;
    let noise = words.expect("noise", noise_clear, |result| binary(result, "xor", digit, s));
    let [t, u, v] = [0; 3].map(|_| words.lab.handle(WORD));
    words.operations.push(binary(t, "xor", p_in, noise));
    words.operations.push(binary(u, "xor", p_in, c_in));
    words.operations.push(binary(v, "and", t, u));
    words.expect("sum", p ^ noise_clear ^ c, |result| binary(result, "xor", t, c_in));
    let majority = (p & noise_clear) | (p & c) | (noise_clear & c);
    words.expect("carry", majority, |result| binary(result, "xor", p_in, v));
    // Whether the adder is fused depends on what is computed first, and is not promised; what it means is.
    words.check();
}

#[test]
fn words_whose_blocks_are_known_agree_with_clear_words_whatever_the_blocks_hold() {
    let mut dice = Dice(0x1e0b);
    // Blocks side by side hold all sixteen pairs of contents, over and over.
    let contents = |step: u32| (0..128).fold(clear(0), |word, at| word | (clear(u64::from(at / step & 3)) << (2 * at)));
    let (a, b, secret) = (contents(1), contents(4), dice.word());
    let mut words = Words::new();
    let secret_in = words.lab.encrypt(WORD, &[secret])[0];
    let trivial = |value: U256| move |r| WireOperation { scalar: Some(Clear(value)), ..wire(r, "trivial") };
    let known = [a, b].map(|value| (words.expect("known", value, trivial(value)), value));
    let part = (words.expect("part", secret & a, |r| scalar(r, "and", secret_in, a)), secret & a);
    for (left, right) in [(known[0], known[1]), (part, known[1]), (part, (secret_in, secret))] {
        for op in ["and", "or", "xor"] {
            words.expect(op, bitwise(op, left.1, right.1), |r| binary(r, op, left.0, right.0));
            words.expect(&format!("scalar {op}"), bitwise(op, left.1, b), |r| scalar(r, op, left.0, b));
        }
    }
    for (handle, value) in [known[0], part] {
        words.expect("not", !value, |r| unary(r, "not", handle));
        for amount in [49, 98, 255] {
            words.expect("shl", value << amount, |r| scalar(r, "shl", handle, clear(amount.into())));
            words.expect("shr", value >> amount, |r| scalar(r, "shr", handle, clear(amount.into())));
            let rotated = rotated_left(value, amount);
            words.expect("rotl", rotated, |r| scalar(r, "rotl", handle, clear(amount.into())));
        }
    }
    words.check();
}

fn bitwise(op: &str, left: U256, right: U256) -> U256 {
    match op {
        "and" => left & right,
        "or" => left | right,
        _ => left ^ right,
    }
}

#[test]
fn comparison_choice_and_casts_of_words_agree_with_clear_words() {
    let mut dice = Dice(0xca57);
    let [a, b] = [dice.word(), dice.word()];
    let lab = Lab::new();
    let [a_in, b_in] = lab.encrypt(WORD, &[a, b]).try_into().unwrap();
    let [eq, ne, scalar_eq] = [0; 3].map(|_| lab.handle(FheType::Bool));
    let (chosen, wide, narrow) = (lab.handle(WORD), lab.handle(WORD), lab.handle(FheType::Uint64));
    lab.record(vec![
        binary(eq, "eq", a_in, b_in),
        binary(ne, "ne", a_in, b_in),
        scalar(scalar_eq, "eq", a_in, a),
        select(chosen, ne, b_in, a_in),
        unary(narrow, "cast", chosen),
        unary(wide, "cast", narrow),
    ]);
    let low = b & mask(64);
    assert_eq!(lab.decrypt(&[eq, ne, scalar_eq, chosen, narrow, wide]), [clear(0), clear(1), clear(1), b, low, low]);
}

#[test]
fn every_form_on_disk_is_the_same_value() {
    let mut dice = Dice(0xd15c);
    let value = dice.word();
    let words = Words::new();
    let packed = words.lab.encrypt(WORD, &[value])[0];
    let seeded = value::encrypt_seeded(&keys(), Clear(value), WORD).unwrap();
    let decoded = value::decode(&keys(), &seeded).unwrap();
    let sizes = [Form::Plain, Form::Switched].map(|form| {
        let bytes = value::encode(&keys(), &decoded, form).unwrap().unwrap();
        assert_eq!(value::decode(&keys(), &bytes).unwrap().decrypt(&keys()).0, value, "{form:?}");
        bytes.len()
    });
    assert!(seeded.len() < 20_000 && sizes[1] < 100_000 && sizes[0] > 2_000_000, "{} {sizes:?}", seeded.len());
    // A spread word as well: read back from its switched form it is compressed and read once more.
    let switched = value::encode(&keys(), &decoded, Form::Switched).unwrap().unwrap();
    let spread = value::decode(&keys(), &switched).unwrap();
    for form in [Form::Plain, Form::Switched] {
        let bytes = value::encode(&keys(), &spread, form).unwrap().unwrap();
        assert_eq!(value::decode(&keys(), &bytes).unwrap().decrypt(&keys()).0, value, "spread, {form:?}");
    }
    for damaged in [&seeded[..seeded.len() - 1], &[], &[9]] {
        assert!(value::decode(&keys(), damaged).is_err());
    }
    assert_eq!(words.lab.decrypt(&[packed]), [value]);
}
