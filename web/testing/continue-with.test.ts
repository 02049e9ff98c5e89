// “Continue with Slack” and “Continue with Discord”, from the button to the page where somebody wanted to go, against the sandboxes
// of both, in a process that answers pages and speaks on no platform.

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { botId } from '#bots/discord/sandbox/bot.ts';
import { discordPeople, type DiscordPeople } from '#bots/discord/sandbox/client.ts';
import { startDiscordSandbox, type DiscordSandbox } from '#bots/discord/sandbox/server.ts';
import { slackPeople, type SlackPeople } from '#bots/slack/sandbox/client.ts';
import { defaultClient, startSlackSandbox, type SlackSandbox } from '#bots/slack/sandbox/server.ts';
import { newId } from '#core/domain/ids.ts';
import { platformNews } from '#core/flows/accounts/connected-logins.ts';
import { loggedIn } from '#core/testing/stages/shared-team.ts';
import { openStage, type Stage } from '#core/testing/stages/stage.ts';
import { linkIn } from '#core/testing/visitors/mailbox.ts';
import { portalVisitor, wordsOf, type PortalVisitor } from '#core/testing/visitors/portal-visitor.ts';
import { axeFindings } from './browsers/axe.ts';
import { inABrowser, oneBrowser } from './browsers/browser.ts';
import { mailOf, PASSWORD, proxied, tokenIn, twoFactorOf } from '#core/testing/visitors/visitor.ts';

const secret = 'ab'.repeat(16);
/** What the apps registered; it is known once the product has a port. */
const registered: string[] = [];

let slack: SlackSandbox;
let discord: DiscordSandbox;
let inSlack: SlackPeople;
let onDiscord: DiscordPeople;
let stage: Stage;
const server = '110000000000000001';

beforeAll(async () => {
  slack = await startSlackSandbox({ client: { secret }, redirectUris: registered });
  discord = await startDiscordSandbox({ clientSecret: secret, redirectUris: registered });
  inSlack = slackPeople(slack.url);
  onDiscord = discordPeople(discord.url);
  await inSlack.team('T1', { name: 'Acme' });
  await onDiscord.guild(server, { name: 'Acme', owner: '120000000000000001' });
  stage = await openStage({
    portal: true,
    settings: {
      ...proxied,
      ROLES: 'web,worker',
      SLACK_BOT_TOKEN: 'off',
      SLACK_CLIENT_ID: defaultClient.id,
      SLACK_CLIENT_SECRET: secret,
      SLACK_API_URL: slack.apiUrl,
      DISCORD_TOKEN: 'off',
      DISCORD_APPLICATION_ID: botId,
      DISCORD_CLIENT_SECRET: secret,
      DISCORD_API_URL: discord.apiUrl,
    },
  });
  registered.push(...['slack', 'discord'].map((platform) => `${stage.core.settings.publicUrl}/login/with/${platform}`));
}, 120_000);
afterAll(() => Promise.all([stage?.stop(), slack.stop(), discord.stop()]));

type Platform = 'slack' | 'discord';
const platforms = ['slack', 'discord'] as const;

interface ChatPerson {
  readonly email: string;
  /** Chooses themselves on the page of the platform, or says no. Gives the address within the portal where the browser goes next. */
  choose(platform: Platform, to: string, allow?: boolean): Promise<string>;
  readonly id: string;
}

let people = 0;
/** Somebody with an account in Slack and one on Discord. */
async function chatPerson(mail: { email?: string | null; emailVerified?: boolean } = {}): Promise<ChatPerson> {
  const n = ++people;
  const [slackId, discordId] = [`U0${n}X`, String(120_000_000_000_001_000n + BigInt(n))];
  const email = mail.email === undefined ? `${newId()}@example.com` : mail.email;
  await inSlack.user('T1', { id: slackId, name: `Ann ${n}`, ...mail, email });
  await onDiscord.member(server, { id: discordId, name: `Ann ${n}`, ...mail, email });
  return {
    email: email ?? '',
    id: slackId,
    async choose(platform, to, allow = true) {
      const back =
        platform === 'slack'
          ? await inSlack.authorize(to, { team: 'T1', user: slackId, allow })
          : await onDiscord.authorize(to, { user: discordId, allow });
      return back.replace(stage.core.settings.publicUrl, '');
    },
  };
}

/** Presses the button on a page. Gives the address of the platform to which the browser is sent. */
async function press(browser: PortalVisitor, platform: Platform, page = '/login', next = '/dashboard'): Promise<string> {
  const { to, text } = await browser.post(page, { intent: 'continue-with', platform, next });
  if (to === null) throw new Error(wordsOf(text));
  return to;
}

/** The whole way. Gives where it leads. */
async function continueWith(browser: PortalVisitor, person: ChatPerson, platform: Platform, page = '/login', next = '/dashboard') {
  const back = await person.choose(platform, await press(browser, platform, page, next));
  return leadsTo(await browser.fetch(back, { headers: { Accept: 'text/html' } }));
}

function leadsTo(answer: Response): string {
  const to = answer.headers.get('location');
  return to === null ? `nowhere, with ${answer.status}` : to.replace(stage.core.settings.publicUrl, '');
}

async function audited(browser: PortalVisitor): Promise<string[]> {
  const lines = await stage.app.team.audit(await browser.actor(), { limit: 50 });
  return lines.map(({ act }) => act).toReversed();
}

test.each(platforms)(
  'who continues with %s for the first time has an account, credits and a linked chat account, and comes again',
  async (platform) => {
    const [browser, ann] = [portalVisitor(stage), await chatPerson()];
    expect(await continueWith(browser, ann, platform, '/signup', '/tasks')).toBe('/tasks');
    const actor = await browser.actor();
    expect(actor.email).toBe(ann.email);
    const { app } = stage;
    expect(await app.accounts.profile(actor)).toMatchObject({ emailVerified: true, hasPassword: false });
    expect((await app.credits.balance(actor)).available).toBe('50000000');
    expect(await app.accounts.connectedLogins(actor)).toMatchObject([
      { platform, name: expect.stringMatching(/^Ann/), workspaceName: platform === 'slack' ? 'Acme' : null },
    ]);
    expect(await app.workspaces.linkedAccounts(actor)).toMatchObject([{ platform }]);
    expect(await audited(browser)).toEqual(['login.connected', 'identity.linked', 'session.began']);
    const { text } = await mailOf(stage, ann.email, 'security');
    expect(text).toContain('You can log in with a chat account now');
    expect(text).toContain(platform === 'slack' ? 'Slack' : 'Discord');

    // Nothing that the platform gave is kept.
    const { rows } = await stage.core.store.money.query<Record<string, unknown>>(
      { text: 'SELECT access_token, refresh_token, id_token, password FROM accounts WHERE user_id = $1' },
      [actor.userId],
    );
    expect(rows).toEqual([{ access_token: null, refresh_token: null, id_token: null, password: null }]);

    const elsewhere = portalVisitor(stage);
    expect(await continueWith(elsewhere, ann, platform)).toBe('/dashboard');
    expect((await elsewhere.actor()).userId).toBe(actor.userId);
    expect((await app.credits.balance(actor)).available).toBe('50000000');
  },
);

test('an invitation survives the way to the platform and back', async () => {
  const ann = await chatPerson();
  const owner = await stage.person();
  const team = await stage.app.team.make(loggedIn(owner), 'Engines');
  const actor = { ...loggedIn(owner), teamId: team.teamId };
  await stage.app.team.invite(actor, { email: ann.email, role: 'member' });
  const invitation = new URL(linkIn(await mailOf(stage, ann.email, 'invitation'))).pathname;

  const browser = portalVisitor(stage);
  const page = await browser.page(invitation);
  expect(page).toContain(`/login?next=${encodeURIComponent(invitation)}`);
  expect(await continueWith(browser, ann, 'discord', `/login?next=${encodeURIComponent(invitation)}`, invitation)).toBe(invitation);
  expect((await browser.post(invitation, { intent: 'accept' })).to).toBe('/team?done=joined');
});

test('an account that exists is not entered with a chat account: its person logs in once, with both factors, and connects the two', async () => {
  const ann = await chatPerson();
  const owner = portalVisitor(stage, ann.email);
  await owner.signUp(ann.email);
  const { authenticator } = await twoFactorOf(owner);

  const browser = portalVisitor(stage);
  const to = await continueWith(browser, ann, 'slack', '/login', '/team');
  expect(to).toBe(`/login?found=slack&next=${encodeURIComponent('/login/connect')}`);
  expect(await browser.isLoggedIn()).toBe(false);
  expect(wordsOf(await browser.page(to))).toContain('An account here has the email address of your Slack account.');
  // Another browser has nothing to connect, whoever is logged in there.
  expect(wordsOf(await owner.page('/login/connect'))).toContain('Nothing to connect');

  const loggingIn = await browser.post('/login', { email: ann.email, password: PASSWORD, next: '/login/connect' });
  expect(loggingIn.to).toBe(`/login/two-factor?next=${encodeURIComponent('/login/connect')}`);
  expect((await browser.post(loggingIn.to!, { intent: 'code', code: authenticator(), next: '/login/connect' })).to).toBe('/login/connect');
  expect(wordsOf(await browser.page('/login/connect'))).toContain('Connect Slack to your account?');
  expect((await browser.post('/login/connect', { intent: 'connect', platform: 'slack' })).to).toBe('/team');
  expect(await audited(browser)).toEqual(expect.arrayContaining(['login.connected', 'identity.linked']));
  expect((await mailOf(stage, ann.email, 'security', 2)).text).toContain('log in with a chat account now');
  // What waited is used up.
  expect(wordsOf(await browser.page('/login/connect'))).toContain('Nothing to connect');

  const later = portalVisitor(stage);
  expect(await continueWith(later, ann, 'slack', '/login', '/tasks')).toBe(`/login/two-factor?next=${encodeURIComponent('/tasks')}`);
  expect(await later.isLoggedIn()).toBe(false);
  const code = await vi.waitFor(authenticator, 40_000);
  expect((await later.post('/login/two-factor', { intent: 'code', code, next: '/tasks' })).to).toBe('/tasks');
  expect(await later.isLoggedIn()).toBe(true);
});

interface Failure {
  readonly who?: { email?: string | null; emailVerified?: boolean };
  /** What happens to the address with which the browser comes back, or before it does. */
  readonly on: (back: string, browser: PortalVisitor) => Promise<string> | string;
  readonly says: string;
  readonly wayForward: string;
  readonly status: number;
}

const asItIs = (back: string) => back;
const failures: Readonly<Record<string, Failure>> = {
  'comes back late': {
    async on(back) {
      await stage.core.store.money.query(
        { text: `UPDATE verifications SET expires_at = now() - interval '1 s' WHERE value LIKE '%continue-with%'` },
        [],
      );
      return back;
    },
    says: 'took longer than 10 minutes',
    wayForward: 'Start again.',
    status: 400,
  },
  'comes back in another browser': {
    on(back, browser) {
      browser.cookies.clear();
      return back;
    },
    says: 'or was started in another browser',
    wayForward: 'Start again.',
    status: 400,
  },
  'comes back in a browser in which somebody else began': {
    on(back, browser) {
      browser.cookies.set('continue-with', 'A'.repeat(43));
      return back;
    },
    says: 'or was started in another browser',
    wayForward: 'Start again.',
    status: 400,
  },
  'brings a code that is none': {
    on: (back) => back.replace(/code=[^&]+/, 'code=1.2'),
    says: 'This login was already used, or it is too old.',
    wayForward: 'Start again.',
    status: 400,
  },
  'meets a platform that is away': {
    async on(back) {
      await (back.includes('/with/slack')
        ? inSlack.next('openid.connect.token', 'broken')
        : onDiscord.next('POST /oauth2/token', 'broken'));
      return back;
    },
    says: 'is not answering right now.',
    wayForward: 'Try again in a minute, or log in another way.',
    status: 503,
  },
  'has no email address there': {
    who: { email: null },
    on: asItIs,
    says: 'has no email address',
    wayForward: 'or sign up with an email address',
    status: 400,
  },
  'has an address that is not verified there': {
    who: { emailVerified: false },
    on: asItIs,
    says: 'is not verified.',
    wayForward: 'or sign up with an email address',
    status: 400,
  },
};

test.each(platforms.flatMap((platform) => Object.entries(failures).map(([what, failure]) => [platform, what, failure] as const)))(
  'who continues with %s and %s is told so with a way forward, and has no account by it',
  async (platform, _, { who, on, says, wayForward, status }) => {
    const [browser, ann] = [portalVisitor(stage), await chatPerson(who)];
    const back = await ann.choose(platform, await press(browser, platform, '/login', '/tasks'));
    const answer = await browser.fetch(await on(back, browser), { headers: { Accept: 'text/html' } });
    const words = wordsOf(await answer.text());
    expect([answer.status, words]).toEqual([status, expect.stringContaining(says)]);
    expect(words).toContain(wayForward);
    expect(await browser.isLoggedIn()).toBe(false);
    if (ann.email !== '') expect(await stage.core.store.people.findByEmail(ann.email)).toBeNull();
  },
);

test.each(platforms)(
  'who says no at %s is told that nothing was changed, and may try again with where they wanted to go',
  async (platform) => {
    const [browser, ann] = [portalVisitor(stage), await chatPerson()];
    const back = await ann.choose(platform, await press(browser, platform, '/login', '/tasks'), false);
    const page = await browser.page(back, 400);
    expect(wordsOf(page)).toContain('so nothing was changed.');
    expect(page).toContain('/login?next=%2Ftasks');
    // “Try again” is a form of this page.
    const { to } = await browser.post(`/login/with/${platform}`, { intent: 'continue-with', next: '/tasks' });
    expect(leadsTo(await browser.fetch(await ann.choose(platform, to!)))).toBe('/tasks');
  },
);

test.each(platforms)('the address with which %s sends a browser back logs in once', async (platform) => {
  const [browser, ann] = [portalVisitor(stage), await chatPerson()];
  const back = await ann.choose(platform, await press(browser, platform));
  expect(leadsTo(await browser.fetch(back))).toBe('/dashboard');
  browser.cookies.delete('impacter.session_token');
  expect(wordsOf(await browser.page(back, 400))).toContain('Start again.');
  expect(await browser.isLoggedIn()).toBe(false);
});

test('a chat account that asks in somebody else’s name logs nobody else in, and one that logs somebody in is connected to nobody else', async () => {
  const [ann, browser] = [await chatPerson(), portalVisitor(stage)];
  // Linked in the chat, to somebody with another address.
  const other = await stage.person();
  const { url } = await stage.app.workspaces.makeIdentityLink({
    platform: 'slack',
    workspace: 'T1',
    externalId: ann.id,
    displayName: 'Ann',
  });
  const { userId, teamId } = other;
  await stage.app.workspaces.confirmLink(loggedIn(other), url.slice(url.lastIndexOf('/') + 1), { userId, teamId });
  const back = await ann.choose('slack', await press(browser, 'slack'));
  expect(wordsOf(await browser.page(back, 409))).toContain('This Slack account is linked to another account here.');

  const [bo, cy] = [await chatPerson(), portalVisitor(stage)];
  await continueWith(portalVisitor(stage), bo, 'discord');
  await cy.signUp(cy.email);
  const taken = await bo.choose('discord', await connect(cy, 'discord'));
  expect(wordsOf(await cy.page(taken, 409))).toContain('This Discord account already logs in to another account here.');
  expect(await stage.app.accounts.connectedLogins(await cy.actor())).toEqual([]);
  const linked = await ann.choose('slack', await connect(cy, 'slack'));
  expect(wordsOf(await cy.page(linked, 409))).toContain('Log in to that account and connect Slack in its settings');
});

/** From the settings. */
async function connect(browser: PortalVisitor, platform: Platform): Promise<string> {
  const { to, text } = await browser.post('/settings', { intent: 'connect-login', platform });
  if (to === null) throw new Error(wordsOf(text));
  return to;
}

test('login methods are connected and removed in the settings after a fresh login, and the last way in stays', async () => {
  const [ann, browser] = [await chatPerson(), portalVisitor(stage)];
  await continueWith(browser, ann, 'slack');
  const actor = await browser.actor();
  const remove = async () => {
    const [login] = await stage.app.accounts.connectedLogins(actor);
    return browser.post('/settings', { intent: 'remove-login', login: login!.id });
  };
  const last = await remove();
  expect([last.status, wordsOf(last.text)]).toEqual([409, expect.stringContaining('This is the only way to log in to your account')]);

  // A browser that was left open makes nobody a way in, and takes none away.
  await stage.core.store.money.query({ text: `UPDATE sessions SET confirmed_at = now() - interval '1 h' WHERE user_id = $1` }, [
    actor.userId,
  ]);
  for (const fields of [
    { intent: 'connect-login', platform: 'discord' },
    { intent: 'remove-login', login: newId() },
  ])
    expect(wordsOf((await browser.post('/settings', fields)).text)).toContain('Confirm it’s you');
  await stage.core.store.money.query({ text: 'UPDATE sessions SET confirmed_at = now() WHERE user_id = $1' }, [actor.userId]);

  const back = await ann.choose('discord', await connect(browser, 'discord'));
  expect(leadsTo(await browser.fetch(back))).toBe('/settings?done=login-connected');
  expect(wordsOf(await browser.page('/settings'))).toMatch(/Login methods.*Slack · Ann.*Acme · Connected.*Discord · Ann/);
  // Whoever came in that way is out.
  const elsewhere = portalVisitor(stage);
  await continueWith(elsewhere, ann, 'slack');
  expect((await elsewhere.fetch('/settings')).status).toBe(200);
  expect((await remove()).to).toBe('/settings?done=login-removed');
  expect(leadsTo(await elsewhere.fetch('/settings'))).toMatch(/^\/login/);
  expect((await browser.fetch('/settings')).status).toBe(200);
  expect(await stage.app.accounts.connectedLogins(actor)).toMatchObject([{ platform: 'discord' }]);
  expect((await mailOf(stage, ann.email, 'security', 3)).text).toContain('A login method was removed');
  expect(await audited(browser)).toEqual(expect.arrayContaining(['login.removed']));
  // It asks in their name as before, and logs nobody in.
  expect((await stage.app.workspaces.linkedAccounts(actor)).map(({ platform }) => platform)).toEqual(['discord', 'slack']);
  expect(await continueWith(portalVisitor(stage), ann, 'slack')).toMatch(/^\/login\?found=slack/);

  // With a password nothing is the last way in.
  await choosePassword(browser, ann.email);
  expect(await continueWith(browser, ann, 'discord', '/login', '/dashboard')).toMatch(/^\/login\?found=discord/);
  await browser.logIn(ann.email);
  const again = await ann.choose('discord', await connect(browser, 'discord'));
  expect(leadsTo(await browser.fetch(again))).toBe('/settings?done=login-connected');
  expect((await remove()).to).toBe('/settings?done=login-removed');
});

async function choosePassword(browser: PortalVisitor, email: string): Promise<void> {
  await browser.askAsPage('/request-password-reset', { email });
  const token = tokenIn(await mailOf(stage, email, 'set-password'));
  await browser.askAsPage('/reset-password', { token, newPassword: PASSWORD });
}

test('whoever owns an address takes over an account that a chat platform made for it: a password from a mail removes the chat account', async () => {
  // A workspace says that this address is Eve's.
  const [eve, intruder, owner] = [await chatPerson(), portalVisitor(stage), portalVisitor(stage)];
  await continueWith(intruder, eve, 'slack');
  const actor = await intruder.actor();
  await choosePassword(owner, eve.email);
  await owner.logIn(eve.email);
  expect((await owner.actor()).userId).toBe(actor.userId);
  expect(await stage.app.accounts.connectedLogins(actor)).toEqual([]);
  expect(await stage.app.workspaces.linkedAccounts(actor)).toEqual([]);
  expect(leadsTo(await intruder.fetch('/settings'))).toMatch(/^\/login/);
  expect(await continueWith(portalVisitor(stage), eve, 'slack')).toMatch(/^\/login\?found=slack/);
  expect(await audited(owner)).toEqual(expect.arrayContaining(['login.removed', 'identity.unlinked', 'password.reset']));
  expect((await mailOf(stage, eve.email, 'security', 3)).text).toContain('A login method was removed');
});

test('a link of a mail is the way in to connect an account whose address was never confirmed; what a stranger chose for it does not count', async () => {
  const ann = await chatPerson();
  const stranger = portalVisitor(stage);
  await stranger.auth('/sign-up/email', { email: ann.email, password: 'chosen by a stranger', name: 'Eve' });
  const browser = portalVisitor(stage);
  expect(await continueWith(browser, ann, 'discord')).toMatch(/^\/login\?found=discord/);
  expect(await stage.app.accounts.connectedLogins(await ownerOf(ann.email))).toEqual([]);
  expect((await stranger.logIn(ann.email, 'chosen by a stranger')).status).toBe(403);
});

async function ownerOf(email: string) {
  const { userId } = (await stage.core.store.people.findByEmail(email))!;
  return { userId, sessionId: newId(), email, role: 'owner', teamId: newId() } as never;
}

test('where no mail goes out nobody signs up with a chat account, and who has one logs in', async () => {
  const ann = await chatPerson();
  await continueWith(portalVisitor(stage), ann, 'discord');
  const news = platformNews(() => ({ ...stage.core, mailer: null }));
  const person = { platform: 'discord', workspace: null, name: 'Bo', workspaceName: null, emailVerified: true } as const;
  const from = { caller: null, userAgent: null };
  const arrive = (email: string, externalId: string) => news.arrived({ ...person, email, externalId }, from);
  expect(await arrive(`${newId()}@example.com`, '129999999999999999')).toEqual({ refused: 'closed' });
  const { rows } = await stage.core.store.money.query<{ account_id: string }>(
    { text: `SELECT a.account_id FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.email = $1` },
    [ann.email],
  );
  expect(await arrive(ann.email, rows[0]!.account_id)).toEqual({ userId: expect.any(String) });
});

test('a chat account makes nobody an operator: an operator’s address has to be confirmed by mail', async () => {
  const email = `${newId()}@example.com`;
  const { core } = stage;
  const news = platformNews(() => ({ ...core, settings: { ...core.settings, operatorEmails: new Set([email]) } }));
  const eve = { platform: 'slack', workspace: 'T6', externalId: 'U6', name: 'Eve', workspaceName: 'Eve’s', emailVerified: true } as const;
  const from = { caller: null, userAgent: null };
  expect(await news.arrived({ ...eve, email: email.toUpperCase() }, from)).toEqual({ refused: 'mail-needed' });
  expect(await core.store.people.findByEmail(email)).toBeNull();
});

test('two windows that come back at the same moment make one account', async () => {
  const [ann, browser] = [await chatPerson(), portalVisitor(stage)];
  const backs = [await ann.choose('slack', await press(browser, 'slack')), await ann.choose('slack', await press(browser, 'slack'))];
  const answers = await Promise.all(backs.map((back) => browser.fetch(back)));
  expect(answers.map(leadsTo)).toEqual(['/dashboard', '/dashboard']);
  expect(await audited(browser)).toEqual(['login.connected', 'identity.linked', 'session.began', 'session.began']);
});

test('a program that begins many logins is told to wait', async () => {
  const browser = portalVisitor(stage);
  const statuses = [];
  for (let n = 0; n < 11; n++)
    statuses.push((await browser.post('/login', { intent: 'continue-with', platform: 'slack', next: '' })).status);
  expect(statuses).toEqual([...Array<number>(10).fill(302), 429]);
});

test('nobody outside of our pages begins or ends such a login, and an address of somebody else is not gone on to', async () => {
  const browser = portalVisitor(stage);
  for (const [path, body] of [
    ['/continue-with', { platform: 'slack' }],
    ['/continue-with/keep', {}],
    ['/continue-with/back?platform=slack&state=x&code=y', undefined],
  ] as const)
    expect((await browser.auth(path, body)).status).toBe(404);
  const ann = await chatPerson();
  expect(await continueWith(browser, ann, 'slack', '/login', '//evil.example/')).toBe('/dashboard');
  expect((await browser.fetch('/login/with/pager?state=x')).status).toBe(404);
  expect(wordsOf(await portalVisitor(stage).page('/login/with/slack', 400))).toContain('Start again.');
});

test('forms of the pages may lead to the platforms, and to nowhere else besides', async () => {
  const policy = (await portalVisitor(stage).fetch('/login')).headers.get('content-security-policy')!;
  const [, origins] = /form-action ([^;]+)/.exec(policy)!;
  expect(origins!.split(' ')).toEqual(expect.arrayContaining(["'self'", slack.url, discord.url]));
});

inABrowser('in a browser', () => {
  const browser = oneBrowser();

  test.each([
    ['slack', 'Continue with Slack', true],
    ['discord', 'Continue with Discord', false],
  ] as const)(
    '%s logs somebody in who uses the keyboard alone, with the content policy on (scripts: %s %s)',
    async (platform, name, javaScript) => {
      const ann = await chatPerson();
      const at = stage.core.settings.publicUrl;
      const { page } = await browser().open({ at, javaScript, from: `10.9.0.${people}` });
      await page.goto(`${at}/tasks`);
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: `Log in with ${platform === 'slack' ? 'Slack' : 'Discord'}` }).waitFor();
      await page.getByRole('button', { name: ann.email }).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`${at}/tasks`);
      await page.goto(`${at}/settings`);
      await page.getByRole('heading', { name: 'Login methods' }).waitFor();
    },
  );

  test('each page on the way is readable for everybody, wide and narrow, light and dark', async () => {
    const ann = await chatPerson();
    const owner = portalVisitor(stage, ann.email);
    await owner.signUp(ann.email);
    // As they are logged in already, they are led to the page that connects the two.
    const at = stage.core.settings.publicUrl;
    const { page, expectTrouble } = await browser().open({ at, cookies: owner.cookies, from: '10.9.1.1' });
    expectTrouble(/^400 GET \/login\/with\/slack/);
    await page.goto(`${at}/login/with/slack?state=x`);
    await readable(page, 'Start again.');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Log in with Slack' }).waitFor();
    await readable(page, 'This is the sandbox of Slack');
    await page.getByRole('button', { name: ann.email }).click();
    await page.getByRole('heading', { name: 'Connect Slack to your account?' }).waitFor();
    await readable(page, ann.email);
    await page.getByRole('button', { name: 'Connect Slack' }).click();
    await page.waitForURL(`${at}/dashboard`);
    await page.goto(`${at}/settings`);
    await page.getByRole('button', { name: 'Connect Discord' }).click();
    await page.getByRole('button', { name: ann.email }).click();
    await page.getByText('You can log in with this account from now on.').waitFor();
    await page.getByText('Remove', { exact: true }).first().click();
    await readable(page, 'You can no longer log in with this Slack account.');
    await page.goto(`${at}/login/connect`);
    await readable(page, 'Nothing to connect');
  });

  async function readable(page: Page, words: string): Promise<void> {
    await page.getByText(words).first().waitFor();
    for (const width of [390, 1440])
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        expect([words, width, colorScheme, await axeFindings(page, 'all')]).toEqual([words, width, colorScheme, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      }
  }
});
