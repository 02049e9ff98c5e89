-- When the person last showed who they are in this session. Null in sessions that an older version began: their beginning counts.
ALTER TABLE sessions ADD COLUMN confirmed_at timestamptz(3);

-- A person deleted the file: its content goes with the next sweep. And since when its links work: those given before do not.
ALTER TABLE files
  ADD COLUMN deleted_at timestamptz(3),
  ADD COLUMN links_from timestamptz(3);

-- For the sweep: what was deleted and is still in storage.
CREATE INDEX files_deleted ON files (deleted_at) WHERE deleted_at IS NOT NULL AND removed_at IS NULL;
