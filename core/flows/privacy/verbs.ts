// What a team's people can do about their data: how long it is kept, take all of it along, and have it deleted. And what
// people without an account can: see that their name goes.

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { confirmErasure, lookAtErasure, makeErasureLink } from './erase.ts';
import { exportTeam, openExport, teamExports } from './export-team.ts';
import { ownAccount, requestAccountDeletion, requestTeamDeletion, takeBackAccountDeletion, takeBackTeamDeletion } from './leaving.ts';
import { retentionPreview, setTeamSettings, teamSettings } from './team-settings.ts';

export function privacyVerbs(core: Core) {
  return bind(core, {
    teamSettings,
    retentionPreview,
    setTeamSettings,
    exportTeam,
    exports: teamExports,
    openExport,
    requestTeamDeletion,
    takeBackTeamDeletion,
    ownAccount,
    requestAccountDeletion,
    takeBackAccountDeletion,
    makeErasureLink,
    lookAtErasure,
    confirmErasure,
  });
}
