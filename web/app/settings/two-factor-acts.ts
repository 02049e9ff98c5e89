// Setting an authenticator up takes two forms: one makes its secret, the next shows that the authenticator has it. What
// the first made goes along in the second, so that a wrong code can be mended without scanning anew.

import { data } from 'react-router';
import { encode } from 'uqr';
import type { Who } from '../visit.ts';
import { askAuth, backToForm, goTo } from '../front/ask-auth.ts';
import { currentPassword, type Typed } from './log-in-with.ts';
import type { Visited } from '../visited.ts';

export interface Setup {
  readonly uri: string;
  /** For typing it in, in groups of four. */
  readonly secret: string;
  readonly codes: readonly string[];
  /** The QR code of the address: its size, and an SVG path of its dark squares. */
  readonly qr: { readonly size: number; readonly path: string };
}

export async function beginTwoFactor(visit: Visited<Who>, form: Typed) {
  const said = await askAuth(visit, '/two-factor/enable', passwordIn(form));
  if (!said.ok) return backToForm(visit, 'two-factor-begin', said);
  return { intent: 'two-factor-begin', setup: setupOf(said.body['totpURI'] as string, said.body['backupCodes'] as string[]) };
}

export async function confirmTwoFactor(visit: Visited<Who>, form: Typed) {
  const said = await askAuth(visit, '/two-factor/verify-totp', { code: form.text('code').replaceAll(/\s/g, '') });
  if (said.ok) return goTo('/settings?done=two-factor', said.cookies);
  const back = backToForm(visit, 'two-factor-confirm', said);
  const [uri, codes] = [form.text('uri'), form.text('codes')];
  const isOurs = /^otpauth:\/\/totp\/[^\s]{1,500}$/.test(uri) && /^[\w -]{1,400}$/.test(codes);
  return isOurs ? data({ ...back.data, setup: setupOf(uri, codes.split(' ')) }, back.init ?? {}) : back;
}

export async function endTwoFactor(visit: Visited<Who>, form: Typed) {
  const said = await askAuth(visit, '/two-factor/disable', passwordIn(form));
  return said.ok ? goTo('/settings?done=two-factor-off', said.cookies) : backToForm(visit, 'two-factor-off', said);
}

export async function newBackupCodes(visit: Visited<Who>, form: Typed) {
  const said = await askAuth(visit, '/two-factor/generate-backup-codes', passwordIn(form));
  return said.ok ? { intent: 'backup-codes', codes: said.body['backupCodes'] as string[] } : backToForm(visit, 'backup-codes', said);
}

/** Who has no password is not asked for one. */
function passwordIn(form: Typed): { password?: string } {
  const password = currentPassword(form, 'password');
  return password === '' ? {} : { password };
}

function setupOf(uri: string, codes: readonly string[]): Setup {
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  const { data: squares, size } = encode(uri, { border: 2 });
  const path = squares.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { uri, secret: secret.replace(/.{4}(?=.)/g, '$& '), codes, qr: { size, path } };
}
