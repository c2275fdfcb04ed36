//! The engine on real ciphertexts. Keys are fixed (`fixtures/`), so that a proof that the relayer SDK made for them
//! stays a golden vector; what can be derived from them is derived once and kept in cargo's folder for tests.

mod bounds;
mod inputs;
mod numbers;
mod process;
mod randomness;
mod release;
mod support;
mod words;
