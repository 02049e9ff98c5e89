// What people, agents and strangers may write, and what an address may say: every page takes it for what it is.

import { describe, expect, test } from 'vitest';
import { cleanText } from '#core/domain/text/text.ts';
import { askInChat } from '#core/testing/stages/ask-in-chat.ts';
import { done, fileOf } from '#core/testing/stages/agents-that.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { matrix, type Row } from './matrix.ts';
import { hasAction, portalRoutes } from './routes.ts';
import { openWorld, WORLD_MS, type Somebody } from './world.ts';

const MARKUP = `</script><script>alert(1)</script><img src=x onerror=alert(2)>`;
const ATTRIBUTE = `" onmouseover="alert(3)" '`;
const LINK = '[press](javascript:alert(4)) <a href="javascript:alert(5)">here</a>';
const FORMULA = '=HYPERLINK("https://evil.example")';
/** Turns what follows around; ends a string in C. */
const UNSEEN = 'safe\u202egnp.exe\u0000\u2066';
const ALL = [FORMULA, MARKUP, ATTRIBUTE, LINK, UNSEEN].join(' ');
const LONG = 'w'.repeat(10_000);

// What a real agent says is cleaned where it comes in (core/engines/agents.ts); these are past that.
const odd = done(cleanText(ALL), [fileOf(`${ALL}.csv`, `name,${csv(MARKUP)}\n${csv(FORMULA)},${csv(ALL)}\n`), fileOf(`${LONG}.md`, ALL)]);
const world = forAll(() => openWorld({ odd }), WORLD_MS);
const pages = Object.entries(matrix).filter(([, { see }]) => see !== 'nobody');

function csv(text: string): string {
  return `"${text.replaceAll('"', '""').replaceAll('\u0000', '')}"`;
}

describe('what people write', () => {
  test('is text on every page, when it came as people can bring it', async () => {
    const { people, stage, acme, get } = world();
    const owner = people.owner;
    for (const text of [MARKUP, ATTRIBUTE, '=1+1', `${UNSEEN} <b>`]) {
      // A word with a dot inside would be refused in a name, as a web address.
      const name = text.slice(0, 60).replace('gnp.exe', 'gnp exe');
      expect(await owner.post('/team', { intent: 'rename', name })).toMatchObject({ status: 302 });
      expect(await owner.post('/settings', { intent: 'name', name })).toMatchObject({ status: 302 });
      expect((await owner.post('/team/keys', { intent: 'make', name })).status).toBe(200);
      await owner.post('/team', { intent: 'invite', email: `${text.length}@newcomer.example`, role: 'guest' });
    }
    const asked = await owner.post('/dashboard', { intent: 'ask', text: `${ALL} something odd`, key: 'hostile' });
    await get(owner, `Write ${LONG} and something odd`);
    const task = await get(owner, `${ALL} and again something odd`);
    await stage.app.workspaces.makeIdentityLink({ platform: 'slack', workspace: 'THARBOUR', externalId: 'UZOE', displayName: ALL });
    const chat = { key: `slack:${task.id}`, threadRef: 'slack:THARBOUR:CQUAY:1790000000.000200', workspace: 'THARBOUR', channel: 'CQUAY' };
    await askInChat(stage, {
      ...chat,
      from: { externalId: 'UBO', displayName: ALL.slice(0, 200) },
      text: ALL,
      at: new Date(),
    });
    expect(task.files).toHaveLength(2);
    const troubles = await sweep([`/tasks/${task.id}`, `/conversations/${task.conversationId}`, asked.to!, `/tasks/${acme.chatTask}`]);
    expect(troubles).toEqual([]);
    for (const { id } of task.files) expect(await troublesOf(await owner.fetch(`/tasks/${task.id}/files/${id}`))).toEqual([]);
    expect(await owner.page(`/tasks/${task.id}`)).toContain('&lt;img src=x onerror=alert(2)&gt;');
  });

  test.each([
    ['markup', [FORMULA, MARKUP, ATTRIBUTE, LINK].join(' ')],
    ['a word without an end', LONG],
  ])('is text on every page, also where it came past all doors: %s', async (_, text) => {
    const { stage, acme } = world();
    for (const [table, column] of stored)
      await stage.core.store.money.query({ text: `UPDATE ${table} SET ${column} = $1 WHERE ${column} IS NOT NULL` }, [
        table === 'files' ? text.slice(0, 200) : text, // it goes into a header, and longer ones are never made
      ]);
    expect(await sweep([`/tasks/${acme.task}`, `/tasks/${acme.chatTask}`, `/tasks/${acme.running}`])).toEqual([]);
  });
});

/** Where words of people are kept. */
const stored = [
  ['teams', 'name'],
  ['users', 'name'],
  ['api_keys', 'name'],
  ['workspaces', 'name'],
  ['installations', 'name'],
  ['places', 'name'],
  ['identities', 'display_name'],
  ['link_requests', 'account_name'],
  ['link_requests', 'place_name'],
  ['files', 'name'],
  ['tasks', 'request_text'],
  ['tasks', 'because'],
] as const;

describe('an address', () => {
  const broken = ['x', '%00', '%E0%A4%A', '01890000-0000-7000-8000-00000000dead', 'a'.repeat(5_000), '..%2f..%2fetc%2fpasswd', '__proto__'];
  const absurd = [
    "page=-1&status=__proto__&type=constructor&before=1e99&days=NaN&by=toString&person='--&platform=%00&search=%25_%5C",
    'before=-1&before=2&status=failed&status=x&person[]=1&days[a]=7&search=a&search=b&sight=hasOwnProperty&act=valueOf',
    `search=${'%F0%9F%92%A9'.repeat(600)}&before=${'9'.repeat(400)}&next=//evil.example&done=__proto__&month=0000-00`,
    'from=9999-99-99&to=-1&type=%0d%0aX-Evil:1&act=%00&team=%00&before=%00&id=%00&token=%00&person=%00&search=%00&channel=%00',
    '%E0%A4%A&=&&&&==&%&?&#',
  ];

  test.each(portalRoutes.filter(({ path }) => path.includes(':')).map(({ path }) => path))(
    '%s says what is wrong, whatever stands in it',
    async (path) => {
      for (const part of broken) {
        const address = path.replaceAll(/:\w+/g, part);
        for (const who of [world().people.stranger, visitorOf(matrix[path]!)]) {
          const answer = await who.fetch(address, { headers: { Accept: 'text/html' } });
          expect([short(address), who.name, await troublesOf(answer)]).toEqual([short(address), who.name, []]);
          if (who !== world().people.stranger)
            expect([short(address), answer.status >= 400 && answer.status < 500]).toEqual([short(address), true]);
          const data = await who.fetch(`${address}.data`);
          expect([short(address), data.status < 500]).toEqual([short(address), true]);
        }
      }
    },
  );

  test.each(portalRoutes.map(({ path }) => path))('%s takes any question behind it', async (path) => {
    const row = matrix[path]!;
    for (const query of absurd) {
      const answer = await visitorOf(row).fetch(`${addressOf(path)}?${query}`, { headers: { Accept: 'text/html' } });
      expect([query, await troublesOf(answer)]).toEqual([query, []]);
    }
  });
});

test.each(portalRoutes.filter(({ file, path }) => hasAction(file) && path !== '/logout').map(({ path }) => path))(
  'a form that is none does nothing at %s, and says so',
  async (path) => {
    const row = matrix[path]!;
    const who = visitorOf(row);
    const acts = Object.values(row.act!);
    const address = acts.find(({ at }) => at !== null)?.at ?? addressOf(path);
    const bodies: [string, string][] = [
      ['application/x-www-form-urlencoded', 'intent=__proto__'],
      ['application/x-www-form-urlencoded', `intent=${'x'.repeat(8_000)}&id=%00&id=2&text=%00&name=%00&team=%00&email=%00`],
      ['application/x-www-form-urlencoded', '%E0%A4%A=%'],
      ['application/json', '{"intent":'],
      ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="intent"\r\n\r\nx'],
      ['multipart/form-data', 'x'],
      ['text/plain', ''],
    ];
    for (const [type, body] of bodies) {
      const headers = { 'Content-Type': type, Origin: world().at, Accept: 'text/html' };
      const answer = await who.fetch(address, { method: 'POST', body, headers });
      const said = answer.status;
      expect([type, short(body), await troublesOf(answer)]).toEqual([type, short(body), []]);
      // A page with a form for each of several acts takes no act for another.
      if (body === 'intent=__proto__' && /^\/(team|settings|credits|operator)/.test(path)) expect([path, said]).toEqual([path, 400]);
    }
  },
);

// --- What is looked at.

function addressOf(path: string): string {
  return matrix[path]!.at?.(world()) ?? path;
}

function visitorOf({ see }: Row): Somebody {
  const { people } = world();
  return see === 'operators' ? people.operator : see === 'strangers' ? people.stranger : people.owner;
}

/** Every page of the world and these, as a document and as what scripts of ours get. */
async function sweep(more: readonly string[]): Promise<string[]> {
  const places = [
    ...pages.map(([path, row]) => ({ path: addressOf(path), who: visitorOf(row) })),
    ...more.map((path) => ({ path, who: world().people.owner })),
    ...more.slice(0, 1).map(() => ({ path: '/operator/tasks?sight=failed', who: world().people.operator })),
  ];
  const troubles: string[] = [];
  for (const { path, who } of places) {
    const answer = await who.fetch(path, { headers: { Accept: 'text/html' } });
    if (answer.status !== 200) troubles.push(`${path}: ${answer.status}`);
    troubles.push(...(await troublesOf(answer)).map((trouble) => `${path}: ${trouble}`));
  }
  return troubles;
}

const everywhere: Record<string, RegExp> = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^(DENY|SAMEORIGIN)$/,
  'referrer-policy': /^(same-origin|no-referrer)$/,
  'cache-control': /no-store/,
  'content-security-policy': /^default-src 'none'.*frame-ancestors '(none|self)'/,
  'x-request-id': /./,
};

/** What is wrong with an answer, whatever was asked. */
async function troublesOf(answer: Response): Promise<string[]> {
  const { status, headers } = answer;
  const type = headers.get('content-type') ?? '';
  const body = type === 'application/zip' ? (await answer.body?.cancel(), '') : await answer.text();
  const troubles = Object.entries(everywhere).flatMap(([name, like]) =>
    like.test(headers.get(name) ?? '') ? [] : [`${name} is ${headers.get(name)}`],
  );
  // Only files are shown in a frame, in one of ours.
  const framed = `${headers.get('x-frame-options')} ${headers.get('content-security-policy')}`;
  if (type.startsWith('text/html') && !/^DENY .*frame-ancestors 'none'/.test(framed)) troubles.push('can be framed');
  if (status >= 500) troubles.push(`${status}`);
  if (headers.has('x-evil')) troubles.push('a header of theirs');
  if (/evil\.example/.test(headers.get('location') ?? '')) troubles.push('leads away');
  if (type.startsWith('text/csv') && /(^|,)"?[=@]/m.test(body)) troubles.push('a formula');
  if (!type.startsWith('text/html') || body === '') return troubles;

  if (status >= 400 && !/<h1[^>]*>(<[^>]+>)*[^<]+/.test(body)) troubles.push('does not say what is wrong');
  if (status >= 400 && !/<a [^>]*href=|<form/.test(body)) troubles.push('shows no way forward');
  for (const mark of ['<img src=x', '<script>', '" onmouseover="', '\u202e', '\u2066'])
    if (body.includes(mark)) troubles.push(`has ${JSON.stringify(mark)}`);
  if (/(href|src|action)="\s*javascript:/i.test(body)) troubles.push('has a link that is a script');
  const nonce = /'nonce-([\w-]+)'/.exec(headers.get('content-security-policy')!)?.[1];
  const scripts = body.match(/<script[^>]*>/g) ?? [];
  if (scripts.some((tag) => nonce === undefined || !tag.includes(`nonce="${nonce}"`))) troubles.push('has a script without a nonce');
  if (scripts.length !== (body.match(/<\/script>/g) ?? []).length) troubles.push('ends a script early');
  return troubles;
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
