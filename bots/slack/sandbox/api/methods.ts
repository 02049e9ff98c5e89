// Every method that the sandbox plays. Whatever is not here is `unknown_method`, as it is in workspaces that do not have it.

import { agentMethods } from './agents.ts';
import { chatMethods } from './chat.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import type { Method } from './method.ts';
import { peopleMethods } from './people.ts';
import { reactionMethods } from './reactions.ts';
import { streamMethods } from './streams.ts';
import { viewMethods } from './views.ts';

export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    ...peopleMethods,
    ...chatMethods,
    ...conversationMethods,
    ...reactionMethods,
    ...agentMethods,
    ...streamMethods,
    ...viewMethods,
    ...fileMethods,
  }),
);
