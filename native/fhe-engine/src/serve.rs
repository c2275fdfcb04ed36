//! The processes that speak the protocol: the whole engine, and the prover alone.

use crate::error::{EngineError, Result};
use crate::input;
use crate::journal::{Entry, Journal};
use crate::keys::{KeyPaths, KeyProgress, Keys, PublicMaterial};
use crate::protocol::{for_each_line, Outbox, Request};
use crate::prover;
use crate::store::Store;
use crate::types::{Clear, FheType, Handle, HexBytes, InputId};
use serde::Deserialize;
use serde_json::{json, Value as Json};
use std::io::{BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

pub struct ServeOptions {
    pub keys: PathBuf,
    pub crs_cache: PathBuf,
    pub store: PathBuf,
}

struct Service {
    keys: Keys,
    store: Store,
    journal: Mutex<Journal>,
}

#[derive(Deserialize)]
struct VerifyParams {
    blob: HexBytes,
    aux: HexBytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BindParams {
    input_id: InputId,
    handles: Vec<Handle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InputParams {
    input_id: InputId,
}

#[derive(Deserialize)]
struct ProveParams {
    values: Vec<Clear>,
    types: Vec<u8>,
    aux: HexBytes,
}

/// Serves until the input ends.
pub fn serve(options: &ServeOptions, input: impl BufRead, output: impl Write + Send + 'static) -> Result<()> {
    let outbox = Outbox::new(output);
    let paths = KeyPaths::new(&options.keys, &options.crs_cache);
    let keys = Keys::open(&paths, &|progress| outbox.event(progress_event(progress)))?;
    let store = Store::open(&options.store)?;
    let (journal, _entries) = Journal::open(&store.journal_path())?;
    outbox.event(json!({
        "event": "ready", "publicKeyPath": paths.public, "crsPath": paths.crs,
        "publicKeyId": keys.public.public_key_id, "crsId": keys.public.crs_id, "cursor": null,
    }));
    let service = Arc::new(Service { keys, store, journal: Mutex::new(journal) });
    run_lines(input, &outbox, move |request| service.call(request))
}

/// Serves `prove` alone, with the public key and the CRS and nothing secret.
pub fn serve_prover(
    public_key: &std::path::Path,
    crs: &std::path::Path,
    input: impl BufRead,
    output: impl Write + Send + 'static,
) -> Result<()> {
    let material = Arc::new(PublicMaterial::load(public_key, crs)?);
    let outbox = Outbox::new(output);
    outbox.event(json!({ "event": "ready", "publicKeyId": material.public_key_id, "crsId": material.crs_id }));
    run_lines(input, &outbox, move |request| match request.method.as_str() {
        "prove" => prove(&material, request),
        name => Err(EngineError::UnknownMethod(name.into())),
    })
}

fn run_lines(
    input: impl BufRead,
    outbox: &Outbox,
    call: impl Fn(&Request) -> Result<Json> + Send + Sync + 'static,
) -> Result<()> {
    let call = Arc::new(call);
    let pool = rayon::ThreadPoolBuilder::new().build().map_err(|e| EngineError::internal("threads", e))?;
    for_each_line(input, |line| match line.and_then(Request::parse) {
        Ok(request) => {
            let (call, outbox) = (call.clone(), outbox.clone());
            pool.spawn(move || outbox.answer(&request.id, fenced(&request.method, || call(&request))));
        }
        Err(e) => outbox.answer(&Json::Null, Err(e)),
    })
    .map_err(|e| EngineError::storage("cannot read requests", e))
}

/// A panic becomes an error of the one request.
fn fenced(place: &str, work: impl FnOnce() -> Result<Json>) -> Result<Json> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let detail = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic without text");
        Err(EngineError::internal(place, detail))
    })
}

fn progress_event(progress: KeyProgress) -> Json {
    json!({
        "event": "progress", "stage": progress.stage, "done": progress.done, "total": progress.total,
        "secondsLeft": progress.seconds_left,
    })
}

impl Service {
    fn call(&self, request: &Request) -> Result<Json> {
        match request.method.as_str() {
            "verify" => self.verify(request.params()?),
            "bindInput" => self.bind_input(request.params()?),
            "decryptInput" => self.decrypt_input(request.params()?),
            "prove" => prove(&self.keys.public, request),
            name => Err(EngineError::UnknownMethod(name.into())),
        }
    }

    fn verify(&self, params: VerifyParams) -> Result<Json> {
        let types = input::verify(&self.keys, &params.blob.0, &params.aux.0)?;
        let id = InputId::of(&params.blob.0);
        self.store.write_input(id, &params.blob.0)?;
        Ok(json!({ "inputId": id, "types": types.iter().map(|t| t.id()).collect::<Vec<_>>() }))
    }

    fn bind_input(&self, params: BindParams) -> Result<Json> {
        self.store.read_input(params.input_id)?;
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.append(&Entry::Bind { input: params.input_id, handles: params.handles })?;
        Ok(Json::Null)
    }

    fn decrypt_input(&self, params: InputParams) -> Result<Json> {
        let values = input::decrypt(&self.keys, &self.store.read_input(params.input_id)?)?;
        Ok(json!({ "values": values }))
    }
}

fn prove(material: &PublicMaterial, request: &Request) -> Result<Json> {
    let params: ProveParams = request.params()?;
    let types = params.types.iter().map(|id| FheType::from_id(*id)).collect::<Result<Vec<_>>>()?;
    let blob = prover::prove(material, &params.values, &types, &params.aux.0)?;
    Ok(json!({ "blob": hex::encode(blob) }))
}
