// Somebody with a browser: keeps cookies, says where a form came from, and calls from an address of their own.

import { vi } from 'vitest';
import type { MailSaying } from '#core/domain/mail/mail.ts';
import { callerHeader } from '#core/ports/auth.ts';
import { authenticatorOf } from './authenticator.ts';
import { linkIn, type ReceivedMail } from './mailbox.ts';
import type { Stage } from '../stages/stage.ts';

export interface Visitor {
  readonly cookies: Map<string, string>;
  /** Asks the login engine, as a form or a link of ours would. */
  auth(path: string, body?: object, headers?: Record<string, string>): Promise<Answered>;
  /** Asks the login engine as a page of ours does, which may use the links of mails. */
  askAsPage(path: string, body?: object): Promise<Answered>;
  fetch(path: string, options?: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }): Promise<Response>;
  /** Signs up, opens the mail, follows its link and enters the password there: logged in. */
  signUp(email: string, password?: string, name?: string): Promise<void>;
  logIn(email: string, password?: string): Promise<Answered>;
  /** Whether the product takes them for somebody. */
  isLoggedIn(): Promise<boolean>;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';

export const PASSWORD = 'correct horse battery';

export const proxied = { TRUST_PROXY: '1' };

/** With an address only on a stage with `proxied` settings. */
export function visitor({ url, core, mails }: Pick<Stage, 'url' | 'core' | 'mails'>, address?: string): Visitor {
  const cookies = new Map<string, string>();
  const origin = core.settings.publicUrl;
  const cookieLine = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  const go: Visitor['fetch'] = async (path, options = {}) => {
    const response = await fetch(url + path, {
      redirect: 'manual',
      ...options,
      headers: {
        'User-Agent': BROWSER,
        ...(address !== undefined && { 'X-Forwarded-For': address }),
        ...(cookies.size > 0 && { Cookie: cookieLine() }),
        ...options.headers,
      },
    });
    keep(response);
    return response;
  };

  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name!);
      else cookies.set(name!, value!);
    }
  };

  const auth: Visitor['auth'] = async (path, body, headers = {}) => {
    const response = await go(`/api/auth${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { ...(body && { 'Content-Type': 'application/json', Origin: origin }), ...headers },
    });
    return answered(response);
  };

  const askAsPage: Visitor['askAsPage'] = async (path, body) => {
    const headers = {
      'User-Agent': BROWSER,
      [callerHeader]: address ?? '127.0.0.1',
      ...(cookies.size > 0 && { Cookie: cookieLine() }),
      ...(body && { 'Content-Type': 'application/json', Origin: origin }),
    };
    const request = new Request(`${origin}/api/auth${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    const response = await core.auth.handle(request, 'page');
    keep(response);
    return answered(response);
  };

  return {
    cookies,
    auth,
    askAsPage,
    fetch: go,
    async signUp(email, password = PASSWORD, name = 'Ada') {
      const { status, body } = await auth('/sign-up/email', { email, password, name });
      if (status !== 200) throw new Error(`signing up ${email} was answered with ${status} ${JSON.stringify(body)}`);
      const mail = await mailOf({ core, mails }, email, 'verify');
      const confirmed = await askAsPage('/confirm-sign-up', { token: tokenIn(mail), password });
      if (confirmed.status !== 200) throw new Error(`confirming ${email} was answered with ${confirmed.status}`);
    },
    logIn: (email, password = PASSWORD) => auth('/sign-in/email', { email, password }),
    isLoggedIn: async () => (await go('/api/balance')).status === 200,
  };
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>, headers: response.headers };
}

/** The newest mail of a kind, once all that were written so far have arrived, and at least so many. */
export async function mailOf(
  { core, mails }: Pick<Stage, 'core' | 'mails'>,
  to: string,
  kind: MailSaying['kind'],
  least = 1,
): Promise<ReceivedMail> {
  const written = (await kindsWrittenTo({ core }, to)).filter((each) => each === kind).length;
  return vi.waitFor(async () => {
    const found = (await mails(to, 0)).filter((mail) => mail.kind === kind);
    if (found.length < Math.max(written, least)) throw new Error(`${to} got ${found.length} mails of the kind ${kind}`);
    return found.at(-1)!;
  });
}

/** What was written to an address, delivered or not. */
export async function kindsWrittenTo({ core }: Pick<Stage, 'core'>, to: string): Promise<string[]> {
  const { rows } = await core.store.money.query<{ kind: string }>({ text: 'SELECT kind FROM mails WHERE to_address = $1 ORDER BY id' }, [
    to,
  ]);
  return rows.map(({ kind }) => kind);
}

export function tokenIn(mail: { readonly text: string }): string {
  return new URL(linkIn(mail)).searchParams.get('token')!;
}

/** Sets an authenticator up for somebody who is logged in. */
export async function twoFactorOf(person: Visitor): Promise<{ authenticator: () => string; backupCodes: string[] }> {
  const { body } = await person.auth('/two-factor/enable', { password: PASSWORD });
  const authenticator = authenticatorOf(body['totpURI'] as string);
  const { status } = await person.auth('/two-factor/verify-totp', { code: authenticator() });
  if (status !== 200) throw new Error(`the authenticator was not taken: ${status}`);
  return { authenticator, backupCodes: body['backupCodes'] as string[] };
}
