// What somebody began to write and did not send, one draft for each conversation. It stays in their browser: through a reload,
// another page, an outage and the end of a session, until it is sent, or they log out.

import { askLimits } from '#core/domain/asks/limits.ts';

const STORED = 'drafts';
const DRAFTS_MOST = 50;
const KEPT_MS = 30 * 86_400_000;

/** By whose and where, newest last. */
type Drafts = Record<string, readonly [text: string, at: number]>;

export function draftPlace(email: string, teamId: string, conversationId: string | null): string {
  return [email, teamId, conversationId ?? 'new'].join(' ');
}

/** '' where there is none. */
export function draftAt(place: string): string {
  return stored()[place]?.[0] ?? '';
}

/** '' forgets it. */
export function keepDraft(place: string, text: string): void {
  const { [place]: before, ...others } = stored();
  if ((before?.[0] ?? '') === text) return;
  const since = Date.now() - KEPT_MS;
  const kept = Object.entries(others).filter(([, [, at]]) => at > since);
  if (text !== '') kept.push([place, [text.slice(0, askLimits.textCharacters), Date.now()]]);
  store(Object.fromEntries(kept.slice(-DRAFTS_MOST)));
}

export function forgetDrafts(): void {
  store({});
}

function stored(): Drafts {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? '{}') as Drafts;
  } catch {
    return {};
  }
}

/** Some browsers keep nothing, or have no room. */
function store(drafts: Drafts): void {
  try {
    if (Object.keys(drafts).length === 0) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, JSON.stringify(drafts));
  } catch {
    // Then it is kept for as long as the page is open.
  }
}
