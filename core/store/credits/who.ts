// Who asked for a task, in SQL: the user, also when a chat account asked and was linked to the user afterwards; else the
// chat account. Somebody who is not in the team is called there as their platform calls them.

/** For a statement that has the task as `t`. */
export const WHO_JOINS = `LEFT JOIN identities i ON i.id = t.identity_id
  LEFT JOIN users u ON u.id = coalesce(t.user_id, i.user_id)
  LEFT JOIN members m ON m.team_id = t.team_id AND m.user_id = u.id`;
export const WHO_ID = 'coalesce(u.id, i.id)';
export const WHO_KIND = `CASE WHEN u.id IS NOT NULL THEN 'user' WHEN i.id IS NOT NULL THEN 'identity' END`;
export const WHO_NAME = `coalesce(CASE WHEN m.id IS NOT NULL THEN u.name END, i.display_name, u.name, '')`;
