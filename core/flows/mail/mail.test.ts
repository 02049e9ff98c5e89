// What people find in their mail, whatever happens to the mail service and to us.

import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { newId, type MailId } from '#core/domain/ids.ts';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import type { Log } from '#core/ports/log.ts';
import { MailError, type Mailer } from '#core/ports/mail.ts';
import { clockByHand } from '#core/testing/runner/clock-by-hand.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { forAll, openStage, stage } from '#core/testing/stages/stage.ts';
import { watchUndelivered } from './alarm.ts';
import type { Core } from '../runtime/core.ts';
import { sendMailAgain, undeliveredMails, writeMail } from './mail.ts';
import { mailLimits } from '#core/domain/mail/mail-limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const usual = forAll(() => openStage());
/** Where time passes as a test wants it. */
const clock = clockByHand();
const timed = forAll(() => openStage({ clock }));

test('who is written to gets one mail, with a link that leads to us', async () => {
  const { core, mails } = usual();
  const to = someone();
  const { url } = await write(core, to, 'verify');
  const got = await mails(to);
  expect(got.map(({ kind, subject, from }) => [kind, subject, from])).toEqual([
    ['verify', 'Confirm your email address', 'hello@sandbox.example'],
  ]);
  expect(linkIn(got[0]!)).toBe(url);
});

test('who writes the same mail twice has written one', async () => {
  const { core, mails, mailbox } = usual();
  const to = someone();
  await write(core, to, 'verify', { key: `verify:${to}` });
  await write(core, to.toUpperCase(), 'verify', { key: `verify:${to}` });
  await mails(to);
  await write(core, to, 'verify', { key: `verify:${to}` });
  await settled(core, to);
  expect(await mailbox.to(to)).toHaveLength(1);
});

test('a mail written in a transaction that is undone was never written', async () => {
  const { core } = usual();
  const to = someone();
  const undone = core.store.money.transaction(async (client) => {
    await writeMail(core, { key: newId(), to, saying: saying(core, 'verify') }, client);
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(await statesOf(core, to)).toEqual([]);
});

test('a mail that would lead elsewhere, or says what cannot be said, is not written', async () => {
  const { core } = usual();
  const to = someone();
  for (const url of ['https://evil.example/', `${core.settings.publicUrl}.evil.example/`, 'javascript:alert(1)'])
    await expect(writeMail(core, { key: newId(), to, saying: { kind: 'magic-link', url } })).rejects.toThrow('would lead elsewhere');
  const bad = { kind: 'deletion', team: 'Ada', until: 'tomorrow', url: core.settings.publicUrl } as const;
  await expect(writeMail(core, { key: newId(), to, saying: bad })).rejects.toThrow();
  expect(await statesOf(core, to)).toEqual([]);
});

test('a hostile name cannot add a recipient', async () => {
  const { core, mails, mailbox } = usual();
  const to = someone();
  const eve = someone();
  const team = `Ada\r\nBcc: ${eve}\r\n\r\nHello`;
  await writeMail(core, {
    key: newId(),
    to,
    saying: { kind: 'invitation', team, by: `<${eve}>, Eve`, role: 'admin', url: core.settings.publicUrl },
  });
  const [mail] = await mails(to);
  expect(mail!.to).toEqual([to]);
  expect(mail!.headers.map(([name]) => name)).not.toContain('Bcc');
  expect(await mailbox.to(eve)).toEqual([]);
});

test('nothing in the log or the table shows a link that logs somebody in', async () => {
  const lines: string[] = [];
  const clock = clockByHand();
  const { core, mailbox } = await stage({ clock, log: loudLog(lines) });
  const to = someone();
  await mailbox.order({ next: ['throttle', 'internal-error'] });
  const { url } = await write(core, to, 'magic-link', { key: 'magic' });
  const token = url.split('token=')[1]!;
  const table = async () =>
    (await core.store.money.query({ text: 'SELECT m::text AS row FROM mails m' }, [])).rows.map(({ row }) => String(row));
  expect((await table()).join()).not.toContain(token);
  expect((await table()).join()).not.toContain(Buffer.from(token).toString('hex'));

  await goOnUntil(clock, core, async () => expect(await statesOf(core, to)).toEqual(['sent']));
  expect(linkIn((await mailbox.to(to))[0]!)).toBe(url);
  expect(await rowsOf(core, to)).toEqual([expect.objectContaining({ state: 'sent', saying: null, trouble: null })]);
  expect(lines.join('\n')).toContain('mail sent');
  expect(lines.join('\n')).not.toContain(token);
  expect(lines.join('\n')).not.toContain(to);
});

test('a mail is sent once, though its answer was lost, and the operator decides about a second one', async () => {
  const { core, mails, mailbox } = usual();
  const to = someone();
  await mailbox.order({ next: ['lose-answer'] });
  await write(core, to, 'security');
  await settled(core, to);
  expect(await statesOf(core, to)).toEqual(['unknown']);
  expect(await mailbox.to(to)).toHaveLength(1);

  const [undelivered] = await undeliveredMails(core);
  expect(undelivered).toMatchObject({ to, kind: 'security', state: 'unknown', canBeSentAgain: true });
  expect(undelivered!.trouble).toContain('did not answer');
  expect(await sendMailAgain(core, 'operator:ops@example.com', undelivered!.id)).toBe(true);
  await mails(to, 2);
  await settled(core, to);
  expect(await statesOf(core, to)).toEqual(['sent']);
  expect(await sendMailAgain(core, 'operator:ops@example.com', undelivered!.id)).toBe(false);
  const { rows } = await core.store.money.query({ text: `SELECT actor, subject FROM audit_entries WHERE act = 'mail.again'` }, []);
  expect(rows).toEqual([{ actor: 'operator:ops@example.com', subject: undelivered!.id }]);
});

test('a link that lets somebody in is sent again when its answer was lost, three times at the most', async () => {
  const { core, mailbox } = timed();
  const to = someone();
  await mailbox.order({ next: ['cut', 'lose-answer', 'lose-answer', 'lose-answer'] });
  await write(core, to, 'reset');
  await goOnUntil(clock, core, async () => expect(await statesOf(core, to)).toEqual(['unknown']));
  expect(await mailbox.to(to)).toHaveLength(2);

  await mailbox.order({ next: ['cut'] });
  const other = someone();
  await write(core, other, 'verify');
  await goOnUntil(clock, core, async () => expect(await statesOf(core, other)).toEqual(['sent']));
  expect(await mailbox.to(other)).toHaveLength(1);
});

test('a service that is throttled, in trouble or away gets every mail later, and once', async () => {
  const { core, mailbox } = timed();
  const people = Array.from({ length: 6 }, someone);
  await mailbox.order({ next: ['throttle', 'unavailable', 'throttle', 'throttle', 'unavailable', 'unavailable', 'throttle'] });
  await Promise.all(people.map((to) => write(core, to, 'security')));
  await goOnUntil(clock, core, async () => {
    for (const to of people) expect(await statesOf(core, to)).toEqual(['sent']);
  });
  for (const to of people) expect(await mailbox.to(to)).toHaveLength(1);
});

test('a mail that is refused for good is shown to the operator, with the reason', async () => {
  const { core } = usual();
  await write(core, 'ada lovelace@example.com', 'verify');
  await settled(core, 'ada lovelace@example.com');
  expect(await undeliveredMails(core)).toContainEqual(
    expect.objectContaining({
      to: 'ada lovelace@example.com',
      state: 'dead',
      trouble: 'this is no address that mail can be sent to',
      tries: 1,
    }),
  );
});

test('a process that died while it sent leaves a link to be sent again, and everything else to the operator', async () => {
  const clock = clockByHand();
  const { core, another, mailbox } = await stage({ clock, settings: { ROLES: 'web' } });
  const [ada, bo] = [someone(), someone()];
  await write(core, ada, 'set-password');
  await write(core, bo, 'invitation');
  const { open } = await core.store.mails.claim(clock.now(), 30_000, 10); // and dies
  expect(open.map(({ to }) => to)).toEqual([ada, bo]);

  const almost = new Date(open[0]!.leaseUntil.getTime() - 1);
  expect((await core.store.mails.claim(almost, 30_000, 10)).open).toEqual([]);
  await another({ ROLES: 'worker' });
  clock.forward(31_000);
  await settled(core, ada);
  await settled(core, bo);
  expect([await statesOf(core, ada), await statesOf(core, bo)]).toEqual([['sent'], ['unknown']]);
  expect([(await mailbox.to(ada)).length, (await mailbox.to(bo)).length]).toEqual([1, 0]);

  // The dead one was only asleep, and what it says now changes nothing.
  await core.store.mails.later(open[0]!, clock.now(), 'late');
  await core.store.mails.dead(open[1]!, 'late');
  expect([await statesOf(core, ada), await statesOf(core, bo)]).toEqual([['sent'], ['unknown']]);
});

test('several processes send each mail once', async () => {
  const { core, another, mailbox } = await stage({ settings: { ROLES: 'web' } });
  const people = Array.from({ length: 30 }, someone);
  await Promise.all(people.map((to) => write(core, to, 'security')));
  await Promise.all([another({ ROLES: 'worker' }), another({ ROLES: 'worker' }), another({ ROLES: 'worker' })]);
  for (const to of people) await settled(core, to);
  for (const to of people) expect(await mailbox.to(to)).toHaveLength(1);
});

test('one address gets no more of a kind than its limit in an hour, from however many processes, and nothing else is held back', async () => {
  const clock = clockByHand();
  const { core, another, mailbox } = await stage({ clock });
  await another({ ROLES: 'worker' });
  const to = someone();
  const most = mailLimits.ofAKindInAnHour.reset;
  await Promise.all(Array.from({ length: most + 3 }, () => write(core, to, 'reset')));
  await write(core, to, 'security');
  await settled(core, to);
  const kinds = (await mailbox.to(to)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'reset')).toHaveLength(most);
  expect(kinds).toContain('security');
  const dead = (await undeliveredMails(core)).filter(({ state }) => state === 'dead');
  expect(dead.map(({ trouble }) => trouble)).toEqual(Array(3).fill('The address got as many of this kind as it may get in an hour.'));

  // The operator may, and an hour later everybody may again.
  expect(await sendMailAgain(core, 'operator:ops@example.com', dead[0]!.id)).toBe(true);
  await vi.waitFor(async () => expect(await mailbox.to(to)).toHaveLength(most + 2));
  clock.forward(HOUR_MS + 1_000);
  await write(core, to, 'reset');
  await vi.waitFor(async () => expect(await mailbox.to(to)).toHaveLength(most + 3));
});

test('trying again is not held back by the limit', async () => {
  const { core, mailbox } = timed();
  const to = someone();
  const most = mailLimits.ofAKindInAnHour.verify;
  await mailbox.order({ next: Array.from({ length: most * 2 }, () => 'throttle' as const) });
  await Promise.all(Array.from({ length: most }, () => write(core, to, 'verify')));
  await goOnUntil(clock, core, async () => expect(await statesOf(core, to)).toEqual(Array(most).fill('sent')));
});

test('a mail whose link has expired meanwhile is not sent, and its link is forgotten', async () => {
  const clock = clockByHand();
  const { core, another, mailbox } = await stage({ clock, settings: { ROLES: 'web' } });
  const to = someone();
  await write(core, to, 'magic-link', { expiresAt: new Date(clock.now().getTime() + 10 * MINUTE_MS) });
  clock.forward(11 * MINUTE_MS);
  await another({ ROLES: 'worker' });
  await settled(core, to);
  const [row] = await rowsOf(core, to);
  expect(row).toMatchObject({ state: 'dead', saying: null, trouble: 'Its link expired before it could be sent.' });
  expect(await sendMailAgain(core, 'operator:ops@example.com', row!.id)).toBe(false);
  expect(await mailbox.to(to)).toEqual([]);
});

test('after three days of trying a mail is left to the operator, with the last reason', async () => {
  const clock = clockByHand();
  const { core } = await stage({
    clock,
    withCore: (made) => withMailer(made, () => Promise.reject(new MailError('later', 'InvalidClientTokenId', 'the keys are wrong'))),
  });
  const to = someone();
  await write(core, to, 'deletion');
  await vi.waitFor(async () => expect((await rowsOf(core, to))[0]!.tries).toBeGreaterThan(0));
  clock.forward(3 * DAY_MS);
  await settled(core, to);
  expect(await rowsOf(core, to)).toEqual([expect.objectContaining({ state: 'dead', trouble: 'the keys are wrong' })]);
});

test('a mail that was taken is not sent again because the database was away for a moment', async () => {
  let cut = () => {};
  const { core, wire, mailbox } = await stage({
    wired: true,
    withCore: (made) =>
      withMailer(made, async (mail, signal) => {
        const answer = await made.mailer!.send(mail, signal);
        cut();
        return answer;
      }),
  });
  const to = someone();
  cut = () => {
    wire.cut();
    setTimeout(() => wire.mend(), 500);
  };
  await write(core, to, 'verify');
  await vi.waitFor(async () => expect(await statesOf(core, to)).toEqual(['sent']));
  expect(await mailbox.to(to)).toHaveLength(1);
});

test('what is old is forgotten: first what could still be sent, then that there was a mail', async () => {
  const clock = clockByHand();
  const { core } = await stage({ clock, settings: { ROLES: 'web' } });
  const [expiring, lasting, planned] = [someone(), someone(), someone()];
  await write(core, expiring, 'verify', { expiresAt: new Date(clock.now().getTime() + HOUR_MS) });
  await write(core, lasting, 'security');
  const { open } = await core.store.mails.claim(clock.now(), 30_000, 10);
  await Promise.all(open.map((mail) => core.store.mails.dead(mail, 'refused')));
  await write(core, planned, 'security');
  const kept = async () => {
    await core.store.mails.tidy(clock.now());
    return Promise.all([expiring, lasting, planned].map(async (to) => (await rowsOf(core, to)).map((row) => row.saying !== null)));
  };
  expect(await kept()).toEqual([[true], [true], [true]]);
  clock.forward(2 * HOUR_MS);
  expect(await kept()).toEqual([[false], [true], [true]]);
  clock.forward(31 * DAY_MS);
  expect(await kept()).toEqual([[false], [false], [true]]);
  clock.forward(181 * DAY_MS);
  expect(await kept()).toEqual([[], [], [true]]);
});

test('whoever goes leaves no mails behind', async () => {
  const { core } = usual();
  const [going, staying] = [someone(), someone()];
  for (const to of [going, staying]) {
    await write(core, to, 'verify');
    await settled(core, to);
  }
  await core.store.mails.forget(going.toUpperCase());
  expect([await statesOf(core, going), await statesOf(core, staying)]).toEqual([[], ['sent']]);
});

test('operators hear of it when many mails cannot be sent, but not of a flood that was held back', async () => {
  const { core, mails, mailbox } = await stage({ settings: { OPERATOR_EMAILS: 'ops@example.com' } });
  await Promise.all(Array.from({ length: 20 }, () => write(core, 'flooded@example.com', 'known')));
  await settled(core, 'flooded@example.com');
  await watchUndelivered(core);
  expect(await mailbox.to('ops@example.com')).toEqual([]);

  const people = Array.from({ length: 10 }, (_, i) => `person ${i}@example.com`);
  for (const to of people) await write(core, to, 'security');
  for (const to of people) await settled(core, to);
  await watchUndelivered(core);
  const [mail] = await mails('ops@example.com');
  expect(mail!.subject).toBe('Impacter: Many mails cannot be sent');
  expect(mail!.text).toContain('10 mails could not be sent within the last hour, or may not have been.');
});

test('where mail is off, what would have been sent is noted, and the log says once that nobody gets any', async () => {
  const lines: string[] = [];
  const { core } = await stage({ log: loudLog(lines), settings: { SES_FROM: 'off' } });
  const to = someone();
  await write(core, to, 'verify', { key: 'once' });
  await write(core, to, 'verify', { key: 'once' });
  expect(await rowsOf(core, to)).toEqual([expect.objectContaining({ state: 'dead', trouble: 'mail is off', saying: null })]);
  expect(lines.filter((line) => line.includes('mail is off'))).toHaveLength(1);
});

// --- The world.

function someone(): string {
  return `${randomBytes(6).toString('hex')}@example.com`;
}

function saying(core: Core, kind: Exclude<MailSaying['kind'], 'alarm'>): MailSaying & { url: string } {
  const url = `${core.settings.publicUrl}/go?token=${randomBytes(16).toString('hex')}`;
  const at = core.clock.now().toISOString();
  switch (kind) {
    case 'magic-link':
      return { kind, url };
    case 'new-address':
      return { kind, account: 'a•••@example.com', url };
    case 'invitation':
      return { kind, team: 'Engines', by: 'Ada', role: 'member', url };
    case 'security':
      return { kind, name: 'Ada', what: 'password-changed', at, from: null, url };
    case 'deletion':
      return { kind, team: 'Engines', until: at, url };
    case 'account-deletion':
      return { kind, name: 'Ada', until: at, url };
    case 'key-expiring':
      return { kind, name: 'Ada', key: 'Report', team: 'Engines', until: at, url };
    case 'app-removed':
      return { kind, workspace: 'Acme HQ', platform: 'slack', team: 'Engines', at, url };
    case 'app-permissions':
      return { kind, workspace: 'Acme HQ', platform: 'slack', team: 'Engines', missing: ['files:read'], url };
    case 'welcome':
    case 'payment-failed':
      return { kind, credits: '500000000', url };
    case 'receipt':
      return { kind, team: 'Engines', credits: '500000000', money: '$25', url };
    case 'top-up-failed':
      return { kind, team: 'Engines', why: 'declined', suspended: false, money: '$25', url };
    case 'low-credits':
      return { kind, team: 'Engines', left: '12500000', level: 5, days: null, url };
    case 'refund':
      return { kind, team: 'Engines', bought: '500000000', refunded: '$25', failed: false, left: '0', owed: '0', url };
    case 'dispute':
      return { kind, team: 'Engines', bought: '500000000', standing: 'open', before: 'none', owed: '0', url };
    default:
      return { kind, name: 'Ada', url };
  }
}

async function write(core: Core, to: string, kind: Exclude<MailSaying['kind'], 'alarm'>, changes: { key?: string; expiresAt?: Date } = {}) {
  const said = saying(core, kind);
  await writeMail(core, { key: newId(), to, saying: said, ...changes });
  return said;
}

async function rowsOf({ store }: Core, to: string) {
  const { rows } = await store.money.query<{ id: MailId; state: string; tries: number; trouble: string | null; saying: Buffer | null }>(
    { text: 'SELECT id, state, tries, trouble, saying FROM mails WHERE to_address = $1 ORDER BY id' },
    [to],
  );
  return rows;
}

async function statesOf(core: Core, to: string): Promise<string[]> {
  return (await rowsOf(core, to)).map(({ state }) => state);
}

/** Until nothing more happens to the mails of this address by itself. */
async function settled(core: Core, to: string): Promise<void> {
  await vi.waitFor(async () => {
    const states = await statesOf(core, to);
    expect(states.length).toBeGreaterThan(0);
    expect(states.filter((state) => state === 'planned' || state === 'sending')).toEqual([]);
  });
}

/** Lets time pass until it is so, and not while a mail is being sent: its process would be taken for dead. */
async function goOnUntil(clock: ReturnType<typeof clockByHand>, { store }: Core, isSo: () => Promise<void>): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await store.money.query({ text: `SELECT 1 FROM mails WHERE state = 'sending'` }, []);
    if (rows.length === 0) clock.forward(1_000);
    await isSo();
  });
}

function withMailer(core: Core, send: Mailer['send']): Core {
  return { ...core, mailer: { ...core.mailer!, send } };
}

/** Every line as a log would write it. */
function loudLog(lines: string[]): Log {
  const say = (facts: object, words: string) => {
    const plain = (_: string, value: unknown) => (value instanceof Error ? [value.message, value.stack, Object.entries(value)] : value);
    lines.push(`${words} ${JSON.stringify(facts, plain)}`);
  };
  const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
  return log;
}
