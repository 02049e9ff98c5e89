// Every door where a password is chosen refuses those that are tried first, and every form says so at its field.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { doors } from '#core/engines/auth/doors.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn } from '#core/testing/visitors/visitor.ts';

const stage = forAll(() => openStage({ portal: true, settings: { ...proxied, BRAND_NAME: 'Impacter' } }));

const NAME = 'Ada Lovelace';
const GOOD = 'a third horse battery';

/** Who stands at each door, and what they say there besides the password. `form` is where people do it. */
interface Standing {
  readonly who: PortalVisitor;
  readonly body: Record<string, unknown>;
  readonly form: readonly [path: string, fields: Record<string, string>];
}

const standings: Record<string, () => Promise<Standing>> = {
  async '/sign-up/email'() {
    const who = newcomer();
    return { who, body: { email: who.email, name: NAME }, form: ['/signup', { intent: 'signup', email: who.email, name: NAME }] };
  },
  async '/confirm-sign-up/new-password'() {
    const who = newcomer();
    await who.auth('/sign-up/email', { email: who.email, password: PASSWORD, name: NAME });
    const token = tokenIn(await mailOf(stage(), who.email, 'verify'));
    return { who, body: { token }, form: [`/verify?token=${token}`, { intent: 'anew', token }] };
  },
  async '/reset-password'() {
    const who = await member();
    await who.auth('/request-password-reset', { email: who.email });
    const token = tokenIn(await mailOf(stage(), who.email, 'reset'));
    return { who: newcomer(who.email), body: { token }, form: [`/reset-password?token=${token}`, { intent: 'password', token }] };
  },
  async '/change-password'() {
    const who = await member();
    return { who, body: { currentPassword: PASSWORD }, form: ['/settings', { intent: 'password', current: PASSWORD }] };
  },
};

test('every door where a password is chosen is known here', () => {
  const choosing = Object.entries(doors).filter(([path, { fields }]) => fields.includes('newPassword') || path.startsWith('/sign-up'));
  expect(choosing.map(([path]) => path).toSorted()).toEqual(Object.keys(standings).toSorted());
});

describe.each(Object.entries(standings))('%s', (path, standing) => {
  const field = doors[path]!.fields.includes('newPassword') ? 'newPassword' : 'password';
  const ask = async ({ who, body }: Standing, password: string) =>
    (doors[path]!.pagesOnly ? who.askAsPage : who.auth)(path, { ...body, [field]: password });

  test('refuses common passwords, our name, and the name and address of the person; a good one is taken', async () => {
    const one = await standing();
    const mailbox = one.who.email.split('@')[0]!;
    const refused: [string, string][] = [
      ['Password123!', 'PASSWORD_COMMON'],
      ['impacter2026', 'PASSWORD_PERSONAL'],
      [`${NAME}1815`, 'PASSWORD_PERSONAL'],
    ];
    for (const [password, code] of refused)
      expect([password, await ask(one, password)]).toMatchObject([password, { status: 400, body: { code } }]);
    const other = path === '/sign-up/email' || path === '/change-password' ? await standing() : one;
    const theirs = other === one ? mailbox : other.who.email.split('@')[0]!;
    expect(await ask(other, `${theirs}!1`)).toMatchObject({ status: 400, body: { code: 'PASSWORD_PERSONAL' } });
    expect(await ask(other, GOOD)).toMatchObject({ status: 200 });
  });

  test('says at its field what is wrong', async () => {
    const { who, form } = await standing();
    const [at, fields] = form;
    for (const [password, words] of [
      ['qwertyuiop', 'This password is too common'],
      [who.email, 'This password is too close to your name, your email address or the name of this site.'],
    ] as const) {
      const { status, text } = await who.post(at, { ...fields, password });
      expect([status, wordsOf(text)]).toEqual([400, expect.stringContaining(words)]);
      expect(text).toMatch(/<input(?=[^>]*name="password")(?=[^>]*aria-invalid="true")[^>]*>/);
    }
  });
});

const newcomer = (email = `${randomBytes(6).toString('hex')}@example.com`) => portalVisitor(stage(), email);

async function member(): Promise<PortalVisitor> {
  const person = newcomer();
  await person.signUp(person.email, PASSWORD, NAME);
  return person;
}
