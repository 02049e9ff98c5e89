import type { Envelope } from './shapes.ts';

/**
 * The workspace whose app was told: in a channel that companies share, `team_id` may be another one. null where it names none, as
 * for an app that was installed in a whole company.
 */
export function receivingTeam({ authorizations, context_team_id: context, team_id: named, team }: Envelope): string | null {
  return authorizations?.[0]?.team_id ?? context ?? named ?? team?.id ?? null;
}
