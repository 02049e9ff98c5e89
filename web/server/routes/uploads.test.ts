// Many uploads at the same time, each as slow as its sender likes, over real connections.

import net from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { waitingLimits } from '#core/domain/asks/limits.ts';
import { endOverdueUploads } from '#core/flows/files/keep-input.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';

const { files, ofOne } = waitingLimits;

// As many as the rate of uploads lets through in a minute, nearly.
test('one person who uploads 280 files slowly takes a share, and the rest of the team goes on', async () => {
  const { url, core, keys } = await team(2);
  const [eve, bo] = keys;
  const uploads = Array.from({ length: 280 }, () => slowUpload(url, eve!));
  await untilAnswered(uploads, 280 - ofOne.arriving);
  expect(uploads.flatMap(({ refused }) => refused() ?? [])).toEqual(Array(280 - ofOne.arriving).fill('429 files.arriving'));
  expect(await uploadWhole(url, bo!)).toBe(201);
  // Whoever gives up leaves room, and whoever goes on is served.
  const under = uploads.filter(({ refused }) => refused() === null);
  under.slice(5).forEach(({ abandon }) => abandon());
  await vi.waitFor(async () => expect(await arriving(core)).toBe(5));
  expect(await Promise.all(under.slice(0, 5).map(({ finish }) => finish()))).toEqual(Array(5).fill(201));
  expect(await arriving(core)).toBe(0);
  expect(await uploadWhole(url, eve!)).toBe(201);
});

test('320 slow uploads of a whole team at the same time do not pass its limit', async () => {
  const people = 16;
  const { url, core, keys } = await team(people);
  const uploads = keys.flatMap((key) => Array.from({ length: 320 / people }, () => slowUpload(url, key)));
  await untilAnswered(uploads, 320 - files);
  expect(uploads.flatMap(({ refused }) => refused() ?? [])).toEqual(Array(320 - files).fill('429 files.waiting'));
  expect(await arriving(core)).toBe(files);
});

test('a file that waits for its request counts for who sent it until a request names it', async () => {
  const { url, keys } = await team(1);
  const post = async (path: string, body: string, type: string) => {
    const headers = { Authorization: `Bearer ${keys[0]!}`, 'Content-Type': type };
    const answer = await fetch(url + path, { method: 'POST', body, headers });
    return (await answer.json()) as { file?: { id: string }; task?: object; error?: { code: string } };
  };
  const upload = () => post('/api/files?name=a.txt', 'x', 'text/plain');
  const { file } = await upload();
  for (let i = 1; i < ofOne.files; i++) expect((await upload()).error).toBeUndefined();
  expect((await upload()).error?.code).toBe('files.yours-waiting');
  const taken = await post('/api/tasks/create', JSON.stringify({ requestText: 'find me 3 leads', files: [file!.id] }), 'application/json');
  expect(taken.task).toBeDefined();
  expect((await upload()).error).toBeUndefined();
});

test('who deletes a file that waits for its request has its place back at once, and is told so when there is no room', async () => {
  const { url, keys } = await team(1);
  const post = async (path: string, body: string) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      body,
      headers: { Authorization: `Bearer ${keys[0]!}`, 'Content-Type': 'application/json' },
    });
    return (await answer.json()) as { file?: { id: string }; error?: { code: string; wayForward: string } };
  };
  const upload = () => post('/api/files?name=a.txt', 'x');
  const { file } = await upload();
  for (let i = 1; i < ofOne.files; i++) expect((await upload()).error).toBeUndefined();
  const { error } = await upload();
  expect([error?.code, error?.wayForward]).toEqual(['files.yours-waiting', expect.stringContaining('delete them')]);
  expect((await post(`/api/files/${file!.id}/delete`, '')).error).toBeUndefined();
  expect((await upload()).error).toBeUndefined();
  expect((await upload()).error?.code).toBe('files.yours-waiting');
});

test.each(['removed from the team', 'made a guest'] as const)(
  'who is %s while their upload arrives leaves no file behind, and no place taken',
  async (how) => {
    const { url, core, keys, teamId, userIds } = await team(1);
    const upload = slowUpload(url, keys[0]!);
    const id = await vi.waitFor(async () => {
      const { rows } = await core.store.money.query<{ id: string }>({ text: 'SELECT id FROM uploads' }, []);
      if (rows[0] === undefined) throw new Error('not begun yet');
      return rows[0].id;
    });
    const where = 'WHERE team_id = $1 AND user_id = $2';
    const sql = how === 'made a guest' ? `UPDATE members SET role = 'guest' ${where}` : `DELETE FROM members ${where}`;
    await core.store.money.query({ text: sql }, [teamId, userIds[0]!]);
    expect(await upload.finish()).toBe(403);
    const { rows } = await core.store.money.query({ text: 'SELECT id FROM files UNION ALL SELECT id FROM uploads' }, []);
    expect(rows).toEqual([]);
    await expect(core.files.open(`inputs/${id}`)).rejects.toMatchObject({ code: 'file.missing' });
  },
);

test('a guest may not upload, as they may not ask', async () => {
  const { url, keys, core } = await team(1, 'guest');
  const answer = await fetch(`${url}/api/files?name=a.txt`, {
    method: 'POST',
    body: 'x',
    headers: { Authorization: `Bearer ${keys[0]!}` },
  });
  expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: 'not.allowed' } }]);
  expect(await arriving(core)).toBe(0);
});

test('the place of an upload whose process ended is free again, and nothing of it is left', async () => {
  const clock = clockByHand();
  const { url, core, keys, teamId, userIds } = await team(1, 'member', { clock });
  const id = crypto.randomUUID() as never;
  const at = clock.now();
  await core.store.files.beginUpload({ id, teamId, userId: userIds[0]!, sizeBytes: 400_000_000 }, at, new Date(at.getTime() + 60_000));
  await core.files.put(`inputs/${String(id)}`, Readable.from([Buffer.from('rest')]), { mime: 'text/plain', sizeBytes: 4 });
  expect(await arriving(core)).toBe(1);
  clock.forward(61_000);
  await endOverdueUploads(core);
  expect(await arriving(core)).toBe(0);
  await expect(core.files.open(`inputs/${String(id)}`)).rejects.toMatchObject({ code: 'file.missing' });
  expect(await uploadWhole(url, keys[0]!)).toBe(201);
});

/** Members of one team, with a key each. */
async function team(size: number, role: 'member' | 'guest' = 'member', options: Parameters<typeof stage>[0] = {}) {
  const opened = await stage(options);
  const owner = await opened.person();
  const people = await Promise.all(Array.from({ length: size }, () => opened.person()));
  const { teamId } = await sharedTeam(opened.core, 'Acme', [[owner, 'owner'], ...people.map((each) => [each, role] as const)], 500);
  const keys = await Promise.all(people.map(async ({ userId }) => (await opened.core.store.people.addApiKey(userId, teamId, 'team')).key));
  return { ...opened, teamId, keys, userIds: people.map(({ userId }) => userId) };
}

interface SlowUpload {
  /** `429 files.waiting`; null while it is not refused. */
  refused(): string | null;
  /** Sends the rest; the status of the answer. */
  finish(): Promise<number>;
  abandon(): void;
}

function slowUpload(url: string, key: string): SlowUpload {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  let heard = '';
  socket.on('data', (piece: Buffer) => (heard += String(piece)));
  const size = 2_000_000;
  socket.write(
    `POST /api/files?name=slow.bin HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\nx`,
  );
  const status = () => Number(heard.split(' ')[1] ?? 0);
  return {
    refused: () => (status() >= 400 ? `${status()} ${/"code":"([\w.-]+)"/.exec(heard)?.[1]}` : null),
    async finish() {
      socket.write('x'.repeat(size - 1));
      await text(socket).catch(() => undefined);
      return status();
    },
    abandon: () => void socket.destroy(),
  };
}

async function untilAnswered(uploads: readonly SlowUpload[], least: number) {
  await vi.waitFor(() => expect(uploads.filter(({ refused }) => refused() !== null)).toHaveLength(least));
}

async function uploadWhole(url: string, key: string): Promise<number> {
  const headers = { Authorization: `Bearer ${key}` };
  return (await fetch(`${url}/api/files?name=a.txt`, { method: 'POST', body: 'name\n', headers })).status;
}

async function arriving({ store }: Stage['core']): Promise<number> {
  const { rows } = await store.money.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM uploads WHERE arrived_at IS NULL' }, []);
  return rows[0]!.n;
}
