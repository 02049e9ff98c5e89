// The words of every mail, and the only place where they are. Short and calm: what happened, the one thing to do, and what
// it means to do nothing. Names, teams and browsers are other people's words: they stay in their line, are cut where they
// are long, and never become a link. A name that somebody else chose stands in quotes and loses every address in it.

import { placeOfNotice, type MailSaying, type SecurityChange } from './mail.ts';
import { micro, NO_CREDITS, sayCredits } from '../credits/credits.ts';
import { withoutAddresses } from '../text/address-like.ts';
import { lowCredits, topUpFailed } from './credit-mails.ts';
import { mailPage } from './mail-page.ts';
import { never } from '../never.ts';
import { platformName } from '../messages/platforms.ts';
import type { Role } from '../team/permission.ts';
import { cleanText, firstLine } from '../text/text.ts';
import type { MailContext, MailBody } from './mail-body.ts';

/** A mail as a person gets it: one line of subject, and the same words twice. */
export interface MailWords {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function sayMail(saying: MailSaying, context: MailContext): MailWords {
  const body = bodyOf(saying, context);
  return { subject: body.subject, text: mailText(body, context), html: mailPage(body, context) };
}

function bodyOf(saying: MailSaying, { brandName }: MailContext): MailBody {
  switch (saying.kind) {
    case 'verify':
      return {
        // Whoever signed up chose the name, and may have nothing to do with whoever reads it.
        ...about('Confirm your email address', null),
        before: [
          `This email address was used to sign up for ${brandName}. To confirm it, open the link and enter the password that you chose when you signed up.`,
        ],
        button: { label: 'Confirm this address', url: saying.url },
        after: [onceAndNotLong, 'If you did not sign up, ignore this email: the account cannot be used without your confirmation.'],
      };
    case 'known':
      return {
        ...about('You already have an account', saying.name),
        before: [
          `Someone, perhaps you, tried to sign up for ${brandName} with this email address, which already has an account. Nothing was changed.`,
        ],
        button: { label: 'Log in', url: saying.url },
        after: ['If you forgot your password, get a link on the login page. If this was not you, ignore this email.'],
      };
    case 'reset':
      return {
        ...about('Choose a new password', saying.name),
        before: [`Someone, probably you, asked to choose a new password for ${brandName}.`],
        button: { label: 'Choose a new password', url: saying.url },
        after: [onceAndNotLong, 'If this was not you, ignore this email: your password stays the same.'],
      };
    case 'set-password':
      return {
        // Nobody has shown yet that the address is theirs.
        ...about('Choose your password', null),
        before: [`You have an account at ${brandName}. Choose a password to log in.`],
        button: { label: 'Choose a password', url: saying.url },
        after: [onceAndNotLong, 'If it has expired, open it to request a new one.'],
      };
    case 'magic-link':
      return {
        ...about('Your login link', null),
        subject: `Log in to ${brandName}`,
        before: [`This link logs you in to ${brandName}, in the browser where you open it.`],
        button: { label: 'Log in', url: saying.url },
        after: [onceAndNotLong, 'Do not share it. If you did not request it, ignore this email.'],
      };
    case 'new-address':
      return {
        ...about('Confirm your new email address', null),
        before: [
          `The owner of the ${brandName} account ${theirs(saying.account)} asked to change its email address to this one. If that is your account, open the link and confirm the change while you are logged in to it.`,
        ],
        button: { label: 'Confirm the new address', url: saying.url },
        after: [onceAndNotLong, 'If you did not ask for this, ignore this email: nothing changes.'],
      };
    case 'invitation':
      return {
        // The subject has no words that a stranger chose: any name can be an offer. Who invites, and to what, is in the mail.
        ...about(`You’re invited to a team on ${brandName}`, null),
        before: [
          `${named(saying.by) ?? 'Someone'} invites you to ${named(saying.team, 'the team') ?? 'a team'} on ${brandName}, where people get work done by AI agents and share credits. You would be ${roleWords[saying.role]}.`,
        ],
        button: { label: 'See the invitation', url: saying.url },
        after: ['Nothing happens until you accept. If you do not know the team, ignore this email.'],
      };
    case 'security':
      return {
        ...about(changeWords[saying.what].title, saying.name),
        before: [changeWords[saying.what].sentence(brandName), ...(saying.keys === undefined ? [] : [keysWords(saying.keys)])],
        facts: [
          ...(saying.platform === undefined ? [] : [['Account', platformName(saying.platform)] as const]),
          ['When', when(saying.at)],
          ...(saying.from === null ? [] : [['From', theirs(saying.from)] as const]),
        ],
        button: { label: placeOfNotice(saying).button, url: saying.url },
        after: [
          changeWords[saying.what].after ??
            'If this was you, there is nothing to do. If it was not, open the link now and choose a new password.',
        ],
      };
    case 'deletion':
      return {
        ...about(`${named(saying.team, 'Your team') ?? 'Your team'} will be deleted`, null),
        before: [
          `${named(saying.team, 'The team') ?? 'Your team'} will be deleted from ${brandName}, with its tasks, files, and remaining credits.`,
        ],
        facts: [['Can be canceled until', when(saying.until)]],
        button: { label: 'Review the deletion', url: saying.url },
        after: ['An owner of the team can cancel the deletion until then. After that, nobody can.'],
      };
    case 'account-deletion':
      return {
        ...about('Your account will be deleted', saying.name),
        before: [
          `Your account at ${brandName} will be deleted, with the tasks, files, and remaining credits of your personal team. You leave all other teams.`,
        ],
        facts: [['Can be canceled until', when(saying.until)]],
        button: { label: 'Review the deletion', url: saying.url },
        after: ['If you did not ask for this, cancel the deletion now and choose a new password.'],
      };
    case 'key-expiring':
      return {
        ...about('An API key expires soon', saying.name),
        subject: `API key “${oneLine(saying.key)}” expires soon`,
        before: [
          `Your API key “${theirs(saying.key)}” for the team ${theirs(saying.team)} at ${brandName} is about to expire. Programs that use it will then be refused.`,
        ],
        facts: [['Expires', when(saying.until)]],
        button: { label: 'View API keys', url: saying.url },
        after: [
          'To keep a program running, create a new key and use it there before this one expires. If nothing uses this key, do nothing.',
        ],
      };
    case 'app-removed':
      return {
        ...about(`${brandName} was removed from a chat workspace`, null),
        before: [
          `The ${brandName} app was removed from the workspace “${theirs(saying.workspace)}” on ${platformName(saying.platform)}, where your team “${theirs(saying.team)}” pays for requests. Running tasks from there were stopped, and nothing was charged for them.`,
        ],
        facts: [['When', when(saying.at)]],
        button: { label: 'View workspaces', url: saying.url },
        after: ['To use it there again, install the app again: the workspace stays linked to your team until you unlink it.'],
      };
    case 'app-permissions':
      return {
        ...about(`${brandName} lacks permissions in a chat workspace`, null),
        before: [
          `The ${brandName} app lacks permissions in the workspace “${theirs(saying.workspace)}” on ${platformName(saying.platform)}, where your team “${theirs(saying.team)}” pays for requests. Some of what people ask there may fail until the app is installed again.`,
        ],
        facts: [['Missing permissions', saying.missing.join(', ')]],
        button: { label: 'View workspaces', url: saying.url },
        after: ['Open the page and choose Reinstall. The workspace stays linked to your team.'],
      };
    case 'welcome':
      return {
        // Whoever paid typed the address; it may be anybody's.
        ...about('Your credits are ready', null),
        before: [
          `${sayCredits(micro(saying.credits))} were bought at ${brandName} for this email address. Choose a password to log in and use them.`,
        ],
        button: { label: 'Choose a password', url: saying.url },
        after: [
          'The link expires in 24 hours and works once.',
          'If it has expired, open it to request a new one.',
          'If you did not buy credits, someone may have mistyped their address. You can ignore this email.',
        ],
      };
    case 'receipt':
      return {
        ...about('Thank you for your purchase', null),
        subject: `Receipt from ${brandName}: ${sayCredits(micro(saying.credits))}`,
        before: [
          saying.auto === true
            ? `Auto top-up charged your saved card and added the credits to ${named(saying.team) ?? 'your team'} on ${brandName}.`
            : `${/[1-9]/.test(saying.money) ? 'Your payment was received' : 'Your order is complete'}, and the credits were added to ${named(saying.team) ?? 'your team'} on ${brandName}.`,
        ],
        facts: [
          ['Credits', sayCredits(micro(saying.credits)).replace(/ credits?$/, '')],
          ['Paid', saying.money],
        ],
        button: { label: 'View your credits', url: saying.url },
        after: [
          saying.auto === true
            ? 'You can change or turn off auto top-up on the credits page.'
            : 'This is not an invoice. Stripe issues the invoice and sends it to the email address that you entered when you paid.',
        ],
      };
    case 'top-up-failed':
      return optional(saying.url, topUpFailed(saying, named(saying.team) ?? 'your team', brandName));
    case 'low-credits':
      return optional(saying.url, lowCredits(saying, named(saying.team) ?? 'your team', brandName));
    case 'payment-failed':
      return {
        ...about('Your payment did not go through', null),
        before: [
          `Your bank did not complete the payment for ${sayCredits(micro(saying.credits))} at ${brandName}, so no credits were added.`,
        ],
        button: { label: 'Try again', url: saying.url },
        after: ['If you already paid another way, there is nothing to do.'],
      };
    case 'refund':
      return {
        ...about(saying.failed ? 'A refund didn’t go through' : 'A payment was refunded', null),
        before: [
          saying.failed
            ? `A refund of the payment for ${sayCredits(micro(saying.bought))} failed, so the credits it had removed were returned to ${named(saying.team) ?? 'your team'} on ${brandName}.`
            : `Part or all of the payment for ${sayCredits(micro(saying.bought))} was refunded, and its credits were removed from ${named(saying.team) ?? 'your team'} on ${brandName}.`,
        ],
        facts: [['Refunded so far', saying.refunded], ['Left of this purchase', sayCredits(micro(saying.left))], ...owedFact(saying.owed)],
        button: { label: 'View your credits', url: saying.url },
        after: [
          ...owedWords(saying.owed),
          ...(saying.pauses === true ? ['Auto top-up is paused until someone in the team confirms its settings again.'] : []),
        ],
      };
    case 'dispute': {
      const { title, sentence } = disputeWords(saying);
      return {
        ...about(title, null),
        before: [sentence(sayCredits(micro(saying.bought)), named(saying.team) ?? 'your team', brandName)],
        facts: owedFact(saying.owed),
        button: { label: 'View your credits', url: saying.url },
        after: owedWords(saying.owed),
      };
    }
    case 'alarm':
      return {
        ...about(theirs(saying.title), null),
        subject: `${brandName}: ${oneLine(saying.title)}`,
        before: lines(saying.words),
        button: { label: 'View details', url: saying.url },
        after: ['You get this email because your address is in OPERATOR_EMAILS.'],
      };
    default:
      return never(saying);
  }
}

const onceAndNotLong = 'The link works once and expires soon.';

/** What most mails have in common. */
function about(title: string, name: string | null): Pick<MailBody, 'subject' | 'title' | 'name' | 'facts'> {
  return { subject: title, title, name: name === null ? null : nameIn(name), facts: [] };
}

function optional(url: string, { title, before, button, after }: ReturnType<typeof lowCredits>): MailBody {
  return { ...about(title, null), before, button: { label: button, url }, after };
}

function owedFact(owed: string): (readonly [string, string])[] {
  return micro(owed) === NO_CREDITS ? [] : [['Owed', sayCredits(micro(owed))]];
}

function owedWords(owed: string): string[] {
  return micro(owed) === NO_CREDITS
    ? []
    : ['Some of these credits were used already. The next credits your team gets pay what it owes first.'];
}

interface DisputeWords {
  readonly title: string;
  sentence(bought: string, team: string, brandName: string): string;
}

function disputeWords({ standing, before }: Extract<MailSaying, { kind: 'dispute' }>): DisputeWords {
  switch (standing) {
    case 'inquiry':
      return {
        title: 'A bank asked about a payment',
        sentence: (bought, team, brandName) =>
          `The cardholder’s bank asked ${brandName} about the payment for ${bought}. The credits of ${team} stay as they are for now.`,
      };
    case 'open':
      return {
        title: 'A payment is disputed',
        sentence: (bought, team, brandName) =>
          `The cardholder disputed the payment for ${bought}. Unused credits of this purchase are held back from ${team} on ${brandName} until the bank decides.`,
      };
    case 'lost':
      return {
        title: 'A disputed payment was reversed',
        sentence: (bought, team, brandName) =>
          `The bank returned the payment for ${bought} to the cardholder, so these credits were removed from ${team} on ${brandName}.`,
      };
    case 'none':
      return {
        title: 'A dispute has ended',
        sentence: (bought, team, brandName) =>
          before === 'inquiry'
            ? `The bank’s question about the payment for ${bought} is settled. Nothing changed for ${team} on ${brandName}.`
            : `The dispute of the payment for ${bought} ended, and the payment stands. Credits that it took or held back were returned to ${team} on ${brandName}.`,
      };
    default:
      return never(standing);
  }
}

const roleWords = {
  owner: 'an owner: you manage everything in the team',
  admin: 'an admin: you manage people, chat workspaces and settings',
  billing: 'a billing manager: you see and buy credits',
  approver: 'an approver: you approve pending work',
  member: 'a member: you ask for work with the team’s credits',
  guest: 'a guest: you see the team’s tasks and their results',
} as const satisfies Record<Role, string>;

function keysWords(keys: number): string {
  return keys === 1
    ? 'You have 1 active API key, and it still works. If you don’t recognize it, revoke it.'
    : `You have ${keys} active API keys, and they still work. If you don’t recognize all of them, revoke them.`;
}

/** `after`: what to do, where it was not something that the person may have done themselves. */
const changeWords: Record<SecurityChange, { readonly title: string; sentence(brandName: string): string; readonly after?: string }> = {
  'password-changed': {
    title: 'Your password was changed',
    sentence: (brandName) => `The password of your account at ${brandName} was changed, and every other device was logged out.`,
  },
  'mail-changed': {
    title: 'Your email address was changed',
    sentence: (brandName) =>
      `Your account at ${brandName} has another email address now, and this one no longer logs you in. Every other device was logged out.`,
  },
  'two-factor-on': {
    title: 'Two-factor authentication is on',
    sentence: (brandName) =>
      `Logging in to ${brandName} now also requires a code from your authenticator app. Every other device was logged out.`,
  },
  'two-factor-off': {
    title: 'Two-factor authentication is off',
    sentence: (brandName) => `Logging in to ${brandName} no longer requires a code from your authenticator app.`,
  },
  'backup-codes': {
    title: 'You have new backup codes',
    sentence: (brandName) => `New backup codes were created for your account at ${brandName}. The old ones no longer work.`,
  },
  'new-device': {
    title: 'A new device logged in',
    sentence: (brandName) => `Someone, probably you, logged in to your account at ${brandName} from a new device.`,
  },
  'api-key-made': {
    title: 'An API key was created',
    sentence: (brandName) => `A new API key can act in your name at ${brandName}, and spend credits of your team.`,
  },
  'two-factor-lost': {
    title: 'Set up two-factor authentication again',
    sentence: (brandName) =>
      `An encryption key at ${brandName} had to be replaced, and your authenticator can no longer be checked. Two-factor authentication is off for your account until you set it up again.`,
    after:
      'Log in with your password and set it up again. Remove the old entry from your authenticator app, and discard your old backup codes.',
  },
  'two-factor-reset': {
    title: 'Two-factor authentication was turned off',
    sentence: (brandName) =>
      `The team that runs ${brandName} was told that you lost your authenticator and your backup codes, and turned off two-factor authentication for your account. You were logged out everywhere.`,
    after:
      'If you asked for this, log in and set it up again. If you did not, somebody is trying to get into your account: choose a new password now, and tell the team that runs the service.',
  },
  'sessions-ended-by-operator': {
    title: 'You were logged out everywhere',
    sentence: (brandName) => `The team that runs ${brandName} ended all sessions of your account to protect it.`,
    after: 'Log in again to continue. If you use the same password elsewhere, or suspect that somebody knows it, choose a new one.',
  },
  'keys-revoked-by-operator': {
    title: 'API keys of yours were revoked',
    sentence: (brandName) =>
      `The team that runs ${brandName} revoked one or more of your API keys to protect your account. Programs that use them are refused.`,
    after: 'Create new keys for the programs that still need one. If a key was published by mistake, remove it there first.',
  },
  'identity-linked': {
    title: 'A chat account was linked',
    sentence: (brandName) => `A chat account was linked to your account at ${brandName}. Requests from it are made in your name.`,
  },
  'login-connected': {
    title: 'You can log in with a chat account now',
    sentence: (brandName) => `A chat account was connected to your account at ${brandName}: whoever is logged in to it can log in here.`,
    after: 'If this was you, there is nothing to do. If it was not, remove it there now, and choose a new password.',
  },
  'login-removed': {
    title: 'A login method was removed',
    sentence: (brandName) => `A chat account no longer logs in to your account at ${brandName}, and every other device was logged out.`,
  },
};

// --- The text version.

/** A longer line is not broken: mail programs do that better, and a broken address does not work. */
function mailText({ title, name, before, facts, button, after }: MailBody, { brandName, publicUrl }: MailContext): string {
  return [
    title,
    ...(name === null ? [] : [`Hello ${name},`]),
    ...before,
    ...(facts.length === 0 ? [] : [facts.map(([label, value]) => `${label}: ${value}`).join('\n')]),
    `${button.label}:\n${button.url}`,
    ...after,
    `-- \n${brandName}\n${publicUrl}\n`,
  ].join('\n\n');
}

// --- Other people's words.

const NAME_CHARACTERS = 40;
const WORDS_CHARACTERS = 60;

function oneLine(text: string): string {
  return firstLine(cleanText(text), WORDS_CHARACTERS);
}

/** Mail programs make links of what looks like one; a word joiner, which nobody sees, takes the look away. */
function theirs(text: string): string {
  return oneLine(text).replace(/[.:/@](?=\S)/g, '$&\u2060');
}

/**
 * The name of a person or a team, which text/name.ts lets nobody give an address; some are older than that rule. null when there
 * is nothing left of it.
 */
function nameIn(text: string): string | null {
  const name = firstLine(withoutAddresses(firstLine(cleanText(text), WORDS_CHARACTERS)).replace(/["“”„«»<>]/g, ''), NAME_CHARACTERS);
  return /[\p{L}\p{N}]/u.test(name) ? name.replace(/[.:/@](?=\S)/g, '$&\u2060') : null;
}

/** In quotes, so that it is seen where somebody else's words begin and end. */
function named(text: string, what = ''): string | null {
  const name = nameIn(text);
  return name === null ? null : `${what} “${name}”`.trimStart();
}

function lines(text: string): string[] {
  return cleanText(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function when(iso: string): string {
  return `${moment.format(new Date(iso))} UTC`;
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
