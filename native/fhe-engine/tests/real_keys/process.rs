//! The running process, as its parent sees it.

use crate::support::{material_folder, Folder};
use serde_json::{json, Value as Json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fhe-engine");
const AUX: &str = "0707";

struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Json>,
    answers: HashMap<u64, Json>,
    next: u64,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut child =
            Command::new(PROGRAM).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let Ok(()) = sender.send(serde_json::from_str(&line).expect("every line is JSON")) else { return };
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, answers: HashMap::new(), next: 0 }
    }

    fn serve(folder: &Folder, more: &[&str]) -> Self {
        let material = material_folder().to_str().unwrap();
        let store = folder.0.to_str().unwrap();
        let arguments = [&["serve", "--keys", material, "--crs-cache", material, "--store", store], more].concat();
        let mut process = Self::start(&arguments);
        process.wait_for_ready();
        process
    }

    fn wait_for_ready(&mut self) -> Json {
        loop {
            let line = self.read();
            if line["event"] == "ready" {
                return line;
            }
        }
    }

    fn read(&self) -> Json {
        self.lines.recv_timeout(Duration::from_secs(300)).expect("the process says something")
    }

    fn write(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn send(&mut self, method: &str, params: Json) -> u64 {
        self.next += 1;
        self.write(&json!({ "id": self.next, "method": method, "params": params }).to_string());
        self.next
    }

    fn wait(&mut self, id: u64) -> Json {
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            let line = self.read();
            if let Some(id) = line["id"].as_u64() {
                self.answers.insert(id, line);
            }
        }
    }

    /// Answers that have come without being waited for.
    fn has_answered(&mut self, id: u64) -> bool {
        while let Ok(line) = self.lines.try_recv() {
            line["id"].as_u64().map(|id| self.answers.insert(id, line));
        }
        self.answers.contains_key(&id)
    }

    fn call(&mut self, method: &str, params: Json) -> Json {
        let id = self.send(method, params);
        let answer = self.wait(id);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn refusal(&mut self, method: &str, params: Json) -> String {
        let id = self.send(method, params);
        self.wait(id)["error"]["code"].as_str().expect("a refusal").into()
    }

    fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
        assert_eq!(self.lines.recv_timeout(Duration::from_secs(5)), Err(RecvTimeoutError::Disconnected));
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn resident_megabytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
    }
}

fn handle(name: u64, fhe_type: u8) -> String {
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&name.to_be_bytes());
    bytes[30] = fhe_type;
    hex::encode(bytes)
}

fn word(name: u64) -> String {
    handle(name, 8)
}

fn value(value: u64) -> String {
    format!("{value:064x}")
}

fn block(number: u64) -> Json {
    json!({ "number": number, "hash": "ab" })
}

#[test]
fn bad_requests_are_answered_and_harm_nothing() {
    let folder = Folder::new();
    let mut engine = Process::serve(&folder, &[]);
    for line in ["not json", "{}", r#"{"id":"x","method":"stats"}"#, "[1]", "\u{0}"] {
        engine.write(line);
        let answer = engine.read();
        assert_eq!(
            (answer["id"].clone(), answer["error"]["code"].clone()),
            (Json::Null, json!("bad_request")),
            "{line}"
        );
    }
    assert_eq!(engine.refusal("dance", json!({})), "unknown_method");
    assert_eq!(engine.refusal("decrypt", json!({})), "bad_request");
    assert_eq!(engine.refusal("decrypt", json!({ "handles": ["0xab"] })), "bad_request");
    assert_eq!(engine.refusal("decrypt", json!({ "handles": [word(1)] })), "unknown_handle");
    assert_eq!(engine.refusal("verify", json!({ "blob": "00", "aux": "zz" })), "bad_request");
    assert_eq!(engine.refusal("verify", json!({ "blob": "00", "aux": "00" })), "malformed_input");
    assert_eq!(engine.refusal("decryptInput", json!({ "inputId": value(1) })), "unknown_input");
    assert_eq!(engine.refusal("bindInput", json!({ "inputId": value(1), "handles": [word(1)] })), "unknown_input");
    assert_eq!(engine.refusal("importSeeded", json!({ "handles": [word(1)], "values": [] })), "bad_request");
    let half = json!([{ "op": "add", "result": word(1), "left": word(2) }]);
    assert_eq!(
        engine.refusal("record", json!({ "block": block(1), "operations": half, "allowed": [] })),
        "bad_request"
    );
    assert_eq!(engine.call("stats", json!({}))["operations"], 0);
    engine.end();
}

#[test]
fn a_proof_is_checked_while_operations_are_being_computed() {
    let folder = Folder::new();
    let mut engine = Process::serve(&folder, &[]);
    let proof = json!({ "values": [value(5)], "types": [8], "aux": AUX });
    let blob = engine.call("prove", proof)["blob"].clone();
    let random = |name: u64| json!({ "result": word(name), "op": "rand", "seed": format!("{name:032x}"), "bits": 256 });
    let operations: Vec<Json> = (1..=12).map(random).collect();
    engine.call("record", json!({ "block": block(1), "operations": operations, "allowed": [] }));
    let long = engine.send("decrypt", json!({ "handles": (1..=12).map(word).collect::<Vec<_>>() }));
    for _ in 0..2 {
        assert_eq!(engine.call("verify", json!({ "blob": blob, "aux": AUX }))["types"], json!([8]));
    }
    assert!(!engine.has_answered(long), "twelve random words take longer than two proofs");
    let progress = engine.call("progress", json!({}));
    assert!(progress["running"].as_u64().unwrap() > 0 && progress["secondsLeft"].as_f64().unwrap() > 0.0, "{progress}");
    engine.kill();
}

#[test]
fn a_killed_engine_goes_on_where_it_was() {
    let folder = Folder::new();
    let mut engine = Process::serve(&folder, &[]);
    let proof = json!({ "values": [value(0b1100), value(0b1010)], "types": [8, 8], "aux": AUX });
    let blob = engine.call("prove", proof)["blob"].clone();
    let verified = engine.call("verify", json!({ "blob": blob, "aux": AUX }));
    engine.call("bindInput", json!({ "inputId": verified["inputId"], "handles": [word(1), word(2)] }));
    let operations = json!([
        { "result": word(3), "op": "xor", "left": word(1), "right": word(2) },
        { "result": word(4), "op": "not", "value": word(3) },
    ]);
    let allowed = json!([{ "handle": word(3), "grantee": "contract" }, { "handle": word(4), "grantee": "vault" }]);
    let record = json!({ "block": block(7), "operations": operations, "allowed": allowed });
    engine.call("record", record.clone());
    engine.kill();

    let mut engine = Process::start(&serve_arguments(&folder));
    let ready = engine.wait_for_ready();
    assert_eq!(ready["cursor"], json!({ "block": 7, "hash": "ab" }));
    engine.call("record", record);
    let decrypted = engine.call("decrypt", json!({ "handles": [word(3), word(4)] }));
    let not = format!("{}{:02x}", "f".repeat(62), 0xff ^ 0b0110);
    assert_eq!(decrypted["values"], json!([value(0b0110), not]));
    let goals = engine.call("progress", json!({}))["goals"].clone();
    assert_eq!((goals[0]["handle"].clone(), goals[0]["done"].clone()), (json!(word(4)), goals[0]["total"].clone()));
    engine.end();

    let mut engine = Process::serve(&folder, &[]);
    assert_eq!(engine.call("decrypt", json!({ "handles": [word(3)] }))["values"], json!([value(0b0110)]));
    assert_eq!(engine.call("stats", json!({}))["computed"], 0, "an orderly end has kept what was computed");
    engine.end();
}

fn serve_arguments(folder: &Folder) -> [&str; 7] {
    let material = material_folder().to_str().unwrap();
    ["serve", "--keys", material, "--crs-cache", material, "--store", folder.0.to_str().unwrap()]
}

#[test]
fn memory_stays_flat_over_many_words() {
    let folder = Folder::new();
    let mut engine = Process::serve(&folder, &["--memory-mb", "32"]);
    engine.call("importSeeded", json!({ "handles": [word(1)], "values": [value(5)] }));
    // Complements and even shifts need no bootstrapping: many words of 2 MB in little time.
    let chain = |engine: &mut Process, from: u64, to: u64| {
        let operations: Vec<Json> =
            (from..to).map(|name| json!({ "result": word(name + 1), "op": "not", "value": word(name) })).collect();
        let allowed: Vec<Json> = (from..to).map(|n| json!({ "handle": word(n + 1), "grantee": "contract" })).collect();
        engine.call("record", json!({ "block": block(to), "operations": operations, "allowed": allowed }));
        engine.call("decrypt", json!({ "handles": [word(to)] }))
    };
    chain(&mut engine, 1, 20);
    let before = engine.resident_megabytes();
    let last = chain(&mut engine, 20, 221);
    assert_eq!(last["values"], json!([value(5)]), "220 complements");
    let after = engine.resident_megabytes();
    assert!(after < before + 150, "{before} MB after 20 words, {after} MB after 220: they take 440 MB");
    engine.end();
}

#[test]
fn the_prover_alone_makes_inputs_that_the_engine_accepts() {
    let folder = Folder::new();
    let key = material_folder().join("public.key");
    let crs = material_folder().join("crs-2048.bin");
    let mut prover = Process::start(&["prove", "--public-key", key.to_str().unwrap(), "--crs", crs.to_str().unwrap()]);
    prover.wait_for_ready();
    let proof = json!({ "values": [value(1), value(77)], "types": [0, 5], "aux": AUX });
    let blob = prover.call("prove", proof)["blob"].clone();
    assert_eq!(prover.refusal("decrypt", json!({ "handles": [] })), "unknown_method");
    assert_eq!(prover.refusal("prove", json!({ "values": [], "types": [], "aux": "" })), "bad_request");
    assert_eq!(
        prover.refusal("prove", json!({ "values": [value(1)], "types": [1], "aux": "" })),
        "unsupported_operation"
    );
    prover.end();
    let mut engine = Process::serve(&folder, &[]);
    let verified = engine.call("verify", json!({ "blob": blob, "aux": AUX }));
    assert_eq!(verified["types"], json!([0, 5]));
    let values = engine.call("decryptInput", json!({ "inputId": verified["inputId"] }));
    assert_eq!(values["values"], json!([value(1), value(77)]));
    engine.end();
}

#[test]
fn engines_that_start_together_on_new_keys_agree_on_them_and_never_replace_them() {
    let (keys, stores) = (Folder::new(), [Folder::new(), Folder::new()]);
    let crs = material_folder().to_str().unwrap();
    let start = |store: &Folder| {
        let folder = keys.0.to_str().unwrap();
        Process::start(&["serve", "--keys", folder, "--crs-cache", crs, "--store", store.0.to_str().unwrap()])
    };
    let mut engines = [start(&stores[0]), start(&stores[1])];
    let ready = [engines[0].wait_for_ready(), engines[1].wait_for_ready()];
    assert_eq!(ready[0]["publicKeyId"], ready[1]["publicKeyId"]);
    let proof = json!({ "values": [value(3)], "types": [2], "aux": AUX });
    let blob = engines[0].call("prove", proof)["blob"].clone();
    assert_eq!(engines[1].call("verify", json!({ "blob": blob, "aux": AUX }))["types"], json!([2]));
    engines.into_iter().for_each(Process::end);

    let secret = std::fs::metadata(keys.0.join("client.key")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&secret) & 0o777, 0o600);
    std::fs::remove_file(keys.0.join("client.key")).unwrap();
    let output = Command::new(PROGRAM)
        .args([
            "serve",
            "--keys",
            keys.0.to_str().unwrap(),
            "--crs-cache",
            crs,
            "--store",
            stores[0].0.to_str().unwrap(),
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("client.key is missing beside its other keys"));
}

#[test]
fn a_wrong_command_line_says_what_is_right() {
    for arguments in [&[][..], &["serve"], &["serve", "--keys"], &["dance", "--keys", "x"]] {
        let output = Command::new(PROGRAM).args(arguments).output().unwrap();
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("fhe-engine serve --keys DIR"), "{arguments:?}");
    }
}
