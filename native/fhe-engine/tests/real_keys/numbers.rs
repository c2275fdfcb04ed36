//! ebool and euint8 to euint64 against machine integers.

use crate::support::{binary, clear, scalar, select, unary, Dice, Lab};
use fhe_engine::operation::WireOperation;
use fhe_engine::types::{FheType, Handle};
use tfhe::integer::U256;

const BINARY: [&str; 14] = ["add", "sub", "mul", "and", "or", "xor", "min", "max", "eq", "ne", "ge", "gt", "le", "lt"];
const SHIFTS: [&str; 4] = ["shl", "shr", "rotl", "rotr"];

/// Operations to be computed together, with what each must give.
struct Cases {
    lab: Lab,
    operations: Vec<WireOperation>,
    expected: Vec<(String, Handle, u64)>,
}

impl Cases {
    fn new() -> Self {
        Self { lab: Lab::new(), operations: Vec::new(), expected: Vec::new() }
    }

    fn encrypt(&self, fhe_type: FheType, value: u64) -> Handle {
        self.lab.encrypt(fhe_type, &[clear(value)])[0]
    }

    fn expect(
        &mut self,
        name: String,
        fhe_type: FheType,
        value: u64,
        make: impl FnOnce(Handle) -> WireOperation,
    ) -> Handle {
        let result = self.lab.handle(fhe_type);
        self.operations.push(make(result));
        self.expected.push((name, result, value));
        result
    }

    fn binary(&mut self, fhe_type: FheType, op: &str, (a, b): (u64, u64), is_scalar: bool) {
        let left = self.encrypt(fhe_type, a);
        let right = self.encrypt(fhe_type, b);
        let (result_type, value) = model(fhe_type, op, a, b);
        let name = format!("{op} {a} {b} {} scalar {is_scalar}", fhe_type.name());
        // A scalar is cut to the width, as the network does.
        let wide = clear(b) | (clear(1) << fhe_type.bits() as u32);
        self.expect(name, result_type, value, |result| {
            if is_scalar {
                scalar(result, op, left, wide)
            } else {
                binary(result, op, left, right)
            }
        });
    }

    fn check(self) {
        self.lab.record(self.operations);
        for (name, handle, value) in self.expected {
            assert_eq!(self.lab.decrypt(&[handle]), [clear(value)], "{name}");
        }
    }
}

fn mask(fhe_type: FheType, value: u64) -> u64 {
    if fhe_type.bits() == 64 {
        value
    } else {
        value & ((1 << fhe_type.bits()) - 1)
    }
}

fn model(fhe_type: FheType, op: &str, a: u64, b: u64) -> (FheType, u64) {
    let number = |value: u64| (fhe_type, mask(fhe_type, value));
    let truth = |value: bool| (FheType::Bool, u64::from(value));
    match op {
        "add" => number(a.wrapping_add(b)),
        "sub" => number(a.wrapping_sub(b)),
        "mul" => number(a.wrapping_mul(b)),
        "and" => number(a & b),
        "or" => number(a | b),
        "xor" => number(a ^ b),
        "min" => number(a.min(b)),
        "max" => number(a.max(b)),
        "eq" => truth(a == b),
        "ne" => truth(a != b),
        "ge" => truth(a >= b),
        "gt" => truth(a > b),
        "le" => truth(a <= b),
        "lt" => truth(a < b),
        _ => panic!("{op}"),
    }
}

fn shifted(fhe_type: FheType, op: &str, value: u64, amount: u64) -> u64 {
    let bits = fhe_type.bits() as u64;
    let amount = amount % bits;
    let (left, right) = (mask(fhe_type, value << amount), value >> amount);
    let back = |shifted: u64| if amount == 0 { 0 } else { shifted };
    match op {
        "shl" => left,
        "shr" => right,
        "rotl" => left | back(value >> ((bits - amount) % bits)),
        "rotr" => right | back(mask(fhe_type, value << ((bits - amount) % bits))),
        _ => panic!("{op}"),
    }
}

#[test]
fn every_operation_on_euint8_agrees_with_machine_integers() {
    let mut dice = Dice(0x0808);
    let mut cases = Cases::new();
    for op in BINARY {
        let any = (dice.roll() & 0xff, dice.roll() & 0xff);
        for pair in [any, (any.1, any.1), (0, 255)] {
            cases.binary(FheType::Uint8, op, pair, false);
        }
        cases.binary(FheType::Uint8, op, any, true);
    }
    for op in SHIFTS {
        for amount in [0, 1, 4, 7, 11] {
            let value = dice.roll() & 0xff;
            let left = cases.encrypt(FheType::Uint8, value);
            let expected = shifted(FheType::Uint8, op, value, amount);
            cases.expect(format!("{op} {value} by {amount}"), FheType::Uint8, expected, |result| {
                scalar(result, op, left, clear(amount))
            });
        }
    }
    for value in [0, 1, 0x5a, 0xff] {
        let encrypted = cases.encrypt(FheType::Uint8, value);
        let (not, neg) = (!value & 0xff, value.wrapping_neg() & 0xff);
        cases.expect(format!("not {value}"), FheType::Uint8, not, |result| unary(result, "not", encrypted));
        cases.expect(format!("neg {value}"), FheType::Uint8, neg, |result| unary(result, "neg", encrypted));
    }
    cases.check();
}

#[test]
fn booleans_agree_with_machine_booleans() {
    let mut cases = Cases::new();
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for op in ["and", "or", "xor", "eq", "ne"] {
            for is_scalar in [false, true] {
                let (left, right) = (cases.encrypt(FheType::Bool, a), cases.encrypt(FheType::Bool, b));
                let (_, value) = model(FheType::Bool, op, a, b);
                cases.expect(format!("{op} {a} {b} scalar {is_scalar}"), FheType::Bool, value, |result| {
                    if is_scalar {
                        scalar(result, op, left, clear(b * 2))
                    } else {
                        binary(result, op, left, right)
                    }
                });
            }
        }
        let (a_bool, b_bool) = (cases.encrypt(FheType::Bool, a), cases.encrypt(FheType::Bool, b));
        cases.expect(format!("not {a}"), FheType::Bool, 1 - a, |result| unary(result, "not", a_bool));
        let chosen = if a == 1 { b } else { a };
        cases.expect(format!("select {a} {b} {a}"), FheType::Bool, chosen, |result| {
            select(result, a_bool, b_bool, a_bool)
        });
        cases.expect(format!("cast {a}"), FheType::Uint16, a, |result| unary(result, "cast", a_bool));
    }
    cases.check();
}

#[test]
fn wider_integers_agree_with_machine_integers() {
    let mut dice = Dice(0x1616);
    let mut cases = Cases::new();
    let per_width = [
        (FheType::Uint16, vec!["add", "sub", "mul", "min", "gt", "eq", "xor"]),
        (FheType::Uint32, vec!["add", "mul", "max", "le", "ne", "and"]),
        (FheType::Uint64, vec!["add", "sub", "ge", "or", "lt"]),
    ];
    for (fhe_type, operations) in per_width {
        for (number, op) in operations.into_iter().enumerate() {
            let pair = (mask(fhe_type, dice.roll()), mask(fhe_type, dice.roll()));
            cases.binary(fhe_type, op, pair, number % 2 == 1);
        }
    }
    let (yes, no) = (cases.encrypt(FheType::Bool, 1), cases.encrypt(FheType::Bool, 0));
    let (a, b) = (dice.roll(), dice.roll());
    let (a_number, b_number) = (cases.encrypt(FheType::Uint64, a), cases.encrypt(FheType::Uint64, b));
    cases.expect("select yes".into(), FheType::Uint64, a, |result| select(result, yes, a_number, b_number));
    cases.expect("select no".into(), FheType::Uint64, b, |result| select(result, no, a_number, b_number));
    cases.expect("mul scalar".into(), FheType::Uint64, a.wrapping_mul(1000), |r| {
        scalar(r, "mul", a_number, clear(1000))
    });
    cases.expect("narrow".into(), FheType::Uint8, a & 0xff, |result| unary(result, "cast", a_number));
    let small = cases.encrypt(FheType::Uint8, 0xa5);
    cases.expect("widen".into(), FheType::Uint64, 0xa5, |result| unary(result, "cast", small));
    cases.check();
}

#[test]
fn operations_are_chained_and_shared_rightly() {
    let mut cases = Cases::new();
    let [a, b] = [200, 100].map(|value| cases.encrypt(FheType::Uint8, value));
    let sum = cases.expect("a + b".into(), FheType::Uint8, 44, |result| binary(result, "add", a, b));
    let twice = cases.expect("sum + sum".into(), FheType::Uint8, 88, |result| binary(result, "add", sum, sum));
    let is_less = cases.expect("twice < a".into(), FheType::Bool, 1, |result| binary(result, "lt", twice, a));
    let chosen = cases.expect("choice".into(), FheType::Uint8, 88, |result| select(result, is_less, twice, sum));
    let constant = cases.expect("trivial".into(), FheType::Uint8, 8, |result| WireOperation {
        scalar: Some(fhe_engine::types::Clear(clear(8))),
        ..crate::support::wire(result, "trivial")
    });
    cases.expect("choice / 8".into(), FheType::Uint8, 11, |result| scalar(result, "shr", chosen, clear(3)));
    cases.expect("choice - 8".into(), FheType::Uint8, 80, |result| binary(result, "sub", chosen, constant));
    cases.check();
}

#[test]
fn the_model_knows_its_rotations() {
    assert_eq!(shifted(FheType::Uint8, "rotl", 0b1000_0001, 9), 0b0000_0011);
    assert_eq!(shifted(FheType::Uint8, "rotr", 0b1000_0001, 1), 0b1100_0000);
    assert_eq!(U256::from(3u128), clear(3));
}
