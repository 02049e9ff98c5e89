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
