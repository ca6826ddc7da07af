-- When an event was recorded by the clock of this database: how far its own time runs ahead is told by that, the same
-- whenever it is read. Not known of events that are older than this column.
ALTER TABLE outbox ADD COLUMN recorded_at timestamptz(3);
ALTER TABLE outbox ALTER COLUMN recorded_at SET DEFAULT clock_timestamp();

-- CreateTable
CREATE TABLE "processor_window" (
    "processor" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "key" TEXT NOT NULL,
    "state" JSON NOT NULL,
    "events" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "processor_window_pkey" PRIMARY KEY ("processor","slot","window_start","key")
);

-- CreateTable
CREATE TABLE "processor_watermark" (
    "processor" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "size_ms" BIGINT NOT NULL,
    "watermark" TIMESTAMPTZ(3) NOT NULL,
    "ignored" BIGINT NOT NULL DEFAULT 0,
    "reopened" BIGINT NOT NULL DEFAULT 0,
    "parked" BIGINT NOT NULL DEFAULT 0,
    "ahead" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processor_watermark_pkey" PRIMARY KEY ("processor","slot")
);

-- CreateIndex
CREATE INDEX "processor_window_processor_slot_version_window_start_idx" ON "processor_window"("processor", "slot", "version", "window_start");
