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
