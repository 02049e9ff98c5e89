// No address reads more of a request than it should, whoever asks: every page with a form, every route of the API, the
// login engine, the sandbox's pages, and addresses that are nothing.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { rawRequest, type RawRequest } from '#core/testing/visitors/raw-request.ts';
import { forAll, openStage, type Stage } from '#core/testing/stages/stage.ts';
import { visitor, type Visitor } from '#core/testing/visitors/visitor.ts';
import { hasAction, portalRoutes, serverRoutes } from './routes.ts';

const OPERATOR = 'ops@example.com';

interface House {
  readonly stage: Stage;
  readonly url: string;
  readonly operator: Visitor;
  stop(): Promise<void>;
}

const house = forAll(async (): Promise<House> => {
  const stage = await openStage({ portal: true, settings: { OPERATOR_EMAILS: OPERATOR } });
  const url = stage.core.settings.publicUrl;
  const operator = visitor({ ...stage, url });
  await operator.signUp(OPERATOR);
  return { stage, url, operator, stop: stage.stop };
}, 120_000);

const pages = portalRoutes.flatMap(({ path, file }) => (hasAction(file) ? [path, `${path}.data`] : []));
const addresses = [...pages, ...serverRoutes(), '/sandbox/mail', '/sandbox/mail.json', '/nothing/here', '/api/nothing', '/'];

const MEGABYTE = 1_000_000;
/** More than anybody may send, and than this process may grow by. */
const OFFERED = 60 * MEGABYTE;
/** What is taken and thrown away, so that a caller who is still sending hears the answer, and what the network holds. */
const MOST_TAKEN = 24 * MEGABYTE;
const MOST_GROWTH = 32 * MEGABYTE;

test('the list has every form and every route', () => {
  expect(pages.length).toBeGreaterThan(40);
  expect(addresses).toEqual(expect.arrayContaining(['/login', '/dashboard.data', '/api/tasks/create', '/api/files', '/api/auth/*rest']));
});

const endless: readonly [kind: string, type: string, body: string][] = [
  ['a form', 'application/x-www-form-urlencoded', 'intent=login&text='],
  ['a form with files', 'multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n'],
  ['JSON', 'application/json', '{"requestText":"'],
];

describe.each(['a stranger', 'somebody who is logged in'] as const)('%s', (who) => {
  const ask = (path: string, request: Omit<RawRequest, 'path'>) => {
    const { url, operator } = house();
    const cookie = [...operator.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return rawRequest(url, {
      ...request,
      path: exampleOf(path),
      headers: { Accept: 'text/html', Origin: url, ...(who !== 'a stranger' && { Cookie: cookie }), ...request.headers },
    });
  };

  test.each(['POST', 'GET', 'PUT'])('who declares a body of 400 MB is refused at once, by %s', async (method) => {
    for (const path of addresses) {
      const answer = await ask(path, {
        method,
        headers: { 'Content-Length': '400000000', 'Content-Type': form },
        body: 'intent=login&text=',
      });
      expect([path, answer.status, answer.headers['connection']]).toEqual([path, 413, 'close']);
      expect([path, answer.text]).toEqual([path, expect.stringMatching(/This request is too large\.|is larger than 50 MB\./)]);
    }
  });

  test('who asks first whether to send 400 MB is told no, and never to continue', async () => {
    for (const path of addresses) {
      const answer = await ask(path, { headers: { 'Content-Length': '400000000', 'Content-Type': form, Expect: '100-continue' } });
      expect([path, answer.status, answer.headers['connection']]).toEqual([path, 413, 'close']);
    }
  });

  // Whoever they are, the same is counted: one kind of body is enough for strangers.
  test.each(who === 'a stranger' ? endless.slice(0, 1) : endless)(
    'who sends %s without end is cut off, and everybody else is served meanwhile',
    async (kind, type, body) => {
      let refused = 0;
      // Logging out is what somebody who is logged in would do only once.
      const asked = kind === 'JSON' ? addresses.filter((each) => !pages.includes(each)) : addresses;
      for (const path of asked.filter((each) => who === 'a stranger' || !each.startsWith('/logout'))) {
        const growth = watchGrowth();
        const [answer, waited] = await Promise.all([
          ask(path, { headers: { 'Content-Type': type }, body, endless: { piece: Buffer.alloc(65_536, 'a'), most: OFFERED } }),
          howLongAsOthersWait(),
        ]);
        expect([path, growth.most() < MOST_GROWTH, answer.sent < MOST_TAKEN, waited < 2_000]).toEqual([path, true, true, true]);
        // Some know before they have read anything that the answer is no.
        expect([path, answer.status]).toEqual([path, expect.toBeOneOf([302, 303, 401, 403, 404, 405, 408, 411, 413, 415, 202, 204, null])]);
        if (answer.status === 413) refused += 1;
      }
      expect(refused).toBeGreaterThan(kind === 'JSON' ? 0 : who === 'a stranger' ? 10 : 30);
    },
  );
});

test('a form that is too large is answered with a page in words', async () => {
  const { url } = house();
  const answer = await rawRequest(url, {
    path: '/login',
    headers: { Accept: 'text/html', Origin: url, 'Content-Type': form },
    body: 'intent=login&text=',
    endless: { piece: Buffer.alloc(65_536, 'a'), most: OFFERED },
  });
  expect([answer.status, answer.headers['content-type'], answer.headers['connection']]).toEqual([413, 'text/html; charset=utf-8', 'close']);
  expect(answer.text).toContain('<h1>This request is too large.</h1>');
  expect(answer.tookMs).toBeLessThan(2_000);
});

test('the longest text fits, however it is written', async () => {
  const { stage } = house();
  const ada = await stage.person();
  const words = 'find me 3 leads ';
  const body = `{"requestText":"${words}${String.raw`\ud83d\ude00`.repeat(20_000 - words.length)}"}`;
  const answer = await fetch(`${stage.url}/api/tasks/create`, {
    method: 'POST',
    body,
    headers: { Authorization: `Bearer ${ada.apiKey}`, 'Content-Type': 'application/json' },
  });
  expect(answer.status).toBe(201);
});

const form = 'application/x-www-form-urlencoded';

function exampleOf(path: string): string {
  return path
    .replace('/*rest', '/sign-in/email')
    .replace(/^\/api\/files$/, '/api/files?name=a.csv')
    .replace('/*', '/nothing/here')
    .replace(/^\/\.data$/, '/_root.data')
    .replace(/:id|:fileId/g, '01890000-0000-7000-8000-00000000dead')
    .replace(':month', '2026-11')
    .replace(/:\w+/g, 'never-was');
}

/** The longest of a few answers to somebody else, in milliseconds. */
async function howLongAsOthersWait(): Promise<number> {
  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    await (await fetch(`${house().stage.url}/healthz`)).text();
    waits.push(performance.now() - began);
  }
  return Math.max(...waits);
}

// What was thrown away by then is no growth.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let before = 0;

/** By how much more memory is in use than before. Collecting takes a tenth of a second, so it waits until there is a doubt. */
function watchGrowth(): { most(): number } {
  if (before === 0 || usedMemory() - before > MOST_GROWTH / 2) {
    collectGarbage();
    before = usedMemory();
  }
  let most = 0;
  const look = () => {
    if (usedMemory() - before > MOST_GROWTH) collectGarbage();
    most = Math.max(most, usedMemory() - before);
  };
  const timer = setInterval(look, 5);
  return {
    most() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

function usedMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
