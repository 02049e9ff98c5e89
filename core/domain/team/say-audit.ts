// The audit log in words: what each act says, after the name of whoever did it. Acts are stored, so they are added to and
// never renamed; facts come from the database as somebody once wrote them, so nothing of them is taken for granted.

import { micro, sayCredits } from '../credits/credits.ts';
import { platformName } from '../messages/platforms.ts';
import { shorten } from '../text/text.ts';

interface Act {
  /** What a person can look for. */
  readonly title: string;
  /** Goes on after a name: “Ada …”. */
  readonly say: (about: About) => string;
}

interface About {
  /** The person or thing it was done to. */
  readonly whom: string;
  /** A fact as text, for a person to read. */
  readonly fact: (name: string) => string;
}

const acts = {
  'team.made': { title: 'Team created', say: ({ fact }) => `created the team “${fact('name')}”` },
  'team.renamed': { title: 'Team renamed', say: ({ fact }) => `renamed the team from “${fact('from')}” to “${fact('to')}”` },
  'member.joined': { title: 'Member joined', say: ({ fact }) => `joined as ${fact('role')}` },
  'member.role': { title: 'Role changed', say: ({ whom, fact }) => `changed the role of ${whom} from ${fact('from')} to ${fact('to')}` },
  'member.removed': {
    title: 'Member removed',
    say: ({ whom, fact }) => `removed ${whom} (${fact('role')})${ended(fact('keys'))}`,
  },
  'member.left': { title: 'Member left', say: ({ fact }) => `left the team${ended(fact('keys'))}` },
  'invitation.sent': { title: 'Invitation sent', say: ({ fact }) => `invited ${fact('email')} as ${fact('role')}` },
  'invitation.resent': { title: 'Invitation resent', say: ({ fact }) => `resent the invitation for ${fact('email')}` },
  'invitation.revoked': { title: 'Invitation revoked', say: ({ fact }) => `revoked the invitation for ${fact('email')}` },
  'invitation.declined': { title: 'Invitation declined', say: ({ fact }) => `declined the invitation for ${fact('email')}` },
  'key.made': { title: 'API key created', say: ({ fact }) => `created the API key “${fact('name')}” (${fact('prefix')}…${keyKind(fact)})` },
  'key.revoked': {
    title: 'API key revoked',
    say: ({ whom, fact }) => `revoked the API key “${fact('name')}” (${fact('prefix')}…)${fact('own') === 'true' ? '' : ` of ${whom}`}`,
  },
  'keys.revoked-by-operator': {
    title: 'API keys revoked by an operator',
    say: ({ whom, fact }) => `revoked ${keys(fact('keys'))} of ${whom}: ${fact('note')}`,
  },
  'sessions.ended-by-operator': {
    title: 'Sessions ended by an operator',
    say: ({ whom, fact }) => `ended all sessions of ${whom} (${fact('sessions')}): ${fact('note')}`,
  },
  'keys.rotated': { title: 'Signing key rotated', say: () => 'rotated a signing key' },
  'keys.lost': { title: 'Lost encryption key replaced', say: () => 'replaced a lost encryption key' },
  'identity.linked': {
    title: 'Chat account linked',
    say: ({ fact }) => `linked the ${platform(fact('platform'))} account “${fact('name')}” to their login`,
  },
  'identity.unlinked': {
    title: 'Chat account unlinked',
    say: ({ fact }) => `unlinked the ${platform(fact('platform'))} account “${fact('name')}” from their login`,
  },
  'workspace.linked': {
    title: 'Workspace linked',
    say: ({ fact }) => `linked “${fact('name')}” on ${platform(fact('platform'))} to the team`,
  },
  'workspace.unlinked': {
    title: 'Workspace unlinked',
    say: ({ fact }) => `unlinked “${fact('name')}” on ${platform(fact('platform'))} from the team`,
  },
  'workspace.changed': {
    title: 'Workspace changed',
    say: ({ fact }) =>
      `turned guest requests ${fact('guestsMayAsk') === 'true' ? 'on' : 'off'} for “${fact('name')}” on ${platform(fact('platform'))}`,
  },
  'place.changed': {
    title: 'Channels of a workspace changed',
    say: ({ fact }) => `${placeChange(fact)}${fact('there') === 'true' ? ` (set in ${platform(fact('platform'))})` : ''}`,
  },
  'workspace.uninstalled': {
    title: 'App removed from a workspace',
    say: ({ fact }) => `reported that the app was removed from “${fact('name')}” on ${platform(fact('platform'))}`,
  },
  'workspace.reinstalled': {
    title: 'App installed again in a workspace',
    say: ({ fact }) => `reported that the app was installed again in “${fact('name')}” on ${platform(fact('platform'))}`,
  },
  'credits.bought': {
    title: 'Credits bought',
    say: ({ fact }) => `bought ${amount(fact('credits'))} for ${fact('money')}`,
  },
  'credits.refunded': {
    title: 'Payment refunded',
    say: ({ fact }) =>
      fact('failed') === 'true'
        ? `returned ${amount(fact('returned'))} after a refund failed (${fact('money')} refunded so far)`
        : `removed ${amount(fact('removed'))} after a refund (${fact('money')} refunded so far)`,
  },
  'credits.disputed': { title: 'Payment disputed', say: ({ fact }) => disputed(fact) },
  'top-up.on': { title: 'Auto top-up turned on', say: ({ fact }) => `turned on auto top-up: ${topUp(fact)}` },
  'top-up.changed': { title: 'Auto top-up changed', say: ({ fact }) => `changed auto top-up: ${topUp(fact)}` },
  'top-up.off': { title: 'Auto top-up turned off', say: () => 'turned off auto top-up' },
  'top-up.bought': {
    title: 'Credits bought by auto top-up',
    say: ({ fact }) => `bought ${amount(fact('credits'))} for ${fact('money')} by auto top-up`,
  },
  'top-up.declined': {
    title: 'Auto top-up declined',
    say: ({ fact }) =>
      `got no payment for auto top-up: ${noPayment[fact('why')] ?? 'the card was declined'}${fact('suspended') === 'true' ? ', and paused it until the card changes' : ''}`,
  },
  'credits.goodwill': {
    title: 'Credits returned for a result',
    say: ({ fact }) => `got ${amount(fact('credits'))} back for a result that was not useful`,
  },
  'person.renamed': { title: 'Name changed', say: ({ fact }) => `changed their name from “${fact('from')}” to “${fact('to')}”` },
  'session.began': {
    title: 'Logged in',
    say: ({ fact }) => `logged in${fact('platform') === '…' ? '' : ` with ${platform(fact('platform'))}`} (${fact('device')})`,
  },
  'login.connected': {
    title: 'Login method connected',
    say: ({ fact }) => `connected the ${platform(fact('platform'))} account “${fact('name')}” to log in with`,
  },
  'login.removed': {
    title: 'Login method removed',
    say: ({ fact }) => `removed the ${platform(fact('platform'))} account “${fact('name')}” as a way to log in`,
  },
  'session.ended': { title: 'Session ended', say: ({ fact }) => `ended the session of ${fact('device')}` },
  'password.changed': { title: 'Password changed', say: () => 'changed their password' },
  'password.reset': { title: 'Password reset', say: () => 'chose a new password with an emailed link' },
  'mail.changed': { title: 'Email address changed', say: () => 'changed their email address' },
  'two-factor.on': { title: 'Two-factor authentication turned on', say: () => 'turned on two-factor authentication' },
  'two-factor.off': { title: 'Two-factor authentication turned off', say: () => 'turned off two-factor authentication' },
  'two-factor.lost': {
    title: 'Two-factor authentication reset',
    say: ({ whom }) => `turned off two-factor authentication of ${whom}, because the key that protected it is lost`,
  },
  'two-factor.reset': {
    title: 'Two-factor authentication turned off by an operator',
    say: ({ whom }) =>
      `turned off two-factor authentication of ${whom}, who lost their authenticator and backup codes, and ended all sessions`,
  },
  'backup-codes.made': { title: 'Backup codes created', say: () => 'created new backup codes' },

  'settings.changed': { title: 'Settings changed', say: ({ fact }) => `changed ${settings(fact)}` },
  'limit.set': { title: 'Limit set', say: ({ fact }) => `set a limit of ${limit(fact)}` },
  'limit.changed': { title: 'Limit changed', say: ({ fact }) => `changed a limit from ${amount(fact('before'))} to ${limit(fact)}` },
  'limit.removed': { title: 'Limit removed', say: ({ fact }) => `removed the limit of ${limit(fact)}` },
  'export.asked': { title: 'Export created', say: () => 'created an export of the team’s data' },
  'export.downloaded': { title: 'Export downloaded', say: () => 'downloaded an export of the team’s data' },
  'team.deletion-asked': {
    title: 'Team deletion scheduled',
    say: ({ fact }) => `scheduled the team for deletion on ${day(fact('until'))}`,
  },
  'team.deletion-taken-back': { title: 'Team deletion canceled', say: () => 'canceled the deletion of the team' },
  'account.deletion-asked': {
    title: 'Account deletion scheduled',
    say: ({ fact }) => `scheduled their account for deletion on ${day(fact('until'))}`,
  },
  'account.deletion-taken-back': { title: 'Account deletion canceled', say: () => 'canceled the deletion of their account' },

  'file.deleted': { title: 'File deleted', say: () => 'deleted a file of a task' },
  'file.links-ended': { title: 'Links ended', say: () => 'ended the links to a file of a task' },

  'task.stopped': { title: 'Task stopped', say: () => 'stopped a task' },
  'task.requeued': { title: 'Task queued again', say: () => 'queued a task again' },
  'letter.again': { title: 'Result sent again', say: () => 'sent a result again' },
  'mail.again': { title: 'Email sent again', say: () => 'sent an email again' },
  'request.opened': { title: 'Request read', say: () => 'read the request of a task' },
  'team.frozen': { title: 'Credits put on hold', say: ({ fact }) => `put the team’s credits on hold: ${fact('note')}` },
  'team.unfrozen': { title: 'Credits taken off hold', say: ({ fact }) => `took the team’s credits off hold: ${fact('note')}` },
  'starting-credits.withheld': {
    title: 'Starting credits withheld',
    say: ({ whom, fact }) =>
      `gave ${whom} no starting credits: ${fact('reason') === 'domain' ? 'their email domain' : 'their network'} had reached its daily limit`,
  },
  grant: { title: 'Credits granted', say: ({ fact }) => `granted ${amount(fact('credits'))}: ${fact('note')}` },
} as const satisfies Record<string, Act>;

export type AuditAct = keyof typeof acts;
export const auditActs = Object.keys(acts) as AuditAct[];

/** What a person can look for; an act that this version does not know is its own title. */
export function auditTitle(act: string): string {
  return isAuditAct(act) ? acts[act].title : plain(act);
}

/** Goes on after the name of whoever did it. Of an `erased` line nothing is left but that it happened. */
export function sayAudit(line: { act: string; whom: string | null; facts: unknown; erased?: boolean }): string {
  const { act, whom, facts, erased = false } = line;
  if (erased) return `did something whose details were erased (${auditTitle(act)})`;
  const about: About = { whom: whom ?? 'somebody', fact: (name) => textOf(facts, name) };
  return isAuditAct(act) ? acts[act].say(about) : `performed “${plain(act)}”`;
}

export function isAuditAct(act: string): act is AuditAct {
  return Object.hasOwn(acts, act);
}

const FACT_CHARACTERS = 200;

function textOf(facts: unknown, name: string): string {
  const fact: unknown = typeof facts === 'object' && facts !== null && Object.hasOwn(facts, name) ? (facts as never)[name] : null;
  if (typeof fact === 'string') return shorten(fact, FACT_CHARACTERS);
  return typeof fact === 'number' || typeof fact === 'boolean' ? String(fact) : '…';
}

function ended(keys: string): string {
  const count = Number(keys);
  if (!(count > 0)) return '';
  return count === 1 ? '; one API key ended' : `; ${count} API keys ended`;
}

/** Lines from before say nothing of it: those keys have full access and no end. */
function keyKind(fact: About['fact']): string {
  const scope = fact('scope') === 'read-only' ? ', read-only' : '';
  return fact('expiresAt') === '…' ? scope : `${scope}, expires on ${day(fact('expiresAt'))}`;
}

function keys(count: string): string {
  return count === '1' ? 'an API key' : `${count} API keys`;
}

function settings(fact: About['fact']): string {
  const changes = [
    ...(fact('retentionDays') === '…'
      ? []
      : [`how long files are kept from ${fact('retentionDaysBefore')} to ${fact('retentionDays')} days`]),
    ...(fact('confirmAbove') === '…' && fact('confirmAboveBefore') === '…'
      ? []
      : [`the approval threshold from ${threshold(fact('confirmAboveBefore'))} to ${threshold(fact('confirmAbove'))}`]),
  ];
  return changes.length === 0 ? 'the settings' : changes.join(', and ');
}

function threshold(text: string): string {
  return text === '…' ? 'none' : amount(text);
}

const limitOwners: Readonly<Record<string, string>> = {
  team: 'for the team',
  member: 'for a person',
  channel: 'for a channel',
  workspace: 'for a workspace',
  'workspace-person': 'for each person in a workspace',
};
const limitPeriods: Readonly<Record<string, string>> = { day: 'a day', week: 'a week', month: 'a month', total: 'in total' };

function limit(fact: About['fact']): string {
  const words = [amount(fact('credits')), limitPeriods[fact('period')], limitOwners[fact('kind')]];
  return words.filter((each) => each !== undefined).join(' ');
}

function placeChange(fact: About['fact']): string {
  const [whole, place] = [`“${fact('name')}” on ${platform(fact('platform'))}`, fact('place')];
  const changes: Readonly<Record<string, string>> = {
    'only-listed': `limited ${whole} to listed channels`,
    everywhere: `opened all channels of ${whole} for requests`,
    'channel-opened': `listed ${place} as a channel for requests in ${whole}`,
    'channel-closed': `removed ${place} from the channels for requests in ${whole}`,
    'direct-opened': `opened direct messages for requests from ${whole}`,
    'direct-closed': `closed direct messages for requests from ${whole}`,
    roles: `chose which roles can start tasks in ${place === '…' ? whole : `${place} of ${whole}`}`,
    'no-roles': `let every role start tasks in ${place === '…' ? whole : `${place} of ${whole}`}`,
    guests: `changed whether guests can start tasks in ${place} of ${whole}`,
  };
  return changes[fact('change')] ?? `changed the rules of ${whole}`;
}

const noPayment: Readonly<Record<string, string>> = {
  authentication: 'the bank asks for confirmation',
  'no-card': 'there is no saved card',
};

function topUp(fact: About['fact']): string {
  return `below ${amount(fact('below'))}, buy ${fact('pack')} for ${fact('price')}, at most ${fact('cap')} a month, ${fact('daily')} a day, ${fact('pauseMinutes')} minutes apart, with the card ending in ${fact('card')}`;
}

function disputed(fact: About['fact']): string {
  switch (fact('standing')) {
    case 'inquiry':
      return 'noted that a bank asked about a payment';
    case 'open':
      return `held back ${amount(fact('heldBack'))} because a payment is disputed`;
    case 'lost':
      return `removed ${amount(fact('removed'))} because a disputed payment was reversed`;
    default:
      return `returned ${amount(fact('returned'))} because a dispute ended`;
  }
}

function day(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? text.slice(0, 10) : 'a later day';
}

function amount(text: string): string {
  return /^\d{1,18}$/.test(text) ? sayCredits(micro(text)) : 'credits';
}

function platform(word: string): string {
  return plain(platformName(word));
}

/** A word that was never meant to be read. */
function plain(word: string): string {
  return shorten(word.replace(/[^\p{L}\p{N}.:_ -]/gu, ''), 60);
}
