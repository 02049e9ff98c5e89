import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { createMetrics } from './metrics.ts';

test('each server of a process tells the numbers of the process, and one that ended leaves nothing behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const ended = await ofEnded();
  expect(namesIn(await serverOf().metrics.read())).toEqual(
    expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_gc_duration_seconds']),
  );
  await vi.waitFor(() => {
    collect();
    expect(ended.deref() === undefined).toBe(true);
  });
});

async function ofEnded(): Promise<WeakRef<object>> {
  const { app, metrics } = serverOf();
  const names = namesIn(await metrics.read());
  expect(names).toEqual([...new Set(names)]);
  return new WeakRef(app);
}

function serverOf() {
  const app = { operator: { gauges: async () => [] } };
  const metrics = createMetrics(app, quietLog, () => 0, { counts: () => ({}) } as never);
  return { app, metrics };
}

function namesIn(text: string): string[] {
  return Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!);
}
