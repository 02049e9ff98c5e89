-- Tries that were refused or never left may be repeated for days; those whose end nobody saw only a few times.

-- AlterTable
ALTER TABLE "mails" ADD COLUMN "unseen" INTEGER NOT NULL DEFAULT 0;
