-- Consumers and what they did, and the tables of the streaming services.
-- CreateEnum
CREATE TYPE "consumer_kind" AS ENUM ('QUEUE', 'PROCESSOR');

-- CreateEnum
CREATE TYPE "quality" AS ENUM ('SD', 'HD', 'FULL_HD', 'UHD');

-- CreateTable
CREATE TABLE "consumer" (
    "name" TEXT NOT NULL,
    "kind" "consumer_kind" NOT NULL,
    "types" TEXT[],
    "topics" TEXT[],
    "start_position" BIGINT NOT NULL,
    "enqueued_position" BIGINT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consumer_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "inbox" (
    "consumer" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "handled" BOOLEAN NOT NULL DEFAULT true,
    "attempts" INTEGER NOT NULL DEFAULT 1,
    "handled_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer","event_id")
);

-- CreateTable
CREATE TABLE "dead_letter" (
    "id" UUID NOT NULL,
    "consumer" TEXT NOT NULL,
    "event_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "redrive_requested_at" TIMESTAMPTZ(3),
    "redrives" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processor_checkpoint" (
    "processor" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "position" BIGINT NOT NULL,
    "handled" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "processor_checkpoint_pkey" PRIMARY KEY ("processor","slot")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("operation","key")
);

-- CreateTable
CREATE TABLE "video" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "year" INTEGER,
    "genres" TEXT[],

    CONSTRAINT "video_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "watch_session" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "quality" "quality" NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "watched_seconds" INTEGER,
    "version" INTEGER NOT NULL,

    CONSTRAINT "watch_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "preference_genre" (
    "user_id" TEXT NOT NULL,
    "genre" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "scored_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "preference_genre_pkey" PRIMARY KEY ("user_id","genre")
);

-- CreateTable
CREATE TABLE "preference_quality" (
    "user_id" TEXT NOT NULL,
    "quality" "quality" NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "scored_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "preference_quality_pkey" PRIMARY KEY ("user_id","quality")
);

-- CreateTable
CREATE TABLE "recommendation_history" (
    "user_id" TEXT NOT NULL,
    "video_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "recommendation_history_pkey" PRIMARY KEY ("user_id","video_id")
);

-- CreateTable
CREATE TABLE "recommendation_video" (
    "video_id" TEXT NOT NULL,
    "viewers" INTEGER NOT NULL,

    CONSTRAINT "recommendation_video_pkey" PRIMARY KEY ("video_id")
);

-- CreateTable
CREATE TABLE "recommendation_pair" (
    "video_id" TEXT NOT NULL,
    "next_id" TEXT NOT NULL,
    "viewers" INTEGER NOT NULL,

    CONSTRAINT "recommendation_pair_pkey" PRIMARY KEY ("video_id","next_id")
);

-- CreateTable
CREATE TABLE "recommendation_list" (
    "user_id" TEXT NOT NULL,
    "video_ids" TEXT[],
    "version" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recommendation_list_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "analytics_viewer" (
    "session_id" UUID NOT NULL,
    "video_id" TEXT NOT NULL,
    "quality" "quality" NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "analytics_viewer_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "friendship" (
    "user_id" TEXT NOT NULL,
    "friend_id" TEXT NOT NULL,

    CONSTRAINT "friendship_pkey" PRIMARY KEY ("user_id","friend_id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "badge" (
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "awarded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "badge_pkey" PRIMARY KEY ("user_id","name")
);

-- CreateTable
CREATE TABLE "badge_progress" (
    "user_id" TEXT NOT NULL,
    "watches" INTEGER NOT NULL,
    "genres" TEXT[],

    CONSTRAINT "badge_progress_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "ranking" (
    "video_id" TEXT NOT NULL,
    "starts" INTEGER NOT NULL,

    CONSTRAINT "ranking_pkey" PRIMARY KEY ("video_id")
);

-- CreateIndex
CREATE INDEX "dead_letter_failed_at_id_idx" ON "dead_letter"("failed_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "dead_letter_consumer_event_id_key" ON "dead_letter"("consumer", "event_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "video_title_id_idx" ON "video"("title", "id");

-- CreateIndex
CREATE INDEX "recommendation_history_user_id_position_idx" ON "recommendation_history"("user_id", "position" DESC);

-- CreateIndex
CREATE INDEX "analytics_viewer_last_seen_at_idx" ON "analytics_viewer"("last_seen_at");

-- CreateIndex
CREATE INDEX "analytics_viewer_video_id_last_seen_at_idx" ON "analytics_viewer"("video_id", "last_seen_at");

-- CreateIndex
CREATE INDEX "notification_user_id_sent_at_id_idx" ON "notification"("user_id", "sent_at" DESC, "id");

-- CreateIndex
CREATE INDEX "ranking_starts_video_id_idx" ON "ranking"("starts" DESC, "video_id");
