-- A session ends 90 days after it began, however often it is used; what ended long ago is removed.

-- Those that were prolonged beyond it before.
UPDATE "sessions" SET "expires_at" = "created_at" + interval '90 days' WHERE "expires_at" > "created_at" + interval '90 days';

-- CreateIndex
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");

-- CreateIndex
CREATE INDEX "verifications_expires_at_idx" ON "verifications"("expires_at");
