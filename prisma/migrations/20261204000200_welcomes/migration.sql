-- Who was welcomed on a chat platform: once, however often they come, and again where it could not be said.

-- CreateTable
CREATE TABLE "chat_welcomes" (
    "platform" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "said" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chat_welcomes_pkey" PRIMARY KEY ("platform","workspace","author")
);

-- Whoever was welcomed by a version before this one.
INSERT INTO "chat_welcomes" ("platform", "workspace", "author", "said", "due_at")
SELECT 'slack', split_part(a.key, ':', 4), split_part(a.key, ':', 5), true, a.at FROM "asks" a WHERE a.key LIKE 'command:slack:welcome:%'
ON CONFLICT DO NOTHING;
