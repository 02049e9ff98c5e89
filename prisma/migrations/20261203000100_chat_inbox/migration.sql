-- Events of chats that were acknowledged before they were handled. A row lives until its event is handled, which is seconds; one
-- that was given up stays without its body for some days.
CREATE TABLE "chat_inbox" (
    -- The event's, the same each time the platform tells it.
    "key" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    -- Events of one place are handled in the order of "came".
    "place" TEXT NOT NULL,
    -- Of the platform; null in direct messages of platforms that have no workspace there.
    "workspace" TEXT,
    -- The account that did it, by the platform's id. Emptied with the body.
    "author" TEXT,
    -- What is needed of the event, as JSON.
    "body" TEXT,
    -- In microseconds since 1970 by the clock of the process that was told, and different for each event there.
    "came" BIGINT NOT NULL,
    -- The process that handles it, and until when it is alone with it unless it says that it lives.
    "owner" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    -- How often a process took it over from one that died or stopped.
    "takeovers" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    -- When it was given up.
    "dead_at" TIMESTAMPTZ(3),

    CONSTRAINT "chat_inbox_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "chat_inbox_dead" CHECK (("dead_at" IS NULL) = ("body" IS NOT NULL) AND ("dead_at" IS NULL OR "author" IS NULL))
);
CREATE INDEX "chat_inbox_place_idx" ON "chat_inbox" ("place");
CREATE INDEX "chat_inbox_due_at_idx" ON "chat_inbox" ("due_at");

-- Rows come and go all the time, and few are there at once.
ALTER TABLE "chat_inbox" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 2000);
