// What the sandbox answers besides SES: the mails it took, and its switches. A page in a browser can reach loopback too; it
// does not have the secret.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { mailFaults, type MailFaults, type SandboxMail, type WholeSandboxMail } from '#core/contracts/mailbox.ts';
import { sameText } from '../aws/signature.ts';
import type { Box, KeptMail } from './box.ts';
import { readMessage } from './message.ts';

const SHOWN = 100;

/** True when the request was one of these, and is answered. */
export function showMails(
  box: Box,
  faults: { current: MailFaults },
  secret: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const url = URL.parse(request.url ?? '/', 'http://sandbox');
    if (url === null || !url.pathname.startsWith('/sandbox/')) return false;
    const [status, body] = sameText(request.headers.authorization ?? '', `Bearer ${secret}`)
      ? await answer(request, url)
      : [401, { error: 'unauthorized' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };

  async function answer(request: IncomingMessage, url: URL): Promise<[status: number, body: object]> {
    const one = /^\/sandbox\/mails\/([\w-]+)$/.exec(url.pathname);
    if (request.method === 'GET' && one) {
      const mail = await box.read(one[1]!);
      return mail === null ? nothing : [200, wholeMail(mail)];
    }
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /sandbox/mails': {
        const to = url.searchParams.get('to')?.toLowerCase();
        const mails = (await box.newest()).filter((mail) => to === undefined || mail.to.some((each) => each.toLowerCase() === to));
        return [200, { mails: mails.slice(0, SHOWN).map(shortMail) }];
      }
      case 'GET /sandbox/faults':
        return [200, faults.current];
      case 'POST /sandbox/faults': {
        const ordered = mailFaults.safeParse(asJson(await text(request)));
        if (!ordered.success) return [400, { error: ordered.error.issues[0]!.message }];
        faults.current = ordered.data;
        return [200, faults.current];
      }
      default:
        return nothing;
    }
  }
}

const nothing: [number, object] = [404, { error: 'not found' }];

function shortMail(mail: KeptMail): SandboxMail {
  const { html: _html, headers: _headers, ...short } = wholeMail(mail);
  return short;
}

function wholeMail({ id, at, from, to, tags, raw }: KeptMail): WholeSandboxMail {
  const { subject, text: words, html, headers } = readMessage(Buffer.from(raw, 'latin1'));
  return { id, at, from, to: [...to], subject, kind: tags['kind'] ?? null, text: words, html, headers: headers.map(([...pair]) => pair) };
}

function asJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
