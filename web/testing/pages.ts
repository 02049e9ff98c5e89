// Every page of the portal: who looks at it, and where, in the world of world.ts. A page without a row fails its test.

import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Asker, World } from './world.ts';

export interface PageRow {
  readonly as: Asker;
  readonly at: (world: World) => string;
  /** What the page itself is answered with, when that is no 200. */
  readonly status?: number;
  /** What is unfolded: the menu above, or everything on the page. */
  readonly unfolded?: 'menu' | 'page';
}

/** By the page's file, without `.tsx`. Several rows are several states of it. */
export const pages: Readonly<Record<string, readonly PageRow[]>> = {
  'front/landing': [row('stranger', '/')],
  'front/terms': [row('stranger', '/terms')],
  'front/privacy': [row('stranger', '/privacy')],
  'front/erase': [row('stranger', ({ acme }) => `/privacy/erase/${acme.erasureLink}`), row('stranger', '/privacy/erase/done')],
  'front/confirm': [row('owner', '/confirm?next=/team/data')],
  'front/signup': [row('stranger', '/signup')],
  'front/verify': [
    row('stranger', '/verify'),
    row('stranger', '/verify?token=x'),
    row('stranger', ({ links }) => links.signUp, { unfolded: 'page' }),
  ],
  'front/confirm-email': [
    row('owner', ({ links }) => links.newAddress),
    row('member', ({ links }) => links.newAddress),
    row('stranger', ({ links }) => links.newAddress),
    row('stranger', '/confirm-email?token=x'),
  ],
  'front/welcome': [row('owner', '/welcome')],
  'front/login': [row('stranger', '/login'), row('stranger', '/login?found=slack'), row('stranger', '/login?done=password')],
  'front/login-sent': [row('stranger', '/login/sent')],
  'front/login-link': [row('stranger', ({ links }) => links.logIn), row('stranger', '/login/link?token=x')],
  'front/with/back': [row('stranger', '/login/with/slack?state=x', { status: 400 })],
  'front/with/connect': [row('owner', '/login/connect')],
  'front/two-factor': [row('stranger', '/login/two-factor')],
  'front/forgot': [row('stranger', '/forgot')],
  'front/reset-password': [row('stranger', '/reset-password'), row('stranger', '/reset-password?token=x')],
  'front/set-password': [row('stranger', '/set-password?token=x')],
  'buy/packs': [row('stranger', '/buy'), row('owner', '/buy')],
  'buy/pack': [row('stranger', '/buy/team'), row('owner', '/buy/team'), row('member', '/buy/team')],
  'buy/done': [
    row('stranger', '/buy/done?checkout=cs_test_nothing'),
    row('stranger', ({ other }) => `/buy/done?checkout=${other.paidByStranger}`),
  ],
  'team/invitation': [
    row('stranger', ({ acme }) => `/invitations/${acme.invitation.token}`),
    row('stranger', '/invitations/nothing', { status: 410 }),
  ],
  'not-found': [row('stranger', '/nowhere', { status: 404 })],

  'work/dashboard': [
    row('owner', '/dashboard'),
    row('operator', '/dashboard'),
    row('guest', '/dashboard'),
    row('owner', '/dashboard', { unfolded: 'menu' }),
  ],
  'work/conversation': [
    row('owner', ({ acme }) => `/conversations/${acme.conversation}`),
    row('member', ({ acme }) => `/conversations/${acme.runningConversation}`),
    row('member', ({ acme }) => `/conversations/${acme.runningConversation}?change=${acme.canceled}`),
    row('billing', ({ acme }) => `/conversations/${acme.unapprovedConversation}`),
    row('owner', ({ acme }) => `/conversations/${acme.unapprovedConversation}`),
  ],
  'work/tasks': [row('owner', '/tasks'), row('owner', '/tasks?status=failed', { unfolded: 'page' }), row('operator', '/tasks')],
  'work/task': [
    row('owner', ({ acme }) => `/tasks/${acme.task}`),
    row('owner', ({ acme }) => `/tasks/${acme.task}`, { unfolded: 'page' }),
    row('owner', ({ acme }) => `/tasks/${acme.running}`),
    row('owner', ({ acme }) => `/tasks/${acme.failed}`),
    row('owner', ({ acme }) => `/tasks/${acme.canceled}`),
    row('billing', ({ acme }) => `/tasks/${acme.unapproved}`),
    row('owner', ({ acme }) => `/tasks/${acme.unapproved}`),
    row('owner', ({ acme }) => `/tasks/${acme.undeliveredTask}`),
    row('outsider', ({ acme }) => `/tasks/${acme.task}`, { status: 404 }),
  ],
  'credits/overview': [
    row('owner', '/credits'),
    row('owner', '/credits?days=7&by=person', { unfolded: 'page' }),
    row('outsider', '/credits'),
    row('operator', '/credits'),
    row('member', '/credits'),
  ],
  'credits/transactions': [
    row('owner', '/credits/transactions'),
    row('operator', '/credits/transactions'),
    row('member', '/credits/transactions', { status: 403 }),
  ],
  'credits/statements': [row('owner', '/credits/statements')],
  'credits/statement': [row('owner', ({ acme }) => `/credits/statements/${acme.month}`)],
  'credits/top-up': [
    row('owner', '/credits/top-up'),
    row('outsider', '/credits/top-up'),
    row('member', '/credits/top-up', { status: 403 }),
  ],
  'credits/limits': [row('owner', '/credits/limits'), row('outsider', '/credits/limits')],
  'team/people': [row('owner', '/team'), row('operator', '/team'), row('member', '/team'), row('owner', '/team', { unfolded: 'page' })],
  'team/keys': [row('owner', '/team/keys'), row('owner', '/team/keys', { unfolded: 'page' }), row('operator', '/team/keys')],
  'team/audit': [row('owner', '/team/audit')],
  'team/workspaces': [row('owner', '/team/workspaces'), row('operator', '/team/workspaces')],
  'team/undelivered': [row('owner', '/team/undelivered'), row('outsider', '/team/undelivered')],
  'team/data': [row('owner', '/team/data'), row('owner', '/team/data', { unfolded: 'page' })],
  'team/link': [row('member', ({ acme }) => `/link/${acme.identityLink}`), row('owner', ({ acme }) => `/link/${acme.workspaceLink}`)],
  'settings/settings': [
    row('owner', '/settings'),
    row('owner', '/settings', { unfolded: 'page' }),
    row('owner', '/settings?done=password'),
  ],
  'settings/keys': [
    row('owner', '/settings/keys'),
    row('owner', '/settings/keys?after=reset', { unfolded: 'page' }),
    row('operator', '/settings/keys?done=revoked'),
  ],
  'settings/account': [row('owner', '/settings/account'), row('member', '/settings/account', { unfolded: 'page' })],
  'operator/overview': [row('operator', '/operator')],
  'operator/teams': [row('operator', '/operator/teams')],
  'operator/team': [row('operator', ({ acme }) => `/operator/teams/${acme.teamId}`, { unfolded: 'page' })],
  'operator/access': [row('operator', ({ acme }) => `/operator/teams/${acme.teamId}/access`, { unfolded: 'page' })],
  'operator/tasks': [row('operator', '/operator/tasks')],
  'operator/undelivered': [row('operator', '/operator/undelivered')],
  'operator/mails': [row('operator', '/operator/mails')],
  'operator/billing': [row('operator', '/operator/billing')],
  'operator/ledger': [row('operator', '/operator/ledger')],
};

type More = Omit<PageRow, 'as' | 'at'>;

function row(as: Asker, at: string | ((world: World) => string), more: More = {}): PageRow {
  return { as, at: typeof at === 'string' ? () => at : at, ...more };
}

/** Goes there, and unfolds what is to be unfolded. */
export async function goTo(page: Page, { at, unfolded }: PageRow, world: World): Promise<number> {
  const answer = await page.goto(at(world));
  if (unfolded !== undefined)
    await page.evaluate(
      `for (const each of document.querySelectorAll('${unfolded === 'menu' ? 'header' : 'main'} details')) each.open = true`,
    );
  return answer!.status();
}

/** The files of all pages that the portal was built with; frames around pages and what is only fetched are none. */
export async function builtPages(): Promise<string[]> {
  const built = (await import(path.join(import.meta.dirname, '../build/server/index.js'))) as {
    routes: Record<string, { id: string; path?: string; index?: boolean; module: { default?: unknown } }>;
  };
  return Object.values(built.routes)
    .filter(
      ({ id, path: address, index, module }) => id !== 'root' && (address !== undefined || index === true) && module.default !== undefined,
    )
    .map(({ id }) => id);
}
