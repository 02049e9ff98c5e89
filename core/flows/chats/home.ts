// A person's own page in a chat, such as Slack's App Home: what the bot does, what they can spend, their tasks. It is read anew each
// time, and nothing of it is stored.

import { parseChat, speakerSchema, type SpeakerInput } from '#core/contracts/chats.ts';
import { speakerKey } from '#core/domain/chats/speaker.ts';
import { homeReply, type Home } from '#core/domain/messages/home.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { replyContext } from '../messages/reply-context.ts';
import type { Core } from '../runtime/core.ts';
import { patienceFor, unless, type Wait } from '../runtime/patience.ts';
import { isWithin } from './answer.ts';
import { balanceFor, mayLinkWorkspace } from './offers.ts';

/** Of their newest tasks. */
const LOOKED_AT = 20;
const SHOWN_OF_EACH = 5;

/**
 * null where they look too often: what they were shown stays. Whoever presses `link` there is shown the command of that name. Rejects
 * as `hear` does.
 */
export async function home(core: Core, speakerInput: SpeakerInput, wait: Wait = 0): Promise<Reply | null> {
  const speaker = parseChat(speakerSchema, speakerInput);
  const read = async (): Promise<Home | null> => {
    const key = `home:${speakerKey(speaker)}`;
    const seen = await core.store.chats.look({ speaker, channel: null, threadRef: null, key, twin: null });
    if (!(await isWithin(core, 'chats.home', speaker))) return null;
    const { payer } = seen;
    const [money, tasks] =
      payer === null
        ? [null, []]
        : await Promise.all([balanceFor(core, speaker, seen, payer), core.store.chats.ownOf(seen, payer.teamId, LOOKED_AT)]);
    return {
      platform: speaker.platform,
      isPaid: payer !== null,
      isLinked: seen.userId !== null,
      mayLinkWorkspace: mayLinkWorkspace(speaker, seen),
      onlyIn: seen.place.onlyListed ? await core.store.places.openIn(speaker.platform, speaker.workspace!) : null,
      money,
      running: tasks.filter(({ status }) => !isOver(status)).slice(0, SHOWN_OF_EACH),
      recent: tasks.filter(({ status }) => isOver(status)).slice(0, SHOWN_OF_EACH),
    };
  };
  const shown = await patienceFor(core, wait).during((signal) => unless(signal, read()));
  return shown === null ? null : homeReply(shown, replyContext(core));
}
