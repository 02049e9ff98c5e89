-- The rules of places hold: whoever is heard in a channel is judged by its rules too, without another round trip.

-- When the newest word about muting was said, by the platform's clock: words may come in any order, and to any process.
ALTER TABLE "places" ADD COLUMN "muted_at" TIMESTAMPTZ(3);

-- As `chat_look` of the migration before, which the version before goes on using, with the rules of the channel; where the thread
-- is muted, that is known as well (core/store/chats/look.ts).
CREATE FUNCTION "chat_look"(platforms text[], spaces text[], workspaces text[], externals text[], channels text[], threads text[], keys text[], twins text[])
RETURNS TABLE (n bigint, identity_id uuid, display_name text, user_id uuid, workspace_pays boolean, guests_may_ask boolean, answers text, muted boolean,
  roles text[], team_id uuid, wallet_id uuid, role text, frozen_at timestamptz, deletion_at timestamptz, team_above bigint, own_above bigint,
  conversation_id uuid, thread_team uuid, asked_by uuid, asked_at timestamptz, spoken_at timestamptz, known_key text, outcome text, task_id uuid, saying jsonb)
LANGUAGE plpgsql STABLE SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.n, a.id, a.display_name, a.user_id, s.id IS NOT NULL, coalesce(here.guests_may_ask, s.guests_may_ask, false),
    coalesce(here.answers, 'mention'), coalesce(here.muted, false) OR coalesce(there.muted, false), coalesce(here.roles, '{}'), w.team_id, w.id,
    m.role, t.frozen_at, t.deletion_at, t.confirm_above, u.confirm_above, c.id, c.team_id, c.asked_by, c.asked_at, c.spoken_at,
    k.key, k.outcome, k.task_id, coalesce(k.answer, l.saying)
  FROM unnest(platforms, spaces, workspaces, externals, channels, threads, keys, twins)
    WITH ORDINALITY AS g(platform, space, workspace, external_id, channel, thread_ref, key, twin, n)
  LEFT JOIN LATERAL (SELECT * FROM identities i WHERE i.platform = g.platform AND i.space = coalesce(g.space, '') AND i.external_id = g.external_id OFFSET 0) a ON true
  LEFT JOIN LATERAL (SELECT * FROM workspaces p WHERE p.platform = g.platform AND p.external_id = g.workspace AND p.uninstalled_at IS NULL OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT * FROM places x WHERE x.ref = g.channel OFFSET 0) here ON true
  LEFT JOIN LATERAL (SELECT x.muted FROM places x WHERE x.ref = g.thread_ref OFFSET 0) there ON true
  LEFT JOIN LATERAL (SELECT o.id FROM teams o WHERE o.personal_of = a.user_id OFFSET 0) own ON true
  LEFT JOIN LATERAL (SELECT x.id, x.team_id FROM wallets x WHERE x.team_id = coalesce(s.team_id, own.id) OFFSET 0) w ON true
  LEFT JOIN LATERAL (SELECT x.role FROM members x WHERE x.team_id = w.team_id AND x.user_id = a.user_id OFFSET 0) m ON true
  LEFT JOIN LATERAL (SELECT * FROM teams x WHERE x.id = w.team_id OFFSET 0) t ON true
  LEFT JOIN LATERAL (SELECT x.confirm_above FROM users x WHERE x.id = a.user_id OFFSET 0) u ON true
  LEFT JOIN LATERAL (SELECT * FROM conversations x WHERE x.thread_ref = g.thread_ref OFFSET 0) c ON true
  LEFT JOIN LATERAL (SELECT x.key FROM message_names x WHERE x.name = g.key OFFSET 0) own_name ON true
  LEFT JOIN LATERAL (SELECT x.key FROM message_names x WHERE x.name = g.twin OFFSET 0) twin_name ON true
  LEFT JOIN LATERAL (SELECT * FROM asks x WHERE x.key = coalesce(twin_name.key, own_name.key, g.key) OFFSET 0) k ON true
  LEFT JOIN LATERAL (SELECT x.saying FROM letters x WHERE x.id = k.letter_id OFFSET 0) l ON true;
END $$;

-- As before, except: why its edits and forms were refused is forgotten too, with what it quotes.
CREATE OR REPLACE FUNCTION "remove_message"(message text, at timestamptz) RETURNS TABLE (task_id uuid)
LANGUAGE plpgsql SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  was message_changes;
  the_ask asks;
  quoting asks[];
  ids uuid[];
BEGIN
  INSERT INTO message_changes (key) VALUES (message) ON CONFLICT (key) DO NOTHING;
  SELECT m.* INTO STRICT was FROM message_changes m WHERE m.key = message FOR UPDATE;
  UPDATE message_changes m SET removed_at = coalesce(m.removed_at, remove_message.at) WHERE m.key = message;
  INSERT INTO asks (key, fingerprint, outcome, at) VALUES (message, 'message', 'ignored', remove_message.at) ON CONFLICT (key) DO NOTHING;
  SELECT a.* INTO STRICT the_ask FROM asks a WHERE a.key = message;
  WITH RECURSIVE removed AS (
    SELECT t.id, t.conversation_id FROM tasks t WHERE t.id IN (the_ask.task_id, was.task_id)
    UNION
    SELECT t.id, t.conversation_id FROM removed r JOIN tasks t ON t.conversation_id = r.conversation_id AND t.retry_of = r.id
  )
  SELECT coalesce(array_agg(r.id ORDER BY r.id), '{}') INTO ids FROM removed r;
  quoting := ARRAY(
    SELECT a FROM asks a WHERE a.outcome IN ('refused', 'decision') AND a.key LIKE 'edit:%'
      AND a.key ~>=~ ('edit:' || message || ':') AND a.key ~<~ ('edit:' || message || ';') ORDER BY a.key)
    || ARRAY(
    SELECT c.a FROM unnest(ids) i CROSS JOIN LATERAL (
      SELECT a, a.key FROM asks a WHERE a.outcome IN ('refused', 'decision') AND a.key LIKE 'change:%'
        AND a.key ~>=~ ('change:' || i || ':') AND a.key ~<~ ('change:' || i || ';') OFFSET 0) c ORDER BY c.key);
  IF the_ask.outcome = 'refused' THEN
    quoting := quoting || the_ask;
  END IF;
  IF cardinality(quoting) > 0 THEN
    DELETE FROM letters l WHERE l.id = ANY (ARRAY(SELECT r.letter_id FROM unnest(quoting) r)) AND l.state IN ('planned', 'sent', 'dead');
    DELETE FROM asks a WHERE a.key = ANY (ARRAY(SELECT r.key FROM unnest(quoting) r));
    INSERT INTO asks (key, fingerprint, outcome, team_id, at) SELECT r.key, 'message', 'ignored', r.team_id, r.at FROM unnest(quoting) r;
  END IF;
  PERFORM 1 FROM tasks t WHERE t.id = ANY (ids) ORDER BY t.id FOR NO KEY UPDATE;
  UPDATE tasks t SET forget_at = remove_message.at WHERE t.id = ANY (ids) AND t.request_text <> '';
  RETURN QUERY SELECT unnest(ids);
END $$;
