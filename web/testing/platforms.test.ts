// A row in the table of platforms is all that the rest of the product needs to know of one.

import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { platforms, type PlatformRow } from '#core/domain/messages/platforms.ts';
import { sayAudit } from '#core/domain/team/say-audit.ts';
import { stage, type Person, type Stage } from '#core/testing/stages/stage.ts';
import { nameOfGroup } from '../app/credits/shown.ts';

test('what is asked on a platform with a row that says so is read from us, and goes on in the portal and over the API', async () => {
  addRow({ word: 'pager', name: 'Pager', readHere: true, followUps: true });
  const { app, url, person } = await stage();
  const ada = await person(500);

  const { status, body } = await create(url, ada, { from: 'pager' });
  expect(status).toBe(201);
  const conversationId = body.conversationId!;
  const { platform, canFollowUp, letters } = await app.messages.conversation(ada, conversationId);
  expect([platform, canFollowUp]).toEqual(['pager', true]);
  expect(letters.map(({ kind }) => kind)).toContain('accepted');
  expect((await create(url, ada, { conversationId })).status).toBe(201);
  // Nobody would notice an answer there that they did not ask for there.
  expect(await app.messages.placesElsewhere(ada)).toEqual([]);
});

test('a platform without a row, as a newer version stores one, is a chat: it is named by its word, and what began there goes on there', async () => {
  const { app, url, person } = await stage();
  const ada = await person(500);
  const refused = await create(url, ada, { from: 'pager' });
  expect([refused.status, refused.body.error?.fields]).toEqual([400, [{ name: 'from', problem: 'must be web or terminal' }]]);

  const asked = await app.tasks.ask({ ...request(ada), threadRef: 'pager:17' });
  expect(asked.kind).toBe('task');
  const { platform, canFollowUp } = await app.messages.conversation(ada, asked.conversationId!);
  expect([platform, canFollowUp]).toEqual(['pager', false]);
  expect((await create(url, ada, { conversationId: asked.conversationId! })).status).toBe(404);
  expect(await app.messages.placesElsewhere(ada)).toMatchObject([{ platform: 'pager' }]);
  expect(named()).toEqual(['pager', 'linked “Acme” on pager to the team']);
});

test('its name is the one in its row, in the audit log and on pages', () => {
  addRow({ word: 'pager', name: 'Pager', readHere: false, followUps: false });
  expect(named()).toEqual(['Pager', 'linked “Acme” on Pager to the team']);
});

/** For the rest of the test. */
function addRow(row: PlatformRow): void {
  const rows = platforms as PlatformRow[];
  rows.push(row);
  onTestFinished(() => void rows.splice(rows.indexOf(row), 1));
}

function named(): string[] {
  const group = { kind: 'group', key: 'pager', whoKind: null, name: null } as Parameters<typeof nameOfGroup>[0];
  return [nameOfGroup(group, 'platform'), sayAudit({ act: 'workspace.linked', whom: null, facts: { name: 'Acme', platform: 'pager' } })];
}

function request({ userId, teamId }: Person) {
  const from = { kind: 'user', userId, teamId } as const;
  return { key: `test:${newId()}`, from, text: 'find me 3 leads', at: new Date() };
}

interface Answer {
  readonly conversationId?: string;
  readonly error?: { readonly fields?: readonly object[] };
}

async function create(url: Stage['url'], { apiKey }: Person, where: { from?: string; conversationId?: string }) {
  const answer = await fetch(`${url}/api/tasks/create`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ requestText: 'find me 3 leads', ...where }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}
