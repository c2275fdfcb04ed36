//! The methods of the protocol: what each takes, and which lane it runs in.

use crate::arithmetic::TfheArithmetic;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::fence::fenced;
use crate::input;
use crate::journal::{Block, Grant};
use crate::keys::{Keys, PublicMaterial};
use crate::operation::WireOperation;
use crate::protocol::Request;
use crate::prover;
use crate::serve::Reply;
use crate::types::{Clear, FheType, Handle, HexBytes, InputId};
use crate::value;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value as Json};
use std::sync::Arc;

/// A contract, a user, the ACL and a chain id are 92 bytes.
const AUX_BYTES_MAX: usize = 1024;

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
struct RecordParams {
    block: Block,
    operations: Vec<WireOperation>,
    allowed: Vec<Grant>,
}

#[derive(Deserialize)]
struct HandlesParams {
    handles: Vec<Handle>,
}

#[derive(Deserialize)]
struct ImportParams {
    handles: Vec<Handle>,
    values: Vec<Clear>,
}

#[derive(Deserialize)]
struct ProveParams {
    values: Vec<Clear>,
    types: Vec<u8>,
    aux: HexBytes,
}

/// All methods of `serve`.
#[derive(Clone)]
pub struct Service {
    engine: Arc<Engine<TfheArithmetic>>,
    keys: Arc<Keys>,
}

impl Service {
    pub fn new(engine: Arc<Engine<TfheArithmetic>>, keys: Arc<Keys>) -> Self {
        Self { engine, keys }
    }

    pub fn stop(&self) {
        self.engine.stop();
    }

    /// What changes the graph is done in the order of arrival, on the reading thread; it is short. What takes
    /// long runs in the quick lane, or waits for evaluation without a thread.
    pub fn call(&self, request: Request, reply: Reply) {
        match request.method.as_str() {
            "record" => reply(fenced("record", || self.record(request.params()?))),
            "bindInput" => reply(fenced("bindInput", || self.bind_input(request.params()?))),
            "drop" => reply(fenced("drop", || self.drop_handles(request.params()?))),
            "decrypt" => self.decrypt(&request, reply),
            "verify" => self.run_quick(request, reply, Self::verify),
            "decryptInput" => self.run_quick(request, reply, Self::decrypt_input),
            "importSeeded" => self.run_quick(request, reply, Self::import_seeded),
            "progress" => reply(fenced("progress", || Ok(self.engine.progress()))),
            "stats" => reply(fenced("stats", || self.engine.stats())),
            "prove" => {
                let keys = self.keys.clone();
                self.engine.spawn_quick(move || reply(fenced("prove", || prove(&keys.public, &request))));
            }
            name => reply(Err(EngineError::UnknownMethod(name.into()))),
        }
    }

    fn run_quick<P: DeserializeOwned>(
        &self,
        request: Request,
        reply: Reply,
        method: impl FnOnce(&Self, P) -> Result<Json> + Send + 'static,
    ) {
        let service = self.clone();
        let work = move || reply(fenced(&request.method, || method(&service, request.params()?)));
        self.engine.spawn_quick(work);
    }

    fn record(&self, params: RecordParams) -> Result<Json> {
        self.engine.record(params.block, params.operations, params.allowed)?;
        Ok(Json::Null)
    }

    fn verify(&self, params: VerifyParams) -> Result<Json> {
        let (blob, aux) = (params.blob.0, params.aux.0);
        if aux.len() > AUX_BYTES_MAX {
            return Err(EngineError::BadRequest(format!("aux has {} bytes, at most {AUX_BYTES_MAX}", aux.len())));
        }
        let types = input::verify(&self.keys, &blob, &aux)?;
        let id = InputId::of(&blob);
        self.engine.store().write_input(id, &blob)?;
        Ok(json!({ "inputId": id, "types": types.iter().map(|t| t.id()).collect::<Vec<_>>() }))
    }

    fn bind_input(&self, params: BindParams) -> Result<Json> {
        let types = input::types(&self.keys, &self.engine.store().read_input(params.input_id)?)?;
        self.engine.bind_input(params.input_id, params.handles, &types)?;
        Ok(Json::Null)
    }

    fn decrypt_input(&self, params: InputParams) -> Result<Json> {
        let values = input::decrypt(&self.keys, &self.engine.store().read_input(params.input_id)?)?;
        Ok(json!({ "values": values }))
    }

    fn import_seeded(&self, params: ImportParams) -> Result<Json> {
        let (handles, values) = (params.handles, params.values);
        if handles.len() != values.len() {
            let message = format!("{} handles with {} values: as many of each", handles.len(), values.len());
            return Err(EngineError::BadRequest(message));
        }
        let encrypt = |(handle, value): (&Handle, &Clear)| {
            Ok((*handle, value::encrypt_seeded(&self.keys, *value, handle.fhe_type()?)?))
        };
        let encrypted = handles.par_iter().zip(&values).map(encrypt).collect::<Result<Vec<_>>>()?;
        self.engine.import(&encrypted)?;
        Ok(Json::Null)
    }

    fn drop_handles(&self, params: HandlesParams) -> Result<Json> {
        self.engine.drop_handles(params.handles)?;
        Ok(Json::Null)
    }

    fn decrypt(&self, request: &Request, reply: Reply) {
        match request.params::<HandlesParams>() {
            Ok(params) => {
                let answer = |outcome: Result<Vec<Clear>>| reply(outcome.map(|values| json!({ "values": values })));
                self.engine.decrypt(params.handles, answer);
            }
            Err(error) => reply(Err(error)),
        }
    }
}

/// `prove`, for the engine and for the prover alone.
pub fn prove(material: &PublicMaterial, request: &Request) -> Result<Json> {
    let params: ProveParams = request.params()?;
    let types = params.types.iter().map(|id| FheType::from_id(*id)).collect::<Result<Vec<_>>>()?;
    let blob = prover::prove(material, &params.values, &types, &params.aux.0)?;
    Ok(json!({ "blob": hex::encode(blob) }))
}
