// The one place to look up a workspace's token. What was known last is kept, so that a database that is away is no reason not to
// know whose event this is.

import type { Installation } from '#core/domain/workspaces/installation.ts';

export interface TokensOf {
  /** null where the app is not installed. Rejects where nobody can tell. */
  of(team: string): Promise<Installation | null>;
}

const KNOWN_MOST = 2_000;

/** As long as they are not complete, nobody can tell that the app is not somewhere. */
export function tokensOf(find: (team: string) => Promise<Installation | null>, isComplete: () => boolean = () => true): TokensOf {
  const known = new Map<string, Installation>();
  return {
    async of(team) {
      let found: Installation | null;
      try {
        found = await find(team);
      } catch (error) {
        const last = known.get(team);
        if (last === undefined) throw error;
        return last;
      }
      if (found === null && !isComplete()) throw new Error('not all installations are known yet');
      known.delete(team);
      if (found !== null) known.set(team, found);
      if (known.size > KNOWN_MOST) known.delete(known.keys().next().value!);
      return found;
    },
  };
}
