use crate::support::{clear, fixture, keys, Dice, Lab};
use fhe_engine::error::EngineError;
use fhe_engine::types::{Clear, FheType};
use fhe_engine::{input, prover};
use tfhe::integer::U256;

const AUX: [u8; 92] = [7; 92];

/// What the relayer SDK 0.4.3 was asked to encrypt for the golden proof, after `addBool(true)`.
const SDK_TYPES: [FheType; 9] = [
    FheType::Bool,
    FheType::Uint8,
    FheType::Uint64,
    FheType::Address,
    FheType::Uint256,
    FheType::Uint256,
    FheType::Uint32,
    FheType::Uint256,
    FheType::Uint256,
];

fn sdk_values() -> Vec<U256> {
    let address =
        (clear(0x0011_2233) << 128u32) | (clear(0x4455_6677_8899_aabb) << 64u32) | clear(0xccdd_eeff_0011_2233);
    let words = [(clear(0xfeed) << 240u32) | clear(0b1011), clear(1) << 244u32, clear(0), U256::MAX];
    vec![clear(1), clear(200), clear(0x0123_4567_89ab_cdef), address, words[0], words[1], clear(7), words[2], words[3]]
}

#[test]
fn a_proof_made_by_the_relayer_sdk_is_accepted_and_means_what_was_encrypted() {
    let (blob, aux) = (fixture("sdk-input.blob"), fixture("sdk-input.aux"));
    assert_eq!(input::verify(&keys(), &blob, &aux).unwrap(), SDK_TYPES);
    let values: Vec<U256> = input::decrypt(&keys(), &blob).unwrap().into_iter().map(|value| value.0).collect();
    assert_eq!(values, sdk_values());

    let mut other_user = aux;
    other_user[39] ^= 1;
    assert_eq!(input::verify(&keys(), &blob, &other_user), Err(EngineError::InvalidProof));

    // Expanded, too: after the boolean every value begins in the high half of a ciphertext.
    let lab = Lab::new();
    let handles = lab.bind(&blob, &SDK_TYPES);
    let expanded = [0, 1, 2, 3, 4, 6].map(|index| handles[index]);
    assert_eq!(lab.decrypt(&expanded), [0, 1, 2, 3, 4, 6].map(|index| sdk_values()[index]));
}

#[test]
fn a_native_proof_is_accepted_and_one_that_was_touched_is_refused() {
    let mut dice = Dice(0xfeed);
    let types = [FheType::Uint256, FheType::Bool, FheType::Uint16, FheType::Uint256];
    let values = [dice.word(), clear(1), clear(0xbeef), dice.word()];
    let blob = prover::prove(&keys().public, &values.map(Clear), &types, &AUX).unwrap();
    assert_eq!(input::verify(&keys(), &blob, &AUX).unwrap(), types);
    let decrypted: Vec<U256> = input::decrypt(&keys(), &blob).unwrap().into_iter().map(|value| value.0).collect();
    assert_eq!(decrypted, values);

    let mut other_aux = AUX;
    other_aux[91] ^= 1;
    assert_eq!(input::verify(&keys(), &blob, &other_aux), Err(EngineError::InvalidProof));
    assert_eq!(input::verify(&keys(), &blob, &AUX[..91]), Err(EngineError::InvalidProof));
    for place in (0..blob.len()).step_by(blob.len() / 24) {
        let mut touched = blob.clone();
        touched[place] ^= 0x10;
        let error = input::verify(&keys(), &touched, &AUX).expect_err("a touched blob");
        assert!(matches!(error.code(), "invalid_proof" | "malformed_input"), "byte {place}: {error}");
    }
    for length in [0, 1, 8, 100, blob.len() / 2, blob.len() - 1] {
        assert_eq!(input::verify(&keys(), &blob[..length], &AUX).unwrap_err().code(), "malformed_input");
    }
    for garbage in [vec![0; 20_000], vec![0xff; 20_000], vec![0; 1 << 20]] {
        assert_eq!(input::verify(&keys(), &garbage, &AUX).unwrap_err().code(), "malformed_input");
    }
}

#[test]
fn an_input_of_more_values_than_a_handle_can_count_is_refused() {
    let values = vec![Clear::from(1); 256];
    let blob = prover::prove(&keys().public, &values, &[FheType::Bool; 256], &AUX).unwrap();
    assert_eq!(input::verify(&keys(), &blob, &AUX).unwrap_err().code(), "malformed_input");
}

#[test]
fn the_prover_refuses_what_no_input_can_hold() {
    let prove = |count: usize, types: usize| {
        prover::prove(&keys().public, &vec![Clear::from(1); count], &vec![FheType::Uint256; types], &AUX)
    };
    for (count, types) in [(0, 0), (1, 2), (9, 9)] {
        assert_eq!(prove(count, types).unwrap_err().code(), "bad_request");
    }
}

#[test]
fn an_expanded_word_is_computed_on_rightly() {
    let mut dice = Dice(0xabcd);
    let words = [dice.word(), dice.word(), dice.word()];
    let lab = Lab::new();
    let [a, b, x] = lab.post_words(&words).try_into().unwrap();
    let [t, u, v, sum, carry] = [0; 5].map(|_| lab.handle(FheType::Uint256));
    lab.record(vec![
        crate::support::binary(t, "xor", a, b),
        crate::support::binary(sum, "xor", t, x),
        crate::support::binary(u, "xor", a, x),
        crate::support::binary(v, "and", t, u),
        crate::support::binary(carry, "xor", a, v),
    ]);
    let majority = (words[0] & words[1]) | (words[0] & words[2]) | (words[1] & words[2]);
    assert_eq!(lab.decrypt(&[sum, carry]), [words[0] ^ words[1] ^ words[2], majority]);
    assert_eq!(lab.stats()["computed"], 5, "three inputs and two results, nothing between");
}
