// Servers that Discord has not told yet, or that are away: what was said there meanwhile is caught up with once they are told, however
// late that is, and by whichever process has the connection then.

import type { Log } from '#core/ports/log.ts';
import { LATE_MOST, type Left } from './session.ts';

export interface LateServers {
  /** It is still to be told; `mark`: everything up to this message was heard. Who was late before keeps the older mark. */
  note(guild: string, mark: string): void;
  /** It has removed us. */
  drop(guild: string): void;
  /** Those that are not among these are none of ours any more. */
  keepOnly(guilds: ReadonlySet<string>): void;
  /** It was told. Catches up with it, once at a time; what fails is tried when it is told again. */
  came(guild: string): void;
  left(): Left['late'];
}

export function lateServers({
  before,
  catchUp,
  changed,
  log,
}: {
  readonly before: Left['late'];
  /** Resolves false where it had to be left. Never rejects. */
  catchUp(guild: string, mark: string): Promise<boolean>;
  /** What is left should be written down. */
  changed(): void;
  readonly log: Log;
}): LateServers {
  const marks = new Map(before);
  const underWay = new Set<string>();
  return {
    note(guild, mark) {
      if (marks.has(guild)) return;
      if (marks.size >= LATE_MOST)
        return log.warn({ guildId: guild }, 'too many servers of Discord are late; this one is not caught up with');
      marks.set(guild, mark);
      changed();
    },
    drop: (guild) => void marks.delete(guild),
    keepOnly(guilds) {
      for (const guild of marks.keys()) if (!guilds.has(guild)) marks.delete(guild);
    },
    came(guild) {
      const mark = marks.get(guild);
      if (mark === undefined || underWay.has(guild)) return;
      underWay.add(guild);
      void catchUp(guild, mark).then((isDone) => {
        underWay.delete(guild);
        if (isDone) marks.delete(guild);
        changed();
      });
    },
    left: () => [...marks],
  };
}
