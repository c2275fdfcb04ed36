// Decryption as the network's key manager grants it.
const { fhevm } = require("hardhat");
const { FhevmType } = require("@fhevm/hardhat-plugin");

/** A permit's start; the mock compares it with this machine's clock, which tests leave behind the chain's. */
const permitStart = () => Math.floor(Date.now() / 1000) - 60;
/** Words that one request can name: 2,048 bits. */
const HANDLES_MAX = 8;

/** Decrypts planes as a reader does: by delegation from the release's vault. Rejects without an opening. */
async function decryptAsReader({ histogram }, { reader, vault, handles }) {
  const instance = await fhevm.createInstance();
  const { publicKey, privateKey } = instance.generateKeypair();
  const [start, days] = [permitStart(), 1];
  const request = instance.createDelegatedUserDecryptEIP712(publicKey, [histogram.target], vault, start, days);
  const types = { DelegatedUserDecryptRequestVerification: request.types.DelegatedUserDecryptRequestVerification };
  const signature = await reader.signTypedData(request.domain, types, request.message);
  const values = [];
  for (let i = 0; i < handles.length; i += HANDLES_MAX) {
    const part = handles.slice(i, i + HANDLES_MAX);
    const pairs = part.map((handle) => ({ handle, contractAddress: histogram.target }));
    const result = await instance.delegatedUserDecrypt(
      pairs,
      privateKey,
      publicKey,
      signature,
      [histogram.target],
      vault,
      reader.address,
      start,
      days
    );
    values.push(...part.map((handle) => result[handle]));
  }
  return values;
}

/** Decrypts handles as their own user, without a delegation. Rejects unless user and contract are allowed. */
async function decryptAsUser({ histogram }, { user, handles, contractAddress = histogram.target }) {
  const instance = await fhevm.createInstance();
  const { publicKey, privateKey } = instance.generateKeypair();
  const [start, days] = [permitStart(), 1];
  const request = instance.createEIP712(publicKey, [contractAddress], start, days);
  const types = { UserDecryptRequestVerification: request.types.UserDecryptRequestVerification };
  const signature = await user.signTypedData(request.domain, types, request.message);
  const pairs = handles.map((handle) => ({ handle, contractAddress }));
  const result = await instance.userDecrypt(pairs, privateKey, publicKey, signature, [contractAddress], user.address, start, days);
  return handles.map((handle) => result[handle]);
}

/** What the mock knows behind a handle, whoever may read it. For comparing with clear models only. */
async function reveal(handles) {
  const values = [];
  for (const handle of handles) values.push(await fhevm.debugger.decryptEuint(FhevmType.euint256, handle));
  return values;
}

module.exports = { decryptAsReader, decryptAsUser, reveal };
