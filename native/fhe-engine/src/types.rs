//! The vocabulary shared with the chain: handles, encrypted types, clear values.

use crate::error::{EngineError, Result};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use tfhe::integer::U256;

/// Declares a 32-byte name that is 64 hex characters on the wire.
macro_rules! hex_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let mut bytes = [0u8; 32];
                hex::decode_to_slice(&text, &mut bytes).map_err(|_| {
                    D::Error::custom(format!("{text:.80} is not 64 hex characters without 0x"))
                })?;
                Ok(Self(bytes))
            }
        }
    };
}

hex_name!(
    /// A ciphertext handle of the chain. Byte 30 is the encrypted type.
    Handle
);
hex_name!(
    /// SHA-256 of an input's posted blob.
    InputId
);

impl Handle {
    /// The encrypted type that the handle carries.
    pub fn fhe_type(&self) -> Result<FheType> {
        FheType::from_id(self.0[30])
    }
}

impl InputId {
    pub fn of(blob: &[u8]) -> Self {
        Self(Sha256::digest(blob).into())
    }
}

/// The encrypted types of the network, by their ids in handles and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FheType {
    Bool,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uint128,
    Address,
    Uint256,
}

impl FheType {
    pub fn from_id(id: u8) -> Result<Self> {
        Ok(match id {
            0 => Self::Bool,
            2 => Self::Uint8,
            3 => Self::Uint16,
            4 => Self::Uint32,
            5 => Self::Uint64,
            6 => Self::Uint128,
            7 => Self::Address,
            8 => Self::Uint256,
            _ => return Err(EngineError::UnsupportedOperation(format!("encrypted type {id}"))),
        })
    }

    pub fn id(self) -> u8 {
        match self {
            Self::Bool => 0,
            Self::Uint8 => 2,
            Self::Uint16 => 3,
            Self::Uint32 => 4,
            Self::Uint64 => 5,
            Self::Uint128 => 6,
            Self::Address => 7,
            Self::Uint256 => 8,
        }
    }

    /// Width in bits; 1 for a boolean.
    pub fn bits(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Uint8 => 8,
            Self::Uint16 => 16,
            Self::Uint32 => 32,
            Self::Uint64 => 64,
            Self::Uint128 => 128,
            Self::Address => 160,
            Self::Uint256 => 256,
        }
    }

    /// Shortint blocks of two message bits; a boolean has a block of its own.
    pub fn blocks(self) -> usize {
        self.bits().div_ceil(2)
    }

    /// The Solidity name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "ebool",
            Self::Uint8 => "euint8",
            Self::Uint16 => "euint16",
            Self::Uint32 => "euint32",
            Self::Uint64 => "euint64",
            Self::Uint128 => "euint128",
            Self::Address => "eaddress",
            Self::Uint256 => "euint256",
        }
    }
}

/// A clear value of up to 256 bits; big-endian hex on the wire (written with 64 characters).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clear(pub U256);

impl Clear {
    pub fn from_be_bytes(bytes: &[u8]) -> Option<Self> {
        let mut padded = [0u8; 32];
        let start = padded.len().checked_sub(bytes.len())?;
        padded[start..].copy_from_slice(bytes);
        let mut value = U256::from(0u128);
        value.copy_from_be_byte_slice(&padded);
        Some(Self(value))
    }

    pub fn to_be_bytes(self) -> [u8; 32] {
        let mut bytes = [0u8; 32];
        self.0.copy_to_be_byte_slice(&mut bytes);
        bytes
    }

    pub fn is_zero(self) -> bool {
        self.0 == U256::from(0u128)
    }

    /// Modulo 2^64: for shift amounts, which the network takes modulo the width.
    pub fn low_u64(self) -> u64 {
        self.0.to_low_high_u128().0 as u64
    }

    /// The low bits that fit the type, as the network truncates scalars; a boolean is "not zero".
    pub fn truncated(self, fhe_type: FheType) -> Self {
        if fhe_type == FheType::Bool {
            return Self(U256::from(u128::from(!self.is_zero())));
        }
        let spare = (256 - fhe_type.bits()) as u32;
        Self((self.0 << spare) >> spare)
    }
}

impl From<u64> for Clear {
    fn from(value: u64) -> Self {
        Self(U256::from(u128::from(value)))
    }
}

impl Serialize for Clear {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.to_be_bytes()))
    }
}

impl<'de> Deserialize<'de> for Clear {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let bytes = HexBytes::deserialize(deserializer)?;
        Self::from_be_bytes(&bytes.0).ok_or_else(|| D::Error::custom("a value has at most 32 bytes"))
    }
}

/// Bytes that are hex without 0x on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexBytes(pub Vec<u8>);

impl Serialize for HexBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for HexBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = hex::decode(&text).map_err(|e| D::Error::custom(format!("not hex without 0x: {e}")))?;
        Ok(Self(bytes))
    }
}
