// A mail as bytes (RFC 5322, MIME). Everything in it is ASCII and every line short, so that nothing on the way has a reason
// to change it; and what people wrote is either encoded or refused, so that no line of theirs becomes a line of ours.

import type { MailToSend } from '#core/ports/mail.ts';

export function rawMessage(mail: MailToSend, from: { readonly address: string; readonly name: string }): Uint8Array {
  const { id, to, words, at } = mail;
  // No line of a quoted-printable body can be this.
  const boundary = `=_${id}`;
  const part = (type: string, body: string) => [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(body),
  ];
  return Buffer.from(
    [
      `From: ${encodedWords(from.name)} <${from.address}>`,
      `To: ${to}`,
      `Subject: ${encodedWords(words.subject)}`,
      // SES puts its own in the place of these two; other carriers keep ours.
      `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${id}@${from.address.split('@')[1]}>`,
      // Whoever is on holiday need not tell us.
      'Auto-Submitted: auto-generated',
      'X-Auto-Response-Suppress: All',
      'MIME-Version: 1.0',
      `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
      '',
      // Programs show the last one they understand.
      ...part('text/plain', words.text),
      ...part('text/html', words.html),
      `--${boundary}--`,
      '',
    ].join('\r\n'),
    'ascii',
  );
}

/** An address that can stand in a header and an envelope as it is; what else RFC 5322 allows, nobody has. */
export function isPlainAddress(text: string): boolean {
  return text.length <= 254 && /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(text);
}

/**
 * RFC 2047 where it is more than plain words. An encoded word holds whole characters, and its line, with the header's name,
 * has at most 76.
 */
function encodedWords(text: string): string {
  if (/^[\w' -]{1,60}$/.test(text)) return text;
  const pieces: string[] = [''];
  for (const char of text) {
    if (Buffer.byteLength(pieces.at(-1)! + char) > 39) pieces.push(char);
    else pieces[pieces.length - 1] += char;
  }
  return pieces.map((piece) => `=?utf-8?B?${Buffer.from(piece).toString('base64')}?=`).join('\r\n ');
}

const MOST_IN_A_LINE = 76;

/** RFC 2045, 6.7. */
function quotedPrintable(text: string): string {
  return text
    .split(/\r\n|[\r\n]/)
    .map((line) => {
      const lines = [''];
      const bytes = Buffer.from(line);
      bytes.forEach((byte, i) => {
        const isPlain = (byte > 32 && byte < 127 && byte !== 61) || (byte === 32 && i < bytes.length - 1);
        const shown = isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
        // The soft break at the end takes a place as well.
        if (lines.at(-1)!.length + shown.length > MOST_IN_A_LINE - 1) lines.push(shown);
        else lines[lines.length - 1] += shown;
      });
      return lines.join('=\r\n');
    })
    .join('\r\n');
}
