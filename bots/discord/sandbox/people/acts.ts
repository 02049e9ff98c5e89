import type { Act } from '#bots/stand-in/people.ts';
import { formActs } from './forms.ts';
import { hookActs } from './hooks.ts';
import { lookActs } from './look.ts';
import { pressActs } from './press.ts';
import { setupActs } from './setup.ts';
import { talkActs } from './talk.ts';
import { troubleActs } from './trouble.ts';

/** By name. */
export const acts: ReadonlyMap<string, Act> = new Map<string, Act>(
  Object.entries({ ...setupActs, ...talkActs, ...lookActs, ...pressActs, ...formActs, ...hookActs, ...troubleActs }),
);
