// How each end of a call looks to the core, in one table. What is not in it was refused for good.

import { PostError } from '#core/ports/poster.ts';
import type { Trouble } from '#core/domain/messages/trouble.ts';
import { limits, SlackAway, SlackNo } from '../api/call.ts';

interface Never {
  readonly why: Trouble;
  readonly wholeChannel: boolean;
}

const gone: Never = { why: 'gone', wholeChannel: false };
const closed: Never = { why: 'closed', wholeChannel: true };
const disconnected: Never = { why: 'disconnected', wholeChannel: true };

const nevers: Readonly<Record<string, Never>> = {
  channel_not_found: { why: 'gone', wholeChannel: true },
  thread_not_found: gone,
  message_not_found: gone,
  cant_update_message: gone,
  edit_window_closed: gone,
  is_archived: closed,
  not_in_channel: closed,
  ekm_access_denied: closed,
  restricted_action: closed,
  restricted_action_read_only_channel: closed,
  restricted_action_thread_only_channel: closed,
  restricted_action_non_threadable_channel: closed,
  restricted_action_thread_locked: closed,
  account_inactive: disconnected,
  invalid_auth: disconnected,
  missing_scope: disconnected,
  not_authed: disconnected,
  token_revoked: disconnected,
};

/** It may have been done all the same. */
const unknowns: ReadonlySet<string> = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout']);

/** What Slack says of blocks or text that it does not take. */
export const wrongBlocks: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
]);

/** Until its token is another one, or somebody mends it. */
const EXPIRED_MS = 60_000;

/** For as long as Slack moves a workspace into a company. */
const moving: ReadonlySet<string> = new Set(['org_login_required', 'team_added_to_org']);
const MOVING_MS = 5 * 60_000;

export function postErrorFrom(cause: unknown): PostError {
  if (cause instanceof PostError) return cause;
  if (cause instanceof SlackAway) return new PostError(cause.surelyNotDone ? 'later' : 'unknown', cause.message, { cause });
  if (!(cause instanceof SlackNo)) return new PostError('unknown', 'the call ended without an answer', { cause });
  const { error, message, retryAfterMs, status } = cause;
  if (status === 429 || limits.has(error)) return new PostError('later', message, { retryAfterMs: retryAfterMs ?? 1_000, cause });
  if (unknowns.has(error)) return new PostError('unknown', message, { cause });
  if (moving.has(error)) return new PostError('later', message, { retryAfterMs: MOVING_MS, cause });
  if (error === 'token_expired') return new PostError('later', message, { retryAfterMs: EXPIRED_MS, cause });
  return new PostError('never', message, { ...(nevers[error] ?? { why: 'refused' }), cause });
}

/** The app is not, or no more, in this workspace. */
export function notInstalled(): PostError {
  return new PostError('never', 'the app is not installed in this workspace', disconnected);
}
