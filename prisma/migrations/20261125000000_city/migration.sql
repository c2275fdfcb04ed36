-- CreateEnum
CREATE TYPE "task_kind" AS ENUM ('seal', 'release');

-- CreateEnum
CREATE TYPE "task_state" AS ENUM ('waiting', 'running', 'done', 'stalled');

-- CreateEnum
CREATE TYPE "contribution_state" AS ENUM ('queued', 'batched', 'accepted', 'refused', 'stalled');

-- CreateEnum
CREATE TYPE "batch_state" AS ENUM ('building', 'signed', 'sent', 'confirmed', 'failed');

-- CreateEnum
CREATE TYPE "order_kind" AS ENUM ('token', 'card');

-- CreateEnum
CREATE TYPE "tile_state" AS ENUM ('collecting', 'sealed', 'noised', 'published', 'void');

-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "created_block" INTEGER,
ADD COLUMN     "import_only" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "is_simulated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "params" JSONB;

-- CreateTable
CREATE TABLE "listings" (
    "chain_id" INTEGER NOT NULL,
    "region_id" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "price_per_release" DECIMAL(78,0) NOT NULL,
    "price_fiat_minor" BIGINT NOT NULL,
    "largest_discount_bps" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL,
    "block" INTEGER NOT NULL,

    CONSTRAINT "listings_pkey" PRIMARY KEY ("chain_id","region_id")
);

-- CreateTable
CREATE TABLE "chain_events" (
    "chain_id" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "block" INTEGER NOT NULL,
    "log_index" INTEGER NOT NULL,
    "block_hash" TEXT NOT NULL,
    "transaction" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "args" JSONB NOT NULL,

    CONSTRAINT "chain_events_pkey" PRIMARY KEY ("chain_id","address","block","log_index")
);

-- CreateTable
CREATE TABLE "chain_blocks" (
    "chain_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "time" TIMESTAMPTZ(0) NOT NULL,

    CONSTRAINT "chain_blocks_pkey" PRIMARY KEY ("chain_id","number")
);

-- CreateTable
CREATE TABLE "chain_cursors" (
    "chain_id" INTEGER NOT NULL,
    "histogram" TEXT NOT NULL,
    "marketplace" TEXT NOT NULL,
    "origin_hash" TEXT NOT NULL,
    "block" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "head_block" INTEGER NOT NULL,
    "head_time" TIMESTAMPTZ(0) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_cursors_pkey" PRIMARY KEY ("chain_id")
);

-- CreateTable
CREATE TABLE "chain_tasks" (
    "chain_id" INTEGER NOT NULL,
    "kind" "task_kind" NOT NULL,
    "region_id" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "tile" TEXT NOT NULL,
    "state" "task_state" NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "raw_transaction" TEXT,
    "transaction_hash" TEXT,
    "nonce" INTEGER,
    "reason" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_tasks_pkey" PRIMARY KEY ("chain_id","kind","region_id","epoch","tile")
);

-- CreateTable
CREATE TABLE "contributions" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "chain_id" INTEGER NOT NULL,
    "one_time_address" TEXT NOT NULL,
    "region_id" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "cover" INTEGER NOT NULL,
    "tile" TEXT,
    "levels" INTEGER[],
    "handles" TEXT[],
    "vehicles" INTEGER NOT NULL,
    "max_level" INTEGER NOT NULL,
    "signature" TEXT NOT NULL,
    "input_proof" BYTEA,
    "ticket_expiry" BIGINT NOT NULL,
    "ticket_signature" TEXT NOT NULL,
    "state" "contribution_state" NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "batch_id" UUID,
    "accepted_block" INTEGER,
    "received_hour" TIMESTAMPTZ(0) NOT NULL,

    CONSTRAINT "contributions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "batches" (
    "id" UUID NOT NULL,
    "chain_id" INTEGER NOT NULL,
    "state" "batch_state" NOT NULL DEFAULT 'building',
    "sender" TEXT NOT NULL,
    "nonce" INTEGER,
    "raw_transaction" TEXT,
    "transaction_hash" TEXT,
    "gas_used" BIGINT,
    "block" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accepted_contributions" (
    "chain_id" INTEGER NOT NULL,
    "one_time_address" TEXT NOT NULL,
    "region_id" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "cover" INTEGER NOT NULL,
    "tile" TEXT,
    "vehicles" INTEGER NOT NULL,
    "levels" INTEGER[],
    "block" INTEGER NOT NULL,
    "transaction" TEXT NOT NULL,
    "log_index" INTEGER NOT NULL,

    CONSTRAINT "accepted_contributions_pkey" PRIMARY KEY ("chain_id","one_time_address")
);

-- CreateTable
CREATE TABLE "devices" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_day" DATE NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "devices_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "device_days" (
    "device_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "tickets" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "device_days_pkey" PRIMARY KEY ("device_id","day")
);

-- CreateTable
CREATE TABLE "chain_orders" (
    "chain_id" INTEGER NOT NULL,
    "order_id" TEXT NOT NULL,
    "kind" "order_kind" NOT NULL,
    "buyer" TEXT,
    "reader" TEXT NOT NULL,
    "token" TEXT,
    "amount" DECIMAL(78,0),
    "release_count" INTEGER NOT NULL,
    "releases_hash" TEXT NOT NULL,
    "refunded" BOOLEAN NOT NULL DEFAULT false,
    "opened_count" INTEGER NOT NULL DEFAULT 0,
    "block" INTEGER NOT NULL,
    "transaction" TEXT NOT NULL,

    CONSTRAINT "chain_orders_pkey" PRIMARY KEY ("chain_id","order_id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("scope","key")
);

-- CreateTable
CREATE TABLE "heartbeats" (
    "service" TEXT NOT NULL,
    "instance" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "details" JSONB NOT NULL,

    CONSTRAINT "heartbeats_pkey" PRIMARY KEY ("service","instance")
);

-- CreateTable
CREATE TABLE "tile_epochs" (
    "chain_id" INTEGER NOT NULL,
    "region_id" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "tile" TEXT NOT NULL,
    "state" "tile_state" NOT NULL,
    "tickets" INTEGER NOT NULL,
    "vehicles" INTEGER NOT NULL,
    "weight" INTEGER NOT NULL,
    "vault" TEXT,
    "planes" INTEGER NOT NULL DEFAULT 0,
    "sealed_block" INTEGER,
    "noised_block" INTEGER,
    "published_block" INTEGER,
    "published_at" TIMESTAMPTZ(0),
    "imported" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "tile_epochs_pkey" PRIMARY KEY ("chain_id","region_id","epoch","tile")
);

-- CreateTable
CREATE TABLE "release_openings" (
    "chain_id" INTEGER NOT NULL,
    "release_id" DECIMAL(78,0) NOT NULL,
    "reader" TEXT NOT NULL,
    "expiry" BIGINT NOT NULL,
    "block" INTEGER NOT NULL,

    CONSTRAINT "release_openings_pkey" PRIMARY KEY ("chain_id","release_id","reader")
);

-- CreateIndex
CREATE INDEX "chain_events_chain_id_block_log_index_idx" ON "chain_events"("chain_id", "block", "log_index");

-- CreateIndex
CREATE INDEX "chain_tasks_state_next_at_idx" ON "chain_tasks"("state", "next_at");

-- CreateIndex
CREATE UNIQUE INDEX "contributions_sequence_key" ON "contributions"("sequence");

-- CreateIndex
CREATE INDEX "contributions_state_sequence_idx" ON "contributions"("state", "sequence");

-- CreateIndex
CREATE INDEX "contributions_batch_id_idx" ON "contributions"("batch_id");

-- CreateIndex
CREATE UNIQUE INDEX "contributions_chain_id_one_time_address_key" ON "contributions"("chain_id", "one_time_address");

-- CreateIndex
CREATE INDEX "batches_chain_id_state_idx" ON "batches"("chain_id", "state");

-- CreateIndex
CREATE INDEX "accepted_contributions_chain_id_region_id_epoch_idx" ON "accepted_contributions"("chain_id", "region_id", "epoch");

-- CreateIndex
CREATE INDEX "accepted_contributions_chain_id_block_idx" ON "accepted_contributions"("chain_id", "block");

-- CreateIndex
CREATE UNIQUE INDEX "devices_token_hash_key" ON "devices"("token_hash");

-- CreateIndex
CREATE INDEX "chain_orders_chain_id_buyer_idx" ON "chain_orders"("chain_id", "buyer");

-- CreateIndex
CREATE INDEX "chain_orders_chain_id_reader_idx" ON "chain_orders"("chain_id", "reader");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE INDEX "tile_epochs_chain_id_state_region_id_epoch_idx" ON "tile_epochs"("chain_id", "state", "region_id", "epoch");

-- CreateIndex
CREATE INDEX "release_openings_chain_id_reader_idx" ON "release_openings"("chain_id", "reader");

-- AddForeignKey
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "device_days" ADD CONSTRAINT "device_days_device_id_fkey" FOREIGN KEY ("device_id") REFERENCES "devices"("id") ON DELETE CASCADE ON UPDATE CASCADE;


