-- Links in mails end with what they were mailed for. Each one-time value knows whose it is, and all of a person's end when
-- their password or address changes, or when their address is confirmed: whoever may read an old mailbox or an old mail must
-- not get in with it afterwards. The database sees to it, so it holds whichever code makes the change.

-- AlterTable
ALTER TABLE "verifications" ADD COLUMN "user_id" UUID;

-- CreateIndex
CREATE INDEX "verifications_user_id_idx" ON "verifications"("user_id");

-- AddForeignKey
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A value is a user's id, or JSON that names a user by id or by address. Everything else belongs to nobody.
CREATE FUNCTION verification_user(value text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  uuid_shape CONSTANT text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
  said jsonb;
  named text := value;
BEGIN
  IF left(value, 1) = '{' THEN
    BEGIN
      said := value::jsonb;
    EXCEPTION WHEN invalid_text_representation THEN
      RETURN NULL;
    END;
    named := said ->> 'userId';
    IF named IS NULL THEN
      RETURN (SELECT id FROM users WHERE email = lower(said ->> 'email'));
    END IF;
  END IF;
  IF named !~ uuid_shape THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT id FROM users WHERE id = named::uuid);
END $$;

CREATE FUNCTION verification_names_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.user_id := verification_user(NEW.value);
  RETURN NEW;
END $$;

CREATE TRIGGER verification_names_user BEFORE INSERT ON verifications
  FOR EACH ROW EXECUTE FUNCTION verification_names_user();

UPDATE verifications SET user_id = verification_user(value);

CREATE FUNCTION links_end_with_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM verifications WHERE user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER links_end_with_address AFTER UPDATE OF email, email_verified ON users
  FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM OLD.email OR (NEW.email_verified AND NOT OLD.email_verified))
  EXECUTE FUNCTION links_end_with_address();

CREATE FUNCTION links_end_with_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM verifications WHERE user_id = NEW.user_id;
  RETURN NULL;
END $$;

CREATE TRIGGER links_end_with_password AFTER UPDATE OF password ON accounts
  FOR EACH ROW WHEN (NEW.password IS DISTINCT FROM OLD.password)
  EXECUTE FUNCTION links_end_with_password();

CREATE TRIGGER links_end_with_first_password AFTER INSERT ON accounts
  FOR EACH ROW WHEN (NEW.password IS NOT NULL)
  EXECUTE FUNCTION links_end_with_password();
