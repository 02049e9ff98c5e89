// Slack's own Stop, which belongs to a thread and to no post. It is an event, so it is told again until it is acknowledged.

import type { Installation } from '#core/domain/workspaces/installation.ts';
import type { z } from 'zod';
import type { stoppedSchema } from '../in/shapes.ts';
import type { WaitOf } from '../in/wait.ts';
import { atOf, stopKey } from '../keys.ts';
import { refs } from '../refs.ts';
import type { SaidDeps } from '../said/deps.ts';
import { speakerOf } from '../said/speaker.ts';

export async function stopped(
  { app, directory, forOne, status }: SaidDeps,
  here: Installation,
  { channel, user, thread_ts: thread, event_ts: eventTs }: z.output<typeof stoppedSchema>,
  wait: WaitOf,
): Promise<void> {
  const team = here.externalId;
  const key = stopKey(team, channel, eventTs);
  const who = await directory.who(team, user);
  const threadRef = refs.format({ team, channel, thread });
  const { show } = await app.chats.act(speakerOf(here, who), { key, choice: 'stop', threadRef, at: atOf(eventTs) }, wait());
  // Slack has stopped showing that work goes on, and says so only once we do. Where it does go on, the next edit says it.
  status.over(threadRef);
  forOne.show(key, { team, channel, thread, user }, show);
}
