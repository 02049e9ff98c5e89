// What the dashboard of a team with ten thousand tasks costs in time of our process's processor: to render it, once its
// data is there, and for the whole request, from the first byte that comes in to the last that goes out. Another process
// asks, and PostgreSQL is another too.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readConfig } from '#core/contracts/env.ts';
import type { Log } from '#core/ports/log.ts';
import type { App } from '#core/flows/app.ts';
import { eachVerb } from '#core/flows/runtime/each-verb.ts';
import { startProduct, type Product } from '#core/product/product.ts';
import { makeHistory, TASKS } from './credits.ts';
import { median, type BenchRow } from './row.ts';
import { makeTeams } from './world.ts';

const WARM_UP = 2_000;
const ROUNDS = 5;
const REQUESTS = 200;
const AIM_MS = 4;
const PASSWORD = 'correct horse battery';

export async function benchDashboard(databaseUrl: string, dataDir: string, log: Log): Promise<BenchRow[]> {
  const config = readConfig({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PORT: '0', ROLES: 'web' });
  const product = await startProduct(config, { log, portal: true });
  try {
    const [team] = await makeTeams(product.core.store, 1);
    await makeHistory(product.core.store, team!);
    const cookie = await logIn(product, team!.userId);
    const page = `${product.core.settings.publicUrl}/dashboard`;
    const render = await rendering(product, page, cookie);
    const tasks = `${TASKS.toLocaleString('en')} tasks`;
    const cost = async (name: string, work: (times: number) => Promise<void>, most?: number): Promise<BenchRow> => {
      await work(WARM_UP);
      const rounds: number[] = [];
      for (let i = 0; i < ROUNDS; i++) rounds.push((await cpuMsOf(() => work(REQUESTS))) / REQUESTS);
      return { name, unit: 'ms CPU', value: median(rounds), limit: null, ratio: null, aim: null, ...(most !== undefined && { most }) };
    };
    return [
      await cost(`dashboard rendered, ${tasks}`, render, AIM_MS),
      await cost(`dashboard, the whole request, ${tasks}`, (times) => ask(page, cookie, times)),
    ];
  } finally {
    await product.stop();
  }
}

/** Renders the page from what the core said of it once: no connection, no database. */
async function rendering({ app, auth, core }: Product, page: string, cookie: string): Promise<(times: number) => Promise<void>> {
  const file = path.join(import.meta.dirname, '../../web/build/server/index.js');
  const build = (await import(pathToFileURL(file).href)) as {
    entry: { module: { answerWith(build: unknown): (request: Request, visit: object) => Promise<Response> } };
  };
  const answer = build.entry.module.answerWith(build);
  const headers = { Cookie: cookie, 'Accept-Language': 'en' };
  const loggedIn = (await auth.sessionOf(new Headers(headers)))!;
  const who = { loggedIn, actor: await app.accounts.actorOf(loggedIn) };
  const visit = {
    app: remembering(app),
    auth,
    log: core.log,
    brandName: 'Impacter',
    publicUrl: core.settings.publicUrl,
    requestId: 'bench',
    nonce: 'bench',
    caller: '127.0.0.1',
    startingCredits: 0,
    sandboxPages: [],
    who: async () => who,
    isOperator: () => false,
    isOperatorWithoutTwoFactor: () => false,
    named() {},
  };
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const answered = await answer(new Request(page, { headers }), { ...visit, now: new Date() });
      if (answered.status !== 200 || !(await answered.text()).includes('</html>')) throw new Error('the dashboard was not rendered');
    }
  };
}

/** Each verb does its work once. */
function remembering(app: App): App {
  const said = new Map<string, unknown>();
  return eachVerb(app, (name, verb) => (...given) => {
    if (!said.has(name)) said.set(name, verb(...given));
    return said.get(name);
  });
}

async function cpuMsOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function ask(url: string, cookie: string, times: number): Promise<void> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'ask-often.ts'), url, cookie, String(times)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${url} was not answered well`);
}

/** As somebody who opens the link in a mail, and chooses a password. */
async function logIn({ auth, url, core }: Product, userId: Parameters<Product['auth']['linkToSetPassword']>[0]): Promise<string> {
  const link = await auth.linkToSetPassword(userId, 60_000);
  const token = new URL(link.url).searchParams.get('token');
  const { rows } = await core.store.money.query<{ email: string }>({ text: 'SELECT email FROM users WHERE id = $1' }, [userId]);
  await post('/reset-password', { token, newPassword: PASSWORD });
  const answer = await post('/sign-in/email', { email: rows[0]!.email, password: PASSWORD });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');

  async function post(door: string, body: object): Promise<Response> {
    const answered = await fetch(`${url}/api/auth${door}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', Origin: core.settings.publicUrl },
    });
    if (!answered.ok) throw new Error(`${door} answered ${answered.status}: ${await answered.text()}`);
    return answered;
  }
}
