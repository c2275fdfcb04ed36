-- DropIndex
DROP INDEX "chain_orders_chain_id_reader_idx";

-- AlterTable
ALTER TABLE "chain_events" ADD COLUMN     "scope" TEXT NOT NULL,
ADD COLUMN     "time" TIMESTAMPTZ(0) NOT NULL;

-- AlterTable
ALTER TABLE "chain_orders" ADD COLUMN     "readers" TEXT[];

-- CreateIndex
CREATE INDEX "chain_events_chain_id_scope_idx" ON "chain_events"("chain_id", "scope");

-- CreateIndex
CREATE INDEX "chain_orders_readers_idx" ON "chain_orders" USING GIN ("readers");


