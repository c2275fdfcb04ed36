//! The processes that speak the protocol: the whole engine, and the prover alone.

use crate::arithmetic::TfheArithmetic;
use crate::engine::{Engine, EngineOptions, Notify};
use crate::error::{EngineError, Result};
use crate::fence::fenced;
use crate::keys::{KeyPaths, KeyProgress, Keys, PublicMaterial};
use crate::protocol::{for_each_line, Outbox, Request};
use crate::requests::{self, Service};
use crate::store::Store;
use serde_json::{json, Value as Json};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct ServeOptions {
    pub keys: PathBuf,
    pub crs_cache: PathBuf,
    pub store: PathBuf,
    pub engine: EngineOptions,
}

/// Serves until the input ends, then writes what is worth keeping.
pub fn serve(options: &ServeOptions, input: impl BufRead, output: impl Write + Send + 'static) -> Result<()> {
    let outbox = Outbox::new(output);
    let paths = KeyPaths::new(&options.keys, &options.crs_cache);
    let store = Store::open(&options.store)?;
    let keys = Arc::new(Keys::open(&paths, &|progress| outbox.event(progress_event(progress)))?);
    let events = outbox.clone();
    let notify: Notify = Box::new(move |event| events.event(event));
    let engine = Engine::open(TfheArithmetic::new(keys.clone()), store, &options.engine, notify)?;
    let cursor = engine.cursor().map(|block| json!({ "block": block.number, "hash": block.hash }));
    outbox.event(json!({
        "event": "ready", "publicKeyPath": paths.public, "crsPath": paths.crs,
        "publicKeyId": keys.public.public_key_id, "crsId": keys.public.crs_id, "cursor": cursor,
    }));
    let service = Service::new(engine, keys);
    let outcome = read_requests(input, &outbox, |request, reply| service.call(request, reply));
    service.stop();
    outcome
}

/// Serves `prove` alone, with the public key and the CRS and nothing secret.
pub fn serve_prover(
    public_key: &Path,
    crs: &Path,
    input: impl BufRead,
    output: impl Write + Send + 'static,
) -> Result<()> {
    let material = Arc::new(PublicMaterial::load(public_key, crs)?);
    let outbox = Outbox::new(output);
    outbox.event(json!({ "event": "ready", "publicKeyId": material.public_key_id, "crsId": material.crs_id }));
    read_requests(input, &outbox, |request, reply| match request.method.as_str() {
        "prove" => {
            let material = material.clone();
            rayon::spawn(move || reply(fenced("prove", || requests::prove(&material, &request))));
        }
        name => reply(Err(EngineError::UnknownMethod(name.into()))),
    })
}

/// Answers a request, from any thread, once.
pub type Reply = Box<dyn FnOnce(Result<Json>) + Send>;

fn read_requests(input: impl BufRead, outbox: &Outbox, call: impl Fn(Request, Reply)) -> Result<()> {
    let handle = |line: Result<&[u8]>| match line.and_then(Request::parse) {
        Ok(request) => {
            let (outbox, id) = (outbox.clone(), request.id.clone());
            call(request, Box::new(move |outcome| outbox.answer(&id, outcome)));
        }
        Err(e) => outbox.answer(&Json::Null, Err(e)),
    };
    for_each_line(input, handle).map_err(|e| EngineError::storage("cannot read requests", e))
}

fn progress_event(progress: KeyProgress) -> Json {
    json!({
        "event": "progress", "stage": progress.stage, "done": progress.done, "total": progress.total,
        "secondsLeft": progress.seconds_left,
    })
}
