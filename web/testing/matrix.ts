// Who may see which page of the portal, and who may do what there: one row for each address, in the words of
// core/domain/team/permission.ts. It is what we want, not what the pages say of themselves.

import type { Permission } from '#core/domain/team/permission.ts';
import type { Acme, Asker, World } from './world.ts';

/**
 * A permission is had by a role, in one's own team. `login`: whoever is logged in. `strangers`: who is logged in already is
 * led further. `operators`: to everybody else it is not there. `nobody`: there is nothing to look at.
 */
export type Who = Permission | 'login' | 'everybody' | 'operators';

export interface Row {
  readonly see: Who | 'strangers' | 'nobody';
  /** Its parts, where it has some. */
  readonly at?: (world: World) => string;
  /** What stands behind the address belongs to that team: to people of another one it is not there. */
  readonly acmes?: true;
  /** What whoever holds its secret link may read there, whoever they are. */
  readonly tells?: readonly string[];
  readonly act?: Readonly<Record<string, Act>>;
}

export interface Act {
  readonly may: Who;
  /** Something that changes nothing when it is allowed: it is refused for another reason, or is so already. */
  readonly fields: Readonly<Record<string, string>>;
  /** What a person of another team could name. In the place of each id the harmless form has one of nobody. */
  readonly theirs: ((acme: Acme) => Readonly<Record<string, string>>) | null;
  /** It would put these out of the team, or log them out, and no row comes after that. */
  readonly only: readonly Asker[] | null;
  /** Another address of the same page, where the act does nothing. */
  readonly at: string | null;
}

function act(
  may: Who,
  fields: Act['fields'] = {},
  theirs: Act['theirs'] = null,
  { only = null, at = null }: Partial<Pick<Act, 'only' | 'at'>> = {},
): Act {
  return { may, fields, theirs, only, at };
}

const id = (of: (acme: Acme) => string) => (acme: Acme) => ({ id: of(acme) });

/** Pages and their forms. */
export const matrix: Readonly<Record<string, Row>> = {
  // --- For everybody.
  '/': { see: 'everybody' },
  '/terms': { see: 'everybody' },
  '/privacy': { see: 'everybody' },
  '/buy': { see: 'everybody' },
  // It opens a checkout, which nobody pays. That other members may not has a test of its own (core/flows/billing/open-checkout.test.ts).
  '/buy/:pack': {
    at: () => '/buy/starter',
    see: 'everybody',
    act: { buy: act('everybody', {}, null, { only: ['stranger', 'owner', 'admin', 'billing'] }) },
  },
  '/buy/done': { see: 'everybody' },
  '/privacy/erase/:token': {
    at: ({ acme }) => `/privacy/erase/${acme.erasureLink}`,
    see: 'everybody',
    tells: ['zoe.quay'],
    act: { erase: act('everybody', {}, null, { at: '/privacy/erase/never-was' }) },
  },
  // Whoever is logged in would be out.
  '/logout': { see: 'nobody', act: { '': act('everybody', {}, null, { only: ['stranger'] }) } },
  '/confirm': { see: 'login', act: { '': act('login') } },
  '/signup': {
    see: 'strangers',
    act: { signup: act('everybody', { email: '', password: '' }), 'continue-with': act('everybody', { platform: 'slack' }) },
  },
  '/verify': {
    see: 'everybody',
    act: {
      verify: act('everybody', { token: '', password: '' }),
      anew: act('everybody', { token: '', password: '' }),
      again: act('everybody', { email: '' }),
    },
  },
  '/confirm-email': { see: 'everybody', act: { confirm: act('everybody', { token: '' }) } },
  '/welcome': { see: 'login' },
  '/login': {
    see: 'strangers',
    act: {
      login: act('everybody', { email: '', password: '' }),
      link: act('everybody', { email: '' }),
      'continue-with': act('everybody', { platform: 'discord' }),
    },
  },
  // Where a platform sends a browser back to: what nobody began ends here.
  '/login/with/:platform': {
    at: () => '/login/with/slack?state=x&code=y',
    see: 'nobody',
    act: { 'continue-with': act('everybody') },
  },
  '/login/connect': { see: 'login', act: { connect: act('login', { platform: 'slack' }) } },
  '/login/sent': { see: 'everybody' },
  '/login/link': { see: 'everybody', act: { link: act('everybody', { token: '' }) } },
  '/login/two-factor': { see: 'everybody', act: { code: act('everybody', { code: '' }), backup: act('everybody', { code: '' }) } },
  '/forgot': { see: 'everybody', act: { forgot: act('everybody', { email: '' }) } },
  '/reset-password': { see: 'everybody', act: { password: act('everybody', { token: '', password: '' }) } },
  '/set-password': { see: 'everybody', act: { password: act('everybody', { token: '', password: '' }) } },
  '/invitations/:token': {
    at: ({ acme }) => `/invitations/${acme.invitation.token}`,
    see: 'everybody',
    tells: ['Acme Harbour', 'Ada Byron'],
    act: { accept: act('login'), decline: act('everybody', {}, null, { at: '/invitations/never-was' }) },
  },
  '/*': { see: 'nobody', at: () => '/nothing/here' },

  // --- Work.
  '/dashboard': { see: 'tasks.see', act: { ask: act('tasks.ask', { text: '' }) } },
  '/conversations/:id': {
    at: ({ acme }) => `/conversations/${acme.conversation}`,
    see: 'tasks.see',
    acmes: true,
    act: { ask: act('tasks.ask', { text: 'Find me 3 leads for anchors', key: 'matrix' }) },
  },
  '/tasks': { see: 'tasks.see' },
  '/tasks/:id': {
    at: ({ acme }) => `/tasks/${acme.failed}`,
    see: 'tasks.see',
    acmes: true,
    act: {
      // The admin asked for it, and it is over.
      cancel: act('tasks.stop'),
      // Whoever asked approves; it is over, too.
      approve: act('tasks.ask'),
      change: act('tasks.ask'),
      again: act('tasks.ask', { key: 'matrix' }),
      feedback: act('tasks.see', { verdict: 'bad' }),
      deliver: act('letters.resend'),
      // Without a file. Who may do it with which has a test of its own.
      'delete-file': act('tasks.see'),
      'end-links': act('tasks.see'),
    },
  },
  '/tasks/:id/files/:fileId': { at: ({ acme }) => `/tasks/${acme.task}/files/${acme.files.markdown}`, see: 'tasks.see', acmes: true },
  '/estimate': { see: 'nobody', act: { '': act('tasks.ask', { text: 'find me 3 leads' }) } },

  // --- Credits.
  '/credits': { see: 'tasks.see' },
  '/credits/transactions': { see: 'credits.see' },
  '/credits/transactions.csv': { see: 'credits.see' },
  '/credits/statements': { see: 'credits.see' },
  '/credits/statements/:month': { at: ({ acme }) => `/credits/statements/${acme.month}`, see: 'credits.see' },
  '/credits/statements/:month/statement.csv': {
    at: ({ acme }) => `/credits/statements/${acme.month}/statement.csv`,
    see: 'credits.see',
  },
  '/credits/top-up': {
    see: 'credits.buy',
    act: {
      // No card is saved, so nothing is turned on.
      on: act('credits.buy', {
        below: '100',
        pack: 'starter',
        monthlyCap: '100',
        dailyMost: '3',
        pauseMinutes: '10',
        prices: '1 usd',
        agreed: 'on',
      }),
      off: act('credits.buy'),
      portal: act('credits.buy'),
    },
  },
  '/credits/limits': {
    see: 'credits.see',
    act: {
      set: act('credits.limit', { credits: '5', period: 'day' }, (acme) => ({ subject: `member:${acme.userOf.member}` })),
      change: act('credits.limit', { credits: '5', period: 'day' }, (acme) => ({ subject: `member:${acme.userOf.guest}` })),
      remove: act(
        'credits.limit',
        {},
        id(({ limit }) => limit),
      ),
    },
  },

  // --- The team.
  '/team': {
    see: 'login',
    act: {
      invite: act('team.manage', { email: 'nobody', role: 'member' }),
      resend: act(
        'team.manage',
        {},
        id(({ invitation }) => invitation.id),
      ),
      revoke: act(
        'team.manage',
        {},
        id(({ invitation }) => invitation.id),
      ),
      role: act(
        'team.manage',
        { role: 'guest' },
        id(({ memberOf }) => memberOf.member),
      ),
      remove: act(
        'team.manage',
        {},
        id(({ memberOf }) => memberOf.member),
      ),
      // The last owner stays; everybody else would be out.
      leave: act('login', {}, null, { only: ['stranger', 'owner', 'outsider', 'operator'] }),
      rename: act('team.settings', { name: '' }),
      switch: act('login', {}, ({ teamId }) => ({ team: teamId })),
      make: act('login', { name: '' }),
    },
  },
  '/team/keys': {
    see: 'keys.own',
    act: {
      make: act('keys.own', { name: '' }),
      revoke: act(
        'keys.own',
        {},
        id(({ apiKey }) => apiKey.id),
      ),
    },
  },
  '/team/workspaces': {
    see: 'team.see',
    act: {
      workspace: act(
        'workspaces.manage',
        {},
        id(({ workspace }) => workspace),
      ),
      change: act(
        'workspaces.manage',
        { personPerDay: '100', workspacePerDay: '' },
        id(({ workspace }) => workspace),
      ),
      places: act(
        'workspaces.manage',
        { listed: 'no' },
        id(({ workspace }) => workspace),
      ),
      account: act(
        'team.see',
        {},
        id(({ account }) => account),
      ),
    },
  },
  '/team/undelivered': {
    see: 'letters.resend',
    act: {
      again: act(
        'letters.resend',
        {},
        id(({ letter }) => letter),
      ),
      twice: act(
        'letters.resend',
        {},
        id(({ letter }) => letter),
      ),
      elsewhere: act(
        'letters.resend',
        { to: 'web' },
        id(({ letter }) => letter),
      ),
      seen: act(
        'letters.resend',
        {},
        id(({ letter }) => letter),
      ),
    },
  },
  '/team/audit': { see: 'audit.see' },
  '/team/audit.csv': { see: 'audit.see' },
  '/team/data': {
    see: 'team.settings',
    act: {
      retention: act('team.settings', { retentionDays: 'soon' }),
      confirm: act('team.settings', { confirmAbove: 'many' }),
      export: act('team.export'),
      delete: act('team.delete', { name: 'not its name' }),
      back: act('team.delete'),
    },
  },
  '/team/data/export/:id': { at: ({ acme }) => `/team/data/export/${acme.export}`, see: 'team.export', acmes: true },
  '/link/:token': {
    at: ({ acme }) => `/link/${acme.workspaceLink}`,
    see: 'login',
    tells: ['Pier Two', 'mo'],
    act: {
      // What the page showed is part of the form, and it showed somebody else. Who may link a workspace has a test of its own.
      confirm: act('login', {}, ({ teamId, userOf }) => ({ user: userOf.owner, team: teamId })),
      switch: act('login', {}, ({ teamId }) => ({ team: teamId })),
    },
  },

  // --- One's own account.
  '/settings': {
    see: 'login',
    act: {
      name: act('login', { name: '' }),
      mail: act('login', { email: '' }),
      password: act('login', { current: '', password: '' }),
      'password-link': act('login'),
      'two-factor-begin': act('login', { password: '' }),
      'two-factor-confirm': act('login', { code: '' }),
      'two-factor-off': act('login', { password: '' }),
      'backup-codes': act('login', { password: '' }),
      'end-session': act('login', {}, ({ sessionOf }) => ({ session: sessionOf.owner })),
      'end-others': act('login'),
      'connect-login': act('login', { platform: 'slack' }),
      'remove-login': act('login', { login: 'of-nobody' }),
      unlink: act('login', {}, ({ account }) => ({ account })),
      spending: act('login', { confirmAbove: 'many' }),
      emails: act('login', { wanted: 'low-credits' }),
      appearance: act('login', { theme: 'system' }),
    },
  },
  // Others have keys that later rows need.
  '/settings/keys': { see: 'login', act: { 'revoke-all': act('login', {}, null, { only: ['stranger', 'outsider'] }) } },
  '/settings/account': { see: 'login', act: { delete: act('login', { email: 'not theirs' }), back: act('login') } },

  // --- Running the product.
  '/operator': { see: 'operators' },
  '/operator/teams': { see: 'operators' },
  '/operator/teams/:id': {
    at: ({ acme }) => `/operator/teams/${acme.teamId}`,
    see: 'operators',
    act: {
      grant: act('operators', { credits: 'a lot', reason: 'For the trouble', key: 'matrix' }),
      freeze: act('operators', { reason: '' }),
      unfreeze: act('operators', { reason: '' }),
      check: act('operators'),
    },
  },
  '/operator/teams/:id/access': {
    at: ({ acme }) => `/operator/teams/${acme.teamId}/access`,
    see: 'operators',
    act: {
      'end-sessions': act('operators', { id: 'of-nobody', reason: '' }),
      'revoke-of': act('operators', { id: 'of-nobody', reason: '' }),
      'revoke-key': act(
        'operators',
        { reason: '' },
        id(({ apiKey }) => apiKey.id),
      ),
      'revoke-all': act('operators', { reason: '' }),
    },
  },
  '/operator/tasks': {
    see: 'operators',
    act: {
      open: act(
        'operators',
        {},
        id(({ task }) => task),
      ),
      stop: act(
        'operators',
        {},
        id(({ running }) => running),
      ),
      requeue: act(
        'operators',
        {},
        id(({ running }) => running),
      ),
    },
  },
  '/operator/undelivered': {
    see: 'operators',
    act: { again: act('operators', {}, ({ letter, teamId }) => ({ id: letter, team: teamId })) },
  },
  '/operator/mails': { see: 'operators', act: { again: act('operators', { id: 'of-nobody' }) } },
  '/operator/billing': { see: 'operators', act: { close: act('operators', { id: 'evt_of_nobody' }) } },
  '/operator/ledger': { see: 'operators', act: { check: act('operators') } },
};

/** What a program of another team can ask for by the ids of this one. */
export interface Probe {
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  readonly method?: 'HEAD';
  /** It answers with what is theirs and with the time, so that no two answers are the same. */
  readonly varies?: true;
}

/** The addresses that are no pages, as web/server/routes has them. */
export const api: Readonly<Record<string, (acme: Acme) => readonly Probe[]>> = {
  '/api/tasks/create': ({ conversation, chatConversation, files, input }) => [
    { path: '/api/tasks/create', body: { requestText: 'Find me 3 leads', conversationId: conversation } },
    { path: '/api/tasks/create', body: { requestText: 'Find me 3 leads', conversationId: chatConversation } },
    { path: '/api/tasks/create', body: { requestText: 'Find me 3 leads', files: [files.csv] } },
    { path: '/api/tasks/create', body: { requestText: 'Find me 3 leads', files: [input] } },
  ],
  '/api/tasks': ({ running }) => [
    { path: '/api/tasks', varies: true },
    { path: `/api/tasks?limit=100&before=${running}`, varies: true },
  ],
  '/api/tasks/:id': ({ task, running }) => [{ path: `/api/tasks/${task}` }, { path: `/api/tasks/${running}` }],
  '/api/tasks/:id/files/:fileId/original': ({ task, files }) => [{ path: `/api/tasks/${task}/files/${files.csv}/original` }],
  '/api/tasks/:id/approve': ({ running, task }) => [
    { path: `/api/tasks/${running}/approve`, body: {} },
    { path: `/api/tasks/${task}/approve`, body: {} },
  ],
  '/api/tasks/:id/cancel': ({ running, task }) => [
    { path: `/api/tasks/${running}/cancel`, body: {} },
    { path: `/api/tasks/${task}/cancel`, body: {} },
  ],
  '/api/tasks/:id/retry': ({ failed, running }) => [
    { path: `/api/tasks/${failed}/retry`, body: {} },
    { path: `/api/tasks/${running}/retry`, body: {} },
  ],
  '/api/balance': () => [{ path: '/api/balance' }],
  '/api/transactions': ({ userOf }) => [{ path: '/api/transactions' }, { path: `/api/transactions?person=${userOf.owner}` }],
  '/api/transactions.csv': ({ userOf }) => [{ path: '/api/transactions.csv' }, { path: `/api/transactions.csv?person=${userOf.owner}` }],
  '/api/statements': () => [{ path: '/api/statements' }],
  '/api/statements/:month.csv': ({ month }) => [{ path: `/api/statements/${month}.csv` }],
  '/api/statements/:month': ({ month }) => [{ path: `/api/statements/${month}` }],
  '/api/conversations/:id/letters': ({ conversation, chatConversation, runningConversation }) =>
    [conversation, chatConversation, runningConversation].map((each) => ({ path: `/api/conversations/${each}/letters` })),
  // Takes a file, and names nothing that is there.
  '/api/files': () => [],
  '/api/files/:id/delete': ({ files, input }) => [files.csv, input].map((each) => ({ path: `/api/files/${each}/delete`, body: {} })),
  '/api/files/:id/unshare': ({ files, input }) => [files.csv, input].map((each) => ({ path: `/api/files/${each}/unshare`, body: {} })),
  '/api/events': ({ task, running }) => [
    { path: `/api/events?task=${running}`, method: 'HEAD' },
    { path: `/api/events?task=${task}`, method: 'HEAD' },
    { path: `/api/events?task=${running}&live=1`, method: 'HEAD' },
  ],
  // Whoever holds such a link may have its file; nobody can make one up.
  '/f/:token': ({ files }) => [{ path: `/f/${Buffer.from(files.csv.replaceAll('-', ''), 'hex').toString('base64url')}${'A'.repeat(28)}` }],
  '/api/auth/*rest': () => [{ path: '/api/auth/get-session' }, { path: '/api/auth/list-sessions' }],
  // Answers whoever signs with Stripe's secret, and nobody else.
  '/api/webhooks/stripe': () => [{ path: '/api/webhooks/stripe', body: {} }],
  '/healthz': () => [{ path: '/healthz' }],
  '/readyz': () => [{ path: '/readyz' }],
  '/metrics': () => [{ path: '/metrics', varies: true }],
  '/docs/api': () => [{ path: '/docs/api' }],
  '/docs/security': () => [{ path: '/docs/security' }],
  '/.well-known/security.txt': () => [{ path: '/.well-known/security.txt' }],
  '/.well-known/change-password': () => [{ path: '/.well-known/change-password' }],
  '/robots.txt': () => [{ path: '/robots.txt' }],
};
