//! The FHE engine: holds the keys of a local network, checks encrypted inputs, records the operations that
//! contracts ask for and computes those, and only those, that somebody may ever read.

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
