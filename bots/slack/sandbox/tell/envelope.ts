// The envelope around an event: for which workspace, which of its apps, and by which id it is told again.

import { appId } from '../wire.ts';
import type { Team } from '../shapes.ts';

export interface EventMore {
  /** The channel is shared with another organization. */
  readonly shared?: boolean;
  /** Told so much later. */
  readonly lateMs?: number;
  /** Where it happened, when that is another workspace than the one it is told for. */
  readonly contextTeam?: string;
}

export function envelope(
  team: Team,
  id: string,
  ts: string,
  event: Readonly<Record<string, unknown>>,
  { shared = false, contextTeam = team.id }: EventMore,
): Readonly<Record<string, unknown>> {
  return {
    token: 'sandbox',
    team_id: team.id,
    context_team_id: contextTeam,
    context_enterprise_id: null,
    api_app_id: appId,
    event,
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(Number(ts)),
    authorizations: [{ enterprise_id: null, team_id: team.id, user_id: team.botUser, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: shared,
    event_context: `4-${id}`,
  };
}
