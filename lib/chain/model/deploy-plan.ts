/** Who gets which role: addresses. The deployer keeps the administration until it hands it on. */
export type DeployRoles = {
  curator: string;
  ticketSigner: string;
  quoteSigner: string;
  seller: string;
  refunder: string;
};

/** One transaction of a deployment, as it is remembered from before it is sent. */
export type StepRecord = {
  transaction: string;
  nonce: number;
  /** The signed transaction, until it is in a block: sent again as it is, it cannot happen twice. */
  raw?: string | undefined;
  /** The contract that it makes. */
  address?: string | undefined;
  /** The block that it is in. */
  block?: number | undefined;
};

export type Grant = { contract: "histogram" | "marketplace"; role: string; account: string };

/** What is granted once both contracts stand, in order. */
export function planGrants(roles: DeployRoles, { admin, marketplace }: { admin: string; marketplace: string }): Grant[] {
  return [
    { contract: "histogram", role: "CURATOR_ROLE", account: roles.curator },
    { contract: "histogram", role: "TICKET_SIGNER_ROLE", account: roles.ticketSigner },
    { contract: "histogram", role: "MARKETPLACE_ROLE", account: marketplace },
    { contract: "histogram", role: "PAUSER_ROLE", account: admin },
    { contract: "marketplace", role: "CURATOR_ROLE", account: roles.curator },
    { contract: "marketplace", role: "QUOTE_SIGNER_ROLE", account: roles.quoteSigner },
    { contract: "marketplace", role: "SELLER_ROLE", account: roles.seller },
    { contract: "marketplace", role: "REFUNDER_ROLE", account: roles.refunder },
    { contract: "marketplace", role: "PAUSER_ROLE", account: admin },
    { contract: "marketplace", role: "ACCOUNTANT_ROLE", account: admin },
  ];
}
