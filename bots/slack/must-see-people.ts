import { SlackNo, type Call } from './api/call.ts';

const CALL_MS = 5_000;

/** Rejects where the token lacks the scope without which nobody could be answered: only Slack knows who is a guest. */
export async function mustSeePeople(call: Call, botToken: string): Promise<void> {
  try {
    // Slack looks at scopes before it looks at who is asked for.
    await call('users.info', botToken, { user: 'USLACKBOT' }, AbortSignal.timeout(CALL_MS));
  } catch (error) {
    if (!(error instanceof SlackNo) || error.error !== 'missing_scope') return;
    const scope = error.needed ?? 'users:read';
    throw new Error(`The Slack app lacks the scope ${scope}. Add it under “OAuth & Permissions” and install the app again.`, {
      cause: error,
    });
  }
}
