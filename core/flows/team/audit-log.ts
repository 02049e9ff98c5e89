// Who did what to people, roles, keys, settings and credits of a team, in words.

import type { Readable } from 'node:stream';
import type { Actor } from '#core/domain/actor.ts';
import { isId, type UserId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { mustBeAllowed } from '#core/domain/team/permission.ts';
import { auditTitle, sayAudit } from '#core/domain/team/say-audit.ts';
import { cleanText } from '#core/domain/text/text.ts';
import type { StoredAuditLine } from '#core/store/team/audit.ts';
import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';

export interface AuditView {
  readonly id: string;
  readonly at: string;
  readonly act: string;
  /** Whoever did it: “Ada”. */
  readonly who: string;
  /** Goes on after it: “removed Grace (member)”. */
  readonly words: string;
}

const PAGE_MOST = 500;

export function auditVerbs(core: Core) {
  return {
    ...bind(core, { audit }),

    /** All of it, or what was chosen, as a table, newest first. `bom` is for spreadsheets, which else take UTF-8 for something older. */
    async auditCsv(actor: Actor, { bom, ...chosen }: { person?: string; act?: string; bom: boolean }): Promise<Readable> {
      mustBeAllowed(actor, 'audit.see');
      checkChoice(chosen); // before the answer begins: half a table cannot say what is wrong
      async function* batches() {
        yield [['When', 'Who', 'What']];
        for (let before: string | undefined; ;) {
          const page = await audit(core, actor, { ...chosen, ...(before !== undefined && { before }), limit: PAGE_MOST });
          yield page.map(({ at, who, words }) => [at, who, words]);
          if (page.length < PAGE_MOST) return;
          before = page.at(-1)!.id;
        }
      }
      return core.tables.writeCsv(batches(), { bom });
    },

    /** What there is to look for in this team. */
    async auditActs(actor: Actor): Promise<{ act: string; title: string }[]> {
      mustBeAllowed(actor, 'audit.see');
      const acts = await core.store.audit.acts(actor.teamId);
      return acts.map((act) => ({ act, title: auditTitle(act) })).toSorted((a, b) => a.title.localeCompare(b.title, 'en'));
    },
  };
}

/**
 * Newest first. `before` is the id of the last entry of the page before. `person` is a user id: what they did, and what was
 * done to them.
 */
async function audit(
  core: Core,
  actor: Actor,
  page: { before?: string; limit: number; person?: string; act?: string },
): Promise<AuditView[]> {
  mustBeAllowed(actor, 'audit.see');
  const { before, limit, person, act } = page;
  checkChoice(page);
  const lines = await core.store.audit.read(actor.teamId, {
    before: before ?? null,
    limit: Math.min(Math.max(limit, 1), PAGE_MOST),
    person: (person as UserId | undefined) ?? null,
    act: act === undefined ? null : cleanText(act),
  });
  return lines.map((line) => ({
    id: line.id,
    at: line.at.toISOString(),
    act: line.act,
    who: whoDid(line, core.settings.brandName),
    words: sayAudit({ act: line.act, whom: line.subjectName, facts: line.facts, erased: line.erased }),
  }));
}

function checkChoice({ before, person }: { before?: string; person?: string }): void {
  const wrong = (name: string, problem: string) => refuse('request.invalid', { fields: [{ name, problem }] });
  if (before !== undefined && !/^\d{1,18}$/.test(before)) throw wrong('before', 'is not an entry');
  if (person !== undefined && !isId(person)) throw wrong('person', 'is not a person');
}

/** An operator is not named to a team: they act for us. */
function whoDid({ actor, actorName }: StoredAuditLine, brandName: string): string {
  if (actor.startsWith('user:')) return actorName ?? 'Somebody who is not here any more';
  if (actor.startsWith('operator:')) return `${brandName} support`;
  return actor === 'invited' ? 'Whoever was invited' : brandName;
}
