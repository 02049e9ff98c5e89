// What a run costs the sandbox does not depend on how many there were before it.
import { expect, test } from 'vitest';
import { temporaryFolder } from '#core/testing/runner/temporary-folder.ts';
import { createAudience } from './audience.ts';
import { openDisk } from './disk.ts';
import { noFaults } from './faults.ts';
import { createRuns } from './runs.ts';
import { openShelf } from './shelf.ts';

test('after 1,500 runs whose answers are still kept, the next one begins without a look at any but the oldest', async () => {
  const folder = await temporaryFolder('runs');
  const disk = openDisk(folder.path);
  let looks = 0;
  const faults = () => {
    looks += 1;
    return { ...noFaults, pace: 'instant' as const };
  };
  const stage = {
    audience: createAudience(() => false),
    shelf: openShelf(disk.workspaceRoot),
    faults,
    loopbackPages: [],
    crash: () => {},
  };
  const runs = createRuns(stage, disk);
  const begin = (name: string) =>
    runs.begin(
      {
        runId: name,
        sessionKey: `agent:general:${name}`,
        agentId: 'general',
        message: 'say hello',
        instructions: '',
        timeoutSeconds: null,
      },
      { connId: 'c', deviceId: null },
    );
  await Promise.all(Array.from({ length: 1_500 }, (_, number) => begin(`run-${number}`).answered));

  looks = 0;
  const last = begin('last');
  expect(looks).toBeLessThan(5);
  expect(runs.active('agent:general:last')).toBe(last);
  expect(runs.find('run-0')?.end).not.toBeNull();
  await last.answered;
  expect(runs.active('agent:general:last')).toBeNull();
  expect(disk.ledgerOf('agent:general:last')).toMatchObject([{ runId: 'last', status: 'completed' }]);
  await folder.remove();
});
