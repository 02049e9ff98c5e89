// The page on which somebody lets the app into a workspace, and what their press leads to.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { html, type Markup } from '#core/domain/text/html.ts';
import { bodyOf } from '#bots/stand-in/body.ts';
import { PeopleNo } from '#bots/stand-in/people.ts';
import type { World } from '../world.ts';
import { newCode } from './grants.ts';

export interface Choice {
  readonly team: string;
  readonly user: string;
  readonly allow: boolean;
}

/** Where the browser goes next. Throws PeopleNo for what Slack shows as an error of its own. */
export function decided(world: World, query: URLSearchParams, { team, user, allow }: Choice): string {
  const redirectUri = redirectIn(world, query);
  const to = new URL(redirectUri);
  const state = query.get('state');
  if (state !== null) to.searchParams.set('state', state);
  if (!allow) {
    to.searchParams.set('error', 'access_denied');
    return to.href;
  }
  if (world.state.get('users', `${team}/${user}`) === undefined) throw new PeopleNo('user_not_found');
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '');
  to.searchParams.set('code', newCode(world.state, { team, user, scopes, redirectUri, atMs: world.clock.now().getTime() }));
  return to.href;
}

export async function answerAuthorize(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { searchParams: query } = new URL(request.url!, 'http://slack');
  redirectIn(world, query);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'; form-action *" });
    return void response.end(page(world, query).text);
  }
  const form = new URLSearchParams(String(await bodyOf(request)));
  const [team = '', user = ''] = (form.get('who') ?? '').split('/');
  response.writeHead(302, { Location: decided(world, query, { team, user, allow: form.get('choice') === 'allow' }) }).end();
}

function redirectIn({ client }: World, query: URLSearchParams): string {
  if (query.get('client_id') !== client.id) throw new PeopleNo('invalid_client_id');
  if ((query.get('scope') ?? '') === '') throw new PeopleNo('invalid_scope');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!/^https?:\/\//.test(redirectUri)) throw new PeopleNo('bad_redirect_uri');
  return redirectUri;
}

function page({ state }: World, query: URLSearchParams): Markup {
  const admins = [...state.all('users').values()].filter(({ role }) => role === 'admin');
  return html`<!doctype html>
    <title>Install app | Slack</title>
    <h1>An app wants access to a workspace</h1>
    <p>It asks for: ${query.get('scope') ?? ''}</p>
    <form method="post">
      <select name="who">
        ${admins.map(({ team, id, name }) => html`<option value="${team}/${id}">${state.get('teams', team)!.name}, as ${name}</option>`)}
      </select>
      <button name="choice" value="allow">Allow</button>
      <button name="choice" value="deny">Cancel</button>
    </form>`;
}
