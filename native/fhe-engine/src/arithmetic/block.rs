//! Single blocks: known contents, and bootstrappings within the bounds that the parameters were made for.
//!
//! Whatever exceeds a bound decrypts to something else, and nobody would notice: so everything here panics instead,
//! and the operation fails.

use tfhe::integer::ServerKey;
use tfhe::shortint::ciphertext::MaxDegree;
use tfhe::shortint::server_key::BivariateLookupTableOwned;
use tfhe::shortint::Ciphertext;

/// A block that is not really encrypted. Its content takes message and carry together, as a spread block's does; the
/// library's `create_trivial` would keep the message alone.
pub fn known_block(key: &ServerKey, content: u64) -> Ciphertext {
    let block = key.as_ref().unchecked_create_trivial(content);
    check_bounds(key, &block);
    block
}

/// A function of a block's content, message and carry together.
pub fn look_up(key: &ServerKey, block: &Ciphertext, function: impl Fn(u64) -> u64) -> Ciphertext {
    check_bounds(key, block);
    let table = key.as_ref().generate_lookup_table(function);
    key.as_ref().apply_lookup_table(block, &table)
}

/// A function of two clean blocks.
pub fn look_up_pair(
    key: &ServerKey,
    (left, right): (&Ciphertext, &Ciphertext),
    table: &BivariateLookupTableOwned,
) -> Ciphertext {
    let is_possible =
        key.as_ref().is_functional_bivariate_pbs_possible(left.noise_degree(), right.noise_degree(), Some(table));
    is_possible.unwrap_or_else(|e| panic!("two blocks that cannot be joined: {e}"));
    key.as_ref().unchecked_apply_lookup_table_bivariate(left, right, table)
}

/// Refuses a sum of blocks that overflows its padding bit, or whose noise makes a bootstrapping fail too often.
pub fn check_bounds(key: &ServerKey, block: &Ciphertext) {
    let server = key.as_ref();
    // The key's own `max_degree` leaves room for a carry, which bitwise operations do not have.
    let content_max = MaxDegree::from_msg_carry_modulus(server.message_modulus, server.carry_modulus);
    let outcome = content_max.validate(block.degree);
    let outcome = outcome.and_then(|()| server.max_noise_level.validate(block.noise_level()));
    outcome.unwrap_or_else(|e| panic!("a block beyond the parameters' bounds: {e}"));
}
