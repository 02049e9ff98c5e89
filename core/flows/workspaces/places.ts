// Channels, threads and direct messages by the names that people know them by, for adapters: they tell a name whenever they see
// one, and it is written when it is a new one.

import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import { placeLimits, type NamedPlace, type Place, type PlaceRules } from '#core/domain/workspaces/place.ts';
import type { RuledBy } from '#core/store/workspaces/place-audit.ts';
import type { OpenIn } from '#core/store/workspaces/places.ts';
import type { Core } from '../runtime/core.ts';

/** Told again of these within that time, we need not look: another process may have heard of another name since. */
const KNOWN_MOST = 5_000;
const KNOWN_MS = 10 * 60_000;

export function placeVerbs(core: Core) {
  const { places } = core.store;
  const known = new Map<string, { readonly said: string; readonly untilMs: number }>();

  return {
    /** For an adapter: how a place is called now. Costs next to nothing where that is known. */
    async placeNamed(given: NamedPlace): Promise<void> {
      const place = read(given);
      const said = JSON.stringify([place.kind, place.name, place.private]);
      const at = core.clock.now();
      const before = known.get(place.ref);
      if (before?.said === said && before.untilMs > at.getTime()) return;
      await places.named(place, at);
      if (known.size >= KNOWN_MOST) known.delete(known.keys().next().value!);
      known.set(place.ref, { said, untilMs: at.getTime() + KNOWN_MS });
    },

    /** For an adapter: a place with its rules; null where nobody named it or made rules for it, so that the usual ones hold. */
    place: (ref: string): Promise<Place | null> => places.find(ref),

    /**
     * For an adapter, which knows that somebody may: changes rules of a place. Of two words about muting the one that was said
     * later counts, in whatever order they come; `saidAt` is by the platform's clock. `by`: whose account, for the audit log.
     */
    async rulePlace(given: NamedPlace, rules: Partial<PlaceRules>, saidAt: Date = core.clock.now(), by?: RuledBy): Promise<void> {
      const { roles } = rules;
      if (roles !== undefined && (roles.length > placeLimits.roles || roles.some((role) => role.length > placeLimits.roleCharacters)))
        throw refuse('request.invalid', { fields: [{ name: 'roles', problem: `must be ${placeLimits.roles} roles at the most` }] });
      const { roleNames } = rules;
      await places.rule(
        read(given),
        { ...rules, ...(roleNames !== undefined && { roleNames: readNames(roleNames, roles ?? []) }) },
        core.clock.now(),
        saidAt,
        by,
      );
      core.log.info({ platform: given.platform, workspace: given.workspace }, 'rules of a place changed');
    },

    /** For an adapter: where people may ask in a workspace that is open only in listed channels. */
    openIn: (platform: Platform, workspace: string): Promise<OpenIn> => places.openIn(platform, workspace),
  };
}

/** Those of these roles alone. */
function readNames(names: Readonly<Record<string, string>>, roles: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([role, name]) =>
      roles.includes(role) ? [[role, shorten(cleanText(name).replace(/\s+/g, ' '), placeLimits.nameCharacters)]] : [],
    ),
  );
}

function read({ ref, platform, workspace, kind, name, private: isPrivate }: NamedPlace): NamedPlace {
  if (!ref.startsWith(`${platform}:`) || ref.length > placeLimits.refCharacters)
    throw refuse('request.invalid', { fields: [{ name: 'ref', problem: 'must be a ref such as slack:T1:C9' }] });
  const words = shorten(cleanText(name ?? '').replace(/\s+/g, ' '), placeLimits.nameCharacters);
  return { ref, platform, workspace, kind, name: words === '' ? null : words, private: isPrivate };
}
