-- CreateIndex
CREATE INDEX "contributions_chain_id_accepted_block_idx" ON "contributions"("chain_id", "accepted_block");

