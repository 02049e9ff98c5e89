// What nobody handles although it was acknowledged: operators are told, and what was given up is forgotten after some days.

import { raiseAlarm } from '../mail/alarm.ts';
import type { Core } from '../runtime/core.ts';

const DEAD_KEPT_MS = 7 * 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
/** A process that takes over what others left does it within seconds, and gives up what it cannot handle after about 13 minutes. */
const LATE_MS = 20 * 60_000;

/** For upkeep. */
export async function watchInbox(core: Core): Promise<void> {
  const nowMs = core.clock.now().getTime();
  const before = (ms: number) => new Date(nowMs - ms);
  const { inbox } = core.store;
  await inbox.tidy(before(DEAD_KEPT_MS));
  const [dead, late] = [await inbox.deadSince(before(HOUR_MS)), await inbox.waitingSince(before(LATE_MS))];
  if (dead === 0 && late === 0) return;
  await raiseAlarm(core, 'messages-unhandled', {
    title: 'Chat messages are not processed',
    words: [
      ...(dead > 0 ? [`${count(dead)} not been processed after many tries within the last hour. The log says why.`] : []),
      ...(late > 0
        ? [
            `${count(late)} been waiting for more than 20 minutes. Check that a process with the role “bots” is running. If one is, the log says what fails.`,
          ]
        : []),
    ].join('\n'),
  });
}

function count(messages: number): string {
  return messages === 1 ? '1 message has' : `${messages} messages have`;
}
