-- CreateTable
CREATE TABLE "regions" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "chain_id" INTEGER NOT NULL,
    "region_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "regions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "regions_chain_id_slug_key" ON "regions"("chain_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "regions_chain_id_region_id_key" ON "regions"("chain_id", "region_id");
