// What a person deletes leaves no copy where others could still get it: finished exports, exports under way, and what failed tries left in storage.

import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { agentsThat, csvOf, done } from '#core/testing/stages/agents-that.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { stage, type Stage } from '#core/testing/stages/stage.ts';
import { unzip } from '#core/testing/visitors/unzip.ts';
import { expireExports } from '../privacy/export-team.ts';
import type { Actor } from '#core/domain/actor.ts';

const agents = agentsThat(() => done('Here.', [csvOf('leads.csv', 3)]));

test('a finished export that holds a deleted file cannot be downloaded from then on, says why, and leaves storage; a new one holds the rest', async () => {
  const { forward, ...clock } = clockByHand();
  const opened = await stage({ clock, agents });
  const { app, core } = opened;
  const ada = await opened.person();
  const owner = loggedIn(ada);
  const next = async () => {
    const { id } = await app.privacy.exportTeam(owner);
    return untilReady(opened, owner, id, () => forward(1_000));
  };
  const before = await next();
  forward(10 * 60_000);
  const [gone, stays] = [(await ada.get('find me 3 leads')).files[0]!.id, (await ada.get('find me 3 leads')).files[0]!.id];
  const held = await next();
  expect(await namesIn(opened, owner, held)).toContain(gone);

  forward(60_000);
  await app.files.delete(ada, gone);
  await expect(app.privacy.openExport(owner, held)).rejects.toMatchObject({ code: 'export.not-found' });
  expect(await app.privacy.exports(owner)).toMatchObject([
    { id: held, state: 'gone', until: null, fileDeleted: true },
    // It was finished before the file came.
    { id: before, state: 'ready', fileDeleted: false },
  ]);
  await expireExports(core);
  await expect(core.files.open(`exports/${held}/1/1`)).rejects.toMatchObject({ code: 'file.missing' });
  expect((await app.privacy.exports(owner))[0]).toMatchObject({ state: 'gone', fileDeleted: true });

  const names = await namesIn(opened, owner, await next());
  expect(names).toContain(stays);
  expect(names).not.toContain(gone);
});

test('an export under way starts over without a file that is deleted meanwhile, and none of its parts keeps it', async () => {
  const { forward, ...clock } = clockByHand();
  let meanwhile: (() => Promise<unknown>) | null = null;
  const opened = await stage({
    clock,
    agents,
    withCore: (core) => ({
      ...core,
      files: {
        ...core.files,
        // What the worker read until here holds the file.
        put: async (key, ...rest) => {
          const act = key.startsWith('exports/') ? meanwhile : null;
          if (act !== null) meanwhile = null;
          await act?.();
          return core.files.put(key, ...rest);
        },
      },
    }),
  });
  const ada = await opened.person();
  const owner = loggedIn(ada);
  const [gone, stays] = [(await ada.get('find me 3 leads')).files[0]!.id, (await ada.get('find me 3 leads')).files[0]!.id];
  meanwhile = () => opened.app.files.delete(ada, gone);
  const { id } = await opened.app.privacy.exportTeam(owner);
  await untilReady(opened, owner, id, () => forward(1_000));
  expect(meanwhile).toBeNull();
  const names = await namesIn(opened, owner, id);
  expect(names).toContain(stays);
  expect(names).not.toContain(gone);
  expect((await opened.app.privacy.exports(owner))[0]).toMatchObject({ state: 'ready', fileDeleted: false });
  await vi.waitFor(() => expect(opened.core.files.open(`exports/${id}/1/1`)).rejects.toMatchObject({ code: 'file.missing' }));
});

async function untilReady({ app }: Stage, owner: Actor, id: string, ahead: () => void): Promise<string> {
  await vi.waitFor(
    async () => {
      ahead();
      expect((await app.privacy.exports(owner)).find((each) => each.id === id)?.state).toBe('ready');
    },
    { interval: 100 },
  );
  return id;
}

/** The names of all files in an archive. */
async function namesIn({ app }: Stage, owner: Actor, id: string): Promise<string> {
  const { read } = await app.privacy.openExport(owner, id);
  return [...unzip(await buffer(read(0))).keys()].filter((name) => name.startsWith('files/')).join('\n');
}
