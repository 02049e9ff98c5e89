// What the verbs of chats read and write.

import type { Money } from '../database/money.ts';
import { lookOver, type LookAt } from './look.ts';
import { outcomesOver, type KeepOutcome } from './outcomes.ts';
import { messageChangesOver, type MessageChanges } from './removed.ts';
import { settledOver, type Settled } from './settled.ts';
import { takeFromChatsOver, type TakeFromChats } from './take.ts';
import { chatTasksOver, type ChatTasks } from './tasks.ts';
import { welcomesOver, type Welcomes } from './welcomes.ts';

export interface Chats extends TakeFromChats, ChatTasks {
  readonly look: LookAt;
  readonly keep: KeepOutcome;
  readonly changes: MessageChanges;
  readonly settled: Settled;
  readonly welcomes: Welcomes;
}

export function chatsOver(money: Money): Chats {
  return {
    look: lookOver(money),
    keep: outcomesOver(money),
    changes: messageChangesOver(money),
    settled: settledOver(money),
    welcomes: welcomesOver(money),
    ...takeFromChatsOver(money),
    ...chatTasksOver(money),
  };
}
