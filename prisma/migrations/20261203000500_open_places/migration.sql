-- Where people may ask: a workspace is open everywhere, or only in listed channels, and a Discord server for some roles alone.

-- A row of kind `workspace`, whose ref is `discord:G1:`, has the rules of the whole workspace.
ALTER TABLE "places" DROP CONSTRAINT "places_kind";
ALTER TABLE "places" ADD CONSTRAINT "places_kind" CHECK ("kind" IN ('channel', 'thread', 'direct', 'workspace'));
-- Of a workspace: people may ask only in channels that are open.
ALTER TABLE "places" ADD COLUMN "only_listed" BOOLEAN NOT NULL DEFAULT false;
-- Of a channel: it is listed. Of a workspace: its direct messages with the bot are.
ALTER TABLE "places" ADD COLUMN "open" BOOLEAN NOT NULL DEFAULT false;
-- How those roles were called when they were chosen, by their ids.
ALTER TABLE "places" ADD COLUMN "role_names" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "places" ADD CONSTRAINT "places_only_listed" CHECK ("kind" = 'workspace' OR NOT "only_listed");

-- As `chat_look` of the migration before, which the version before goes on using, with what holds for the whole workspace
-- (core/store/chats/look.ts). `directs`: it was said or pressed in a direct message.
CREATE FUNCTION "chat_look"(platforms text[], spaces text[], workspaces text[], externals text[], channels text[], threads text[], keys text[], twins text[],
  directs boolean[])
RETURNS TABLE (n bigint, identity_id uuid, display_name text, user_id uuid, workspace_pays boolean, guests_may_ask boolean, answers text, muted boolean,
  roles text[], team_id uuid, wallet_id uuid, role text, frozen_at timestamptz, deletion_at timestamptz, team_above bigint, own_above bigint,
  conversation_id uuid, thread_team uuid, asked_by uuid, asked_at timestamptz, spoken_at timestamptz, known_key text, outcome text, task_id uuid, saying jsonb,
  only_listed boolean, open boolean)
LANGUAGE plpgsql STABLE SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.n, a.id, a.display_name, a.user_id, s.id IS NOT NULL, coalesce(here.guests_may_ask, s.guests_may_ask, false),
    coalesce(here.answers, 'mention'), coalesce(here.muted, false) OR coalesce(there.muted, false),
    CASE WHEN cardinality(here.roles) > 0 THEN here.roles ELSE coalesce(whole.roles, '{}') END, w.team_id, w.id,
    m.role, t.frozen_at, t.deletion_at, t.confirm_above, u.confirm_above, c.id, c.team_id, c.asked_by, c.asked_at, c.spoken_at,
    k.key, k.outcome, k.task_id, coalesce(k.answer, l.saying),
    coalesce(whole.only_listed, false), CASE WHEN g.direct OR here.kind = 'direct' THEN coalesce(whole.open, false) ELSE coalesce(here.open, false) END
  FROM unnest(platforms, spaces, workspaces, externals, channels, threads, keys, twins, directs)
    WITH ORDINALITY AS g(platform, space, workspace, external_id, channel, thread_ref, key, twin, direct, n)
  LEFT JOIN LATERAL (SELECT * FROM identities i WHERE i.platform = g.platform AND i.space = coalesce(g.space, '') AND i.external_id = g.external_id OFFSET 0) a ON true
  LEFT JOIN LATERAL (SELECT * FROM workspaces p WHERE p.platform = g.platform AND p.external_id = g.workspace AND p.uninstalled_at IS NULL OFFSET 0) s ON true
  LEFT JOIN LATERAL (SELECT * FROM places x WHERE x.ref = g.channel OFFSET 0) here ON true
  LEFT JOIN LATERAL (SELECT x.muted FROM places x WHERE x.ref = g.thread_ref OFFSET 0) there ON true
  LEFT JOIN LATERAL (SELECT * FROM places x WHERE x.ref = g.platform || ':' || g.workspace || ':' OFFSET 0) whole ON true
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
