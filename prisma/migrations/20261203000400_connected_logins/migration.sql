-- Logging in with a chat platform: what a connected account is called there, for its person to know it by. Passwords have
-- neither. The version before reads and writes accounts without them.
ALTER TABLE "accounts" ADD COLUMN "display_name" TEXT, ADD COLUMN "place_name" TEXT;
