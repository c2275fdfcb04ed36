// A histogram contract with its roles, regions and contributions.
const { ethers, fhevm } = require("hardhat");
const { cellToChildren, cellToParent } = require("h3-js");
const { eventsOf, now, sent } = require("./chain");

/** Order of the contract's enums. */
const profiles = { standard: 0, careful: 1, demo: 2 };
const states = ["Collecting", "Sealed", "Noised", "Published", "Void"];
const refusals = [
  "None",
  "UnknownRegion",
  "EpochNotOpen",
  "AlreadySealed",
  "UnknownCover",
  "TileOutsideRegion",
  "WrongWordCount",
  "LevelsNotIncreasing",
  "LevelAboveTicket",
  "WrongVehicles",
  "TicketExpired",
  "BadTicket",
  "BadSignature",
  "AddressSpent",
  "InputSpent",
  "InvalidProof",
  "CapacityExceeded",
  "ImportOnly",
];

/** The tile of Loop Pilot and its six siblings. */
const loopTile = "872664ca9ffffff";
const loopCover = cellToChildren(cellToParent(loopTile, 6), 7).map((tile) => BigInt(`0x${tile}`));
const HOUR = 3600;

const contributionTypes = {
  Contribution: [
    { type: "uint32", name: "regionId" },
    { type: "uint32", name: "epoch" },
    { type: "uint16", name: "cover" },
    { type: "uint64", name: "tile" },
    { type: "uint8[]", name: "levels" },
    { type: "bytes32[]", name: "handles" },
    { type: "uint16", name: "vehicles" },
  ],
};
const ticketTypes = {
  Ticket: [
    { type: "address", name: "oneTimeAddress" },
    { type: "uint32", name: "regionId" },
    { type: "uint32", name: "epoch" },
    { type: "uint8", name: "maxLevel" },
    { type: "uint16", name: "vehicles" },
    { type: "uint64", name: "expiry" },
  ],
};

const roleId = (name) => ethers.id(name);
const slugBytes = (slug) => ethers.encodeBytes32String(slug);

/** Deploys a histogram, or the contract of that name instead; every role is a signer of its own. */
async function deployHistogram(name = "TrafficHistogram") {
  const [admin, curator, ticketSigner, marketplace, pauser, batcher, reader, stranger] = await ethers.getSigners();
  const histogram = await ethers.deployContract(name, [admin.address]);
  const roles = { CURATOR_ROLE: curator, TICKET_SIGNER_ROLE: ticketSigner, MARKETPLACE_ROLE: marketplace, PAUSER_ROLE: pauser };
  for (const [role, account] of Object.entries(roles)) await sent(histogram.grantRole(roleId(role), account.address));
  return { histogram, admin, curator, ticketSigner, marketplace, pauser, batcher, reader, stranger };
}

/** Valid parameters of a demo region whose epoch 0 has just begun. */
async function regionParams(changes = {}) {
  const start = changes.start ?? (await now());
  return {
    slug: slugBytes(`r${ethers.hexlify(ethers.randomBytes(6)).slice(2)}`),
    start,
    epochSeconds: HOUR,
    graceSeconds: 600,
    studyUntil: 0,
    tileResolution: 7,
    samplingPpm: 125_000,
    visitsMax: 8,
    ticketsMin: 1,
    profile: profiles.demo,
    speedEdges: [10, 20, 30, 45],
    covers: [loopCover],
    ...changes,
  };
}

/** Creates a region and returns its id. */
async function createRegion({ histogram, curator }, changes) {
  const receipt = await sent(histogram.connect(curator).createRegion(await regionParams(changes)));
  return Number(eventsOf(receipt, histogram, "RegionCreated")[0].args.regionId);
}

async function domainOf(contract, name = "TrafficHistogram") {
  return { name, version: "1", chainId: 31337, verifyingContract: contract.target };
}

/** Encrypts words for (contract, user) as the device does. */
async function encryptWords(contractAddress, userAddress, words) {
  const input = fhevm.createEncryptedInput(contractAddress, userAddress);
  for (const word of words) input.add256(word);
  const { handles, inputProof } = await input.encrypt();
  return { handles: handles.map((handle) => ethers.hexlify(handle)), inputProof: ethers.hexlify(inputProof) };
}

/**
 * A signed item with its ticket. Whatever is given replaces the honest value before it is signed.
 * @param {object} world as of `deployHistogram`
 * @param {object} item `words` are encrypted; a fleet names `tile` and has one word for each of its levels
 */
async function contribution({ histogram, ticketSigner }, item) {
  const wallet = item.wallet ?? new ethers.Wallet(ethers.hexlify(ethers.randomBytes(32)));
  const encrypted = item.encrypted ?? (await encryptWords(histogram.target, wallet.address, item.words));
  const isFleet = (item.tile ?? 0n) !== 0n;
  const levels = item.levels ?? (isFleet ? encrypted.handles.map((_, level) => level) : []);
  const message = {
    regionId: item.regionId,
    epoch: item.epoch ?? 0,
    cover: item.cover ?? 0,
    tile: item.tile ?? 0n,
    levels,
    handles: item.handles ?? encrypted.handles,
    vehicles: item.vehicles ?? (isFleet ? 2 ** levels.length - 1 : 1),
  };
  const ticket = {
    oneTimeAddress: wallet.address,
    regionId: message.regionId,
    epoch: message.epoch,
    maxLevel: item.maxLevel ?? (isFleet ? levels.length - 1 : 0),
    vehicles: message.vehicles,
    expiry: item.ticketExpiry ?? (await now()) + 30 * 24 * HOUR,
    ...item.ticket,
  };
  const domain = await domainOf(histogram);
  return {
    ...message,
    oneTimeAddress: wallet.address,
    signature: await (item.signer ?? wallet).signTypedData(domain, contributionTypes, message),
    inputProof: encrypted.inputProof,
    maxLevel: ticket.maxLevel,
    ticketExpiry: ticket.expiry,
    ticketSignature: await (item.ticketIssuer ?? ticketSigner).signTypedData(domain, ticketTypes, ticket),
  };
}

/** Sends a batch; returns the receipt and the refusals by item (null for an accepted one). */
async function contribute({ histogram, batcher }, items) {
  const receipt = await sent(histogram.connect(batcher).contributeBatch(items));
  const outcome = items.map(() => null);
  for (const { args } of eventsOf(receipt, histogram, "ContributionRefused")) outcome[Number(args.item)] = refusals[Number(args.reason)];
  return { receipt, outcome };
}

module.exports = {
  HOUR,
  contribute,
  contribution,
  contributionTypes,
  createRegion,
  deployHistogram,
  domainOf,
  encryptWords,
  loopCover,
  loopTile: BigInt(`0x${loopTile}`),
  profiles,
  refusals,
  regionParams,
  roleId,
  slugBytes,
  states,
  ticketTypes,
};
