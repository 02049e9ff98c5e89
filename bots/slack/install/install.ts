// “Add to Slack”: the two addresses of an installation. The first sends the browser to Slack, the second is where Slack sends it back.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Mount } from '#bots/adapter.ts';
import { SLACK_API } from '../api/call.ts';
import { REDIRECT_PATH } from '../manifest/manifest.ts';
import { scopeNames } from '../manifest/scopes.ts';
import type { SlackSettings } from '../settings.ts';
import type { InstallClient } from './access.ts';
import { land, type LandDeps, type Landed } from './land.ts';
import { beginState, isStateOf, nonceCookie } from './state.ts';
import { drawInstallPage, INSTALL_PATH, installPages } from './words.ts';

/** Slack's codes have about 100 characters. */
const CODE_MOST = 500;

/** Where people let the app in. */
export function slackOrigin({ apiUrl }: Pick<SlackSettings, 'apiUrl'>): string {
  return new URL(apiUrl ?? SLACK_API).origin;
}

export function slackInstall(
  {
    app,
    clock,
    log,
    publicUrl,
    brandName,
    settings,
  }: Pick<Context<SlackSettings>, 'app' | 'clock' | 'log' | 'publicUrl' | 'brandName' | 'settings'>,
  { client, ...rest }: Pick<LandDeps, 'call' | 'tokens' | 'welcome'> & { readonly client: InstallClient },
): readonly Mount[] {
  // Never from the request: whoever sends it chooses its Host.
  const redirectUri = `${publicUrl}${REDIRECT_PATH}`;
  const deps: LandDeps = { app, clock, log, brandName, redirectUri, client, ...rest };
  const cookie = nonceCookie(publicUrl);
  const pages = installPages(brandName);
  return [
    { method: 'GET', path: INSTALL_PATH, handle: begin },
    { method: 'GET', path: REDIRECT_PATH, handle: finish },
  ];

  function begin(_: IncomingMessage, response: ServerResponse): void {
    const { state, nonce } = beginState(client.clientSecret, clock.now());
    const to = new URL('../oauth/v2/authorize', settings.apiUrl ?? SLACK_API);
    to.search = new URLSearchParams({
      client_id: client.clientId,
      scope: scopeNames.join(','),
      redirect_uri: redirectUri,
      state,
    }).toString();
    answer(response, { to: to.href }, cookie.set(nonce));
  }

  async function finish(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams: given } = new URL(request.url!, publicUrl);
    const [state, code, error] = ['state', 'code', 'error'].map((name) => given.get(name) ?? '') as [string, string, string];
    if (!isStateOf(client.clientSecret, state, cookie.of(request), clock.now())) return answer(response, pages.foreign);
    // This browser has had its one answer to it.
    const landed =
      code === '' || code.length > CODE_MOST ? (error === 'access_denied' ? pages.denied : pages.over) : await land(deps, code);
    answer(response, landed, cookie.clear);
  }

  function answer(response: ServerResponse, landed: Landed, setCookie?: string): void {
    // The address in the browser has a code in it.
    const headers = {
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      ...(setCookie !== undefined && { 'Set-Cookie': setCookie }),
    };
    if ('to' in landed) return void response.writeHead(303, { ...headers, Location: landed.to }).end();
    const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    response.writeHead(landed.status, { ...headers, 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy });
    response.end(drawInstallPage(landed, brandName));
  }
}
