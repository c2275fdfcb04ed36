use super::*;

/// Three contributions of a word each, added to two planes, then published.
fn tell_all(engine: &ClearEngine) -> (Vec<Handle>, Vec<U256>) {
    let words = [0b1100u128, 0b1010, 0b1001].map(U256::from);
    post_input(engine, 1, &words);
    let state = [grant(word(13), Grantee::Contract), grant(word(14), Grantee::Contract)];
    engine.record(block(1), full_adder(10, [word(1), word(2), word(3)]), state.to_vec()).unwrap();
    let publish = vec![
        random(word(20), 9),
        binary(word(21), "xor", word(13), word(20)),
        binary(word(22), "and", word(14), word(21)),
    ];
    let release = vec![grant(word(21), Grantee::Vault), grant(word(22), Grantee::Vault)];
    engine.record(block(2), publish, release).unwrap();
    let noise = U256::from(9u128.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let (sum, carry) = (U256::from(0b1111u128), U256::from(0b1000u128));
    ([13, 14, 21, 22].map(word).to_vec(), vec![sum, carry, sum ^ noise, carry & (sum ^ noise)])
}

#[test]
fn a_kill_at_any_operation_loses_nothing_that_was_answered() {
    let reference = Folder::new();
    let engine = open(&reference);
    tell_all(&engine);
    settle(&engine);
    let steps = computed(&engine).len();
    assert_eq!(steps, 8);
    for killed_at in 0..steps {
        let folder = Arc::new(Folder::new());
        let left: Arc<Mutex<Option<Folder>>> = Arc::default();
        let (count, source, target) = (AtomicU64::new(0), folder.clone(), left.clone());
        let hook = move |_| {
            if count.fetch_add(1, Ordering::SeqCst) == killed_at as u64 {
                *lock(&target) = Some(source.copy());
            }
        };
        let options = options(1 << 20, 2);
        let engine = open_with(&folder, &options, Box::new(hook)).unwrap();
        let (handles, expected) = tell_all(&engine);
        settle(&engine);
        let left = lock(&left).take().unwrap();
        let revived = open(&left);
        let told = revived.cursor().map_or(0, |block| block.number) as usize;
        let known = [0, 2, 4][told];
        assert_eq!(decrypt(&revived, &handles[..known]).unwrap(), expected[..known], "killed at {killed_at}");
        // The parent tells what it did not hear the answer to, and what it did once more.
        assert_eq!(tell_all(&revived), (handles.clone(), expected.clone()));
        assert_eq!(decrypt(&revived, &handles).unwrap(), expected, "killed at {killed_at}");
    }
}

#[test]
fn a_last_record_cut_short_was_never_told_and_is_told_again() {
    let folder = Folder::new();
    let engine = open(&folder);
    engine.record(block(1), vec![trivial(word(1), 5)], vec![grant(word(1), Grantee::Contract)]).unwrap();
    let whole = std::fs::read(folder.0.join("journal.jsonl")).unwrap();
    let last = vec![trivial(word(2), 6), binary(word(3), "xor", word(1), word(2))];
    engine.record(block(2), last.clone(), vec![grant(word(3), Grantee::Vault)]).unwrap();
    close(engine);
    let longer = std::fs::read(folder.0.join("journal.jsonl")).unwrap();
    for length in (whole.len()..longer.len()).step_by(61) {
        let cut = folder.copy();
        std::fs::write(cut.0.join("journal.jsonl"), &longer[..length]).unwrap();
        let engine = open(&cut);
        assert_eq!(engine.cursor(), Some(block(1)), "cut at {length}");
        assert_eq!(decrypt(&engine, &[word(1)]).unwrap(), [U256::from(5u128)]);
        assert_eq!(decrypt(&engine, &[word(3)]).unwrap_err().code(), "unknown_handle");
        engine.record(block(2), last.clone(), vec![grant(word(3), Grantee::Vault)]).unwrap();
        assert_eq!(decrypt(&engine, &[word(3)]).unwrap(), [U256::from(3u128)], "cut at {length}");
        close(engine);
        assert_eq!(std::fs::read(cut.0.join("journal.jsonl")).unwrap(), longer, "cut at {length}");
    }
}

#[test]
fn a_journal_damaged_in_the_middle_is_refused() {
    let folder = Folder::new();
    let engine = open(&folder);
    engine.record(block(1), vec![trivial(word(1), 5)], vec![]).unwrap();
    engine.record(block(2), vec![trivial(word(2), 5)], vec![]).unwrap();
    close(engine);
    let path = folder.0.join("journal.jsonl");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[30] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let error = open_with(&folder, &EngineOptions::default(), Box::new(|_| {})).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), "damaged_journal");
}

#[test]
fn what_is_on_disk_is_not_computed_again_after_a_restart() {
    let folder = Folder::new();
    let engine = open(&folder);
    let (handles, expected) = tell_all(&engine);
    settle(&engine);
    close(engine);
    let engine = open(&folder);
    settle(&engine);
    assert_eq!(decrypt(&engine, &handles).unwrap(), expected);
    assert_eq!(computed(&engine), []);
    assert_eq!(engine.cursor(), Some(block(2)));
}

#[test]
fn an_orderly_end_keeps_what_running_operations_were_waiting_for() {
    let folder = Folder::new();
    let (open_gate, gate) = channel::<()>();
    let (gate, is_reached) = (Mutex::new(gate), Arc::new(Mutex::new(false)));
    let reached = is_reached.clone();
    let hook = move |handle: Handle| {
        if handle == word(2) {
            *lock(&reached) = true;
            let _opened_at_the_end = lock(&gate).recv();
        }
    };
    let engine = open_with(&folder, &options(1 << 20, 2), Box::new(hook)).unwrap();
    let operations = vec![random(word(1), 1), random(word(2), 2), binary(word(3), "and", word(1), word(2))];
    engine.record(block(1), operations, vec![grant(word(3), Grantee::Contract)]).unwrap();
    wait_until(|| *lock(&is_reached) && computed(&engine).contains(&word(1)) && stat(&engine, "values") == 1);
    engine.stop();
    let left = folder.copy();
    open_gate.send(()).unwrap();
    let engine = open(&left);
    settle(&engine);
    assert_eq!(computed(&engine), [word(2), word(3)]);
}

#[test]
fn a_second_engine_on_the_same_store_is_refused() {
    let folder = Folder::new();
    let _first = open(&folder);
    let error = open_with(&folder, &EngineOptions::default(), Box::new(|_| {})).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("another engine"), "{error}");
}

#[test]
fn a_rewritten_journal_says_the_same_and_less() {
    let folder = Folder::new();
    let engine = open(&folder);
    let (handles, expected) = tell_all(&engine);
    for number in 3..3000 {
        let operations = (0..4).map(|offset| trivial(word(number * 10 + offset), number)).collect();
        engine.record(block(number), operations, vec![]).unwrap();
    }
    settle(&engine);
    close(engine);
    let before = std::fs::metadata(folder.0.join("journal.jsonl")).unwrap().len();
    let engine = open(&folder);
    let after = std::fs::metadata(folder.0.join("journal.jsonl")).unwrap().len();
    assert!(after < before / 10, "{before} to {after} bytes");
    assert_eq!(engine.cursor(), Some(block(2999)));
    close(engine);
    let engine = open(&folder);
    assert_eq!(decrypt(&engine, &handles).unwrap(), expected);
    assert_eq!(computed(&engine), []);
}
