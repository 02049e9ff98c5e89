// The security log over the log of the process: lines with `security`, and a count of each event for /metrics.

import { createHmac } from 'node:crypto';
import { mailboxOf } from '#core/domain/mail/mailbox.ts';
import { eventRule, securityEvents, type SecurityEvent } from '#core/domain/accounts/security-event.ts';
import type { Log } from '#core/ports/log.ts';
import type { SecurityFacts, SecurityLog } from '#core/ports/security-log.ts';

/** `mailboxKey` is the same in all processes, so that one address has one name. */
export function createSecurityLog(log: Log, mailboxKey: Buffer): SecurityLog {
  const counts = Object.fromEntries(securityEvents.map((event) => [event, 0])) as Record<SecurityEvent, number>;
  return {
    note(event, facts) {
      counts[event] += 1;
      const { level, words } = eventRule(event);
      log[level]({ security: event, ...known(facts) }, words);
    },
    nameOf: (address) =>
      createHmac('sha256', mailboxKey)
        .update(`security:${mailboxOf(address)}`)
        .digest('base64url')
        .slice(0, 22),
    counts: () => ({ ...counts }),
  };
}

const names = ['caller', 'userId', 'sessionId', 'teamId', 'apiKeyId', 'requestId', 'account', 'reason', 'what'] as const;

/** What is named above, and nothing else that somebody may hand in. */
function known(facts: SecurityFacts): object {
  return Object.fromEntries(names.flatMap((name) => (facts[name] === undefined ? [] : [[name, facts[name]]])));
}
