-- News that became due at the same moment, after an outage or when a new version takes it up, is taken in order without sorting
-- all of it each time.
CREATE INDEX "stripe_news_due_in_order" ON "stripe_news" ("next_at", "id") WHERE "state" = 'open';
DROP INDEX "stripe_news_due";
