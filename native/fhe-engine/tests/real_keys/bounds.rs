//! What the parameters do not allow is refused: it would decrypt to something else, and nobody would notice.

use crate::support::keys;
use fhe_engine::arithmetic::word::{pair_blocks, Shape};
use fhe_engine::error::Result;
use fhe_engine::fence::fenced;
use tfhe::shortint::Ciphertext;

fn pair(first: &Ciphertext, second: &Ciphertext) -> Result<Ciphertext> {
    fenced("pair", || Ok(pair_blocks(&keys().server, Shape::Packed, first, second)))
}

#[test]
fn blocks_whose_sum_overflows_its_padding_bit_are_not_joined() {
    let keys = keys();
    let client: &tfhe::shortint::ClientKey = keys.client.as_ref();
    let (one, two) = (client.encrypt(1), client.encrypt(2));
    let joined = pair(&one, &two).unwrap();
    assert_eq!(client.decrypt_message_and_carry(&joined), 0b1001);
    assert!(pair(&joined, &one).unwrap_err().to_string().contains("bounds"));
}

#[test]
fn blocks_whose_noise_makes_bootstrapping_fail_too_often_are_not_joined() {
    let keys = keys();
    let bit = keys.client.encrypt_bool(true);
    let zero = keys.server.as_ref().create_trivial(0);
    let noisy = |factor| keys.server.as_ref().unchecked_scalar_mul(bit.as_ref(), factor);
    assert!(pair(&noisy(5), &zero).is_ok());
    assert!(pair(&noisy(6), &zero).unwrap_err().to_string().contains("bounds"));
}
