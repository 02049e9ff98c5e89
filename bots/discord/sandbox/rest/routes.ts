// All routes, and which of them a path is.

import { attachmentRoutes } from './attachments.ts';
import { placeRoutes } from './channels.ts';
import { commandRoutes } from './commands.ts';
import { interactionRoutes } from './interactions.ts';
import { messageRoutes } from './messages.ts';
import type { Route } from './route.ts';
import { threadRoutes } from './threads.ts';

const routes: readonly Route[] = [
  ...messageRoutes,
  ...threadRoutes,
  ...placeRoutes,
  ...attachmentRoutes,
  ...interactionRoutes,
  ...commandRoutes,
];

interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** `path` is what follows the version. */
export function findRoute(method: string, path: string): Found | null {
  const given = path.split('/').map(decoded);
  for (const route of routes) {
    if (route.method !== method) continue;
    const wanted = route.path.split('/');
    if (wanted.length !== given.length) continue;
    if (!wanted.every((part, i) => (part.startsWith(':') ? isName(given[i]!) : part === given[i]))) continue;
    return { route, params: Object.fromEntries(wanted.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), given[i]!]] : []))) };
  }
  return null;
}

/** Ids, tokens, and `@original`; `@me` has paths of its own. */
function isName(part: string): boolean {
  return part !== '' && part !== '@me';
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
