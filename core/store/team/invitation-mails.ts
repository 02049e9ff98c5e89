// Whether one more invitation may go out: mails to people who did not ask for them have limits by team, by person and their
// age, and by address. Every mail of an invitation that sent one lately counts: a little too many rather than too few. An address
// is shared by all who write to it, so what strangers send there must not use up what a team has: the first mail of each goes.

import type pg from 'pg';
import type { TeamId, UserId } from '#core/domain/ids.ts';
import { invitationsOfPersonADay, isEstablished, NEW_DAYS, teamLimits } from '#core/domain/team/team-limits.ts';

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
       count(*) FILTER (WHERE email = $3 AND (team_id = $1 OR invited_by = $2) AND since_joined)::int AS ours_to_address,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND today), 0)::int
         - least(count(DISTINCT team_id) FILTER (WHERE email = $3 AND today), count(DISTINCT inviter) FILTER (WHERE email = $3 AND today))::int AS repeats,
       count(DISTINCT inviter) FILTER (WHERE email = $3 AND today AND of_new)::int AS firsts_of_new,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND team_id = $1 AND since_joined), 0)::int AS unanswered_of_team,
       coalesce(sum(sends) FILTER (WHERE email = $3 AND since_joined), 0)::int
         - least(count(DISTINCT team_id) FILTER (WHERE email = $3 AND since_joined), count(DISTINCT inviter) FILTER (WHERE email = $3 AND since_joined))::int AS unanswered_repeats,
       (SELECT greatest(0, extract(epoch FROM $4::timestamptz - u.created_at) / 86400)::float8 FROM users u WHERE u.id = $2) AS account_days,
       EXISTS (SELECT FROM wallets w JOIN transactions t ON t.wallet_id = w.id WHERE w.team_id = $1 AND t.type = 'purchase') AS has_bought
     FROM (
       SELECT i.*, coalesce(i.invited_by, i.team_id) AS inviter, i.sent_at > $4::timestamptz - interval '1 day' AS today,
         u.created_at IS NULL OR u.created_at > $4::timestamptz - make_interval(days => $6) AS of_new,
         i.sent_at > coalesce((SELECT max(o.ended_at) FROM invitations o WHERE o.email = $3 AND o.outcome = 'accepted'), '-infinity') AS since_joined
       FROM invitations i LEFT JOIN users u ON u.id = i.invited_by
       WHERE (i.team_id = $1 OR i.invited_by = $2 OR i.email = $3) AND i.sent_at > $4::timestamptz - make_interval(days => $5)
     ) i`,
    [teamId, by, email, at, teamLimits.unansweredDays, NEW_DAYS],
  );
  const counts = rows[0]!;
  const account = { accountDays: counts.account_days, hasBought: counts.has_bought };
  if (counts.of_team >= teamLimits.invitationsADay || counts.of_person >= invitationsOfPersonADay(account)) return 'invitations.too-often';
  if (counts.ours_to_address === 0) {
    const isOneTooMany = !isEstablished(account) && counts.firsts_of_new >= teamLimits.firstsOfNewToOneADay;
    return isOneTooMany ? 'invitations.too-often' : null;
  }
  if (counts.repeats >= teamLimits.repeatsToOneADay) return 'invitations.too-often';
  const isLeftAlone = counts.unanswered_of_team >= teamLimits.unansweredOfTeam || counts.unanswered_repeats >= teamLimits.unansweredRepeats;
  return isLeftAlone ? 'invitation.unanswered' : null;
}

interface Counts {
  readonly of_team: number;
  readonly of_person: number;
  readonly ours_to_address: number;
  readonly repeats: number;
  readonly firsts_of_new: number;
  readonly unanswered_of_team: number;
  readonly unanswered_repeats: number;
  readonly account_days: number;
  readonly has_bought: boolean;
}
