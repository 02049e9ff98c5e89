// What was said, and what could not be said where it should have been.

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { showConversation } from '../tasks/work.ts';
import { letters, threadOf } from './conversation.ts';
import {
  markUndeliveredSeen,
  placesElsewhere,
  retryDelivery,
  sendAgain,
  sendElsewhere,
  undelivered,
  undeliveredCount,
} from './undelivered.ts';

export function messageVerbs(core: Core) {
  return bind(core, {
    thread: threadOf,
    conversation: showConversation,
    letters,
    undelivered,
    undeliveredCount,
    sendAgain,
    sendElsewhere,
    placesElsewhere,
    markUndeliveredSeen,
    retryDelivery,
  });
}
