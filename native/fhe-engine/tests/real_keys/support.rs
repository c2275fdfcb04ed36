use fhe_engine::arithmetic::TfheArithmetic;
use fhe_engine::engine::{Engine, EngineOptions};
use fhe_engine::error::Result;
use fhe_engine::files::{write_atomically, Access};
use fhe_engine::journal::Block;
use fhe_engine::keys::{KeyPaths, Keys};
use fhe_engine::operation::WireOperation;
use fhe_engine::store::Store;
use fhe_engine::types::{Clear, FheType, Handle, HexBytes, InputId};
use fhe_engine::{input, prover, value};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use tfhe::core_crypto::commons::math::random::RandomGenerator;
use tfhe::core_crypto::prelude::{DefaultRandomGenerator, LweCiphertextCount};
use tfhe::integer::U256;
use tfhe::safe_serialization::safe_serialize;
use tfhe::shortint::parameters::v1_4::V1_4_PARAM_PKE_TO_SMALL_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128_ZKV2 as INPUT;
use tfhe::zk::{CompactPkeCrs, ZkMSBZeroPaddingBitCount};
use tfhe::Seed;

/// The CRS of the golden proof comes from this seed: it is 4.6 MB, too much for a fixture. Tests only: who knows the
/// randomness of a CRS can forge proofs.
const CRS_SEED: Seed = Seed(0x676f_6c64_656e);

pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_keys/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Folder of the keys and the CRS, made on the first use.
pub fn material_folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real-keys");
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["client.key", "public.key"] {
            write_atomically(&folder.join(name), &fixture(name), Access::OwnerOnly).unwrap();
        }
        if !folder.join("crs-2048.bin").exists() {
            let mut bytes = Vec::new();
            safe_serialize(&seeded_crs(), &mut bytes, 1 << 30).unwrap();
            write_atomically(&folder.join("crs-2048.bin"), &bytes, Access::Everyone).unwrap();
        }
        folder
    })
}

pub fn keys() -> Arc<Keys> {
    static KEYS: OnceLock<Arc<Keys>> = OnceLock::new();
    let open = || Arc::new(Keys::open(&KeyPaths::new(material_folder(), material_folder()), &|_| {}).unwrap());
    KEYS.get_or_init(open).clone()
}

fn seeded_crs() -> CompactPkeCrs {
    let packed_bits = 4;
    let messages = LweCiphertextCount(fhe_engine::keys::INPUT_BITS / packed_bits);
    let plaintext_modulus = 1u64 << (packed_bits + 1);
    let mut random = RandomGenerator::<DefaultRandomGenerator>::new(CRS_SEED);
    CompactPkeCrs::new(
        INPUT.encryption_lwe_dimension,
        messages,
        INPUT.encryption_noise_distribution,
        INPUT.ciphertext_modulus,
        plaintext_modulus,
        ZkMSBZeroPaddingBitCount(1),
        &mut random,
    )
    .unwrap()
}

/// An engine on real ciphertexts in a folder of its own.
pub struct Lab {
    pub engine: Arc<Engine<TfheArithmetic>>,
    next: AtomicU64,
    _folder: Folder,
}

impl Lab {
    pub fn new() -> Self {
        Self::with_keys(keys())
    }

    pub fn with_keys(keys: Arc<Keys>) -> Self {
        let folder = Folder::new();
        let store = Store::open(&folder.0).unwrap();
        let options = EngineOptions { memory_bytes: 64 << 20, ..EngineOptions::default() };
        let engine = Engine::open(TfheArithmetic::new(keys), store, &options, Box::new(|_| {})).unwrap();
        Self { engine, next: AtomicU64::new(1), _folder: folder }
    }

    /// A handle that nobody has used.
    pub fn handle(&self, fhe_type: FheType) -> Handle {
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes[30] = fhe_type.id();
        Handle(bytes)
    }

    /// Ciphertexts from the client key.
    pub fn encrypt(&self, fhe_type: FheType, values: &[U256]) -> Vec<Handle> {
        let encrypt =
            |value: &U256| (self.handle(fhe_type), value::encrypt_seeded(&keys(), Clear(*value), fhe_type).unwrap());
        let encrypted: Vec<_> = values.iter().map(encrypt).collect();
        self.engine.import(&encrypted).unwrap();
        encrypted.into_iter().map(|(handle, _)| handle).collect()
    }

    /// Words as people post them: proven, checked, bound, not yet expanded.
    pub fn post_words(&self, values: &[U256]) -> Vec<Handle> {
        let (clear, types): (Vec<_>, Vec<_>) = values.iter().map(|value| (Clear(*value), FheType::Uint256)).unzip();
        let blob = prover::prove(&keys().public, &clear, &types, b"aux").unwrap();
        assert_eq!(input::verify(&keys(), &blob, b"aux").unwrap(), types);
        self.bind(&blob, &types)
    }

    pub fn bind(&self, blob: &[u8], types: &[FheType]) -> Vec<Handle> {
        let (id, handles) =
            (InputId::of(blob), types.iter().map(|fhe_type| self.handle(*fhe_type)).collect::<Vec<_>>());
        self.engine.store().write_input(id, blob).unwrap();
        self.engine.bind_input(id, handles.clone(), types).unwrap();
        handles
    }

    pub fn record(&self, operations: Vec<WireOperation>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.engine.record(Block { number, hash: String::new() }, operations, vec![]).unwrap();
    }

    pub fn decrypt(&self, handles: &[Handle]) -> Vec<U256> {
        self.try_decrypt(handles).unwrap()
    }

    pub fn try_decrypt(&self, handles: &[Handle]) -> Result<Vec<U256>> {
        let (sender, receiver) = channel();
        self.engine.decrypt(handles.to_vec(), move |outcome| sender.send(outcome).unwrap());
        Ok(receiver.recv().unwrap()?.into_iter().map(|value| value.0).collect())
    }

    pub fn stats(&self) -> Json {
        self.engine.stats().unwrap()
    }
}

/// A folder that is gone with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("lab-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.0);
    }
}

pub fn wire(result: Handle, op: &str) -> WireOperation {
    WireOperation { result, op: op.into(), ..WireOperation::default() }
}

pub fn binary(result: Handle, op: &str, left: Handle, right: Handle) -> WireOperation {
    WireOperation { left: Some(left), right: Some(right), ..wire(result, op) }
}

pub fn scalar(result: Handle, op: &str, left: Handle, scalar: U256) -> WireOperation {
    WireOperation { left: Some(left), scalar: Some(Clear(scalar)), ..wire(result, op) }
}

pub fn unary(result: Handle, op: &str, value: Handle) -> WireOperation {
    WireOperation { value: Some(value), ..wire(result, op) }
}

pub fn random(result: Handle, seed: u128, bits: Option<u64>) -> WireOperation {
    WireOperation { seed: Some(HexBytes(seed.to_be_bytes().into())), bits, ..wire(result, "rand") }
}

pub fn select(result: Handle, control: Handle, if_true: Handle, if_false: Handle) -> WireOperation {
    let base = wire(result, "select");
    WireOperation { control: Some(control), if_true: Some(if_true), if_false: Some(if_false), ..base }
}

pub fn clear(value: u64) -> U256 {
    U256::from(u128::from(value))
}

/// A small generator with a fixed seed: the same data in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn word(&mut self) -> U256 {
        (0..4).fold(clear(0), |value, _| (value << 64u32) | clear(self.roll()))
    }
}
