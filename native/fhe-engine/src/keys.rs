//! Key material: made once, read ever after. Parameters are those of the network's relayer SDK 0.4.

use crate::error::{EngineError, Result};
use crate::files::{self, Access};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tfhe::integer::ciphertext::IntegerProvenCompactCiphertextListConformanceParams as InputConformance;
use tfhe::integer::{ClientKey, CompactPrivateKey, ServerKey};
use tfhe::named::Named;
use tfhe::safe_serialization::{safe_deserialize, safe_serialize};
use tfhe::shortint::key_switching_key::KeySwitchingKeyMaterial;
use tfhe::shortint::parameters::v1_4::{
    V1_4_PARAM_KEYSWITCH_PKE_TO_SMALL_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as CASTING,
    V1_4_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as COMPUTE,
    V1_4_PARAM_PKE_TO_SMALL_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128_ZKV2 as INPUT,
};
use tfhe::zk::{CompactPkeCrs, ZkComputeLoad, ZkPkeV2SupportedHashConfig};
use tfhe::{CompactPublicKey, CompressedServerKey, Config, ConfigBuilder};

/// Bits one encrypted input may hold; the CRS is made for it.
pub const INPUT_BITS: usize = 2048;
/// Larger than any key; refuses absurd length fields in a damaged file.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Rough seconds on two slow cores, said before anything could be measured.
const KEYS_SECONDS: u64 = 5;
const CRS_SECONDS: u64 = 15;

/// Where the material lives. The CRS is shared by all keys of the same parameters.
pub struct KeyPaths {
    pub client: PathBuf,
    pub public: PathBuf,
    pub server: PathBuf,
    pub crs: PathBuf,
}

impl KeyPaths {
    pub fn new(keys: &Path, crs_cache: &Path) -> Self {
        Self {
            client: keys.join("client.key"),
            public: keys.join("public.key"),
            server: keys.join("server.key"),
            crs: crs_cache.join(format!("crs-{INPUT_BITS}.bin")),
        }
    }
}

/// A step of making or loading keys, for the parent's progress display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyProgress {
    pub stage: &'static str,
    pub done: u64,
    pub total: u64,
    pub seconds_left: u64,
}

/// What proving needs and nothing secret.
pub struct PublicMaterial {
    pub public_key: CompactPublicKey,
    pub crs: CompactPkeCrs,
    pub public_key_id: String,
    pub crs_id: String,
}

impl PublicMaterial {
    pub fn load(public_key: &Path, crs: &Path) -> Result<Self> {
        let (key_bytes, crs_bytes) = (read(public_key)?, read(crs)?);
        Ok(Self {
            public_key: decode(public_key, &key_bytes)?,
            crs: decode(crs, &crs_bytes)?,
            public_key_id: hex::encode(Sha256::digest(&key_bytes)),
            crs_id: hex::encode(Sha256::digest(&crs_bytes)),
        })
    }

    /// What a posted input must look like before its proof is checked. V0_7_0 hashes are the relayer
    /// SDK's own and stay allowed; older hashes and the load that is slow to verify are not made by anyone.
    pub fn conformance(&self) -> Result<InputConformance> {
        let parameters = INPUT.try_into().map_err(|e| EngineError::Keys(format!("{e:?}")))?;
        Ok(InputConformance::from_public_key_encryption_parameters_and_crs_parameters(parameters, &self.crs)
            .forbid_hash_config(ZkPkeV2SupportedHashConfig::V0_4_0)
            .forbid_compute_load(ZkComputeLoad::Proof))
    }
}

/// Everything the engine computes with. Lives as long as the process.
pub struct Keys {
    pub client: ClientKey,
    pub input_secret: CompactPrivateKey<Vec<u64>>,
    pub server: ServerKey,
    pub casting: KeySwitchingKeyMaterial,
    pub public: PublicMaterial,
    pub input_conformance: InputConformance,
}

impl Keys {
    /// Loads the material, making what is missing first. Never replaces a client key: without it every
    /// ciphertext ever made would be lost, so other keys without theirs are refused.
    pub fn open(paths: &KeyPaths, report: &dyn Fn(KeyProgress)) -> Result<Self> {
        make_missing_keys(paths, report)?;
        make_missing_crs(paths, report)?;
        let public = PublicMaterial::load(&paths.public, &paths.crs)?;
        let client: tfhe::ClientKey = decode(&paths.client, &read(&paths.client)?)?;
        let server: CompressedServerKey = decode(&paths.server, &read(&paths.server)?)?;
        Self::assemble(client, server, public)
    }

    fn assemble(client: tfhe::ClientKey, server: CompressedServerKey, public: PublicMaterial) -> Result<Self> {
        let no_input_key = || EngineError::Keys("there is no separate key for inputs".into());
        let (client, input_secret, ..) = client.into_raw_parts();
        let (server, casting, ..) = server.decompress().into_raw_parts();
        let input_conformance = public.conformance()?;
        Ok(Self {
            client,
            input_secret: input_secret.ok_or_else(no_input_key)?.0,
            server,
            casting: casting.ok_or_else(no_input_key)?.into_raw_parts(),
            public,
            input_conformance,
        })
    }
}

/// The same keys as the library's high-level interface takes them: for comparing with it.
pub fn load_library_keys(paths: &KeyPaths) -> Result<(tfhe::ClientKey, tfhe::ServerKey)> {
    let server: CompressedServerKey = decode(&paths.server, &read(&paths.server)?)?;
    Ok((decode(&paths.client, &read(&paths.client)?)?, server.decompress()))
}

fn configuration() -> Config {
    ConfigBuilder::with_custom_parameters(COMPUTE).use_dedicated_compact_public_key_parameters((INPUT, CASTING)).build()
}

fn make_missing_keys(paths: &KeyPaths, report: &dyn Fn(KeyProgress)) -> Result<()> {
    if paths.client.exists() && paths.public.exists() && paths.server.exists() {
        return Ok(());
    }
    let _turn = take_turn(&paths.client)?;
    let started = Instant::now();
    let step = |done: u64| report(progress("keys", (done, 3), KEYS_SECONDS, started));
    step(0);
    let client = load_or_make_client_key(paths)?;
    step(1);
    if !paths.public.exists() {
        let key = CompactPublicKey::try_new(&client).map_err(|e| EngineError::Keys(e.to_string()))?;
        save(&paths.public, &key, Access::Everyone)?;
    }
    step(2);
    if !paths.server.exists() {
        save(&paths.server, &CompressedServerKey::new(&client), Access::Everyone)?;
    }
    step(3);
    Ok(())
}

fn load_or_make_client_key(paths: &KeyPaths) -> Result<tfhe::ClientKey> {
    if paths.client.exists() {
        return decode(&paths.client, &read(&paths.client)?);
    }
    if paths.public.exists() || paths.server.exists() {
        let folder = paths.client.display();
        return Err(EngineError::Keys(format!("{folder} is missing beside its other keys: restore it, or reset")));
    }
    let key = tfhe::ClientKey::generate(configuration());
    save(&paths.client, &key, Access::OwnerOnly)?;
    Ok(key)
}

fn make_missing_crs(paths: &KeyPaths, report: &dyn Fn(KeyProgress)) -> Result<()> {
    if paths.crs.exists() {
        return Ok(());
    }
    let _turn = take_turn(&paths.crs)?;
    if paths.crs.exists() {
        return Ok(());
    }
    let started = Instant::now();
    report(progress("crs", (0, 1), CRS_SECONDS, started));
    let crs = CompactPkeCrs::from_config(configuration(), INPUT_BITS).map_err(|e| EngineError::Keys(e.to_string()))?;
    save(&paths.crs, &crs, Access::Everyone)?;
    report(progress("crs", (1, 1), CRS_SECONDS, started));
    Ok(())
}

fn progress(stage: &'static str, (done, total): (u64, u64), usual: u64, started: Instant) -> KeyProgress {
    let left = usual.saturating_sub(started.elapsed().as_secs()).max(1);
    KeyProgress { stage, done, total, seconds_left: if done == total { 0 } else { left } }
}

/// Engines that start together make a file once: two of them would give away different ones under the same name.
fn take_turn(path: &Path) -> Result<File> {
    let folder = path.parent().ok_or_else(|| EngineError::Keys(format!("{} has no folder", path.display())))?;
    files::make_folder(folder)?;
    files::wait_for_folder(folder)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    files::read_if_present(path)?.ok_or_else(|| EngineError::Keys(format!("{} does not exist", path.display())))
}

fn decode<T>(path: &Path, bytes: &[u8]) -> Result<T>
where
    T: serde::de::DeserializeOwned + tfhe::Unversionize + Named,
{
    safe_deserialize(bytes, FILE_BYTES_MAX)
        .map_err(|e| EngineError::Keys(format!("{} is damaged: {e}", path.display())))
}

fn save<T>(path: &Path, value: &T, access: Access) -> Result<()>
where
    T: serde::Serialize + tfhe::Versionize + Named,
{
    let mut bytes = Vec::new();
    safe_serialize(value, &mut bytes, FILE_BYTES_MAX).map_err(|e| EngineError::Keys(e.to_string()))?;
    files::write_atomically(path, &bytes, access)
}
