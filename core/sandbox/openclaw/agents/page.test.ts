// Which pages an agent of the sandbox fetches, and which never.
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchPage, pageLimits, type PageOptions } from './page.ts';

let server: http.Server;
let url: string;
let answer: http.RequestListener;
beforeEach(async () => {
  server = http.createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const html = { 'content-type': 'text/html; charset=utf-8' };
const fetched = (address: string, some: Partial<PageOptions> = {}) =>
  fetchPage(address, { signal: new AbortController().signal, loopbackPages: [], ...some });
const allowed = (address: string, some: Partial<PageOptions> = {}) =>
  fetched(address, { loopbackPages: [new URL(address).origin, url.replace('127.0.0.1', 'localhost')], ...some });

describe('an address that is not on the public web is not fetched', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0.0.0.0/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://10.0.0.1/',
    'http://172.16.5.4/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://192.0.2.1/',
    'http://[ff02::1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b:1::1]/',
    'http://[100::1]/',
    'http://[fec0::1]/',
    'http://[2001:db8::1]/',
  ])('%s', async (address) => {
    await expect(fetched(address)).rejects.toThrow('is not on the public web');
  });

  test.each([['10.0.0.1'], ['::1'], ['169.254.169.254'], ['::ffff:192.168.0.1'], ['93.184.216.34', '127.0.0.1']])(
    'nor a name that leads to %s',
    async (...addresses) => {
      await expect(fetched('http://harmless.example/', { resolve: async () => addresses })).rejects.toThrow(
        'harmless.example is not on the public web',
      );
    },
  );

  test.each(['ftp://example.com/x', 'file:///etc/passwd', 'http://user:secret@example.com/', 'gopher://example.com', 'not an address'])(
    'nor %s',
    async (address) => {
      await expect(fetched(address, { resolve: async () => ['93.184.216.34'] })).rejects.toThrow(/not fetched|is not an address/);
    },
  );

  test('nor where a fetched page leads to it', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://192.168.0.1/admin' }).end();
    await expect(allowed(url)).rejects.toThrow('192.168.0.1 is not on the public web');
  });

  test('loopback neither, not even a page beside one that a test named', async () => {
    answer = (_request, response) => response.writeHead(200, html).end('<h1>here</h1>');
    await expect(fetched(url)).rejects.toThrow('is not on the public web');
    await expect(allowed(url)).resolves.toMatchObject({ text: '<h1>here</h1>' });
    await expect(fetched(`${url}/one`, { loopbackPages: [`${url}/one`] })).resolves.toMatchObject({ text: '<h1>here</h1>' });
    await expect(fetched(`${url}/sandbox/mail`, { loopbackPages: [`${url}/one`] })).rejects.toThrow('is not on the public web');
  });

  test('nor loopback where a page of the public web leads to it', async () => {
    answer = (request, response) =>
      request.url === '/end'
        ? response.writeHead(200, html).end('ours')
        : response.writeHead(302, { location: `http://localhost:${new URL(url).port}/end` }).end();
    await expect(allowed(url)).resolves.toMatchObject({ text: 'ours' });
    await expect(allowed(url, { isPublic: (address) => address === '127.0.0.1', resolve: async () => ['::1'] })).rejects.toThrow(
      'localhost is not on the public web',
    );
  });
});

describe('a page', () => {
  test('is fetched from the address that was checked, whatever its name means a moment later', async () => {
    let lookups = 0;
    answer = (request, response) => response.writeHead(200, html).end(request.headers.host);
    const { port } = new URL(url);
    const resolve = async () => (++lookups === 1 ? ['127.0.0.1'] : ['10.0.0.1']);
    expect(await allowed(`http://name.example:${port}/`, { resolve })).toMatchObject({
      url: `http://name.example:${port}/`,
      text: `name.example:${port}`,
    });
    expect(lookups).toBe(1);
  });

  test('is followed through redirects, each checked, and not without end', async () => {
    answer = (request, response) =>
      request.url === '/end' ? response.writeHead(200, html).end('there') : response.writeHead(301, { location: '/end' }).end();
    expect(await allowed(url)).toMatchObject({ url: `${url}/end`, text: 'there' });
    answer = (_request, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(allowed(url)).rejects.toThrow('without end');
  });

  test('is read in its own letters, and unpacked', async () => {
    answer = (_request, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html; charset=iso-8859-1', 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.from('Caf\u00e9', 'latin1')));
    expect(await allowed(url)).toMatchObject({ text: 'Café' });
  });

  test.each([
    ['larger than the limit', () => Buffer.alloc(pageLimits.bytes + 1), {}, 'larger than 5 MB'],
    ['small but unpacks to more', () => gzipSync(Buffer.alloc(pageLimits.bytes + 1)), { 'content-encoding': 'gzip' }, 'larger than 5 MB'],
    ['a program', () => Buffer.from('x'), { 'content-type': 'application/octet-stream' }, 'not a page'],
    ['of no type', () => Buffer.from('x'), { 'content-type': '' }, 'of no known type'],
    ['packed wrongly', () => Buffer.from('no gzip'), { 'content-encoding': 'gzip' }, 'could not be reached'],
  ])('that is %s is refused', async (_what, body, headers, why) => {
    answer = (_request, response) => response.writeHead(200, { ...html, ...headers }).end(body());
    await expect(allowed(url)).rejects.toThrow(why);
  });

  test('that says it is packed in a way nobody knows is taken as it is', async () => {
    answer = (_request, response) => response.writeHead(200, { ...html, 'content-encoding': 'constructor' }).end('plain');
    expect(await allowed(url)).toMatchObject({ text: 'plain' });
  });

  test('that falls silent in the middle of its packed body is given up', async () => {
    answer = (_request, response) => response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).write(gzipSync('x').subarray(0, 12));
    await expect(allowed(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow('took too long');
  });

  test('that is missing, silent or gone is refused with the reason', async () => {
    answer = (_request, response) => response.writeHead(404, html).end();
    await expect(allowed(url)).rejects.toThrow('answered 404');
    answer = () => {};
    await expect(allowed(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow('took too long');
    await expect(allowed('http://127.0.0.1:1/')).rejects.toThrow('could not be reached');
    await expect(fetched('http://no-such-site.invalid/', { resolve: async () => [] })).rejects.toThrow(
      'There is no site called no-such-site.invalid',
    );
  });
});
