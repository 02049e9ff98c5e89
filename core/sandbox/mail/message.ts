// A whole message, read as a mail program would read it, and refused where SES would refuse it.

import { Problem } from './problem.ts';

export interface Message {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly subject: string;
  /** Addresses alone, without names. */
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly html: string | null;
}

/** What may stand once in a message. */
const single = ['from', 'sender', 'to', 'cc', 'bcc', 'subject', 'date', 'message-id', 'mime-version', 'content-type'];
const MOST_IN_A_LINE = 998;

export function readMessage(raw: Buffer): Message {
  const whole = raw.toString('latin1');
  const { headers, body } = split(whole);
  for (const name of single) {
    if (headers.filter(([each]) => each.toLowerCase() === name).length > 1)
      throw new Problem('InvalidParameterValue', `Duplicate header '${name}'.`);
  }
  if (whole.split('\n').some((line) => line.replace(/\r$/, '').length > MOST_IN_A_LINE))
    throw new Problem('InvalidParameterValue', `Message contains a line of more than ${MOST_IN_A_LINE} characters.`);
  const from = addressesIn(headerOf(headers, 'from') ?? '');
  if (from.length === 0) throw new Problem('InvalidParameterValue', "Missing required header 'From'.");
  const parts = partsOf(headers, body);
  return {
    headers: headers.map(([name, value]) => [name, decodedWords(value)]),
    subject: decodedWords(headerOf(headers, 'subject') ?? ''),
    from: from[0]!,
    to: ['to', 'cc', 'bcc'].flatMap((name) => addressesIn(headerOf(headers, name) ?? '')),
    text: parts.get('text/plain') ?? '',
    html: parts.get('text/html') ?? null,
  };
}

/** The addresses of a header, or of one place in an envelope. */
export function addressesIn(list: string): string[] {
  return list
    .replace(/"(?:[^"\\]|\\.)*"|\([^()]*\)/g, '')
    .split(',')
    .map((each) => (/<([^<>]*)>/.exec(each)?.[1] ?? each).trim())
    .filter((each) => each !== '');
}

type Headers = readonly (readonly [name: string, value: string])[];

function split(part: string): { headers: Headers; body: string } {
  const end = /\r?\n\r?\n/.exec(part);
  const [head, body] = end === null ? [part, ''] : [part.slice(0, end.index), part.slice(end.index + end[0].length)];
  const lines = head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/);
  return {
    headers: lines.map((line) => {
      const match = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/.exec(line);
      if (match === null || /[^\t -~]/.test(line)) throw new Problem('InvalidParameterValue', 'A header of the message is malformed.');
      return [match[1]!, match[2]!] as const;
    }),
    body,
  };
}

function headerOf(headers: Headers, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

/** The first body of each type. */
function partsOf(headers: Headers, body: string): Map<string, string> {
  const type = headerOf(headers, 'content-type') ?? 'text/plain';
  const mime = type.split(';', 1)[0]!.trim().toLowerCase();
  if (!mime.startsWith('multipart/')) return new Map([[mime, decodedBody(headers, body)]]);

  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined || !body.includes(`--${boundary}--`))
    throw new Problem('InvalidParameterValue', 'A part of the message has no end.');
  const found = new Map<string, string>();
  for (const part of body.split(`--${boundary}--`, 1)[0]!.split(`--${boundary}`).slice(1)) {
    const inner = split(part.replace(/^\r?\n/, '').replace(/\r?\n$/, ''));
    for (const [name, text] of partsOf(inner.headers, inner.body)) if (!found.has(name)) found.set(name, text);
  }
  return found;
}

function decodedBody(headers: Headers, body: string): string {
  switch (headerOf(headers, 'content-transfer-encoding')?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(
        body.replace(/=[ \t]*\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
        .toString('utf8')
        .replaceAll('\r\n', '\n');
    default:
      return Buffer.from(body, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
  }
}

/** RFC 2047: what stands between two encoded words belongs to neither. */
function decodedWords(text: string): string {
  return text
    .replace(/\?=[ \t]+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodedBody([['content-transfer-encoding', 'quoted-printable']], word.replaceAll('_', ' ')),
    );
}
