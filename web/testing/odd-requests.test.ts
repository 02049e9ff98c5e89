// What no browser sends: targets that are no paths, methods that nobody knows, and text that is broken, at every address, form
// and door that a stranger reaches. All of it is the caller's fault and is said to be; none of it counts as a fault of ours.

import { describe, expect, test } from 'vitest';
import { doors } from '#core/engines/auth/doors.ts';
import type { Log } from '#core/ports/log.ts';
import { rawRequest } from '#core/testing/visitors/raw-request.ts';
import { forAll, openStage } from '#core/testing/stages/stage.ts';
import { matrix } from './matrix.ts';
import { hasAction, portalRoutes, serverRoutes } from './routes.ts';

/** In every address, so that it is found wherever one is written down. */
const MARK = 'w4termark';
/** No part of any text. */
const CONTROL = ['%00', '%01', '%1f', '%7f', '%C2%85'];
/** Lines and tabs, and what people write in an address bar: no path, but a text in a query. */
const TEXT = ['%09', '%0d%0a', '%ED%A0%80', '%E0%A4%A', '%C3', '%zz', '%'];
const BROKEN = [...CONTROL, ...TEXT];

const lines: { level: string; text: string }[] = [];
const at = (level: string) => (facts: object, words: string) => {
  const error = (facts as { error?: unknown }).error;
  lines.push({ level, text: `${words} ${JSON.stringify(facts)} ${error instanceof Error ? error.stack : ''}` });
};
const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };

const stage = forAll(() => openStage({ portal: true, log }));
const addresses = [...new Set([...portalRoutes.flatMap(({ path }) => [path, `${path}.data`]), ...serverRoutes(), '/nothing/here'])];
const filled = (path: string, part = 'never-was') => path.replaceAll(/:\w+|\*\w*/g, part).replace(/^\/\.data$/, '/_root.data');

async function raw(method: string, path: string, accept = 'application/json') {
  const url = stage().core.settings.publicUrl;
  const answer = await rawRequest(url, {
    method,
    path,
    headers: { Accept: accept, Origin: url, Connection: 'close', 'Content-Length': '0' },
  });
  return { ...answer, code: codeIn(answer.text) };
}

function codeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { error: { code: unknown } }).error.code;
  } catch {
    return null;
  }
}

function expectNoFaultOfOurs() {
  const said = lines.splice(0);
  expect(said.filter(({ level, text }) => level === 'error' || text.includes(MARK))).toEqual([]);
}

describe('a target', () => {
  const targets = [
    '*',
    `http://${MARK}.example/`,
    `http://${MARK}.example:99999/login`,
    `http://[${MARK}`,
    `https://${MARK}.example/api/auth/sign-in/email`,
    `//${MARK}.example/`,
    `//${MARK}.example:x/#`,
    `///${MARK}`,
    `/\\${MARK}%zz`,
    `${MARK}:443`,
    `${MARK}`,
    `?${MARK}`,
    `#${MARK}`,
    `/${MARK}\u0000`,
    `/${MARK}\u0001`,
    ...BROKEN.flatMap((part) => [`/${MARK}${part}`, `/login/${MARK}${part}`, `/api/auth/${MARK}${part}`]),
  ];

  test.each(['GET', 'POST', 'OPTIONS', 'DELETE'])('that is no path of UTF-8 is refused in the usual shape, by %s', async (method) => {
    for (const target of targets) {
      const { status, code } = await raw(method, target);
      expect([target, status, code]).toEqual([target, 400, 'request.malformed']);
    }
    const page = await raw('GET', `http://${MARK}.example/`, 'text/html');
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('<h1>This request could not be read.</h1>')]);
    expectNoFaultOfOurs();
  });

  test('that is refused has its body bounded like any other', async () => {
    const url = stage().core.settings.publicUrl;
    for (const [method, path] of [
      ['POST', '*'],
      ['POST', `http://${MARK}.example/`],
      ['POST', `/${MARK}%00`],
      ['TRACE', '/login'],
      ['SEARCH', '/login'],
    ] as const) {
      const declared = await rawRequest(url, { method, path, headers: { 'Content-Length': '400000000' }, body: MARK });
      expect([method, path, declared.status, declared.headers['connection']]).toEqual([method, path, 413, 'close']);
      const endless = await rawRequest(url, { method, path, endless: { piece: Buffer.alloc(65_536, 'a'), most: 60_000_000 } });
      expect([method, path, endless.status! < 500, endless.sent < 24_000_000]).toEqual([method, path, true, true]);
    }
    expectNoFaultOfOurs();
  });

  test('is refused at every address, wherever the broken text stands in it', async () => {
    for (const path of addresses) {
      for (const part of BROKEN) {
        const inQuery = [`${filled(path)}?token=${MARK}${part}`, `${filled(path)}?${part}=${MARK}`];
        const inPath = /[:*]/.test(path) ? [filled(path, `${MARK}${part}`)] : [];
        for (const place of CONTROL.includes(part) ? [...inQuery, ...inPath] : inPath) {
          const { status, code } = await raw('GET', place);
          expect([place, status, code]).toEqual([place, 400, 'request.malformed']);
        }
      }
    }
    expectNoFaultOfOurs();
  });

  test('in a query is a text like any other where somebody may have written it', async () => {
    for (const path of addresses)
      for (const part of TEXT) {
        const place = `${filled(path)}?token=${MARK}${part}`;
        const [odd, plain] = [await raw('GET', place), await raw('GET', `${filled(path)}?token=${MARK}`)];
        expect([place, odd.status, odd.code]).toEqual([place, plain.status, plain.code]);
      }
    expectNoFaultOfOurs();
  });
});

test.each(['TRACE', 'CONNECT', 'PROPFIND', 'MKCOL', 'SEARCH', 'PURGE', 'QUERY', 'SOURCE', 'MADEUP', 'get'])(
  'the method %s is refused at every address',
  async (method) => {
    for (const path of [...addresses, '*', `${MARK}:443`]) {
      const { status, code } = await raw(method, filled(path));
      expect([path, status, code]).toEqual([path, expect.toBeOneOf([400, 405]), expect.toBeOneOf(['request.malformed', 'method.wrong'])]);
    }
    expectNoFaultOfOurs();
  },
);

test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST', 'GET'])('no address answers a bare %s with a fault of ours', async (method) => {
  for (const path of addresses) {
    const { status } = await raw(method, filled(path));
    expect([path, status! < 500]).toEqual([path, true]);
  }
  expectNoFaultOfOurs();
});

/** As a program writes them in JSON; the last is no UTF-8. */
const brokenText = ['\u0000', 'a\u0000b', '\u0001', '\u007f', '\ud800', 'x\udfffy', '\ufffd'];

test.each(Object.entries(doors))('%s refuses broken text in any field', async (path, { method, fields, pagesOnly }) => {
  const { core, url } = stage();
  const origin = core.settings.publicUrl;
  for (const name of [...fields, 'other', ...brokenText]) {
    for (const text of brokenText) {
      const body = { ...Object.fromEntries(fields.map((field) => [field, MARK])), [name]: text };
      const query = method === 'GET' ? `?${new URLSearchParams(body).toString()}` : '';
      const request = {
        method,
        headers: { Origin: origin, 'Content-Type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify(body) }),
      };
      await expect(core.auth.handle(new Request(`${origin}/api/auth${path}${query}`, request), 'page')).rejects.toMatchObject({
        code: 'request.malformed',
      });
      if (pagesOnly) continue;
      const answer = await fetch(`${url}/api/auth${path}`, request);
      expect([name, text, answer.status, codeIn(await answer.text())]).toEqual([name, text, 400, 'request.malformed']);
    }
  }
  expectNoFaultOfOurs();
});

const forms = portalRoutes.filter(({ file }) => hasAction(file)).map(({ path }) => path);

test.each(forms)('%s takes no broken text from a stranger', async (path) => {
  const url = stage().core.settings.publicUrl;
  const acts = Object.entries(matrix[path]!.act!);
  for (const [intent, { fields }] of acts) {
    const whole = { intent, ...fields, token: MARK, email: MARK, password: MARK, next: '/', ...(path === '/logout' && { intent: '' }) };
    for (const name of Object.keys(whole)) {
      for (const part of ['%00', 'a%00b', '%01', '%ED%A0%80', '%FF']) {
        const body = Object.entries(whole).map(([each, value]) => `${each}=${each === name ? part : encodeURIComponent(value)}`);
        const answer = await fetch(url + filled(path), {
          method: 'POST',
          redirect: 'manual',
          headers: { Origin: url, Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' },
          body: body.join('&'),
        });
        const place = answer.headers.get('location')?.replace(url, '') ?? '';
        const said = answer.status === 302 && place.startsWith('/login') ? 'log in' : answer.status;
        expect([intent, name, part, said]).toEqual([intent, name, part, expect.toBeOneOf([400, 'log in'])]);
        if (said === 400) expect(await answer.text()).toContain('This request could not be read.');
      }
    }
  }
  expectNoFaultOfOurs();
});
