import { expect, test } from 'vitest';
import { newId } from '#core/domain/ids.ts';
import { auditActs } from '#core/domain/team/say-audit.ts';
import { writeAudit } from '#core/store/team/audit.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { teamStage } from '#core/testing/stages/team-stage.ts';

const clock = clockByHand();
const stage = forAll(() => openStage({ clock }));
const world = () => ({ ...stage(), ...teamStage(stage()) });

test('what was done to people, roles, keys and chats is told, newest first', async () => {
  const { app, owner, joins, invitationFor } = world();
  const ada = await owner('Acme');
  const grace = await joins(ada, 'member');
  const graceId = (await app.team.members(ada))[1]!;
  await app.team.changeRole(ada, graceId.id, 'admin');
  const { id, key } = await app.team.makeApiKey(grace, 'script');
  await app.team.revokeApiKey(ada, id);
  await app.team.rename(ada, 'Acme & Co');
  const email = `${newId()}@example.com`;
  await app.team.invite(ada, { email, role: 'guest' });
  await app.team.declineInvitation(await invitationFor(email));
  await app.team.makeApiKey(grace, 'other');
  await app.team.removeMember(ada, graceId.id);

  const log = await app.team.audit(ada, { limit: 50 });
  const name = graceId.name;
  expect(log.map(({ who, words }) => `${who} ${words}`)).toEqual([
    `Ada removed ${name} (admin); one API key ended`,
    expect.stringMatching(`${name} created the API key “other”`),
    `Whoever was invited declined the invitation for ${email}`,
    `Ada invited ${email} as guest`,
    'Ada renamed the team from “Acme” to “Acme & Co”',
    `Ada revoked the API key “script” (${key.slice(0, 8)}…) of ${name}`,
    expect.stringMatching(
      new RegExp(`^${name} created the API key “script” \\(${key.slice(0, 8)}…, expires on 20\\d\\d-\\d\\d-\\d\\d\\)$`),
    ),
    `Ada changed the role of ${name} from member to admin`,
    `${name} joined as member`,
    `Ada invited ${grace.email} as member`,
    'Ada created the team “Acme”',
  ]);
  expect(JSON.stringify(log)).not.toContain(key.slice(8));
});

test('it is read page by page, by person and by act', async () => {
  const { app, owner, joins } = world();
  const ada = await owner();
  const grace = await joins(ada, 'admin');
  for (let i = 0; i < 7; i++) await app.team.rename(i % 2 ? ada : grace, `Name ${i}`);
  const all = await app.team.audit(ada, { limit: 100 });
  const pages: typeof all = [];
  for (let page = await app.team.audit(ada, { limit: 3 }); page.length > 0;) {
    pages.push(...page);
    page = await app.team.audit(ada, { limit: 3, before: page.at(-1)!.id });
  }
  expect(pages).toEqual(all);
  expect(await app.team.audit(ada, { limit: 100, act: 'team.renamed' })).toHaveLength(7);
  const byGrace = await app.team.audit(ada, { limit: 100, person: grace.userId });
  expect(byGrace.map(({ act }) => act)).toEqual([...Array.from({ length: 4 }, () => 'team.renamed'), 'member.joined']);
  expect(await app.team.auditActs(ada)).toEqual([
    { act: 'invitation.sent', title: 'Invitation sent' },
    { act: 'member.joined', title: 'Member joined' },
    { act: 'team.made', title: 'Team created' },
    { act: 'team.renamed', title: 'Team renamed' },
  ]);
});

test('another team’s log, and places in it, are unknown', async () => {
  const { app, owner } = world();
  const [ada, eve] = [await owner('Acme'), await owner('Evil')];
  const [entry] = await app.team.audit(ada, { limit: 1 });
  expect((await app.team.audit(eve, { limit: 50 })).map(({ words }) => words)).toEqual(['created the team “Evil”']);
  expect(await app.team.audit(eve, { limit: 50, before: entry!.id })).toEqual([]);
  expect(await app.team.audit(eve, { limit: 50, person: ada.userId })).toEqual([]);
  for (const odd of [{ before: 'x' }, { before: '-1' }, { before: '9'.repeat(30) }, { person: 'x' }]) {
    await expect(app.team.audit(ada, { limit: 5, ...odd })).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(app.team.auditCsv(ada, { bom: true, ...odd })).rejects.toMatchObject({ code: 'request.invalid' });
  }
  expect(await app.team.audit(ada, { limit: 5, act: '\u0000' })).toEqual([]);
  expect(await app.team.audit(ada, { limit: -5, act: "'; DROP TABLE users" })).toEqual([]);
});

test.each(['billing', 'approver', 'member', 'guest'] as const)('who is %s reads no log', async (role) => {
  const { app, owner, joins } = world();
  const someone = await joins(await owner(), role);
  await expect(app.team.audit(someone, { limit: 5 })).rejects.toMatchObject({ code: 'not.allowed' });
  await expect(app.team.auditActs(someone)).rejects.toMatchObject({ code: 'not.allowed' });
});

test('lines of operators, of the product, of people who went and of later versions read well', async () => {
  const { app, core, owner } = world();
  const ada = await owner();
  const write = (actor: string, act: string, facts: object) =>
    writeAudit(core.store.money, { at: clock.now(), actor, act, teamId: ada.teamId, subject: null, facts });
  await write('operator:root', 'grant', { credits: '50000000', note: 'to try' });
  await write('system', 'team.painted', { colour: 'blue' });
  await write(`user:${newId()}`, 'team.renamed', {});
  const brand = core.settings.brandName;
  expect((await app.team.audit(ada, { limit: 3 })).map(({ who, words }) => `${who} ${words}`)).toEqual([
    'Somebody who is not here any more renamed the team from “…” to “…”',
    `${brand} performed “team.painted”`,
    `${brand} support granted 50 credits: to try`,
  ]);
});

test('every act that our verbs write has its words', async () => {
  const { core } = world();
  const { rows } = await core.store.money.query<{ act: string }>({ text: 'SELECT DISTINCT act FROM audit_entries' }, []);
  const known: readonly string[] = auditActs;
  expect(rows.map(({ act }) => act).filter((act) => act !== 'team.painted' && !known.includes(act))).toEqual([]);
});
