// What a team's people can do about their data: how long it is kept, take all of it along, and have it deleted. And what
// people without an account can: see that their name goes.

import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { Core } from '../runtime/core.ts';
import { confirmErasure, lookAtErasure, makeErasureLink, type ErasureLink, type ErasureView } from './erase.ts';
import { exportTeam, openExport, teamExports, type ExportView, type OpenedExport } from './export-team.ts';
import {
  ownAccount,
  requestAccountDeletion,
  requestTeamDeletion,
  takeBackAccountDeletion,
  takeBackTeamDeletion,
  type AccountView,
} from './leaving.ts';
import {
  retentionPreview,
  setTeamSettings,
  teamSettings,
  type DeletionView,
  type RetentionChange,
  type TeamSettings,
  type TeamSettingsChange,
} from './team-settings.ts';
import type { Actor } from '#core/domain/actor.ts';

export interface CustodyVerbs {
  teamSettings(actor: Actor): Promise<TeamSettings>;
  /** What so many days would remove that is here now, and when. */
  retentionPreview(actor: Actor, retentionDays: number): Promise<RetentionChange>;
  /** 30 to 3,650 days. What a shorter time would remove at once stays for seven days more. */
  setTeamSettings(actor: Actor, change: TeamSettingsChange): Promise<TeamSettings>;

  /** Packs all data of the team as one ZIP, or gives the one that is being packed. A worker does it; it is kept for seven days. */
  exportTeam(actor: Actor): Promise<ExportView>;
  /** Newest first. */
  teamExports(actor: Actor): Promise<ExportView[]>;
  /** Rejects with `export.not-found` when it is not ready, or no longer kept. */
  openExport(actor: Actor, exportId: string): Promise<OpenedExport>;

  /** For an owner who types the team's name. It is deleted after two weeks, and nothing new begins in it until then. */
  requestTeamDeletion(actor: Actor, typedName: string): Promise<DeletionView>;
  /** Rejects with `deletion.begun` when it is too late. */
  takeBackTeamDeletion(actor: Actor): Promise<void>;

  /** The person's account, whichever team they look at. */
  ownAccount(actor: Actor): Promise<AccountView>;
  /** For who types their mail address. Their own team goes along. Rejects with `account.last-owner` while a shared team has no other owner. */
  requestAccountDeletion(actor: Actor, typedEmail: string): Promise<DeletionView>;
  takeBackAccountDeletion(actor: Actor): Promise<void>;

  /**
   * For a bot: an address where the person behind this chat account can have it erased, for nobody else's eyes. It works
   * once, within half an hour; the one before stops working. null when we know nothing of them.
   */
  makeErasureLink(account: { platform: Platform; workspace: string | null; externalId: string }): Promise<ErasureLink | null>;
  /** What would go. Rejects with `erasure-link.used`. */
  lookAtErasure(token: string): Promise<ErasureView>;
  confirmErasure(token: string): Promise<{ readonly done: boolean }>;
}

export function custodyVerbs(core: Core): CustodyVerbs {
  return {
    teamSettings: (actor) => teamSettings(core, actor),
    retentionPreview: (actor, retentionDays) => retentionPreview(core, actor, retentionDays),
    setTeamSettings: (actor, change) => setTeamSettings(core, actor, change),
    exportTeam: (actor) => exportTeam(core, actor),
    teamExports: (actor) => teamExports(core, actor),
    openExport: (actor, exportId) => openExport(core, actor, exportId),
    requestTeamDeletion: (actor, typedName) => requestTeamDeletion(core, actor, typedName),
    takeBackTeamDeletion: (actor) => takeBackTeamDeletion(core, actor),
    ownAccount: (actor) => ownAccount(core, actor),
    requestAccountDeletion: (actor, typedEmail) => requestAccountDeletion(core, actor, typedEmail),
    takeBackAccountDeletion: (actor) => takeBackAccountDeletion(core, actor),
    makeErasureLink: (account) => makeErasureLink(core, account),
    lookAtErasure: (token) => lookAtErasure(core, token),
    confirmErasure: (token) => confirmErasure(core, token),
  };
}
