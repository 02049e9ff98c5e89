// Whether one more invitation may go out: mails to people who did not ask for them have limits by team, by person and their
// age, and by address. Every mail of an invitation that sent one lately counts: a little too many rather than too few.

import type pg from 'pg';
import type { TeamId, UserId } from '#core/domain/ids.ts';
import { invitationsOfPersonADay, teamLimits } from '#core/domain/team-limits.ts';

export async function whyNoMail(
  client: pg.PoolClient,
  { teamId, by, email }: { teamId: TeamId; by: UserId; email: string },
  at: Date,
): Promise<'invitations.too-often' | 'invitation.unanswered' | null> {
  // In one order, as two teams may write to one address at once.
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM (SELECT unnest($1::text[]) AS key ORDER BY 1) k`, [
    [`invitations by ${by}`, `invitations to ${email}`],
  ]);
  const { rows } = await client.query<Counts>(
    `SELECT coalesce(sum(sends) FILTER (WHERE team_id = $1 AND today), 0)::int AS of_team,
       coalesce(sum(sends) FILTER (WHERE invited_by = $2 AND today), 0)::int AS of_person,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND today), 0)::int AS to_address,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND team_id = $1 AND since_joined), 0)::int AS unanswered_of_team,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND since_joined), 0)::int AS unanswered_of_all,
       (SELECT greatest(0, extract(epoch FROM $4::timestamptz - u.created_at) / 86400)::float8 FROM users u WHERE u.id = $2) AS account_days,
       EXISTS (SELECT FROM wallets w JOIN transactions t ON t.wallet_id = w.id WHERE w.team_id = $1 AND t.type = 'purchase') AS has_bought
     FROM (
       SELECT i.*, i.sent_at > $4::timestamptz - interval '1 day' AS today,
         i.sent_at > coalesce((SELECT max(o.ended_at) FROM invitations o WHERE o.email = $3 AND o.outcome = 'accepted'), '-infinity') AS since_joined
       FROM invitations i
       WHERE (i.team_id = $1 OR i.invited_by = $2 OR i.email = $3) AND i.sent_at > $4::timestamptz - make_interval(days => $5)
     ) i`,
    [teamId, by, email, at, teamLimits.unansweredDays],
  );
  const { of_team, of_person, to_address, unanswered_of_team, unanswered_of_all, account_days, has_bought } = rows[0]!;
  if (of_team >= teamLimits.invitationsADay || to_address >= teamLimits.invitationsToOneADay) return 'invitations.too-often';
  if (of_person >= invitationsOfPersonADay({ accountDays: account_days, hasBought: has_bought })) return 'invitations.too-often';
  if (unanswered_of_team >= teamLimits.unansweredOfTeam || unanswered_of_all >= teamLimits.unansweredOfAll) return 'invitation.unanswered';
  return null;
}

interface Counts {
  readonly of_team: number;
  readonly of_person: number;
  readonly to_address: number;
  readonly unanswered_of_team: number;
  readonly unanswered_of_all: number;
  readonly account_days: number;
  readonly has_bought: boolean;
}
