// A refusal is a no that we can explain to a person: a code, a sentence, a way forward. Everything else is a bug.
// This is the one table of them. Facts are plain JSON, because SQL writes some of them and letters store them; for the
// same reason a code is never renamed or taken away.

import { agentTypes } from '../tasks/agent-type.ts';
import { EXAMPLE } from '../asks/example.ts';
import { askLimits } from '../asks/limits.ts';
import { micro, sayCredits, showCredits, type Amount } from '../credits/credits.ts';
import { APPROVAL_HOURS } from '../tasks/approval.ts';
import type { TaskStatus } from '../tasks/task.ts';
import { talkAnswers } from '../talk/talk-answers.ts';
import { teamLimits } from '../team/team-limits.ts';
import { sayUtc } from '../text/utc.ts';

interface Rule {
  /** What the HTTP API answers. */
  readonly status: number;
  readonly sentence: (facts: never) => string;
  readonly wayForward: string | ((facts: never) => string);
  /** A page of the portal where the person can do something about it. */
  readonly page?: `/${string}`;
}

const table = {
  'ask.empty': {
    status: 400,
    sentence: () => 'Your request is empty.',
    wayForward: `Say what you need, for example: ${EXAMPLE}.`,
  },
  ...talkAnswers,
  'ask.too-long': {
    status: 413,
    sentence: () => `This request is longer than ${count(askLimits.textCharacters)} characters.`,
    wayForward: 'Put the long part in a file and attach it.',
  },
  'quantity.too-many': {
    status: 400,
    sentence: (facts: { asked: string; most: number; unit: string }) =>
      `One task can deliver at most ${count(facts.most)} ${facts.unit}; you asked for ${facts.asked}.`,
    wayForward: 'Ask for fewer, or split it into several requests.',
  },
  'quantity.not-positive': {
    status: 400,
    sentence: (facts: { asked: string; unit: string }) => `We can’t deliver ${facts.asked} ${facts.unit}.`,
    wayForward: 'Ask for one or more.',
  },
  'quantity.not-whole': {
    status: 400,
    sentence: (facts: { asked: string; unit: string }) => `We only deliver whole ${facts.unit}, and you asked for ${facts.asked}.`,
    wayForward: 'Ask for a whole number.',
  },
  'type.unknown': {
    status: 400,
    sentence: (facts: { given: string }) => `Unknown task type “${facts.given}”.`,
    wayForward: `Choose one of ${agentTypes.join(', ')}, or leave the type out.`,
  },
  'file.too-large': {
    status: 413,
    sentence: (facts: { name: string }) => `The file “${facts.name}” is larger than ${askLimits.fileBytes / 1_000_000} MB.`,
    wayForward: 'Attach a smaller file.',
  },
  'file.empty': {
    status: 400,
    sentence: (facts: { name: string }) => `The file “${facts.name}” is empty.`,
    wayForward: 'Attach the file again.',
  },
  'file.broken': {
    status: 400,
    sentence: (facts: { name: string }) => `The upload of “${facts.name}” was incomplete.`,
    wayForward: 'Attach the file again.',
  },
  'files.too-many': {
    status: 400,
    sentence: (facts: { count: number }) => `One request can have ${askLimits.files} files; this one has ${count(facts.count)}.`,
    wayForward: 'Attach fewer files, or put them in one archive.',
  },

  'files.missing': {
    status: 400,
    sentence: () => 'A file of this request was not found, or belongs to another request.',
    wayForward: 'Attach the file again.',
  },

  'files.not-fetched': {
    status: 400,
    sentence: (facts: { name: string; count: number }) =>
      `${facts.count === 1 ? `The file “${facts.name}”` : `${count(facts.count)} files, such as “${facts.name}”,`} can’t be used: files attached in this chat don’t reach us yet.`,
    wayForward: 'Send your request from the web portal and attach files there, or paste their text into your message.',
    page: '/dashboard',
  },

  'task.input-gone': {
    status: 409,
    sentence: () => 'A file that was attached to this task was deleted or is no longer kept, so the task can’t run.',
    wayForward: 'Send your request again and attach the file again.',
    page: '/dashboard',
  },

  'files.waiting': {
    status: 429,
    sentence: (facts: { waiting: number }) => `Your team has ${count(facts.waiting)} uploaded files that no request uses yet.`,
    wayForward: 'Use them in a request first. Files that no request uses within a day are deleted.',
  },

  'files.yours-waiting': {
    status: 429,
    sentence: (facts: { waiting: number }) => `You have ${count(facts.waiting)} uploaded files that no request uses yet.`,
    wayForward: 'Attach them to a request, or delete them. Files that no request uses within a day are deleted.',
  },
  'files.arriving': {
    status: 429,
    sentence: (facts: { most: number }) => `You are already uploading ${count(facts.most)} files.`,
    wayForward: 'Wait until one of these uploads is complete, then try again.',
  },

  'credits.short': {
    status: 402,
    sentence: (facts: { need: Amount; have: Amount } & Waits) =>
      `This needs ${sayCredits(micro(facts.need))} and you have ${showCredits(micro(facts.have))}.`,
    wayForward: ({ waits = false }: Waits) =>
      waits ? 'Add credits and approve it again, or change it to ask for fewer.' : 'Add credits or ask for fewer.',
    page: '/buy',
  },
  'billing.off': {
    status: 404,
    sentence: () => 'Credits can’t be bought here.',
    wayForward: 'Ask the team that runs this server for credits.',
  },
  'pack.unknown': {
    status: 404,
    sentence: () => 'Pack not found.',
    wayForward: 'Choose one of the packs.',
    page: '/buy',
  },
  'payments.unavailable': {
    status: 503,
    sentence: () => 'Payments are unavailable right now. You were not charged.',
    wayForward: 'Try again in a few minutes.',
  },
  'limit.reached': {
    status: 402,
    sentence: (facts: { whose: LimitOwner; need: Amount; left: Amount; period?: string; resetsAt?: string | null } & Waits) =>
      `This needs ${sayCredits(micro(facts.need))} and ${limitWords[facts.whose](showCredits(micro(facts.left)), facts.period)}.${resets(facts.resetsAt)}`,
    wayForward: ({ waits = false }: Waits) =>
      waits
        ? 'Change it to ask for less, or ask an owner or admin of your team to raise this limit and approve it again.'
        : 'Ask for less, or ask an owner or admin of your team to raise this limit.',
    page: '/team',
  },
  'limit.not-found': {
    status: 404,
    sentence: () => 'Limit not found, or already removed.',
    wayForward: 'Review the current limits.',
    page: '/credits',
  },
  'statement.not-found': {
    status: 404,
    sentence: () => 'There is no statement for this month.',
    wayForward: 'Choose a month from the list of statements.',
    page: '/credits',
  },
  'wallet.frozen': {
    status: 403,
    sentence: () => 'The credits of this team are on hold while a payment is reviewed.',
    wayForward: 'Ask an owner of the team for details.',
    page: '/credits',
  },

  'team.leaving': {
    status: 403,
    sentence: (facts: { until: string }) => `This team will be deleted on ${facts.until.slice(0, 10)}, so no new tasks can start.`,
    wayForward: 'Until then, an owner of the team can cancel the deletion.',
    page: '/team/data',
  },
  'team.personal': {
    status: 409,
    sentence: () => 'A personal team is deleted together with its account.',
    wayForward: 'Delete your account instead.',
    page: '/settings',
  },
  'deletion.begun': {
    status: 409,
    sentence: () => 'The deletion has started and can no longer be canceled.',
    wayForward: 'You can create a new account or team at any time.',
  },
  'account.last-owner': {
    status: 409,
    sentence: (facts: { teams: readonly string[] }) => `You are the only owner of ${facts.teams.map((name) => `“${name}”`).join(', ')}.`,
    wayForward: 'First make someone else an owner there, or delete the team.',
    page: '/team',
  },
  'export.not-found': {
    status: 404,
    sentence: () => 'Export not found, or no longer kept.',
    wayForward: 'Create a new export.',
    page: '/team/data',
  },
  'erasure-link.used': {
    status: 410,
    sentence: () => 'This link has expired or was already used.',
    wayForward: 'To get a new one, use the privacy command in the chat.',
  },

  'task.not-found': {
    status: 404,
    sentence: () => 'Task not found, or you don’t have access.',
    wayForward: 'Look for it in your task history.',
    page: '/dashboard',
  },
  'task.over': {
    status: 409,
    sentence: (facts: { status: TaskStatus }) => `This task is already ${facts.status}.`,
    wayForward: 'To start a new task, send your request again.',
  },
  'task.started': {
    status: 409,
    sentence: () => 'This task has already started.',
    wayForward: 'Cancel it, or send a new request.',
  },
  'task.deleted': {
    status: 409,
    sentence: () => 'This request was deleted, so it can’t run again.',
    wayForward: 'Send it as a new request.',
  },
  'task.payer-gone': {
    status: 403,
    sentence: () => 'The team that would pay for this task no longer pays for you here, so nothing was started.',
    wayForward: 'Send your request again in a new thread.',
  },
  'approval.not-yours': {
    status: 403,
    sentence: () => 'Only the person who asked for this task can approve or change it.',
    wayForward: 'Ask them to approve it, or send the request yourself.',
  },
  'approval.expired': {
    status: 409,
    sentence: () => `Nobody approved this request within ${APPROVAL_HOURS} hours, so it was not started.`,
    wayForward: 'Run it again if you still need it.',
  },
  'conversation.not-found': {
    status: 404,
    sentence: () => 'Conversation not found, or you don’t have access.',
    wayForward: 'Start a new conversation. In the API, leave the conversation out.',
  },
  'task.running': {
    status: 409,
    sentence: () => 'This task has not finished yet.',
    wayForward: 'Wait until it finishes, or cancel it first.',
  },
  'conversation.busy': {
    status: 429,
    sentence: (facts: { waiting: number }) => `${count(facts.waiting)} requests are already waiting in this conversation.`,
    wayForward: 'Wait for one to finish, cancel one, or start another conversation.',
  },
  'team.missing': {
    status: 403,
    sentence: () => 'No team pays for requests here yet.',
    wayForward: 'An owner of a team can link this workspace to it, or you can link your own account.',
    page: '/team',
  },
  'guests.not-allowed': {
    status: 403,
    sentence: () => 'Guests and people from other organizations can’t start tasks in this workspace.',
    wayForward: 'Ask a member of the workspace to start it, or ask an owner or admin of the team that pays here to allow guests.',
  },
  'roles.not-allowed': {
    status: 403,
    sentence: () => 'Only people with certain roles can start tasks in this channel.',
    wayForward: 'Ask an admin of the workspace for one of these roles, or start the task in another channel.',
  },
  'place.not-allowed': {
    status: 403,
    sentence: (facts: OpenPlaces) => `Tasks can’t be started in this channel${openPlaces(facts)}.`,
    wayForward: (facts: OpenPlaces) =>
      openPlaces(facts) === '' ? 'Ask an admin of the workspace where you can start tasks.' : 'Start the task there.',
  },
  'balance.not-shown': {
    status: 403,
    sentence: () => 'Guests and people from other organizations can’t see the balance of this workspace.',
    wayForward: 'Ask a member of the workspace.',
  },
  'thread.elsewhere': {
    status: 403,
    sentence: () => 'Requests in this thread are paid for by another team, so nothing was started.',
    wayForward: 'Ask again in a new thread.',
  },
  'choice.unknown': {
    status: 400,
    sentence: () => 'This button no longer works.',
    wayForward: 'Send your request again in the thread.',
  },
  'team.not-found': {
    status: 404,
    sentence: () => 'Team not found, or you are not a member.',
    wayForward: 'Choose one of your teams.',
    page: '/team',
  },
  'not.allowed': {
    status: 403,
    sentence: () => 'You are not allowed to do this.',
    wayForward: 'Ask an owner or admin of your team.',
    page: '/team',
  },

  'letter.not-found': {
    status: 404,
    sentence: () => 'Result not found, or you don’t have access.',
    wayForward: 'Look for it under undelivered results.',
    page: '/team/undelivered',
  },
  'letter.under-way': {
    status: 409,
    sentence: () => 'This result is already being sent again, or was sent elsewhere.',
    wayForward: 'Check its channel in a moment.',
    page: '/team/undelivered',
  },
  'letter.delivered': {
    status: 409,
    sentence: () => 'The result of this task was already delivered.',
    wayForward: 'Look in the conversation where the request was made.',
  },

  'role.above': {
    status: 403,
    sentence: () => 'Only owners can add or remove owners.',
    wayForward: 'Ask an owner of your team.',
    page: '/team',
  },
  'owner.last': {
    status: 409,
    sentence: () => 'A team needs at least one owner.',
    wayForward: 'Make someone else an owner first.',
    page: '/team',
  },
  'owner.personal': {
    status: 409,
    sentence: () => 'You always own your personal team.',
    wayForward: 'To share ownership, create a new team.',
    page: '/team',
  },
  'member.not-found': {
    status: 404,
    sentence: () => 'Member not found in your team.',
    wayForward: 'Reload the list of members; it may have changed.',
    page: '/team',
  },
  'member.already': {
    status: 409,
    sentence: (facts: { email: string }) => `Someone with the address ${facts.email} is already a member of this team.`,
    wayForward: 'Change their role instead.',
    page: '/team',
  },
  'teams.too-many': {
    status: 409,
    sentence: (facts: { most: number }) => `You own ${count(facts.most)} teams, which is the maximum.`,
    wayForward: 'Use one of them, or make someone else the owner of one and leave it.',
    page: '/team',
  },
  'invitation.not-found': {
    status: 404,
    sentence: () => 'Invitation not found, or already answered.',
    wayForward: 'Reload the list of invitations.',
    page: '/team',
  },
  'invitation.already': {
    status: 409,
    sentence: (facts: { email: string }) => `There is already an open invitation for ${facts.email}.`,
    wayForward: 'Resend it, or revoke it first.',
    page: '/team',
  },
  'invitation.soon': {
    status: 429,
    sentence: () => 'This invitation was sent a moment ago.',
    wayForward: `Wait ${teamLimits.resendMinutes} minutes before you resend it. The email may be in their spam folder.`,
  },
  'invitations.too-many': {
    status: 429,
    sentence: (facts: { most: number }) => `This team has ${count(facts.most)} open invitations, which is the maximum.`,
    wayForward: 'Wait for an answer, or revoke some of them.',
    page: '/team',
  },
  'invitations.too-often': {
    status: 429,
    sentence: () => 'No more invitations can be sent today.',
    wayForward: 'Try again tomorrow. New accounts can send fewer invitations a day.',
  },
  'invitation.unanswered': {
    status: 429,
    sentence: () => 'This address has received several invitations and has not accepted any.',
    wayForward: `Ask the person to look for the email, or invite them again after ${teamLimits.unansweredDays} days.`,
  },
  'invitation.over': {
    status: 410,
    sentence: (facts: { why: InvitationEnd }) => invitationEnds[facts.why],
    wayForward: 'Ask someone in the team to invite you again.',
  },
  'invitation.elsewhere': {
    status: 403,
    sentence: (facts: { email: string }) => `This invitation is for ${facts.email}, and you are logged in with another address.`,
    wayForward: 'Log in with that address, or ask to be invited at yours.',
    page: '/login',
  },
  'invitation.unconfirmed': {
    status: 403,
    sentence: () => 'Your email address isn’t confirmed yet.',
    wayForward: 'Open the link in the email we sent you, then come back.',
  },

  'link-request.over': {
    status: 410,
    sentence: () => `This link was already used, or is older than ${teamLimits.linkMinutes} minutes.`,
    wayForward: 'Request a new one in the chat.',
  },
  'link-request.changed': {
    status: 409,
    sentence: () => 'Your account or team has changed since this page was opened, so nothing was linked.',
    wayForward: 'Check both sides again, then confirm.',
  },
  'identity.taken': {
    status: 409,
    sentence: () => 'This chat account is already linked to another account.',
    wayForward: 'Unlink it there first.',
  },
  'login.last': {
    status: 409,
    sentence: () => 'This is the only way to log in to your account, so it was not removed.',
    wayForward: 'Set a password first, or connect another chat account.',
    page: '/settings',
  },
  'workspace.taken': {
    status: 409,
    sentence: () => 'This workspace is already linked to another team.',
    wayForward: 'An owner or admin of that team can unlink it.',
  },
  'identity.not-found': {
    status: 404,
    sentence: () => 'Linked account not found.',
    wayForward: 'Review your linked accounts.',
    page: '/team/workspaces',
  },
  'workspace.not-found': {
    status: 404,
    sentence: () => 'Workspace not found in your team.',
    wayForward: 'Review your linked workspaces.',
    page: '/team/workspaces',
  },

  'key.not-found': {
    status: 404,
    sentence: () => 'API key not found, or you can’t revoke it.',
    wayForward: 'Reload the list of keys; it may already be revoked.',
    page: '/team/keys',
  },
  'key.expired': {
    status: 401,
    sentence: (facts: { at: string }) => `This API key expired on ${facts.at.slice(0, 10)}.`,
    wayForward: 'Create a new key, and use it in place of this one.',
    page: '/team/keys',
  },
  'key.read-only': {
    status: 403,
    sentence: () => 'This API key is read-only, and this request needs full access.',
    wayForward: 'Use a key with full access.',
    page: '/team/keys',
  },
  'keys.too-many': {
    status: 409,
    sentence: (facts: { most: number }) => `You have ${count(facts.most)} API keys in this team, which is the maximum.`,
    wayForward: 'Revoke one that you no longer use.',
    page: '/team/keys',
  },

  'mail.off': {
    status: 503,
    sentence: () => 'Email is not set up on this server, so this is not available.',
    wayForward: 'Ask the team that runs it to set up email.',
  },
  'mail.gone': {
    status: 410,
    sentence: () => 'This email can no longer be sent.',
    wayForward: 'Its recipient can request a new one from the page they came from.',
  },

  'link.expired': {
    status: 410,
    sentence: () => 'This link has expired.',
    wayForward: 'Log in to download the file.',
    page: '/login',
  },
  'file.unreachable': {
    status: 503,
    sentence: () => 'This file can’t be downloaded right now.',
    wayForward: 'Try again in a minute.',
  },
  'file.gone': {
    status: 410,
    sentence: (() => 'This file is no longer kept.') as (facts: FileFacts) => string,
    wayForward: newFile,
    page: '/dashboard',
  },

  'file.deleted': {
    status: 410,
    sentence: (() => 'This file was deleted.') as (facts: FileFacts) => string,
    wayForward: newFile,
    page: '/dashboard',
  },
  'file.in-use': {
    status: 409,
    sentence: () => 'A task that is still running uses this file.',
    wayForward: 'Wait until the task has finished, or cancel it first.',
  },
  'file.not-found': {
    status: 404,
    sentence: () => 'File not found, or you don’t have access.',
    wayForward: 'Open the task that the file belongs to.',
    page: '/dashboard',
  },
  'link.unknown': {
    status: 404,
    sentence: () => 'This download link is no longer valid, or was not copied completely.',
    wayForward: 'Ask whoever sent it for a new link. Members of the team can also log in and open the task.',
    page: '/dashboard',
  },
  'link.ended': {
    status: 410,
    sentence: () => 'This link was ended by the team that owns the file.',
    wayForward: 'Members of the team can log in to download it. Anyone else can ask them for a new link.',
    page: '/login',
  },

  'key.unknown': {
    status: 401,
    sentence: () => 'This API key is invalid or was revoked.',
    wayForward: 'Create a new key on the API keys page of your team.',
    page: '/settings',
  },
  'login.needed': {
    status: 401,
    sentence: () => 'Authentication required.',
    wayForward: 'Log in, or send your key as “Authorization: Bearer …”.',
    page: '/login',
  },
  'login.confirm': {
    status: 403,
    sentence: () => 'Confirm it’s you to continue.',
    wayForward: 'Open the portal, confirm your identity, and try again.',
  },
  'request.malformed': {
    status: 400,
    sentence: () => 'This request could not be read.',
    wayForward: 'Check the address. To the API, send one JSON object with “Content-Type: application/json”.',
  },
  'request.invalid': {
    status: 400,
    sentence: (facts: { fields: readonly { readonly name: string; readonly problem: string }[] }) =>
      `Invalid request: ${facts.fields.map((field) => `${field.name}: ${field.problem}`).join('; ')}.`,
    wayForward: 'Correct it and send it again.',
  },
  'request.too-large': {
    status: 413,
    sentence: () => 'This request is too large.',
    wayForward: 'Send less, or attach a file.',
  },
  'request.too-slow': {
    status: 408,
    sentence: () => 'This request took too long to arrive.',
    wayForward: 'Check your connection and send it again.',
  },
  'request.wrong-type': {
    status: 415,
    sentence: () => 'This address accepts only JSON.',
    wayForward: 'Send one JSON object in UTF-8 with “Content-Type: application/json”.',
  },
  'request.length-needed': {
    status: 411,
    sentence: () => 'This upload has no Content-Length.',
    wayForward: 'Send the file with a Content-Length header.',
  },
  'request.key-reused': {
    status: 422,
    sentence: () => 'This Idempotency-Key was already used for another request.',
    wayForward: 'Use a new key for each new request.',
  },
  'request.too-many': {
    status: 429,
    sentence: (facts: { waitSeconds: number }) => `Too many requests. Try again in ${sayWait(facts.waitSeconds)}.`,
    wayForward: 'Accepted requests continue.',
  },
  'cancels.too-many': {
    status: 429,
    sentence: (facts: { stopped: number; waitSeconds: number }) =>
      `${count(facts.stopped)} running tasks were canceled within an hour, so new requests are paused for ${sayWait(facts.waitSeconds)}.`,
    wayForward: 'Running and waiting tasks continue, and you can still cancel them. Nothing is charged for the pause.',
  },
  'streams.too-many': {
    status: 429,
    sentence: (facts: { most: number }) => `You already have ${count(facts.most)} event streams open.`,
    wayForward: 'Close one, or read several tasks from one stream.',
  },
  'operator.two-factor': {
    status: 403,
    sentence: () => 'Operators need two-factor authentication.',
    wayForward: 'Set up an authenticator in your settings, then open this page again.',
    page: '/settings',
  },
  'route.unknown': {
    status: 404,
    sentence: () => 'Page not found.',
    wayForward: 'Check the address.',
  },
  'method.wrong': {
    status: 405,
    sentence: (facts: { allowed: readonly string[] }) => `This address only supports ${facts.allowed.join(', ')}.`,
    wayForward: 'Use another method.',
  },

  'origin.foreign': {
    status: 403,
    sentence: () => 'This form was sent from another site, so nothing was changed.',
    wayForward: 'Open the page here and send it again.',
  },

  'host.unknown': {
    status: 421,
    sentence: () => 'This server does not accept requests for this host name.',
    wayForward: 'Open it at the address that was printed when it started.',
  },
  'sandbox.closed': {
    status: 403,
    sentence: () => 'This page is only for the person who started the product.',
    wayForward: 'Open the link that was printed at the start, once in each browser. It is also in sandbox.json in the data folder.',
  },

  'metrics.closed': {
    status: 401,
    sentence: () => 'Metrics are only for the operator.',
    wayForward: 'Read them on the machine itself, or set METRICS_TOKEN and send it as “Authorization: Bearer …”.',
  },

  'service.stopping': {
    status: 503,
    sentence: () => 'We are restarting, so your request was not accepted and nothing was charged.',
    wayForward: 'Try again in a few seconds.',
  },
  'database.unavailable': {
    status: 503,
    // `outcome` is there when it was sent to the database and no answer came: what then holds is found under the same key.
    sentence: (facts?: { outcome?: 'unknown' }) =>
      facts?.outcome === undefined
        ? 'We could not save your request, so it was not accepted and nothing was charged.'
        : 'We could not confirm that your request was saved. It may still start.',
    wayForward: (facts?: { outcome?: 'unknown' }) =>
      facts?.outcome === undefined ? 'Try again in a minute.' : 'Check your tasks in a minute before you send it again.',
  },
  'storage.unavailable': {
    status: 503,
    sentence: () => 'Files can’t be stored right now, so this one was not accepted.',
    wayForward: 'Try again in a minute.',
  },
  'agents.unavailable': {
    status: 503,
    sentence: () => 'No agent is available right now, so your request was not accepted and nothing was charged.',
    wayForward: 'Try again in a few minutes.',
  },
} as const satisfies Record<string, Rule>;

/** Set where an approval was refused: its request goes on waiting. */
interface Waits {
  readonly waits?: boolean;
}

/** Whether somebody brought the file, or a task made it. */
interface FileFacts {
  readonly role: 'input' | 'result';
}

function newFile({ role }: FileFacts): string {
  return role === 'input' ? 'Send your request again and attach the file again.' : 'Run the task again to get a new one.';
}

const limitWords = {
  task: (left: string) => `one task may cost at most ${left}`,
  member: (left: string) => `your own limit has ${left} left`,
  channel: (left: string) => `the limit of this channel has ${left} left`,
  workspace: (left: string) => `the limit of this workspace has ${left} left`,
  'workspace-person': (left: string, period?: string) => `you have ${left} left${period === 'day' ? ' today' : ''} in this workspace`,
  team: (left: string) => `the limit of your team has ${left} left`,
} as const;

/** Whoever reads it may be anywhere, so the time is in UTC. */
function resets(at: string | null | undefined): string {
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? ` The limit resets on ${sayUtc(new Date(at))}.` : '';
}

/** Whose limit stopped it; the sentence says which, and the way forward who can raise it. */
export type LimitOwner = keyof typeof limitWords;

const invitationEnds = {
  unknown: 'This invitation is invalid, or was resent with a newer link.',
  expired: `This invitation expired after ${teamLimits.invitationDays} days.`,
  revoked: 'This invitation was revoked.',
  declined: 'This invitation was declined.',
  accepted: 'This invitation was already accepted.',
} as const;

/** How an invitation can be over. */
export type InvitationEnd = keyof typeof invitationEnds;

export type RefusalCode = keyof typeof table;
export const refusalCodes = Object.keys(table) as RefusalCode[];

/** True where nothing went wrong: the message asked for no work and got an answer (talk/talk-answers.ts). */
export function isAnswer(code: string): boolean {
  return Object.hasOwn(talkAnswers, code);
}

/** What the HTTP API answers with it. */
export function statusOf(code: RefusalCode): number {
  return table[code].status;
}

/** The facts that go with a code; `{}` where the sentence needs none. */
export type RefusalFacts<Code extends RefusalCode> =
  Parameters<(typeof table)[Code]['sentence']> extends [infer Facts] ? Facts : Record<never, never>;

/** A refusal as JSON carries it: letters store it, and SQL writes it where it is the one who says no. */
export type Refused = { [Code in RefusalCode]: { readonly code: Code; readonly facts: RefusalFacts<Code> } }[RefusalCode];

export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: object;
  readonly sentence: string;
  readonly wayForward: string;
  readonly status: number;
  readonly page: string | null;

  constructor({ code, facts }: Refused) {
    const rule: Rule = table[code];
    const sentence = rule.sentence(facts as never);
    super(sentence);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
    this.sentence = sentence;
    this.wayForward = typeof rule.wayForward === 'string' ? rule.wayForward : rule.wayForward(facts as never);
    this.status = rule.status;
    this.page = rule.page ?? null;
  }
}

/** Makes a refusal, to be thrown: `throw refuse('credits.short', { need, have })`. */
export function refuse<Code extends RefusalCode>(code: Code, ...facts: Parameters<(typeof table)[Code]['sentence']>): Refusal {
  return new Refusal({ code, facts: facts[0] ?? {} } as Refused);
}

/** True for a refusal of any copy of this module: a bundle carries its own class, so the code decides. */
export function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'sentence' in error && 'code' in error && isRefusalCode(error.code);
}

export function isRefusalCode(code: unknown): code is RefusalCode {
  return typeof code === 'string' && Object.hasOwn(table, code);
}

/** What a refusal needs to be said again later, for a letter or the stored outcome of an ask. */
export function refusedBy(refusal: Refusal): Refused {
  return { code: refusal.code, facts: refusal.facts } as Refused;
}

/** Channels that may be named, and whether direct messages with the bot are open. */
interface OpenPlaces {
  readonly in: readonly string[];
  readonly direct: boolean;
}

/** “, only in #leads, #sales or a direct message”; empty where none may be named. */
function openPlaces({ in: channels, direct }: OpenPlaces): string {
  const places = [...channels, ...(direct ? ['a direct message'] : [])];
  const last = places.pop();
  if (last === undefined) return '';
  return `, only in ${places.length === 0 ? last : `${places.join(', ')} or ${last}`}`;
}

/** “45 seconds”, “3 minutes”, “2 hours”: rounded up, so that whoever waits so long is not too early. */
function sayWait(seconds: number): string {
  const [many, unit] = seconds < 100 ? [seconds, 'second'] : seconds < 6_000 ? [seconds / 60, 'minute'] : [seconds / 3_600, 'hour'];
  const whole = Math.ceil(many);
  return `${count(whole)} ${unit}${whole === 1 ? '' : 's'}`;
}

function count(amount: number): string {
  return amount.toLocaleString('en-US');
}
