use super::*;
use std::collections::{HashMap, HashSet};

#[test]
fn nothing_is_computed_that_no_grant_needs() {
    let folder = Folder::new();
    let engine = open(&folder);
    post_input(&engine, 1, &[U256::from(6u128), U256::from(3u128)]);
    let operations = vec![
        binary(word(10), "and", word(1), word(2)),
        binary(word(11), "or", word(1), word(2)),
        binary(word(12), "xor", word(11), word(2)),
    ];
    engine.record(block(1), operations, vec![]).unwrap();
    settle(&engine);
    assert_eq!(computed(&engine), []);

    engine.record(block(2), vec![], vec![grant(word(10), Grantee::Contract)]).unwrap();
    settle(&engine);
    assert_eq!(computed(&engine), [word(1), word(2), word(10)]);
    assert_eq!(stat(&engine, "computed"), 3);
}

#[test]
fn an_input_granted_alone_is_prepared_but_not_once_it_was_used() {
    let folder = Folder::new();
    let engine = open(&folder);
    post_input(&engine, 1, &[U256::from(6u128), U256::from(3u128)]);
    let grants = vec![grant(word(1), Grantee::Contract), grant(word(2), Grantee::Contract)];
    engine.record(block(1), vec![], grants).unwrap();
    settle(&engine);
    assert_eq!(computed(&engine), [word(1), word(2)]);
    engine
        .record(block(2), vec![binary(word(3), "and", word(1), word(2))], vec![grant(word(3), Grantee::Contract)])
        .unwrap();
    settle(&engine);
    close(engine);

    let engine = open(&folder);
    settle(&engine);
    assert_eq!(computed(&engine), [], "used inputs are not expanded again at a start");
    assert_eq!(decrypt(&engine, &[word(1), word(3)]).unwrap(), [U256::from(6u128), U256::from(2u128)]);
}

#[test]
fn a_decryption_without_a_grant_is_computed_for_once() {
    let folder = Folder::new();
    let engine = open(&folder);
    engine
        .record(
            block(1),
            vec![trivial(word(1), 5), trivial(word(2), 3), binary(word(3), "xor", word(1), word(2))],
            vec![],
        )
        .unwrap();
    assert_eq!(decrypt(&engine, &[word(3)]).unwrap(), [U256::from(6u128)]);
    settle(&engine);
    assert_eq!(stat(&engine, "values"), 0);
    assert_eq!(decrypt(&engine, &[word(3), word(3)]).unwrap(), [U256::from(6u128); 2]);
    assert_eq!(stat(&engine, "recomputed"), 3);
}

#[test]
fn a_full_adder_is_computed_without_what_is_between_however_it_is_written() {
    for adder in [full_adder, full_adder_with_or] {
        let folder = Folder::new();
        let engine = open(&folder);
        post_input(&engine, 1, &[U256::from(0b1100u128), U256::from(0b1010u128), U256::from(0b1001u128)]);
        let grants = vec![grant(word(13), Grantee::Contract), grant(word(14), Grantee::Contract)];
        engine.record(block(1), adder(10, [word(1), word(2), word(3)]), grants).unwrap();
        assert_eq!(decrypt(&engine, &[word(13), word(14)]).unwrap(), [U256::from(0b1111u128), U256::from(0b1000u128)]);
        assert_eq!(computed(&engine), [1, 2, 3, 13, 14].map(word));
        assert_eq!(engine.stats().unwrap()["byOperation"]["majority"]["count"], 1);
    }
}

#[test]
fn chains_of_three_words_are_computed_at_once_and_others_as_recorded() {
    let folder = Folder::new();
    let engine = open(&folder);
    let values = [0b1100u128, 0b1010, 0b0001].map(U256::from);
    post_input(&engine, 1, &values);
    let [a, b, c] = [1, 2, 3].map(word);
    let operations = vec![
        binary(word(10), "or", a, b),
        binary(word(11), "or", word(10), c),
        binary(word(12), "and", a, b),
        binary(word(13), "or", word(12), c),
    ];
    let grants = vec![grant(word(11), Grantee::Contract), grant(word(13), Grantee::Contract)];
    engine.record(block(1), operations, grants).unwrap();
    assert_eq!(decrypt(&engine, &[word(11), word(13)]).unwrap(), [0b1111u128, 0b1001].map(U256::from));
    assert_eq!(computed(&engine), [a, b, c, word(11), word(12), word(13)]);
}

#[test]
fn what_is_between_is_computed_where_it_is_granted_itself() {
    let folder = Folder::new();
    let engine = open(&folder);
    post_input(&engine, 1, &[U256::from(0b1100u128), U256::from(0b1010u128), U256::from(0b1001u128)]);
    let grants = [10, 11, 12, 13, 14].map(|name| grant(word(name), Grantee::Contract)).to_vec();
    engine.record(block(1), full_adder(10, [word(1), word(2), word(3)]), grants).unwrap();
    let values = decrypt(&engine, &[10, 11, 12, 13, 14].map(word)).unwrap();
    assert_eq!(values, [0b0110u128, 0b0101, 0b0100, 0b1111, 0b1000].map(U256::from));
}

#[test]
fn decryptions_come_before_releases_and_releases_before_state() {
    let folder = Folder::new();
    let (open_gate, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let hook = move |handle: Handle| {
        if handle == word(1) || handle == word(2) {
            lock(&gate).recv().unwrap();
        }
    };
    let engine = open_with(&folder, &options(1 << 20, 2), Box::new(hook)).unwrap();
    let operations = (1..=5).map(|name| random(word(name), u128::from(name))).collect();
    // The first two take up all room until the gate opens.
    let first = vec![grant(word(1), Grantee::Contract), grant(word(2), Grantee::Contract)];
    engine.record(block(1), operations, first).unwrap();
    engine.record(block(2), vec![], vec![grant(word(3), Grantee::Contract), grant(word(4), Grantee::Vault)]).unwrap();
    let (sender, receiver) = channel();
    engine.decrypt(vec![word(5)], move |outcome| sender.send(outcome).unwrap());
    assert_eq!(computed(&engine), []);
    open_gate.send(()).unwrap();
    receiver.recv().unwrap().unwrap();
    wait_until(|| computed(&engine).len() == 4);
    open_gate.send(()).unwrap();
    settle(&engine);
    let order = lock(&engine.arithmetic().computed).clone();
    let queued: Vec<Handle> = order.into_iter().filter(|handle| *handle > word(2)).collect();
    assert_eq!(queued, [5, 4, 3].map(word));
}

#[test]
fn quick_work_does_not_wait_for_evaluation() {
    let folder = Folder::new();
    let (open_gate, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let engine = open_with(&folder, &options(1 << 20, 2), Box::new(move |_| lock(&gate).recv().unwrap())).unwrap();
    let operations = (1..=8).map(|name| random(word(name), u128::from(name))).collect();
    let grants = (1..=8).map(|name| grant(word(name), Grantee::Contract)).collect();
    engine.record(block(1), operations, grants).unwrap();
    let (sender, receiver) = channel();
    engine.spawn_quick(move || sender.send(()).unwrap());
    receiver.recv().unwrap();
    assert_eq!(computed(&engine), [], "evaluation is still held up");
    engine.record(block(2), vec![], vec![]).unwrap();
    (0..8).for_each(|_| open_gate.send(()).unwrap());
    settle(&engine);
    assert_eq!(computed(&engine).len(), 8);
}

/// Random graphs, some with adders in them: each granted value is what the operations say, each value is computed
/// at most once, and nothing that no granted value is made from.
#[test]
fn random_graphs_are_computed_rightly_and_lazily() {
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for round in 0..60 {
        let folder = Folder::new();
        let engine = open(&folder);
        let mut model = RandomGraph::new(&mut dice);
        post_input(&engine, 1, &model.inputs);
        for (number, (operations, grants)) in model.blocks.iter().enumerate() {
            engine.record(block(number as u64 + 1), operations.clone(), grants.clone()).unwrap();
        }
        settle(&engine);
        let computed_now = computed(&engine);
        let once: HashSet<Handle> = computed_now.iter().copied().collect();
        // An input is expanded again when a later block uses it again.
        let is_operation = |handle: &&Handle| **handle > word(99);
        let operations = |handles: &mut dyn Iterator<Item = &Handle>| handles.filter(is_operation).count();
        let (different, all) = (operations(&mut once.iter()), operations(&mut computed_now.iter()));
        assert_eq!(different, all, "round {round}: a value was computed twice");
        let needed = model.ancestors_of_granted();
        assert!(once.is_subset(&needed), "round {round}: more was computed than any grant needs");
        for handle in model.granted() {
            assert_eq!(decrypt(&engine, &[handle]).unwrap(), [model.value(handle)], "round {round}");
        }
    }
}

struct RandomGraph {
    inputs: Vec<U256>,
    blocks: Vec<(Vec<WireOperation>, Vec<Grant>)>,
    values: HashMap<Handle, U256>,
}

impl RandomGraph {
    fn new(dice: &mut Dice) -> Self {
        let inputs: Vec<U256> = (0..4).map(|_| dice.word()).collect();
        let mut known: Vec<Handle> = (1..=4).map(word).collect();
        let values = known.iter().copied().zip(inputs.iter().copied()).collect();
        let mut graph = Self { inputs, blocks: Vec::new(), values };
        let mut name = 100;
        for _ in 0..3 {
            let mut operations = Vec::new();
            for _ in 0..6 {
                let pick = |dice: &mut Dice| known[dice.roll(known.len())];
                let [a, b, x] = [pick(dice), pick(dice), pick(dice)];
                let new = match dice.roll(5) {
                    0 => full_adder(name, [a, b, x]),
                    4 => full_adder_with_or(name, [a, b, x]),
                    1 => vec![binary(word(name), ["and", "or", "xor"][dice.roll(3)], a, b)],
                    2 => vec![WireOperation { value: Some(a), ..wire(word(name), "not") }],
                    _ => vec![binary(word(name), "xor", a, b), binary(word(name + 1), "xor", word(name), x)],
                };
                known.extend(new.iter().map(|operation| operation.result));
                name += 10;
                operations.extend(new);
            }
            let granted: Vec<Handle> = known.iter().copied().filter(|_| dice.roll(4) == 0).collect();
            let grants = granted.iter().map(|handle| grant(*handle, Grantee::Contract)).collect();
            // Later transactions cannot use what was not granted.
            known.retain(|handle| granted.contains(handle) || *handle < word(99));
            graph.evaluate(&operations);
            graph.blocks.push((operations, grants));
        }
        graph
    }

    fn evaluate(&mut self, operations: &[WireOperation]) {
        for wire in operations {
            let value = match wire.operation().unwrap() {
                Operation::Not { value } => !self.values[&value],
                Operation::Binary { kind, left, right: Operand::Handle(right) } => {
                    bitwise(kind, self.values[&left], self.values[&right])
                }
                other => panic!("{other:?}"),
            };
            self.values.insert(wire.result, value);
        }
    }

    fn value(&self, handle: Handle) -> U256 {
        self.values[&handle]
    }

    fn granted(&self) -> Vec<Handle> {
        self.blocks.iter().flat_map(|(_, grants)| grants.iter().map(|grant| grant.handle)).collect()
    }

    fn ancestors_of_granted(&mut self) -> HashSet<Handle> {
        let operations: HashMap<Handle, Operation> =
            self.blocks.iter().flat_map(|(o, _)| o).map(|wire| (wire.result, wire.operation().unwrap())).collect();
        let (mut open, mut found) = (self.granted(), HashSet::new());
        while let Some(handle) = open.pop() {
            if found.insert(handle) {
                open.extend(operations.get(&handle).map(Operation::operands).unwrap_or_default());
            }
        }
        found
    }
}
