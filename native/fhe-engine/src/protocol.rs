//! JSON lines between the engine and its parent: one request a line in, answers and events out, in any order.

use crate::error::{EngineError, Result};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value as Json};
use std::io::{BufRead, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A block with a thousand contributions is some 2 MB of JSON.
const LINE_BYTES_MAX: usize = 64 << 20;

/// A request whose parameters are not understood yet.
#[derive(Debug, Deserialize)]
pub struct Request {
    pub id: Json,
    pub method: String,
    #[serde(default)]
    params: Json,
}

impl Request {
    pub fn parse(line: &[u8]) -> Result<Self> {
        let request: Self = serde_json::from_slice(line).map_err(|e| EngineError::BadRequest(e.to_string()))?;
        if request.id.is_number() {
            return Ok(request);
        }
        Err(EngineError::BadRequest("id is not a number".into()))
    }

    pub fn params<T: DeserializeOwned>(&self) -> Result<T> {
        let params = if self.params.is_null() { json!({}) } else { self.params.clone() };
        serde_json::from_value(params).map_err(|e| EngineError::BadRequest(format!("{}: {e}", self.method)))
    }
}

/// The way out, shared by all threads; each message is one whole line.
#[derive(Clone)]
pub struct Outbox(Arc<Mutex<Box<dyn Write + Send>>>);

impl Outbox {
    pub fn new(output: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(output))))
    }

    pub fn answer(&self, id: &Json, outcome: Result<Json>) {
        self.send(&match outcome {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(e) => json!({ "id": id, "error": { "code": e.code(), "message": e.to_string() } }),
        });
    }

    pub fn event(&self, event: Json) {
        self.send(&event);
    }

    /// A parent that no longer reads has gone; its closed input ends the process in an orderly way.
    fn send(&self, message: &Json) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _parent_gone = output.write_all(format!("{message}\n").as_bytes()).and_then(|()| output.flush());
    }
}

/// Calls `handle` for every line until the input ends. A line beyond the limit is an error to `handle`.
pub fn for_each_line(mut input: impl BufRead, mut handle: impl FnMut(Result<&[u8]>)) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let (length, whole) = read_line(&mut input, &mut line)?;
        if length == 0 {
            return Ok(());
        }
        if !whole {
            handle(Err(EngineError::BadRequest(format!("a line of more than {LINE_BYTES_MAX} bytes"))));
        } else if !line.trim_ascii().is_empty() {
            handle(Ok(line.trim_ascii()));
        }
    }
}

/// Reads one line into `line`; what exceeds the limit is read and forgotten.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<(usize, bool)> {
    let mut length = 0;
    loop {
        let chunk = input.fill_buf()?;
        let end = chunk.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(chunk.len());
        if length + taken <= LINE_BYTES_MAX {
            line.extend_from_slice(&chunk[..taken]);
        }
        length += taken;
        input.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok((length, length <= LINE_BYTES_MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(input: &[u8]) -> Vec<std::result::Result<Vec<u8>, &'static str>> {
        let mut lines = Vec::new();
        let collect = |line: Result<&[u8]>| lines.push(line.map(<[u8]>::to_vec).map_err(|error| error.code()));
        // Small reads: lines are put together from pieces.
        for_each_line(std::io::BufReader::with_capacity(3, input), collect).unwrap();
        lines
    }

    #[test]
    fn lines_come_whole_without_their_ends_and_empty_ones_not_at_all() {
        assert_eq!(
            lines_of(b"one\n\n  \r\ntwo\r\nlast"),
            [Ok(b"one".to_vec()), Ok(b"two".to_vec()), Ok(b"last".to_vec())]
        );
        assert!(lines_of(b"").is_empty());
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_and_the_next_one_is_served() {
        let input = [vec![b'x'; LINE_BYTES_MAX + 1], b"\nnext\n".to_vec()].concat();
        let mut lines = Vec::new();
        for_each_line(input.as_slice(), |line| lines.push(line.map(<[u8]>::to_vec).map_err(|e| e.code()))).unwrap();
        assert_eq!(lines, [Err("bad_request"), Ok(b"next".to_vec())]);
    }

    #[test]
    fn a_request_needs_a_number_and_a_method_and_may_lack_parameters() {
        let request = Request::parse(br#"{"id":7,"method":"stats"}"#).unwrap();
        assert_eq!((request.id.as_u64(), request.method.as_str()), (Some(7), "stats"));
        assert!(request.params::<std::collections::HashMap<String, String>>().unwrap().is_empty());
        for line in ["", "{}", r#"{"id":1}"#, r#"{"id":"1","method":"a"}"#, r#"{"id":null,"method":"a"}"#, "nonsense"] {
            assert_eq!(Request::parse(line.as_bytes()).unwrap_err().code(), "bad_request", "{line}");
        }
    }

    #[test]
    fn answers_are_whole_lines_with_a_result_or_a_code() {
        #[derive(Clone, Default)]
        struct Shared(Arc<Mutex<Vec<u8>>>);
        impl Write for Shared {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().extend(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let shared = Shared::default();
        let outbox = Outbox::new(shared.clone());
        outbox.answer(&json!(1), Ok(json!({ "a": 2 })));
        outbox.answer(&json!(2), Err(EngineError::InvalidProof));
        let text = String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0], json!({ "id": 1, "result": { "a": 2 } }));
        assert_eq!(lines[1]["error"]["code"], "invalid_proof");
        assert!(lines[1]["error"]["message"].is_string());
    }
}
