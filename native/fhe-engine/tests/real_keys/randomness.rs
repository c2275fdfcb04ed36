use crate::support::{clear, random, Folder, Lab};
use fhe_engine::keys::{KeyPaths, Keys};
use fhe_engine::types::{Clear, FheType};
use std::collections::HashSet;
use std::sync::Arc;

#[test]
fn randomness_is_fixed_by_its_seed_and_stays_below_its_bound() {
    let lab = Lab::new();
    let [a, again, other, low] = [0; 4].map(|_| lab.handle(FheType::Uint64));
    let tiny: Vec<_> = (0..12).map(|_| lab.handle(FheType::Uint8)).collect();
    let mut operations =
        vec![random(a, 1, None), random(again, 1, Some(64)), random(other, 2, Some(64)), random(low, 3, Some(9))];
    operations.extend(tiny.iter().enumerate().map(|(seed, handle)| random(*handle, seed as u128, Some(3))));
    lab.record(operations);
    let [a, again, other, low] = lab.decrypt(&[a, again, other, low]).try_into().unwrap();
    assert_eq!(a, again);
    assert_ne!(a, other);
    assert!(low < clear(512));
    let tiny = lab.decrypt(&tiny);
    assert!(tiny.iter().all(|value| *value < clear(8)));
    assert!(tiny.iter().map(|value| value.to_low_high_u128().0).collect::<HashSet<_>>().len() > 2);
}

#[test]
fn a_random_boolean_takes_both_values() {
    let lab = Lab::new();
    let handles: Vec<_> = (0..24).map(|_| lab.handle(FheType::Bool)).collect();
    lab.record(handles.iter().enumerate().map(|(seed, handle)| random(*handle, seed as u128, Some(1))).collect());
    let ones = lab.decrypt(&handles).into_iter().filter(|value| *value == clear(1)).count();
    assert!((1..24).contains(&ones), "{ones} of 24");
}

#[test]
fn a_random_word_has_about_as_many_ones_as_noughts() {
    let lab = Lab::new();
    let word = lab.handle(FheType::Uint256);
    lab.record(vec![random(word, 0xabcdef, Some(256))]);
    let ones: u32 = Clear(lab.decrypt(&[word])[0]).to_be_bytes().iter().map(|byte| byte.count_ones()).sum();
    assert!((80..176).contains(&ones), "{ones} of 256");
}

#[test]
fn who_knows_the_seed_but_not_the_key_does_not_know_the_value() {
    let folder = Folder::new();
    let other_keys = Keys::open(&KeyPaths::new(&folder.0, crate::support::material_folder()), &|_| {}).unwrap();
    let values = [Lab::new(), Lab::with_keys(Arc::new(other_keys))].map(|lab| {
        let handle = lab.handle(FheType::Uint64);
        lab.record(vec![random(handle, 1, None)]);
        lab.decrypt(&[handle])[0]
    });
    assert_ne!(values[0], values[1]);
}
