use super::*;

#[test]
fn an_unsupported_operation_fails_only_what_needs_it_and_says_its_name() {
    let folder = Folder::new();
    let engine = open(&folder);
    let operations = vec![
        trivial(word(1), 5),
        wire(word(2), "fheMulDiv"),
        binary(word(3), "and", word(1), word(2)),
        binary(word(4), "or", word(1), word(1)),
        random(word(5), 1),
        binary(word(6), "and", word(5), word(2)),
    ];
    let grants =
        vec![grant(word(3), Grantee::Contract), grant(word(4), Grantee::Contract), grant(word(6), Grantee::Vault)];
    engine.record(block(1), operations, grants).unwrap();
    settle(&engine);
    let error = decrypt(&engine, &[word(3)]).unwrap_err();
    assert_eq!(error.code(), "unsupported_operation");
    assert_eq!(error.to_string(), "unsupported_operation: fheMulDiv");
    assert_eq!(decrypt(&engine, &[word(4)]).unwrap(), [U256::from(5u128)]);
    assert!(!computed(&engine).contains(&word(5)), "nothing is spent on what cannot be had");
}

#[test]
fn operations_that_the_engine_lacks_are_refused_by_operation_and_type() {
    let folder = Folder::new();
    let engine = open(&folder);
    let wide = |name| handle(name, FheType::Uint128);
    let encrypted_shift =
        WireOperation { left: Some(word(1)), right: Some(handle(9, FheType::Uint8)), ..wire(word(3), "shl") };
    let operations = vec![
        trivial(word(1), 5),
        trivial(handle(9, FheType::Uint8), 5),
        binary(word(2), "add", word(1), word(1)),
        encrypted_shift,
        WireOperation { scalar: Some(Clear::from(1)), ..wire(wide(4), "trivial") },
        binary(wide(5), "add", wide(4), wide(4)),
        WireOperation { value: Some(word(1)), ..wire(handle(6, FheType::Bool), "cast") },
        binary(handle(7, FheType::Bool), "gt", word(1), word(1)),
    ];
    engine.record(block(1), operations, vec![]).unwrap();
    let refusal = |handle| decrypt(&engine, &[handle]).unwrap_err().to_string();
    assert_eq!(refusal(word(2)), "unsupported_operation: add on euint256");
    assert_eq!(refusal(word(3)), "unsupported_operation: shl by an encrypted amount");
    assert_eq!(refusal(wide(5)), "unsupported_operation: add on euint128");
    assert_eq!(refusal(handle(6, FheType::Bool)), "unsupported_operation: cast of euint256 to ebool");
    assert_eq!(refusal(handle(7, FheType::Bool)), "unsupported_operation: gt on euint256");
    assert_eq!(decrypt(&engine, &[wide(4)]).unwrap(), [U256::from(1u128)]);
}

#[test]
fn an_unknown_ancestor_fails_by_its_name_until_it_becomes_known() {
    let folder = Folder::new();
    let engine = open(&folder);
    let operations = vec![trivial(word(2), 3), binary(word(3), "xor", word(1), word(2))];
    engine.record(block(1), operations, vec![grant(word(3), Grantee::Contract)]).unwrap();
    assert_eq!(decrypt(&engine, &[word(3)]).unwrap_err(), EngineError::UnknownAncestor(word(1)));
    post_input(&engine, 1, &[U256::from(5u128)]);
    settle(&engine);
    assert_eq!(stat(&engine, "spilled"), 1, "the grant is served as soon as it can be");
    assert_eq!(decrypt(&engine, &[word(3)]).unwrap(), [U256::from(6u128)]);
}

#[test]
fn a_grant_told_before_its_handle_is_served_when_the_handle_is_known() {
    let folder = Folder::new();
    let engine = open(&folder);
    engine.record(block(1), vec![], vec![grant(word(1), Grantee::Contract)]).unwrap();
    post_input(&engine, 1, &[U256::from(5u128)]);
    settle(&engine);
    assert_eq!(computed(&engine), [word(1)]);
}

#[test]
fn a_handle_nobody_told_of_is_unknown() {
    let folder = Folder::new();
    let engine = open(&folder);
    assert_eq!(decrypt(&engine, &[word(1)]).unwrap_err().code(), "unknown_handle");
}

#[test]
fn a_panic_in_an_operation_is_an_error_of_that_operation_and_the_engine_serves_on() {
    let folder = Folder::new();
    let is_armed = Arc::new(Mutex::new(true));
    let armed = is_armed.clone();
    let hook = move |handle: Handle| assert!(handle != word(2) || !*lock(&armed), "blown up on purpose");
    let engine = open_with(&folder, &options(1 << 20, 2), Box::new(hook)).unwrap();
    let operations = vec![
        trivial(word(1), 5),
        random(word(2), 7),
        binary(word(3), "xor", word(1), word(2)),
        WireOperation { value: Some(word(1)), ..wire(word(4), "not") },
    ];
    engine.record(block(1), operations, vec![grant(word(3), Grantee::Vault)]).unwrap();
    let error = decrypt(&engine, &[word(3)]).unwrap_err();
    assert_eq!(error.code(), "internal");
    assert!(error.to_string().contains("blown up on purpose"));
    assert_eq!(decrypt(&engine, &[word(4)]).unwrap(), [!U256::from(5u128)]);
    *lock(&is_armed) = false;
    assert!(decrypt(&engine, &[word(3)]).is_ok(), "a later decryption tries again");
}

#[test]
fn a_request_with_missing_fields_changes_nothing() {
    let folder = Folder::new();
    let engine = open(&folder);
    let error = engine.record(block(1), vec![trivial(word(1), 1), wire(word(2), "add")], vec![]).unwrap_err();
    assert_eq!(error.code(), "bad_request");
    assert_eq!(engine.cursor(), None);
    assert_eq!(decrypt(&engine, &[word(1)]).unwrap_err().code(), "unknown_handle");
}

#[test]
fn handles_that_do_not_fit_an_input_are_refused() {
    let folder = Folder::new();
    let engine = open(&folder);
    let input = InputId::of(b"input");
    let types = [FheType::Uint256, FheType::Uint64];
    for handles in [vec![word(1)], vec![word(1), word(2)], vec![handle(1, FheType::Uint64), handle(2, FheType::Uint64)]]
    {
        assert_eq!(engine.bind_input(input, handles, &types).unwrap_err().code(), "bad_request");
    }
    assert!(engine.bind_input(input, vec![word(1), handle(2, FheType::Uint64)], &types).is_ok());
}
