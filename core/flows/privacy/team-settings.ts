// What a team decides for itself: how long files are kept, and above which estimate a task needs approval.

import type { Actor } from '#core/domain/actor.ts';
import { amountOf, micro, type Amount } from '#core/domain/credits/credits.ts';
import { readThreshold } from '#core/domain/credits/threshold.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import type { Deletion, TeamCare } from '#core/store/privacy/custody.ts';
import type { Core } from '../runtime/core.ts';

interface TeamSettings {
  readonly name: string;
  /** The team that a person has of their own: it goes with their account. */
  readonly personal: boolean;
  /** How long files are kept, and the first rows of tables that we show of them. */
  readonly retentionDays: number;
  /** Tasks with an estimate above it need approval; null for never. */
  readonly confirmAbove: Amount | null;
  /** Somebody wants it deleted. */
  readonly deletion: DeletionView | null;
}

export interface DeletionView {
  /** ISO 8601. */
  readonly askedAt: string;
  /** Until then it can be taken back. */
  readonly until: string;
}

interface TeamSettingsChange {
  readonly retentionDays?: number;
  readonly confirmAbove?: Amount | null;
}

/** What a shorter time means for files that are here already. */
interface RetentionChange {
  readonly files: number;
  readonly bytes: number;
  /** When they will be gone, ISO 8601. */
  readonly at: string;
}

export const retentionLimits = { least: 30, most: 3650 } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
/** What a shorter time would remove at once stays so long: a slip can be taken back, and what is wanted be downloaded. */
const SHORTENED_GRACE_MS = 7 * DAY_MS;

export async function teamSettings(core: Core, actor: Actor): Promise<TeamSettings> {
  mustBeAllowed(actor, 'tasks.see');
  return viewSettings(await careFor(core, actor));
}

/** What so many days would remove that is here now, and when. */
export async function retentionPreview(core: Core, actor: Actor, retentionDays: number): Promise<RetentionChange> {
  mustBeAllowed(actor, 'team.settings');
  mustBeDays(retentionDays);
  const at = goneAt(core);
  return { ...(await core.store.custody.goingWith(actor.teamId, retentionDays, at)), at: at.toISOString() };
}

/** 30 to 3,650 days. What a shorter time would remove at once stays for seven days more. */
export async function setTeamSettings(core: Core, actor: Actor, change: TeamSettingsChange): Promise<TeamSettings> {
  mustBeAllowed(actor, 'team.settings');
  const { retentionDays } = change;
  if (retentionDays !== undefined) mustBeDays(retentionDays);
  const confirmAbove = readThreshold(change.confirmAbove);
  const before = await careFor(core, actor);
  await core.store.custody.change(
    actor.teamId,
    { ...(retentionDays !== undefined && { retentionDays }), ...(confirmAbove !== undefined && { confirmAbove }) },
    {
      at: core.clock.now(),
      actor: `user:${actor.userId}`,
      act: 'settings.changed',
      teamId: actor.teamId,
      subject: null,
      facts: {
        ...(retentionDays !== undefined && { retentionDays, retentionDaysBefore: before.retentionDays }),
        ...(confirmAbove !== undefined && {
          confirmAbove: confirmAbove?.toString() ?? null,
          confirmAboveBefore: before.confirmAbove?.toString() ?? null,
        }),
      },
    },
  );
  if (retentionDays !== undefined && retentionDays !== before.retentionDays)
    await core.store.custody.alignRetention(actor.teamId, retentionDays, goneAt(core));
  return viewSettings(await careFor(core, actor));
}

export async function careFor(core: Core, { teamId }: Pick<Actor, 'teamId'>): Promise<TeamCare> {
  const care = await core.store.custody.team(teamId);
  if (care === null) throw new Error(`there is no team ${teamId}`);
  return care;
}

function viewSettings({ name, personalOf, retentionDays, confirmAbove, deletion }: TeamCare): TeamSettings {
  return {
    name,
    personal: personalOf !== null,
    retentionDays,
    confirmAbove: confirmAbove === null ? null : amountOf(micro(confirmAbove)),
    deletion: viewDeletion(deletion),
  };
}

export function viewDeletion(deletion: Deletion | null): DeletionView | null {
  return deletion === null ? null : { askedAt: deletion.askedAt.toISOString(), until: deletion.at.toISOString() };
}

function goneAt(core: Core): Date {
  return new Date(core.clock.now().getTime() + SHORTENED_GRACE_MS);
}

function mustBeDays(days: number): void {
  const { least, most } = retentionLimits;
  if (!Number.isInteger(days) || days < least || days > most)
    throw refuse('request.invalid', {
      fields: [{ name: 'retentionDays', problem: `must be a whole number of days from ${least} to ${most}` }],
    });
}
