// What a chat platform brings. The core knows it only by the first word of a thread ref and by its poster; all else stays
// in its folder. Another platform is one more folder, and one line in adapters.ts.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import type { App } from '#core/flows/app.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Poster } from '#core/ports/poster.ts';
import type { Shower } from '#core/ports/shower.ts';
import type { Limits } from './drawing/fit.ts';
import type { ThreadRefs } from './thread-refs.ts';

export interface Adapter<Settings = unknown, Part = unknown> {
  /** The first word of its thread refs. */
  readonly platform: Platform;
  /** `posted`: start() gives a poster. `read-here`: people read the letters from us, each shown once by its (conversation, seq, part). */
  readonly delivery: 'posted' | 'read-here';
  readonly refs: ThreadRefs;
  readonly limits: Limits;
  /**
   * What is shown, post by post, in order: each within the platform's limits, with nothing in it that pings, draws markup,
   * moves a cursor, or passes for our words when it is somebody else's. Never throws; the same reply gives the same parts.
   */
  render(reply: Reply): readonly Part[];
  /** Rejects only for what an operator must mend, such as a wrong token. A platform that is down is waited for. */
  start(context: Context<Settings>): Promise<Started>;
}

export interface Context<Settings> {
  /** What people do in a chat: ask and stop, bring files, see their balance, link what they have there, and have it erased. */
  readonly app: Pick<App, 'tasks' | 'files' | 'credits' | 'workspaces' | 'privacy'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
}

export interface Started {
  readonly poster?: Poster;
  /** Edits what the poster posted, while work goes on. */
  readonly shower?: Shower;
  /** What the platform calls us on. */
  readonly mounts?: readonly Mount[];
  /** Takes nothing more, and resolves when all that was begun has ended. */
  stop(): Promise<void>;
}

/** One address of our HTTP server. The body comes unread, because platforms sign its bytes. */
export interface Mount {
  readonly method: 'GET' | 'POST';
  readonly path: `/${string}`;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
