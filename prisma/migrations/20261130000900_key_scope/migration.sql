-- What an API key may do, and until when. Keys from before keep full access and never expire.
ALTER TABLE "api_keys" ADD COLUMN "scope" TEXT NOT NULL DEFAULT 'full';
ALTER TABLE "api_keys" ADD COLUMN "expires_at" TIMESTAMPTZ(3);
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_scope_known" CHECK ("scope" IN ('full', 'read-only'));
-- Whose keys expire soon is asked every minute.
CREATE INDEX "api_keys_expires_at_idx" ON "api_keys"("expires_at");
