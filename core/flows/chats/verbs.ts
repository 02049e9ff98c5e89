// What people do in chats. Each verb is given who speaks, judges each key once, and answers what came of it and how that is
// shown (answer.ts).

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { act } from './act.ts';
import { changed } from './changed.ts';
import { command } from './command.ts';
import { follows } from './follows.ts';
import { hear } from './hear.ts';
import { home } from './home.ts';
import { gone, removed } from './removed.ts';
import { settled } from './settled.ts';

export function chatVerbs(core: Core) {
  return bind(core, { hear, act, command, changed, removed, gone, follows, home, settled });
}
