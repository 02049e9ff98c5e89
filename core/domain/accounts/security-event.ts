// What the security log tells of: the one table of its events. Programs that watch the log match `security` and `reason`, so
// both are fixed words, never renamed. docs/operate.md says what to alert on.

import type { RefusalCode } from '../refusals/refusal.ts';

interface Event {
  readonly level: 'info' | 'warn';
  readonly words: string;
}

const table = {
  'login.succeeded': { level: 'info', words: 'logged in with every factor' },
  'login.challenged': { level: 'info', words: 'password accepted, second factor requested' },
  'login.failed': { level: 'warn', words: 'login refused' },
  'login.changed': { level: 'info', words: 'how a person logs in was changed' },
  'confirm.succeeded': { level: 'info', words: 'identity confirmed again' },
  'confirm.failed': { level: 'warn', words: 'identity not confirmed' },
  'key.made': { level: 'info', words: 'API key created' },
  'key.revoked': { level: 'info', words: 'API key revoked' },
  'key.failed': { level: 'warn', words: 'unknown or revoked API key used' },
  'permission.refused': { level: 'warn', words: 'not allowed' },
  'origin.refused': { level: 'warn', words: 'request from another site refused' },
  'rate.limited': { level: 'warn', words: 'too many requests' },
  'account.act': { level: 'info', words: 'act on an account or a team' },
  'operator.act': { level: 'info', words: 'act of an operator' },
} as const satisfies Record<string, Event>;

export type SecurityEvent = keyof typeof table;
export const securityEvents = Object.keys(table) as SecurityEvent[];

export function eventRule(event: SecurityEvent): Event {
  return table[event];
}

/** Why a login, a confirmation or a limit said no. */
export type SecurityReason = 'unknown-account' | 'wrong-password' | 'wrong-code' | 'bad-link' | 'not-verified' | 'blocked' | 'other';

/** The event that a refused request is; null for those that say nothing about security. */
export function eventBehind(code: string, status: number): SecurityEvent | null {
  if (Object.hasOwn(behind, code)) return behind[code as RefusalCode] ?? null;
  return status === 429 ? 'rate.limited' : null;
}

const behind: Partial<Record<RefusalCode, SecurityEvent>> = {
  'key.unknown': 'key.failed',
  'origin.foreign': 'origin.refused',
  'not.allowed': 'permission.refused',
  'role.above': 'permission.refused',
  'invitation.elsewhere': 'permission.refused',
  'metrics.closed': 'permission.refused',
};
