// People around a wallet: teams, who is in them and as what, who is invited, which programs and chats act for them, and the
// log of it all. This is the section of the verbs; each idea has a file beside it.

import { apiKeyVerbs, type ApiKeyVerbs } from './api-keys.ts';
import { auditVerbs, type AuditVerbs } from './audit-log.ts';
import type { Core } from '../runtime/core.ts';
import { invitationVerbs, type InvitationVerbs } from './invitations.ts';
import { linkingVerbs, type LinkingVerbs } from '../workspaces/linking.ts';
import { memberVerbs, type MemberVerbs } from './members.ts';

export interface TeamVerbs extends MemberVerbs, InvitationVerbs, ApiKeyVerbs, AuditVerbs, LinkingVerbs {}

export function teamVerbs(core: Core): TeamVerbs {
  return { ...memberVerbs(core), ...invitationVerbs(core), ...apiKeyVerbs(core), ...auditVerbs(core), ...linkingVerbs(core) };
}
