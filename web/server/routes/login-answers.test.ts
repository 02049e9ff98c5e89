// What the login engine says to programs and pages, at every door: a session is in its cookie and nowhere else.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { slackPeople } from '#bots/slack/sandbox/client.ts';
import { defaultClient, startSlackSandbox, type SlackSandbox } from '#bots/slack/sandbox/server.ts';
import { doors } from '#core/engines/auth/doors.ts';
import { authenticatorOf } from '#core/testing/visitors/authenticator.ts';
import { portalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { mailOf, PASSWORD, proxied, tokenIn } from '#core/testing/visitors/visitor.ts';

const secret = 'ab'.repeat(16);
let slack: SlackSandbox;
const stage = forAll(async () => {
  slack = await startSlackSandbox({ client: { secret } });
  const client = { SLACK_CLIENT_ID: defaultClient.id, SLACK_CLIENT_SECRET: secret, SLACK_API_URL: slack.apiUrl };
  const opened = await openStage({ portal: true, settings: { ...proxied, ...client, ROLES: 'web,worker', SLACK_BOT_TOKEN: 'off' } });
  return { ...opened, stop: async () => void (await Promise.all([opened.stop(), slack.stop()])) };
});
const newMail = () => `${randomBytes(6).toString('hex')}@example.com`;

test('no answer of the login engine holds a session token, also where it opens a session', async () => {
  const ada = portalVisitor(stage(), newMail());
  const seen = new Map<string, string[]>();
  /** By the token of the session. */
  const opened = new Map<string, string>();

  async function ask(path: string, body?: object) {
    const [door] = path.split('?');
    const before = sessionOf();
    const answer = await (doors[door!]!.pagesOnly ? ada.askAsPage(path, body) : ada.auth(path, body));
    expect([door, answer.status, answer.status < 400]).toEqual([door, answer.status, true]);
    seen.set(door!, [...(seen.get(door!) ?? []), JSON.stringify(answer.body)]);
    const session = sessionOf();
    if (session !== undefined && session !== before) opened.set(decodeURIComponent(session).split('.', 1)[0]!, door!);
    return answer.body;
  }
  const sessionOf = () => [...ada.cookies].find(([name]) => name.endsWith('session_token'))?.[1];
  const mailed = async (kind: 'verify' | 'magic-link' | 'reset' | 'new-address', to = ada.email) =>
    tokenIn(await mailOf(stage(), to, kind));

  await ask('/sign-up/email', { email: ada.email, password: PASSWORD, name: 'Ada' });
  await ask('/send-verification-email', { email: ada.email });
  await ask('/confirm-sign-up', { token: await mailed('verify'), password: PASSWORD });
  await ask('/sign-out', {});
  await ask('/sign-in/email', { email: ada.email, password: PASSWORD });
  await ask('/change-password', { currentPassword: PASSWORD, newPassword: 'another horse battery', revokeOtherSessions: true });
  await ask('/sign-out', {});
  await ask('/sign-in/magic-link', { email: ada.email });
  await ask(`/magic-link/verify?token=${await mailed('magic-link')}`);
  const password = 'another horse battery';
  const authenticator = authenticatorOf((await ask('/two-factor/enable', { password }))['totpURI'] as string);
  await ask('/two-factor/verify-totp', { code: authenticator() });
  const { backupCodes } = await ask('/two-factor/generate-backup-codes', { password });
  for (const [door, code] of [['verify-totp', authenticator()] as const, ['verify-backup-code', (backupCodes as string[])[0]!] as const]) {
    await ask('/sign-out', {});
    await ask('/sign-in/email', { email: ada.email, password });
    await ask(`/two-factor/${door}`, { code });
  }
  await ask('/two-factor/disable', { password });
  const moved = newMail();
  await ask('/new-address', { newEmail: moved, password });
  await ask('/new-address/confirm', { token: await mailed('new-address', moved) });
  await ask('/request-password-reset', { email: moved });
  await ask('/reset-password', { token: await mailed('reset', moved), newPassword: 'a third horse battery' });
  const other = newMail();
  await ask('/sign-up/email', { email: other, password, name: 'Ada' });
  await ask('/confirm-sign-up/new-password', { token: await mailed('verify', other), newPassword: 'a third horse battery' });

  // Somebody new, who then connects another account, and then one whose address has an account.
  const inSlack = slackPeople(slack.url);
  await inSlack.team('T1');
  const back = async (door: '/continue-with' | '/continue-with/connect', user: string) => {
    const { url } = await ask(door, { platform: 'slack', next: '/tasks' });
    return `/continue-with/back${new URL(await inSlack.authorize(url as string, { team: 'T1', user })).search}&platform=slack`;
  };
  for (const [id, email] of [
    ['U1', newMail()],
    ['U2', newMail()],
    ['U3', moved],
  ] as const)
    await inSlack.user('T1', { id, name: 'Ada', email });
  await ask('/sign-out', {});
  await ask(await back('/continue-with', 'U1'));
  await ask(await back('/continue-with/connect', 'U2'));
  expect((await ada.askAsPage(await back('/continue-with', 'U3'))).status).toBe(409);
  await ask('/continue-with/keep', {});

  expect([...seen.keys()].toSorted()).toEqual(Object.keys(doors).toSorted());
  expect([...opened.values()]).toEqual(
    expect.arrayContaining([
      '/confirm-sign-up',
      '/sign-in/email',
      '/magic-link/verify',
      '/continue-with/back',
      '/two-factor/verify-totp',
      '/two-factor/verify-backup-code',
    ]),
  );
  const tokens = ['token', ...opened.keys()];
  for (const [door, answers] of seen)
    expect([door, answers.filter((answer) => tokens.some((token) => answer.includes(token)))]).toEqual([door, []]);
});
