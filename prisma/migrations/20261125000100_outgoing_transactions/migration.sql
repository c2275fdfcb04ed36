-- CreateEnum
CREATE TYPE "outgoing_state" AS ENUM ('signed', 'sent', 'mined', 'reverted', 'dead');

-- AlterTable
ALTER TABLE "batches" DROP COLUMN "nonce",
DROP COLUMN "raw_transaction";

-- AlterTable
ALTER TABLE "chain_tasks" DROP COLUMN "nonce",
DROP COLUMN "raw_transaction";

-- CreateTable
CREATE TABLE "outgoing_transactions" (
    "hash" TEXT NOT NULL,
    "chain_id" INTEGER NOT NULL,
    "histogram" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "nonce" INTEGER,
    "raw" TEXT NOT NULL,
    "state" "outgoing_state" NOT NULL DEFAULT 'signed',
    "block" INTEGER,
    "gas_used" BIGINT,
    "reason" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outgoing_transactions_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "outgoing_transactions_chain_id_sender_state_idx" ON "outgoing_transactions"("chain_id", "sender", "state");

-- CreateIndex
CREATE UNIQUE INDEX "outgoing_transactions_chain_id_sender_nonce_key" ON "outgoing_transactions"("chain_id", "sender", "nonce");

