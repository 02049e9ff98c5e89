-- How many invitations a person sent lately, in all their teams.

-- CreateIndex
CREATE INDEX "invitations_invited_by_idx" ON "invitations"("invited_by");
