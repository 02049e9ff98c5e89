// What one person alone sees of a request: in its thread, and below it in the channel up to what they say next there. Slack shows
// nothing to one person in a thread that nobody has answered in.

import type { SlackPeople } from '../sandbox/client.ts';

type Seen = Awaited<ReturnType<SlackPeople['seen']>>['messages'][number];

/** Oldest first. `thread` null: everything outside of threads. */
export async function toldAlone(people: SlackPeople, channel: string, who: string, thread: string | null): Promise<Seen[]> {
  const { messages: inChannel } = await people.seen(channel, who, { most: 1_000 });
  if (thread === null) return inChannel.filter(({ only }) => only === who);
  const { messages: inThread } = await people.seen(channel, who, { thread, most: 1_000 });
  const next = inChannel.find(({ ts, author }) => author?.id === who && Number(ts) > Number(thread))?.ts ?? Infinity;
  const below = inChannel.filter(({ ts }) => Number(ts) > Number(thread) && Number(ts) < Number(next));
  return [...inThread, ...below].filter(({ only }) => only === who).toSorted((one, other) => Number(one.ts) - Number(other.ts));
}
