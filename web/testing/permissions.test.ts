// Who gets what: every page and every form of the portal, asked for by everybody.

import { describe, expect, test } from 'vitest';
import { may, roles, type Role } from '#core/domain/team/permission.ts';
import type { AnsweredForm } from '#core/testing/visitors/portal-visitor.ts';
import { forAll } from '#core/testing/stages/stage.ts';
import { visitor } from '#core/testing/visitors/visitor.ts';
import { api, matrix, type Act, type Row, type Who } from './matrix.ts';
import { areaOf, hasAction, intentsByRoute, intentsOfAreas, portalRoutes, serverRoutes } from './routes.ts';
import { askers, openWorld, WORLD_MS, type Asker } from './world.ts';

type Fields = Record<string, string>;

const world = forAll(openWorld, WORLD_MS);
const rows = Object.entries(matrix);
const acts = rows.flatMap(([path, row]) => Object.entries(row.act ?? {}).map(([intent, act]) => ({ path, row, intent, act })));

describe('the table', () => {
  test('has a row for every address of the portal, and no others', () => {
    expect(portalRoutes.length).toBeGreaterThan(40);
    expect(Object.keys(matrix).toSorted()).toEqual(portalRoutes.map(({ path }) => path).toSorted());
  });

  test('has a row for everything that a page answers to', () => {
    const missing = Array.from(intentsByRoute(), ([path, intents]) => [
      path,
      intents.filter((each) => matrix[path]?.act?.[each] === undefined),
    ]);
    expect(missing.filter(([, intents]) => intents!.length > 0)).toEqual([]);
    const silent = portalRoutes.filter(({ path, file }) => hasAction(file) !== (matrix[path]?.act !== undefined));
    expect(silent).toEqual([]);
  });

  test('has a row for every form', () => {
    const missing = Array.from(intentsOfAreas(), ([area, intents]) => {
      const known = acts.filter(({ path }) => areaOf(path) === area).map(({ intent }) => intent);
      return [area, intents.filter((each) => !known.includes(each))];
    });
    expect(missing.filter(([, intents]) => intents!.length > 0)).toEqual([]);
    expect(acts.length).toBeGreaterThan(60);
  });

  test('has a row for every address that is no page', () => {
    expect(Object.keys(api).toSorted()).toEqual(serverRoutes().toSorted());
  });
});

describe('seeing', () => {
  test.each(rows)('%s', async (_, row) => {
    const path = addressOf(row);
    const got = await sideBySide(askers, async (asker) => sawOf(await world().people[asker].fetch(path), row));
    expect(got).toEqual(Object.fromEntries(askers.map((asker) => [asker, toSee(row, asker)])));
  });
});

describe('doing', () => {
  test.each(acts)('$intent at $path', async ({ row, intent, act }) => {
    const who = act.only ?? askers;
    const got = await inTurn(who, async (asker) => didOf(await send(asker, row, intent, act, harmless(act)), row, act));
    expect(got).toEqual(Object.fromEntries(who.map((asker) => [asker, toDo(row, act, asker)])));
  });
});

test('a chat workspace is linked by who manages workspaces, and the form of nobody else does it', async () => {
  const { people, acme } = world();
  for (const role of roles.filter((each) => !may(each, 'workspaces.manage'))) {
    const { userId, teamId } = await people[role].actor();
    const refused = await people[role].post(`/link/${acme.workspaceLink}`, { intent: 'confirm', user: userId, team: teamId });
    expect([role, refused.status, refused.text.includes('You are not allowed to do this.')]).toEqual([role, 403, true]);
  }
});

test('a key of a colleague is revoked by who manages keys, and is unknown to others', async () => {
  const { people, acme, stage } = world();
  for (const role of roles.filter((each) => may(each, 'keys.own') && !may(each, 'keys.manage'))) {
    const { id } = acme.apiKey;
    expect([role, (await people[role].post('/team/keys', { intent: `revoke ${id}`, id })).status]).toEqual([role, 404]);
  }
  const { id, key } = await stage.app.team.makeApiKey(await people.member.actor(), 'for a day');
  expect(await people.admin.post('/team/keys', { intent: `revoke ${id}`, id })).toMatchObject({ status: 302 });
  expect(await stage.app.team.actorByKey(key)).toBeNull();
});

test('a file is deleted, and its links are ended, by who asked for it and by owners and admins, and the forms of nobody else do it', async () => {
  const { people, get } = world();
  const { id, files } = await get(people.member, 'Find me 3 leads for anchors');
  const file = files[0]!.id;
  const send = async (asker: Asker, intent: string) =>
    (await people[asker].post(`/tasks/${id}`, { intent: `${intent} ${file}`, id: file })).status;
  for (const intent of ['end-links', 'delete-file']) {
    for (const asker of ['guest', 'approver', 'billing'] as const) expect([asker, await send(asker, intent)]).toEqual([asker, 403]);
    for (const asker of ['outsider', 'operator'] as const) expect([asker, await send(asker, intent)]).toEqual([asker, 404]);
  }
  for (const asker of ['owner', 'admin', 'member'] as const) expect([asker, await send(asker, 'end-links')]).toEqual([asker, 302]);
  expect(await send('member', 'delete-file')).toBe(302);
  expect(await people.guest.page(`/tasks/${id}`)).toContain('Deleted on');
});

test('a session that its person ends elsewhere is out with its next page, and what it watched ends at once', async () => {
  const { people, stage, at } = world();
  const { member } = people;
  const elsewhere = visitor({ ...stage, url: at }, '198.51.100.200');
  expect((await elsewhere.logIn(member.email)).status).toBe(200);
  const stream = await elsewhere.fetch('/api/events?live=1');
  expect([stream.status, sawOf(await elsewhere.fetch('/tasks'), matrix['/tasks']!)]).toEqual([200, 'sees it']);
  const ended = stream.text();
  expect(await member.post('/settings', { intent: 'end-others' })).toMatchObject({ status: 302 });
  expect(await ended).toMatch(/^retry: /);
  expect(sawOf(await elsewhere.fetch('/tasks'), matrix['/tasks']!)).toBe('logs in first');
  expect((await elsewhere.fetch('/api/events?live=1')).status).toBe(401);
  expect(sawOf(await member.fetch('/tasks'), matrix['/tasks']!)).toBe('sees it');
});

describe('what belongs to the team', () => {
  test.each(portalRoutes)('is not told at $path to those who may not see it', async ({ path, file }) => {
    const row = matrix[path]!;
    const address = addressOf(row);
    const id = file.replace(/\.tsx?$/, '');
    await sideBySide(askers, async (asker) => {
      const { fetch, email, name } = world().people[asker];
      // The page, what a script of ours asks for in its place, and a part of that alone.
      for (const shape of [address, dataOf(address), `${dataOf(address)}?_routes=${encodeURIComponent(id)}`]) {
        const answer = await fetch(shape, { headers: { Accept: 'text/html' } });
        const body = await answer.text();
        const secrets = isMember(asker) && answer.status === 200 && sees(row, asker) ? mailsKeptFrom(asker) : wordsKeptFrom(asker, row);
        const known = [email, name, address, ...(row.tells ?? []), ...(isMember(asker) ? [world().acme.name, world().acme.teamId] : [])];
        expect([asker, shape, told(body, secrets, known)]).toEqual([asker, shape, []]);
      }
    });
  });

  test('is not told to who runs the product, but for names', async () => {
    const { people, acme } = world();
    const places = ['/operator/tasks?sight=failed', '/operator/tasks?sight=stuck', `/operator/tasks?team=${acme.teamId}`];
    for (const path of [...places, '/operator/teams?search=acme'])
      expect([path, told(await people.operator.page(path), workOfAcme(), [path])]).toEqual([path, []]);
  });
});

describe('an id of another team', () => {
  test.each(rows.filter(([, { acmes }]) => acmes))('is one of nobody at %s', async (_, row) => {
    const path = addressOf(row);
    for (const asker of ['outsider', 'operator'] as const) {
      const [theirs, nobodys] = await Promise.all([path, path.replaceAll(ID, NOBODY)].map((each) => answered(asker, { path: each })));
      expect([asker, theirs]).toEqual([asker, nobodys]);
    }
  });

  test('is one of nobody also behind a task of their own', async () => {
    const { other, acme } = world();
    const asked = (fileId: string) => answered('outsider', { path: `/tasks/${other.task}/files/${fileId}` });
    for (const fileId of [...Object.values(acme.files), acme.input]) expect(await asked(fileId)).toEqual(await asked(NOBODY));
  });

  test.each(acts.filter(({ row, act }) => act.may !== 'operators' && (row.acmes || act.theirs)))(
    'does as one of nobody does, for $intent at $path',
    async ({ row, intent, act }) => {
      const before = await stateOfAcme();
      const send = (asker: Asker, path: string, fields: Fields) =>
        answered(asker, { path, fields: { intent: intentOf(intent, fields), ...fields } });
      const path = act.at ?? addressOf(row);
      for (const asker of ['outsider', 'operator'] as const) {
        const theirs = await send(asker, path, theirFields(act));
        expect([asker, theirs]).toEqual([asker, await send(asker, path.replaceAll(ID, row.acmes ? NOBODY : '$&'), harmless(act))]);
      }
      expect(await stateOfAcme()).toEqual(before);
    },
  );

  test.each(Object.entries(api).flatMap(([path, probes]) => (path === '/api/files' ? [] : [{ path, probes }])))(
    'is one of nobody at $path',
    async ({ probes }) => {
      const { acme, other } = world();
      const before = await stateOfAcme();
      for (const key of [null, other.apiKey.key])
        for (const probe of probes(acme)) {
          const theirs = await answered('outsider', { ...probe, key });
          if (probe.varies) continue;
          const ofNobody = JSON.parse(JSON.stringify(probe).replaceAll(ID, NOBODY)) as typeof probe;
          expect([probe, theirs]).toEqual([probe, await answered('outsider', { ...ofNobody, key })]);
        }
      expect(await stateOfAcme()).toEqual(before);
    },
  );

  test('leads to nothing in what happens live', async () => {
    const { people, other } = world();
    const answer = await people.outsider.fetch('/api/events?after=0-0');
    expect(answer.status).toBe(200);
    let heard = '';
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      heard += piece;
      if (heard.includes(other.task) && heard.includes('completed')) break;
    }
    expect(told(heard, [...workOfAcme(), ...namesOfAcme()], [])).toEqual([]);
  });
});

// --- What is to be.

function toSee({ see, acmes }: Row, asker: Asker): string {
  if (see === 'nobody') return 'nothing to see';
  if (see === 'strangers') return asker === 'stranger' ? 'sees it' : 'is led on';
  return hindrance(see, asker, acmes) ?? 'sees it';
}

function toDo({ acmes }: Row, { may: who }: Act, asker: Asker): string {
  return hindrance(who, asker, acmes) ?? 'may';
}

function hindrance(who: Who, asker: Asker, acmes: true | undefined): string | null {
  if (who === 'everybody') return null;
  if (asker === 'stranger') return 'logs in first';
  if (who === 'operators') return asker === 'operator' ? null : 'finds nothing there';
  // Who comes from elsewhere has a team of their own, and owns it.
  if (who !== 'login' && !may(isMember(asker) ? asker : 'owner', who)) return 'may not';
  return acmes === true && !isMember(asker) ? 'finds nothing there' : null;
}

function isMember(asker: Asker): asker is Role {
  return (roles as readonly string[]).includes(asker);
}

// --- What is.

/** For what changes nothing. */
async function sideBySide<Answer>(who: readonly Asker[], ask: (asker: Asker) => Promise<Answer>): Promise<Record<string, Answer>> {
  return Object.fromEntries(await Promise.all(who.map(async (asker) => [asker, await ask(asker)] as const)));
}

/** One after another: what is asked here is who may, not how much at a time. */
async function inTurn(who: readonly Asker[], ask: (asker: Asker) => Promise<string>): Promise<Record<string, string>> {
  const got: Record<string, string> = {};
  for (const asker of who) got[asker] = await ask(asker);
  return got;
}

function addressOf(row: Row): string {
  return row.at?.(world()) ?? rows.find(([, each]) => each === row)![0];
}

function sawOf({ status, headers }: Response, { see }: Row): string {
  const to = headers.get('location')?.replace(world().at, '') ?? '';
  if (see === 'nobody' && (status === 400 || status === 404 || to === '/')) return 'nothing to see';
  if (status === 200) return 'sees it';
  if (status === 302 && /^\/login(\?next=|$)/.test(to)) return 'logs in first';
  if (status === 302 && to === '/dashboard') return 'is led on';
  if (status === 403) return 'may not';
  return status === 404 ? 'finds nothing there' : `${status} ${to}`.trim();
}

function send(asker: Asker, row: Row, intent: string, act: Act, fields: Fields): Promise<AnsweredForm> {
  return world().people[asker].post(act.at ?? addressOf(row), { intent: intentOf(intent, fields), ...fields });
}

/** A form about one of several things names it twice. */
function intentOf(intent: string, { id }: Fields): string {
  return id === undefined ? intent : `${intent} ${id}`;
}

function theirFields({ fields, theirs }: Act): Fields {
  return { ...fields, ...theirs?.(world().acme) };
}

const NOBODY = '01890000-0000-7000-8000-00000000dead';
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Nobody has anything with such ids. */
function harmless(act: Act): Fields {
  return Object.fromEntries(Object.entries(theirFields(act)).map(([name, value]) => [name, value.replaceAll(ID, NOBODY)]));
}

function didOf({ status, to, text }: AnsweredForm, { acmes }: Row, { theirs }: Act): string {
  if (status === 302 && /^\/login(\?next=|$)/.test(to!)) return 'logs in first';
  if (status === 403 && text.includes('You are not allowed to do this.')) return 'may not';
  if (status === 404 && (acmes === true || theirs === null || text.includes('Page not found.'))) return 'finds nothing there';
  // Any other refusal is about what was typed, and comes after who may.
  return status === 302 || status === 200 || (status >= 400 && status < 500 && status !== 405) ? 'may' : `${status}`;
}

// --- What is told.

function sees(row: Row, asker: Asker): boolean {
  return toSee(row, asker) === 'sees it';
}

/** The address where scripts of ours get what a page is made of. */
function dataOf(address: string): string {
  return address === '/' ? '/_root.data' : `${address}.data`;
}

/** Which of the words stand there, without those that whoever asks knows. */
function told(body: string, words: readonly string[], known: readonly string[]): string[] {
  return words.filter((word) => body.includes(word) && !known.some((each) => each.includes(word)));
}

function workOfAcme(): string[] {
  const { files, apiKey, othersKey, invitation, ...acme } = world().acme;
  return [
    ['boatyards', 'Georgia', 'Sumerian', 'competing harbours', 'cranes', 'lighthouses', 'sailmakers', 'ropemakers', 'anchors', 'chandlers'],
    ['harbour-leads', 'harbour-notes', 'harbour-report', 'harbour-briefing', 'Blue Keel', 'Two of the three sell boats', 'X-Amz-'],
    [
      ...Object.values(files),
      acme.input,
      acme.conversation,
      acme.chatConversation,
      acme.runningConversation,
      acme.unapprovedConversation,
      acme.export,
    ],
    [apiKey.key, othersKey.key, invitation.token, acme.identityLink, acme.workspaceLink, acme.erasureLink],
  ].flat();
}

function namesOfAcme(): string[] {
  const { acme, people } = world();
  return [
    [acme.name, 'Harbour HQ', 'THARBOUR', 'CQUAY', 'UZOE', 'zoe.quay', 'ada.byron', 'Harbour nightly report', 'Harbour script'],
    [
      acme.task,
      acme.followUp,
      acme.failed,
      acme.canceled,
      acme.running,
      acme.pending,
      acme.unapproved,
      acme.chatTask,
      acme.undeliveredTask,
    ],
    [acme.teamId, acme.apiKey.id, acme.othersKey.id, acme.letter, acme.limit, acme.workspace, acme.account],
    [acme.invitation.id, acme.invitation.email],
    [acme.memberOf, acme.userOf, acme.sessionOf].flatMap((byRole) => Object.values<string>(byRole)),
    roles.flatMap((role) => [people[role].name, people[role].email]),
  ].flat();
}

function wordsKeptFrom(asker: Asker, row: Row): string[] {
  return asker === 'operator' && row.see === 'operators' ? workOfAcme() : [...workOfAcme(), ...namesOfAcme()];
}

/** A guest works along, and learns nobody's address by it. */
function mailsKeptFrom(asker: Asker): string[] {
  return asker === 'guest' ? namesOfAcme().filter((word) => word.includes('@')) : [];
}

interface Asked {
  readonly path: string;
  readonly fields?: Fields;
  readonly body?: object;
  readonly method?: string;
  readonly key?: string | null;
}

/** The answer without what differs from one request to the next. */
async function answered(asker: Asker, { path, fields, body: json, method, key = null }: Asked): Promise<string> {
  const { at, people, stage } = world();
  const sent = fields === undefined ? json && JSON.stringify(json) : new URLSearchParams(fields).toString();
  const type = fields === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const options = {
    ...(sent !== undefined && { method: 'POST', body: sent }),
    ...(method !== undefined && { method }),
    redirect: 'manual' as const,
    headers: { Origin: at, ...(sent !== undefined && { 'Content-Type': type }), ...(key !== null && { Authorization: `Bearer ${key}` }) },
  };
  const answer = await (key === null ? people[asker].fetch(path, options) : fetch(stage.url + path, options));
  const body = await answer.text();
  const named = [path, ...Object.values(fields ?? {}), JSON.stringify(json ?? {})];
  expect([asker, path, told(body, [...workOfAcme(), ...namesOfAcme()], named)]).toEqual([asker, path, []]);
  const words = answer.headers.get('content-type')?.startsWith('text/html') === true ? wordsOf(body) : body;
  const said = `${answer.status} ${answer.headers.get('location') ?? ''} ${words}`;
  return said.replaceAll(ID, 'ID').replaceAll(answer.headers.get('x-request-id') ?? '-', 'REQUEST');
}

/** What a person reads. */
function wordsOf(page: string): string {
  return page
    .replaceAll(/<script[\s\S]*?<\/script>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

/** Every row of the team that somebody else must not move. */
async function stateOfAcme(): Promise<string[]> {
  const { stage, acme } = world();
  const query = async (text: string, values: unknown[]) =>
    (await stage.core.store.money.query<{ row: string }>({ text }, values)).rows.map(({ row }) => row);
  const tables = ['members', 'invitations', 'api_keys', 'workspaces', 'conversations', 'tasks', 'files', 'dead_letters', 'exports'];
  const found = tables.map((table) =>
    query(`SELECT '${table} ' || t::text AS row FROM ${table} t WHERE team_id = $1 ORDER BY 1`, [acme.teamId]),
  );
  const people = Object.values(acme.userOf);
  return [
    ...(await Promise.all(found)).flat(),
    ...(await query(`SELECT l::text AS row FROM limits l JOIN wallets w ON w.id = l.wallet_id WHERE w.team_id = $1 ORDER BY 1`, [
      acme.teamId,
    ])),
    ...(await query(`SELECT s.id::text AS row FROM sessions s WHERE user_id = ANY ($1) ORDER BY 1`, [people])),
    ...(await query(`SELECT i.id::text AS row FROM identities i WHERE user_id = ANY ($1) ORDER BY 1`, [people])),
  ];
}
