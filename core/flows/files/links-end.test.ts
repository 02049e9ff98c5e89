// A link in a mail lets in whoever reads that mail. So it ends when the password or the address changes that it is about, and
// when another of its kind was used: a mailbox that was given up, or a mail that was found, is no way in afterwards.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { UserId } from '#core/domain/ids.ts';
import type { MailKind } from '#core/domain/mail/mail.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn, visitor, type Visitor } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ settings: proxied }));

interface Person extends Visitor {
  readonly userId: UserId;
  email: string;
  password: string;
}

interface Kind {
  /** Has such a link mailed, and gives the token in it. */
  ask(person: Person): Promise<string>;
  /** Uses a link, and says whether it did what it is for. */
  works(person: Person, token: string): Promise<boolean>;
}

const choosesPassword: Kind['works'] = async (_, token) =>
  (await visitor(stage(), newAddress()).auth('/reset-password', { token, newPassword: 'chosen with a link' })).status === 200;

/** Every kind of mail. null: its link leads to a page where one logs in first, or is of an account that nobody is in yet. */
const kinds: Record<MailKind, Kind | null> = {
  reset: {
    ask: (person) => asked(person, 'reset', (by) => by.auth('/request-password-reset', { email: person.email })),
    works: choosesPassword,
  },
  'set-password': {
    async ask({ userId }) {
      const { url } = await stage().core.auth.linkToSetPassword(userId, 3_600_000);
      return new URL(url).searchParams.get('token')!;
    },
    works: choosesPassword,
  },
  'magic-link': {
    ask: (person) => asked(person, 'magic-link', (by) => by.auth('/sign-in/magic-link', { email: person.email })),
    async works(_, token) {
      const browser = visitor(stage(), newAddress());
      await browser.askAsPage(`/magic-link/verify?token=${token}`);
      return browser.isLoggedIn();
    },
  },
  'new-address': {
    async ask(person) {
      const newEmail = newMail();
      expect(await person.auth('/new-address', { newEmail, password: person.password })).toMatchObject({ status: 200 });
      return tokenIn(await mailOf(stage(), newEmail, 'new-address'));
    },
    async works(person, token) {
      if (!(await person.isLoggedIn())) expect(await person.logIn(person.email, person.password)).toMatchObject({ status: 200 });
      return (await person.askAsPage('/new-address/confirm', { token })).status === 200;
    },
  },
  verify: null,
  known: null,
  invitation: null,
  security: null,
  deletion: null,
  'account-deletion': null,
  'key-expiring': null,
  'app-removed': null,
  'app-permissions': null,
  // As set-password.
  welcome: null,
  receipt: null,
  'payment-failed': null,
  'top-up-failed': null,
  'low-credits': null,
  refund: null,
  dispute: null,
  alarm: null,
};

const events: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  async 'the password was reset'(person) {
    const token = await kinds.reset!.ask(person);
    expect(await kinds.reset!.works(person, token)).toBe(true);
    person.password = 'chosen with a link';
  },
  async 'the password was changed'(person) {
    const change = { currentPassword: person.password, newPassword: 'changed in the settings', revokeOtherSessions: true };
    expect(await person.auth('/change-password', change)).toMatchObject({ status: 200 });
    person.password = change.newPassword;
  },
  async 'the address was changed'(person) {
    const newEmail = newMail();
    await person.auth('/new-address', { newEmail, password: person.password });
    const token = tokenIn(await mailOf(stage(), newEmail, 'new-address'));
    expect(await person.askAsPage('/new-address/confirm', { token })).toMatchObject({ status: 200 });
    person.email = newEmail;
  },
};

const linked = Object.entries(kinds).flatMap(([name, kind]) => (kind === null ? [] : [[name, kind] as const]));

describe.each(linked)('a link of a mail of the kind %s', (_, kind) => {
  test('works once', async () => {
    const person = await somebody();
    const token = await kind.ask(person);
    expect([await kind.works(person, token), await kind.works(person, token)]).toEqual([true, false]);
  });

  test.each(Object.entries(events))('works no more once %s', async (__, happens) => {
    const person = await somebody();
    const token = await kind.ask(person);
    await happens(person);
    expect(await kind.works(person, token)).toBe(false);
  });

  test('works no more once another of its kind was used', async () => {
    const person = await somebody();
    const [first, second] = [await kind.ask(person), await kind.ask(person)];
    expect([await kind.works(person, second), await kind.works(person, first)]).toEqual([true, false]);
  });
});

test('a link to confirm a sign-up works no more once the address was confirmed in another way, or by another link', async () => {
  for (const way of ['link', 'reset', 'magic-link'] as const) {
    const email = newMail();
    const ada = visitor(stage(), newAddress());
    await ada.auth('/sign-up/email', { email, password: PASSWORD, name: 'Ada' });
    const first = tokenIn(await mailOf(stage(), email, 'verify'));
    if (way === 'link') {
      await ada.auth('/send-verification-email', { email });
      const token = tokenIn(await mailOf(stage(), email, 'verify', 2));
      expect(await ada.askAsPage('/confirm-sign-up', { token, password: PASSWORD })).toMatchObject({ status: 200 });
    } else if (way === 'reset') {
      await ada.auth('/request-password-reset', { email });
      expect(await choosesPassword({} as Person, tokenIn(await mailOf(stage(), email, 'reset')))).toBe(true);
    } else {
      await ada.auth('/sign-in/magic-link', { email });
      await ada.askAsPage(`/magic-link/verify?token=${tokenIn(await mailOf(stage(), email, 'magic-link'))}`);
    }
    for (const [path, more] of [
      ['/confirm-sign-up', { password: PASSWORD }],
      ['/confirm-sign-up/new-password', { newPassword: 'a late new one' }],
    ] as const)
      expect([way, await visitor(stage(), newAddress()).askAsPage(path, { token: first, ...more })]).toMatchObject([way, { status: 400 }]);
  }
});

test('a login that waits for its second factor ends with the password that began it', async () => {
  const person = await somebody();
  const { rows } = await stage().core.store.money.query(
    {
      text: `INSERT INTO verifications (id, identifier, value, expires_at, updated_at)
             VALUES (gen_random_uuid(), '2fa-waiting', $1, now() + interval '10 minutes', now()) RETURNING user_id`,
    },
    [person.userId],
  );
  expect(rows).toEqual([{ user_id: person.userId }]);
  await events['the password was changed']!(person);
  expect((await stage().core.store.money.query({ text: 'SELECT 1 FROM verifications WHERE user_id = $1' }, [person.userId])).rows).toEqual(
    [],
  );
});

async function asked({ email }: Person, kind: MailKind, ask: (by: Visitor) => Promise<unknown>): Promise<string> {
  const { rows } = await stage().core.store.money.query<{ n: number }>(
    { text: 'SELECT count(*)::int AS n FROM mails WHERE to_address = $1 AND kind = $2' },
    [email, kind],
  );
  await ask(visitor(stage(), newAddress()));
  return tokenIn(await mailOf(stage(), email, kind, rows[0]!.n + 1));
}

async function somebody(): Promise<Person> {
  const email = newMail();
  const browser = visitor(stage(), newAddress());
  await browser.signUp(email);
  const found = await stage().core.store.people.findByEmail(email);
  return Object.assign(browser, { email, password: PASSWORD, userId: found!.userId });
}

const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;
let addresses = 0;
const newAddress = () => `198.51.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`;
