// What was said in conversations, and what could not be said where it should have been.

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { letters, showConversation, threadOf } from './conversation.ts';
import { heardOurs } from './heard.ts';
import { decisionShown } from './show-decisions.ts';
import { isStream } from './show-work.ts';
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
    heardOurs,
    decisionShown,
    isStream,
  });
}
