import { expect, test } from 'vitest';
import { Refused, Unreachable, type Client, type SeenEvent } from './client.ts';
import { lifeOf } from './life.ts';
import { patiently, type Patience } from './patience.ts';

const step = (cursor: string): SeenEvent => ({ cursor, kind: 'step', data: {} });
const no = new Refused({ code: 'task.not-found', message: 'There is no such task.', wayForward: 'Look for it.' });

test('a call is made again until it is answered, and the person hears of it once', async () => {
  const { patience, said } = listening(60_000);
  let calls = 0;
  const answer = await patiently(patience, async () => {
    if (++calls < 3) throw new Unreachable('away');
    return 'here';
  });
  expect([answer, ...said]).toEqual(['here', 'lost', 'back']);
});

test('a refusal is reported at once and not retried like a lost connection', async () => {
  const { patience, said } = listening(60_000);
  await expect(patiently(patience, () => Promise.reject(no))).rejects.toBe(no);
  expect(said).toEqual([]);
});

test('calls to a product that stays away are given up', async () => {
  const { patience, said } = listening(-1);
  await expect(patiently(patience, () => Promise.reject(new Unreachable('away')))).rejects.toThrow('away');
  expect(said).toEqual(['lost']);
});

test('a reconnected event stream continues after the last event that was seen', async () => {
  const { patience, said } = listening(60_000);
  const after: (string | null)[] = [];
  const lines = [[step('1-1'), step('1-2')], 'away', [step('1-3')]] as const;
  const seen: string[] = [];
  for await (const { cursor } of lifeOf(clientWith(lines, after), 'task', patience, new AbortController().signal)) {
    seen.push(cursor);
    if (cursor === '1-3') break;
  }
  expect(seen).toEqual(['1-1', '1-2', '1-3']);
  expect(after).toEqual([null, '1-2', '1-2']);
  expect(said).toEqual(['lost', 'back']);
});

test('an event stream is given up when the product stays away, and says so when the task is not ours to see', async () => {
  const { patience } = listening(-1);
  const watch = async (line: 'away' | 'no') => {
    for await (const _ of lifeOf(clientWith([line, line, line], []), 'task', patience, new AbortController().signal)) expect.unreachable();
  };
  await expect(watch('away')).rejects.toBeInstanceOf(Unreachable);
  await expect(watch('no')).rejects.toBe(no);
});

function listening(giveUpMs: number): { patience: Patience; said: string[] } {
  const said: string[] = [];
  return { said, patience: { giveUpMs, pauseMs: 1, onLost: () => said.push('lost'), onBack: () => said.push('back') } };
}

/** Each connection is a few events, or none at all. */
function clientWith(lines: readonly (readonly SeenEvent[] | 'away' | 'no')[], after: (string | null)[]): Client {
  return {
    async *events(_task: string, behind: string | null) {
      const line = lines[after.push(behind) - 1];
      if (line === 'no') throw no;
      if (line === 'away' || line === undefined) throw new Unreachable('away');
      yield null;
      yield* line;
    },
  } as unknown as Client;
}
