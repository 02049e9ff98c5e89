import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createTestDatabase } from '#core/testing/runner/database.ts';
import { quietLog } from '#core/testing/runner/quiet-log.ts';
import { wireTo } from '#core/testing/faults/wire.ts';
import { listen } from './wakeups.ts';

test('each hint reaches those who wait for its kind, with what it is about', async () => {
  const { wakeups, notify } = await open();
  const heard: string[] = [];
  wakeups.on('cancel', (about) => heard.push(`cancel ${about}`));
  const stop = wakeups.on('intake', (about) => heard.push(`intake ${about}`));
  await notify('cancel:task-1', 'intake:team-1', 'letter');
  await vi.waitFor(() => expect(heard).toEqual(['cancel task-1', 'intake team-1']));
  stop();
  await notify('intake:team-2', 'cancel:task-2');
  await vi.waitFor(() => expect(heard).toEqual(['cancel task-1', 'intake team-1', 'cancel task-2']));
});

test('when the connection is back everybody is told to look, and hints come again', async () => {
  const { wakeups, notify, wire } = await open();
  const heard: string[] = [];
  wakeups.on('intake', (about) => heard.push(`intake ${about}`));
  wire.cut();
  await notify('intake:missed');
  wire.mend();
  await vi.waitFor(() => expect(heard).toEqual(['intake ']));
  await notify('intake:team-1');
  await vi.waitFor(() => expect(heard).toEqual(['intake ', 'intake team-1']));
});

test('it can be closed while the server is away, and leaves nothing behind', async () => {
  const { wakeups, wire } = await open();
  wire.cut();
  await wakeups.close();
});

test('where there is no server at the start, it says so', async () => {
  await expect(listen('postgres://nobody@127.0.0.1:1/nothing', quietLog)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

async function open() {
  const database = await createTestDatabase();
  const wire = await wireTo(database.url);
  const wakeups = await listen(wire.url, quietLog);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(async () => {
    await wakeups.close();
    await other.end();
    await wire.close();
    await database.drop();
  });
  return {
    wakeups,
    wire,
    async notify(...payloads: string[]) {
      for (const payload of payloads) await other.query('SELECT pg_notify($1, $2)', ['impacter', payload]);
    },
  };
}
