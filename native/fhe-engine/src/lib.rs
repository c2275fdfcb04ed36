//! The FHE engine: holds the keys of a local network, checks encrypted inputs, records the operations that
//! contracts ask for and computes those, and only those, that somebody may ever read.

/// SHA-256 of the sources that this was compiled from, as the build gives it. Naming it here makes cargo compile
/// anew when it changes, also when the files are older than what another checkout left in a shared target folder.
pub const SOURCE: &str = match option_env!("FHE_ENGINE_SOURCE") {
    Some(source) => source,
    None => "unknown",
};

pub mod arithmetic;
pub mod bench;
pub mod engine;
pub mod error;
pub mod fence;
pub mod files;
pub mod graph;
pub mod input;
pub mod journal;
pub mod keys;
pub mod operation;
pub mod protocol;
pub mod prover;
pub mod requests;
pub mod serve;
pub mod store;
pub mod types;
pub mod value;
