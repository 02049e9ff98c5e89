// Whether these settings are those of an app that works: its token, what it may do, and whether Slack reaches us. For `npm run doctor`.

import { createHmac, randomBytes } from 'node:crypto';
import type { Examined } from '#bots/adapter.ts';
import { SLACK_API, slackCalls, SlackNo } from './api/call.ts';
import { LOGIN_PATH, slackLogIn } from './log-in/provider.ts';
import { exchangeCode } from './install/access.ts';
import { EVENTS_PATH, REDIRECT_PATH } from './manifest/manifest.ts';
import { scopeNames } from './manifest/scopes.ts';
import type { SlackSettings } from './settings.ts';

const WITHIN_MS = 5_000;
const PAGES = 'at https://api.slack.com/apps';

/** Never changes anything. Rejects where Slack does not answer. */
export async function examineSlack(settings: SlackSettings, publicUrl: string): Promise<Examined[]> {
  return (
    await Promise.all([token(settings), client(settings, publicUrl), logIn(settings, publicUrl), address(settings, publicUrl)])
  ).flat();
}

async function token({ botToken, apiUrl }: SlackSettings): Promise<Examined[]> {
  if (botToken === null) return [];
  // Its header alone says which scopes a token has.
  const response = await fetch(new URL('auth.test', apiUrl ?? SLACK_API), {
    method: 'POST',
    headers: { Authorization: `Bearer ${botToken}` },
    signal: AbortSignal.timeout(WITHIN_MS),
    redirect: 'error',
  });
  const { ok, error, team } = (await response.json()) as { ok?: boolean; error?: unknown; team?: unknown };
  if (ok !== true)
    return [
      failing(`Slack does not take the token: ${word(error)}`, `copy it from “OAuth & Permissions” ${PAGES}, and set SLACK_BOT_TOKEN`),
    ];
  const has = (response.headers.get('x-oauth-scopes') ?? '').split(/[,\s]+/);
  const missing = scopeNames.filter((scope) => !has.includes(scope));
  if (missing.length === 0) return [fine(`the token works in ${word(team)}, with all scopes`)];
  return [
    warning(`the token lacks ${missing.join(', ')}`, `add them under “OAuth & Permissions” ${PAGES}, and press “Reinstall to Workspace”`),
  ];
}

/** A code that nobody gave out is refused only after the client is known. */
async function client(settings: SlackSettings, publicUrl: string): Promise<Examined[]> {
  if (settings.install === null) return [];
  const given = { code: 'doctor', redirectUri: `${publicUrl}${REDIRECT_PATH}` };
  try {
    await exchangeCode(slackCalls(settings), settings.install, given, AbortSignal.timeout(WITHIN_MS));
  } catch (error) {
    if (!(error instanceof SlackNo)) throw error;
    if (error.error === 'invalid_code') return [fine(`workspaces install the app at ${publicUrl}/slack/install`)];
    const mend = `copy Client ID and Client Secret from “Basic Information” ${PAGES}, and set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; ${given.redirectUri} stands under “OAuth & Permissions”, Redirect URLs`;
    return [failing(`Slack does not take the client: ${error.error}`, mend)];
  }
  return [fine('Slack takes the client')];
}

/** Slack says only to a browser whether an address is one of the app's: its page for logging in shows it as an error. */
async function logIn({ install, apiUrl }: SlackSettings, publicUrl: string): Promise<Examined[]> {
  const provider = slackLogIn({ install, apiUrl }, systemTime);
  if (provider === null) return [];
  const address = `${publicUrl}${LOGIN_PATH}`;
  const page = provider.addressFor({ state: 'doctor', nonce: 'doctor', challenge: '', redirectUri: address });
  const response = await fetch(page, { signal: AbortSignal.timeout(WITHIN_MS), redirect: 'manual' });
  const shown = response.status < 500 ? await response.text() : '';
  const mend = `add ${address} under “OAuth & Permissions”, Redirect URLs, ${PAGES}`;
  if (/bad_redirect_uri|redirect_uri did not match/.test(shown)) return [failing(`Slack does not send people back to ${address}`, mend)];
  if (apiUrl === null && !address.startsWith('https:'))
    return [failing(`Slack does not send people back to ${address}`, 'set PUBLIC_URL to an https address')];
  return [fine(`people can log in with Slack where ${address} stands under “OAuth & Permissions”, Redirect URLs`)];
}

const systemTime = { now: () => new Date() };

/** As Slack asks for it when the address is entered. */
async function address({ signingSecrets, apiUrl }: SlackSettings, publicUrl: string): Promise<Examined[]> {
  const [secret] = signingSecrets;
  if (secret === undefined)
    return [
      failing(
        'nothing that Slack sends is taken',
        `copy the Signing Secret from “Basic Information” ${PAGES}, and set SLACK_SIGNING_SECRET`,
      ),
    ];
  const url = `${publicUrl}${EVENTS_PATH}`;
  if (apiUrl === null && !url.startsWith('https:')) return [failing(`Slack does not call ${url}`, 'set PUBLIC_URL to an https address')];
  const challenge = randomBytes(12).toString('hex');
  const body = JSON.stringify({ type: 'url_verification', challenge });
  const time = String(Math.floor(Date.now() / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = { 'Content-Type': 'application/json', 'X-Slack-Request-Timestamp': time, 'X-Slack-Signature': signature };
  try {
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });
    const answer = await response.text();
    if (response.status === 200 && answer === challenge) return [fine(`${url} answers as Slack wants it`)];
    const mend =
      response.status === 401 ? 'start the product with this SLACK_SIGNING_SECRET' : 'npm start, and see the proxy in front of it';
    return [failing(`${url} answers ${response.status}`, mend)];
  } catch {
    return [warning(`${url} does not answer from here`, `npm start; the same address stands under “Event Subscriptions” ${PAGES}`)];
  }
}

/** What Slack says is shown, but not at any length. */
function word(given: unknown): string {
  return typeof given === 'string' ? given.replace(/[^\w .,-]/g, '').slice(0, 80) : 'it gives no reason';
}

const fine = (words: string): Examined => ({ state: 'ok', words });
const warning = (words: string, mend: string): Examined => ({ state: 'warning', words, mend });
const failing = (words: string, mend: string): Examined => ({ state: 'failing', words, mend });
