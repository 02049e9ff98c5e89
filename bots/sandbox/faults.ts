// Faults that a person orders on the page, and what a stand-in refuses them, in words.

import type { Fault, Ordered } from '../stand-in/faults.ts';
import { PeopleRefusal } from '../stand-in/people.ts';
import type { FileFault } from '../stand-in/shelf.ts';
import { ChatRefusal, type ChatFault, type ChatSandbox } from './chat.ts';
import type { Following } from './following.ts';

interface Orders {
  /** What still waits to happen. */
  waiting(): Promise<{ readonly calls: readonly Pick<Ordered, 'fault'>[]; readonly files: readonly FileFault[] }>;
  call(fault: Fault): Promise<unknown>;
  file(fault: FileFault): Promise<unknown>;
}

/** `files`: the file faults that the platform has, with their labels. */
export function orderFaults(
  orders: Orders,
  files: Readonly<Partial<Record<FileFault, string>>>,
  { tell }: Pick<Following, 'tell'>,
): Pick<ChatSandbox, 'faults' | 'order'> {
  return {
    async faults() {
      const waiting = await orders.waiting();
      const counted = (found: readonly boolean[]) => found.filter(Boolean).length;
      return [
        ...Object.entries(callFaults).map(([id, label]): ChatFault => ({
          id,
          label,
          waiting: counted(waiting.calls.map(({ fault }) => fault === id)),
        })),
        ...Object.entries(files).map(([id, label]): ChatFault => ({
          id: `file:${id}`,
          label,
          waiting: counted(waiting.files.map((fault) => fault === id)),
        })),
      ];
    },
    async order(fault) {
      if (fault in callFaults) await orders.call(fault as Fault);
      else await orders.file(fault.replace(/^file:/, '') as FileFault);
      // An order is no change of what is seen, and pages show it.
      tell();
    },
  };
}

/** What is held is let go by a test. */
const callFaults: Readonly<Record<Exclude<Fault, 'held'>, string>> = {
  'answer-lost': 'Call: done, answer lost',
  cut: 'Call: connection cut',
  silent: 'Call: done, no answer',
  broken: 'Call: error 500',
  'broken-after': 'Call: done, error 500',
  busy: 'Call: error 429',
};

/** Puts a refusal of a stand-in into a sentence, by its reason. Its own errors stay as they are. */
export function refusalsIn(sentences: Readonly<Record<string, string>>, otherwise: string): <T>(act: () => Promise<T>) => Promise<T> {
  return async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof PeopleRefusal) || error.status >= 500) throw error;
      throw new ChatRefusal(sentences[error.reason] ?? otherwise);
    }
  };
}
