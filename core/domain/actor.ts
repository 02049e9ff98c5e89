import type { ApiKeyId, SessionId, TeamId, UserId } from './ids.ts';
import type { KeyScope } from './team/api-key.ts';
import type { Role } from './team/permission.ts';

/** Who acts, for which team. */
export interface Actor {
  readonly userId: UserId;
  readonly teamId: TeamId;
  readonly role: Role;
  readonly email: string;
  readonly apiKeyId?: ApiKeyId;
  /** What their key may do; web/server/requests/read-only.ts keeps it. */
  readonly scope?: KeyScope;
  /** Set for a person who is logged in. */
  readonly sessionId?: SessionId;
  /** When this person last showed who they are; what cannot easily be undone asks again after ten minutes. */
  readonly confirmedAt?: Date;
  /** The network address that this request came from, for the security log. */
  readonly caller?: string;
}
