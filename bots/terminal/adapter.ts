// The terminal reads letters from us over HTTP (ask.ts), so nothing is posted and nothing calls us.

import { threadRefs } from '../thread-refs.ts';
import type { Adapter } from '../adapter.ts';
import { plainLook } from './screen/look.ts';
import { limits, renderTerminal } from './render.ts';

/** `terminal:<conversation id>`. */
const refs = threadRefs('terminal', { conversation: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/ });

export const terminal: Adapter<unknown, string> = {
  platform: 'terminal',
  delivery: 'read-here',
  refs,
  limits,
  render: (reply) => [renderTerminal(reply, plainLook)],
  async start() {
    return { async stop() {} };
  },
};
