// One key stands for one request. Whatever makes a request another one is noticed; whatever does not is the same.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AskInput } from '#core/contracts/ask.ts';
import { newId, type FileId } from '#core/domain/ids.ts';
import { board } from '#bots/testing/board/adapter.ts';
import { adapters } from '#bots/adapters.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { sharedTeam } from '#core/testing/stages/shared-team.ts';

const world = forAll(() => openStage({ adapters: [...adapters, board] }));

/** Every field of an ask but its key, each as somebody might change it under the same key. */
const others: { [Field in Exclude<keyof AskInput, 'key' | 'at'>]-?: (ask: AskInput) => Partial<AskInput> } = {
  threadRef: () => ({ threadRef: `web:${newId()}` }),
  newConversation: () => ({ newConversation: true }),
  channel: () => ({ channel: 'C2' }),
  from: ({ from }) => ({ from: { kind: 'user', userId: from.userId, teamId: newId() } }),
  text: () => ({ text: 'find me 4 leads' }),
  type: () => ({ type: 'research' }),
  files: () => ({ files: [{ kind: 'stored', fileId: newId<FileId>() }] }),
};

test.each(Object.entries(others))(
  'the same key with another %s is refused, and the request itself is still answered',
  async (field, change) => {
    const { app, core, person } = world();
    const ada = await person();
    const ask = {
      key: newId(),
      threadRef: `web:${newId()}`,
      from: { kind: 'user', userId: ada.userId, teamId: ada.teamId },
      text: 'find me 3 leads',
      at: new Date(),
    } as const;
    const first = await app.tasks.ask(ask);
    expect(first).toMatchObject({ kind: 'task', repeated: false });
    let another = { ...ask, ...change(ask) };
    if (field === 'from') {
      const { teamId } = await sharedTeam(core, 'Acme', [[ada, 'owner']], 50);
      another = { ...ask, from: { ...ask.from, teamId } };
    }
    await expect(app.tasks.ask(another)).rejects.toMatchObject({ code: 'request.key-reused' });
    expect(await app.tasks.ask({ ...ask, at: new Date(Date.now() + 60_000) })).toMatchObject({ ...first, repeated: true });
  },
);

test('a new conversation is the same request under whichever id it was to begin, though not on another platform', async () => {
  const { app, person } = world();
  const ada = await person();
  const ask = (threadRef: string) =>
    app.tasks.ask({
      key: `new:${ada.userId}`,
      threadRef,
      newConversation: true,
      from: { kind: 'user', userId: ada.userId, teamId: ada.teamId },
      text: 'find me 3 leads',
      at: new Date(),
    });
  const first = await ask(`web:${newId()}`);
  expect(await ask(`web:${newId()}`)).toMatchObject({ repeated: true, conversationId: first.conversationId });
  await expect(ask(`terminal:${newId()}`)).rejects.toMatchObject({ code: 'request.key-reused' });
});

test('in a chat, a refusal is still said in its thread, and a redelivered message changes nothing', async () => {
  const { app, core, person } = world();
  const { teamId } = await person(0);
  const workspace = newId();
  await core.store.prisma.workspace.create({ data: { id: newId(), platform: 'board', externalId: workspace, teamId, name: 'Here' } });
  const ask = (displayName: string) =>
    askInChat(
      { app, core },
      {
        key: `chat:${workspace}`,
        threadRef: `board:general:${workspace}`,
        workspace,
        channel: 'general',
        from: { externalId: 'ann', displayName },
        text: 'find me 3 leads',
        at: new Date(),
      },
    );
  const first = await ask('Ann');
  expect(first).toMatchObject({ kind: 'refused', repeated: false, refused: { code: 'credits.short' } });
  expect(await ask('Ann B.')).toEqual({ ...first, repeated: true });
  const { rows } = await core.store.money.query({ text: `SELECT saying ->> 'code' AS code FROM letters WHERE conversation_id = $1` }, [
    first.conversationId,
  ]);
  expect(rows).toEqual([{ code: 'credits.short' }]);
});

test('the version before and this one find each other’s requests, and each notices what it can', async () => {
  const { app, core, person } = world();
  const ada = await person();
  const conversation = newId();
  const ask = (text = 'find me 3 leads', threadRef = `web:${conversation}`) =>
    app.tasks.ask({
      key: `n-1:${ada.userId}`,
      threadRef,
      from: { kind: 'user', userId: ada.userId, teamId: ada.teamId },
      text,
      at: new Date(),
    });
  const first = await ask();
  const { rows } = await core.store.money.query<{ fingerprint: string }>({ text: 'SELECT fingerprint FROM asks WHERE key = $1' }, [
    `n-1:${ada.userId}`,
  ]);
  // What the version before made of the same request, and all that it hands over.
  const old = createHash('sha256')
    .update(JSON.stringify([ada.userId, 'find me 3 leads', null, []]))
    .digest('hex');
  expect(rows).toEqual([{ fingerprint: old }]);
  const repeat = async (fingerprint: string) =>
    (
      await core.store.money.query<{ outcome: string; repeated: boolean }>({ text: 'SELECT outcome, repeated FROM intake($1, now())' }, [
        JSON.stringify([
          {
            n: 0,
            key: `n-1:${ada.userId}`,
            fingerprint,
            letter_id: newId(),
            conversation_id: newId(),
            address: `web:${newId()}`,
            platform: 'web',
            team_id: ada.teamId,
            wallet_id: ada.walletId,
            user_id: ada.userId,
            task_id: newId(),
          },
        ]),
      ])
    ).rows[0];
  expect(await repeat(old)).toEqual({ outcome: 'task', repeated: true });
  expect(await repeat('another')).toEqual({ outcome: 'mismatch', repeated: true });

  // A row of the version before has no context: then its half decides.
  await core.store.money.transaction(async (client) => {
    await client.query('ALTER TABLE asks DISABLE TRIGGER asks_append_only');
    await client.query('UPDATE asks SET context = NULL WHERE key = $1', [`n-1:${ada.userId}`]);
    await client.query('ALTER TABLE asks ENABLE TRIGGER asks_append_only');
  });
  expect(await ask('find me 3 leads', `web:${newId()}`)).toMatchObject({ repeated: true, conversationId: first.conversationId });
  await expect(ask('find me 4 leads')).rejects.toMatchObject({ code: 'request.key-reused' });
});
