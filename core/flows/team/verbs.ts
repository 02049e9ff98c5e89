// People around a wallet: teams, who is in them and as what, who is invited, which programs act for them, and the log of it all.

import type { Core } from '../runtime/core.ts';
import { apiKeyVerbs } from './api-keys.ts';
import { auditVerbs } from './audit-log.ts';
import { invitationVerbs } from './invitations.ts';
import { memberVerbs } from './members.ts';

export function teamVerbs(core: Core) {
  return { ...memberVerbs(core), ...invitationVerbs(core), ...apiKeyVerbs(core), ...auditVerbs(core) };
}
