import type { ErrorCode } from "@/lib/kernel/errors";
import type { ContractErrorName } from "@/lib/chain/abi/contract-errors";

/** How a contract's refusal reaches people: a stable code, and a message whose `{name}` places take the error's arguments. */
export type RevertEntry = { readonly code: ErrorCode; readonly message: string };

const entry = (code: ErrorCode, message: string): RevertEntry => ({ code, message });

/** An inner fault that no correct call can cause; worth a report. */
const fault = (message: string): RevertEntry => entry("chain.reverted", `${message} This is a fault of the software; please report it.`);

/** Part of the table; the compiler refuses names that no ABI has. */
type PartialTable = Partial<Record<ContractErrorName, RevertEntry>>;

/** Refusals of `TrafficHistogram` and `ReleaseVault`. */
const histogramErrors = {
  UnknownRegion: entry("region.unknown", "Region {regionId} does not exist on this chain."),
  SlugTaken: entry("region.exists", "A region with this slug exists already. Choose another slug: parameters never change."),
  InvalidParameter: entry("region.invalid", "The contract refuses the region's parameter {name}."),
  InvalidTile: entry("tile.invalid", "{tile} is not a usable H3 tile of the region's resolution (pentagons and their surroundings are refused)."),
  DuplicateTile: entry("region.invalid", "Tile {tile} is in more than one cover."),
  DemoProfileForbidden: entry("region.invalid", "The demo noise profile is forbidden on chain {chainId}: it is for chain 31337 only."),
  EmptyBatch: entry("chain.refused", "The batch has no items."),
  BatchTooLarge: entry("chain.refused", "The batch has {items} items; at most {itemsMax} fit."),
  TileNotInRegion: entry("region.outside", "Tile {tile} does not belong to region {regionId}."),
  EpochStillOpen: entry("epoch.not-due", "Epoch {epoch} of region {regionId} takes contributions until {closesAt} (unix seconds). Seal it after that."),
  WrongState: entry("chain.refused", "Release {releaseId} is not in the state that this step needs (expected {expected}, is {actual})."),
  OnlyHistogram: fault("A vault was called by {caller} instead of the histogram."),
  ExpiryTooSoon: entry("chain.refused", "The opening would expire at {expiry}; the earliest that is allowed is {earliest} (unix seconds)."),
} as const satisfies PartialTable;

/** Refusals of `TrafficDataMarketplace`. */
const marketplaceErrors = {
  InvalidListing: entry("chain.refused", "The contract refuses the listing's field {field}."),
  NotListed: entry("listing.missing", "Region {regionId} is not for sale at the moment."),
  NotPublished: entry("release.not-published", "Release {releaseId} is not published."),
  WrongToken: entry("quote.invalid", "The region is sold in token {expected}, not in {actual}."),
  AmountBelowPrice: entry("quote.invalid", "The quoted amount {amount} is below the least price {least}. Ask for a new quote."),
  QuoteExpired: entry("quote.expired", "The quote ran out at {deadline} (unix seconds). Ask for a new one."),
  BadQuoteSignature: entry("quote.invalid", "The quote is not signed by the platform. Ask for a new one."),
  OnlyBuyer: entry("chain.refused", "Only the order's buyer {buyer} may do this."),
  ReleasesMismatch: entry("quote.invalid", "The list of releases is not the one that was quoted."),
  ReleasesNotAscending: entry("quote.invalid", "The releases must be in strictly ascending order."),
  OrderExists: entry("chain.refused", "Order {orderId} was paid already."),
  UnknownOrder: entry("order.unknown", "Order {orderId} does not exist."),
  OrderConflict: entry("chain.refused", "Order {orderId} exists with other content."),
  OrderIsRefunded: entry("chain.refused", "Order {orderId} was refunded."),
  TooManyReleases: entry("quote.invalid", "{count} releases in one order; at most {countMax} fit."),
  TooManyReaders: entry("chain.refused", "An order can have at most {readersMax} readers. Remove one first."),
  UnknownReader: entry("chain.refused", "{reader} is not a reader of this order."),
  NotFinal: entry("fhe.not-ready", "The purchase or a release is not final yet; it is from block {finalAtBlock}. Try again then."),
  DailyCapReached: entry("chain.refused", "The day's cap of {cap} releases sold by card is reached."),
  InsufficientAllowance: entry("chain.insufficient-funds", "The marketplace may take {allowance} token units, but {needed} are needed. Approve the amount first."),
  NotRefundable: entry("chain.refused", "Order {orderId} can't be refunded (now)."),
  RootExceedsShares: entry("chain.refused", "The proposed earnings of {total} exceed the owners' shares of {shares}."),
  NothingToClaim: entry("chain.refused", "There is nothing to claim."),
  NoReleases: entry("quote.invalid", "An order needs at least one release."),
  InvalidReader: entry("quote.invalid", "{reader} can't be a reader."),
  ReaderExists: entry("chain.refused", "{reader} is a reader of this order already."),
  SliceOutOfOrder: entry("chain.refused", "The order's releases are opened in order: {next} is next, not {from}."),
  SliceOutOfRange: entry("chain.refused", "The order has {length} releases; {count} from {from} on are not among them."),
  WrongAmountReceived: entry("chain.refused", "The token moved {received} units instead of {expected}."),
  InsufficientFees: entry("chain.insufficient-funds", "{needed} token units of fees were asked for; {fees} are there."),
  LocalChainOnly: entry("chain.wrong-network", "The test token exists on chain 31337 only, not on chain {chainId}."),
  BadProof: entry("chain.refused", "The proof of the earnings is not right for this root."),
} as const satisfies PartialTable;

/** Refusals of the OpenZeppelin parts. */
const libraryErrors = {
  AccessControlUnauthorizedAccount: entry("chain.refused", "{account} lacks the role {neededRole}. Use the key of an account that has it."),
  AccessControlBadConfirmation: entry("chain.refused", "A role can only be given up by the account that holds it."),
  AccessControlEnforcedDefaultAdminDelay: entry("chain.refused", "The change of admin must wait until {schedule} (unix seconds)."),
  AccessControlEnforcedDefaultAdminRules: entry("chain.refused", "The admin role is handed over in two steps only."),
  AccessControlInvalidDefaultAdmin: entry("chain.refused", "{defaultAdmin} can't be the admin."),
  EnforcedPause: entry("chain.refused", "The contract is paused. Try again later."),
  ExpectedPause: entry("chain.refused", "The contract is not paused."),
  ERC20InsufficientAllowance: entry("chain.insufficient-funds", "{spender} may take {allowance} token units, but {needed} are needed. Approve the amount first."),
  ERC20InsufficientBalance: entry("chain.insufficient-funds", "{sender} has {balance} token units, but {needed} are needed."),
  ERC20InvalidApprover: fault("The token refuses the approver {approver}."),
  ERC20InvalidReceiver: fault("The token refuses the receiver {receiver}."),
  ERC20InvalidSender: fault("The token refuses the sender {sender}."),
  ERC20InvalidSpender: fault("The token refuses the spender {spender}."),
  ERC2612ExpiredSignature: entry("quote.expired", "The token permit ran out at {deadline} (unix seconds). Sign a new one."),
  ERC2612InvalidSigner: entry("quote.invalid", "The token permit was signed by {signer}, not by {owner}."),
  InvalidAccountNonce: entry("chain.refused", "The signature's nonce is used up ({currentNonce} is next for {account}). Sign again."),
  ECDSAInvalidSignature: entry("chain.refused", "A signature is malformed."),
  ECDSAInvalidSignatureLength: entry("chain.refused", "A signature has {length} bytes instead of 65."),
  ECDSAInvalidSignatureS: entry("chain.refused", "A signature is not in its canonical form."),
  ReentrancyGuardReentrantCall: fault("A contract was entered twice in one call."),
  SafeERC20FailedOperation: entry("chain.refused", "The token {token} refused the transfer."),
  FailedDeployment: fault("A vault could not be made."),
  InsufficientBalance: fault("A contract has {balance} wei, but {needed} are needed."),
  InvalidShortString: fault("A short string of a contract is malformed."),
  StringTooLong: fault("A string is too long for its contract."),
  SafeCastOverflowedUintDowncast: fault("{value} does not fit {bits} bits."),
} as const satisfies PartialTable;

/** Refusals of the fhEVM host contracts (ACL, executor, input verifier, compute limits). */
const hostErrors = {
  ZamaProtocolUnsupported: entry("chain.wrong-network", "The fhEVM is not there on this chain."),
  ACLNotAllowed: entry("fhe.not-allowed", "{account} has no access to the ciphertext {handle}."),
  SenderNotAllowed: entry("fhe.not-allowed", "{sender} has no access to the ciphertext."),
  SenderDenied: entry("fhe.not-allowed", "{sender} is on the network's deny list."),
  AlreadyDelegatedOrRevokedInSameBlock: entry("fhe.not-ready", "The reader's access changed in this block ({blockNumber}) already. Try again in the next one."),
  ExpirationDateAlreadySetToSameValue: entry("chain.refused", "The reader has this very access already."),
  ExpirationDateBeforeOneHour: entry("chain.refused", "Access must last for at least an hour."),
  NotDelegatedYet: entry("fhe.not-allowed", "{delegate} has no access that could be taken away."),
  DelegateCannotBeContractAddress: entry("chain.refused", "The reader can't be the contract itself."),
  SenderCannotBeContractAddress: fault("A vault can't delegate for itself."),
  SenderCannotBeDelegate: entry("chain.refused", "The reader can't be the vault."),
  HandlesListIsEmpty: fault("No ciphertexts were named."),
  HCUTransactionLimitExceeded: entry("chain.refused", "The transaction needs more encrypted computation than fits one. Send fewer items, or release in two steps."),
  HCUTransactionDepthLimitExceeded: entry("chain.refused", "The transaction's encrypted operations build on each other too deeply. Send fewer items, or release in two steps."),
  InvalidSigner: entry("fhe.proof-refused", "The input's attestation is for another contract or address, or by an unknown coprocessor ({signerRecovered})."),
  InvalidIndex: entry("fhe.proof-refused", "The input's handle has an index that its proof does not cover."),
  InvalidInputHandle: entry("fhe.proof-refused", "The input's handle does not belong to its proof."),
  InvalidHandleVersion: entry("fhe.proof-refused", "The input's handle has an unknown version."),
  InvalidChainId: entry("fhe.proof-refused", "The input was encrypted for another chain."),
  EmptyInputProof: entry("fhe.proof-refused", "The input's proof is missing."),
  DeserializingInputProofFail: entry("fhe.proof-refused", "The input's proof is malformed."),
  SignatureThresholdNotReached: entry("fhe.proof-refused", "The input's attestation has too few signatures ({numSignatures})."),
  SignaturesVerificationFailed: entry("fhe.proof-refused", "The input's attestation could not be verified."),
  ZeroSignature: entry("fhe.proof-refused", "The input's attestation carries no signature."),
  InvalidType: fault("A ciphertext has the wrong type."),
  InvalidByteLength: fault("A plaintext of type {typeOf} has the wrong length {length}."),
  IncompatibleTypes: fault("Two ciphertexts have different types."),
  UnsupportedType: fault("An encrypted operation does not exist for this type."),
  UnsupportedOperation: fault("An encrypted operation is not supported by this network."),
  OnlyScalarOperationsAreSupported: fault("An encrypted operation takes a plain operand only."),
  IsNotScalar: fault("An encrypted operation needs a plain operand."),
  SecondOperandIsNotScalar: fault("An encrypted operation's second operand must be plain."),
  ScalarByteIsNotBoolean: fault("An encrypted operation's flag is malformed."),
  DivisionByZero: fault("An encrypted division by zero was asked for."),
  NotPowerOfTwo: fault("A random bound must be a power of two."),
  UpperBoundAboveMaxTypeValue: fault("A random bound is too large for its type."),
} as const satisfies PartialTable;

/**
 * The one table from every custom error that a call can meet to a typed refusal.
 * The compiler refuses a missing and a superfluous name: names come from the generated ABIs.
 */
export const revertTable = {
  ...histogramErrors,
  ...marketplaceErrors,
  ...libraryErrors,
  ...hostErrors,
} as const satisfies Record<ContractErrorName, RevertEntry>;
