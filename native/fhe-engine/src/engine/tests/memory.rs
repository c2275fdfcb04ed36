use super::*;

/// Adds words one by one to planes as contracts do: each addition supersedes the planes before.
fn contribute(engine: &ClearEngine, contributions: u64) -> Vec<Handle> {
    let mut planes = [word(1), word(2)];
    let zeros = vec![trivial(planes[0], 0), trivial(planes[1], 0)];
    let grants = planes.map(|plane| grant(plane, Grantee::Contract)).to_vec();
    engine.record(block(1), zeros, grants).unwrap();
    let mut state = planes.to_vec();
    for number in 1..=contributions {
        let name = number * 100;
        post_input(engine, name, &[U256::from(u128::from(number))]);
        let operations = full_adder(name + 10, [planes[0], planes[1], word(name)]);
        planes = [word(name + 13), word(name + 14)];
        let grants = planes.map(|plane| grant(plane, Grantee::Contract)).to_vec();
        engine.record(block(number + 1), operations, grants).unwrap();
        state.extend(planes);
    }
    state
}

#[test]
fn memory_stays_within_its_budget_over_a_thousand_contributions() {
    let folder = Folder::new();
    let options = options(20 * VALUE_BYTES, 2);
    let most = Arc::new(AtomicU64::new(0));
    let (seen, engine_cell) = (most.clone(), Arc::new(Mutex::new(None::<ClearEngine>)));
    let cell = engine_cell.clone();
    let hook = move |_| {
        let engine = lock(&cell).clone();
        seen.fetch_max(
            engine.map_or(0, |engine| lock(&engine.state).residence.resident_bytes() as u64),
            Ordering::Relaxed,
        );
    };
    let engine = open_with(&folder, &options, Box::new(hook)).unwrap();
    *lock(&engine_cell) = Some(engine.clone());
    let state = contribute(&engine, 1000);
    settle(&engine);
    *lock(&engine_cell) = None;
    let most = most.load(Ordering::Relaxed) as usize;
    assert!(most <= 40 * VALUE_BYTES, "{most} bytes at most, {} values of state", state.len());
    assert_eq!(stat(&engine, "residentBytes"), 0, "superseded state is not resident");
    assert_eq!(stat(&engine, "computed"), 2 + 3 * 1000);
    assert_eq!(stat(&engine, "recomputed"), 0);
    assert!(stat(&engine, "operations") < 3500, "inner values are forgotten");
    assert!(stat(&engine, "inputs") < 100, "inputs that were used are forgotten");
}

#[test]
fn values_beyond_the_budget_come_back_from_disk_unharmed() {
    let folder = Folder::new();
    let options = options(2 * VALUE_BYTES, 2);
    let engine = open_with(&folder, &options, Box::new(|_| {})).unwrap();
    let mut operations: Vec<WireOperation> = (1..=40).map(|name| random(word(name), u128::from(name))).collect();
    operations.extend((1..=40).map(|name| binary(word(100 + name), "and", word(name), word(41 - name))));
    operations.extend((1..40).map(|name| binary(word(200 + name), "xor", word(100 + name), word(101 + name))));
    engine.record(block(1), operations, (201..240).map(|name| grant(word(name), Grantee::Contract)).collect()).unwrap();
    let value = |name: u64| U256::from(u128::from(name).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let and = |name: u64| value(name) & value(41 - name);
    let expected: Vec<U256> = (1..40).map(|name| and(name) ^ and(name + 1)).collect();
    assert_eq!(decrypt(&engine, &(201..240).map(word).collect::<Vec<_>>()).unwrap(), expected);
    settle(&engine);
    assert_eq!(stat(&engine, "spilled"), 39, "what was only passed through has left the disk again");
}

#[test]
fn dropped_handles_take_values_operations_and_inputs_with_them() {
    let folder = Folder::new();
    let engine = open(&folder);
    let state = contribute(&engine, 10);
    settle(&engine);
    let inputs: Vec<Handle> = (1..=10).map(|number| word(number * 100)).collect();
    engine.drop_handles([state.clone(), inputs].concat()).unwrap();
    settle(&engine);
    for name in ["residentBytes", "values", "spilled", "inputs", "operations"] {
        assert_eq!(stat(&engine, name), 0, "{name}");
    }
    assert_eq!(decrypt(&engine, &state[..1]).unwrap_err().code(), "unknown_handle");
    close(engine);
    let engine = open(&folder);
    assert_eq!(stat(&engine, "operations"), 0, "and they stay forgotten");
    assert_eq!(std::fs::read_dir(folder.0.join("values")).unwrap().count(), 0);
}

#[test]
fn dropped_state_that_a_release_still_needs_stays_until_the_release_is_there() {
    let folder = Folder::new();
    let (open_gate, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let hook = move |handle: Handle| {
        if handle == word(7) {
            lock(&gate).recv().unwrap()
        }
    };
    let engine = open_with(&folder, &options(1 << 20, 2), Box::new(hook)).unwrap();
    post_input(&engine, 1, &[U256::from(6u128)]);
    let operations = vec![random(word(7), 1), binary(word(8), "or", word(1), word(7))];
    engine.record(block(1), operations, vec![grant(word(8), Grantee::Vault)]).unwrap();
    engine.drop_handles(vec![word(1), word(7)]).unwrap();
    open_gate.send(()).unwrap();
    let noise = U256::from(0x9e37_79b9_7f4a_7c15u128);
    assert_eq!(decrypt(&engine, &[word(8)]).unwrap(), [U256::from(6u128) | noise]);
    assert_eq!(decrypt(&engine, &[word(1)]).unwrap_err().code(), "unknown_handle");
}

#[test]
fn consumed_state_is_compressed_in_idle_time_and_fresh_state_is_not() {
    let folder = Folder::new();
    let engine = open(&folder);
    let state = contribute(&engine, 3);
    settle(&engine);
    let form = |handle: Handle| lock(&engine.state).residence.form(handle);
    let (fresh, consumed) = (&state[6..], &state[2..6]);
    wait_until(|| consumed.iter().all(|handle| form(*handle) == Some(Form::Switched)));
    assert!(fresh.iter().all(|handle| form(*handle) == Some(Form::Plain)));
    settle(&engine);
    close(engine);
    assert_eq!(std::fs::read_dir(folder.0.join("values")).unwrap().count(), 6);
    let engine = open(&folder);
    assert!(decrypt(&engine, consumed).is_ok());
    assert_eq!(computed(&engine), []);
}

#[test]
fn state_that_may_be_used_again_soon_is_not_compressed() {
    let folder = Folder::new();
    let engine = open_with(&folder, &EngineOptions::default(), Box::new(|_| {})).unwrap();
    contribute(&engine, 3);
    settle(&engine);
    assert_eq!(engine.arithmetic().switched.load(Ordering::Relaxed), 0);
}

#[test]
fn what_has_no_smaller_form_is_tried_once() {
    let folder = Folder::new();
    let engine = open(&folder);
    let all_ones = WireOperation { value: Some(word(1)), ..wire(word(2), "not") };
    let later = vec![random(word(3), 1), binary(word(4), "and", word(2), word(3))];
    let grants = vec![grant(word(2), Grantee::Contract), grant(word(4), Grantee::Contract)];
    engine.record(block(1), [vec![trivial(word(1), 0), all_ones], later].concat(), grants).unwrap();
    settle(&engine);
    wait_until(|| !lock(&engine.state).is_compressing);
    for number in 2..20 {
        engine.record(block(number), vec![], vec![]).unwrap();
    }
    settle(&engine);
    assert_eq!(decrypt(&engine, &[word(2)]).unwrap(), [INCOMPRESSIBLE]);
    assert_eq!(engine.arithmetic().switched.load(Ordering::Relaxed), 1);
}

#[test]
fn imports_are_read_from_their_seeded_form_and_kept_until_dropped() {
    let folder = Folder::new();
    let engine = open(&folder);
    let import = |name: u64, value: u64| (word(name), Clear::from(value).to_be_bytes().to_vec());
    engine.import(&[import(1, 5), import(2, 6)]).unwrap();
    for number in 1..100 {
        engine.record(block(number), vec![], vec![]).unwrap();
    }
    engine.record(block(100), vec![], vec![grant(word(1), Grantee::Vault)]).unwrap();
    settle(&engine);
    assert_eq!(computed(&engine), [], "an import is not made larger before it is needed");
    assert_eq!(decrypt(&engine, &[word(1), word(2)]).unwrap(), [5u128, 6].map(U256::from));
    settle(&engine);
    assert_eq!(std::fs::read_dir(folder.0.join("values")).unwrap().count(), 2);
    engine.drop_handles(vec![word(1), word(2)]).unwrap();
    settle(&engine);
    assert_eq!(std::fs::read_dir(folder.0.join("values")).unwrap().count(), 0);
}
