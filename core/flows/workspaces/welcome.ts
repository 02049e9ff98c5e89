// Whoever meets us in a workspace for the first time is told once what we do. Saying it is the adapter's.

import type { Newcomer } from '#core/store/chats/welcomes.ts';
import type { Core } from '../runtime/core.ts';

/** Longer than a platform takes for a few posts. */
const SAYING_MS = 60_000;

export function welcomeVerbs({ store: { chats }, clock }: Core) {
  return {
    /** Whether the caller is to welcome them now. Whoever is told so says it within a minute, and then that it was said. */
    mayWelcome: (newcomer: Newcomer): Promise<boolean> => chats.welcomes.begin(newcomer, SAYING_MS, clock.now()),
    /** They are never welcomed there again. */
    welcomed: (newcomer: Newcomer): Promise<void> => chats.welcomes.said(newcomer),
  };
}
