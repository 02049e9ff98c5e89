// The words of the pages about a team.

import type { Role } from '#core/domain/team/permission.ts';

/** What each role is for, highest first. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  owner: { name: 'Owner', may: 'Can do everything, also make other owners, take all data along and delete the team.' },
  admin: { name: 'Admin', may: 'Runs the team: people below owner, chat workspaces, settings, limits and credits.' },
  billing: { name: 'Billing', may: 'Buys credits, sets limits and sees what was used. Asks for work too.' },
  approver: { name: 'Approver', may: 'Says yes to work that waits for approval, stops tasks and sees what was used.' },
  member: { name: 'Member', may: 'Asks for work, and sees the team’s tasks and people.' },
  guest: { name: 'Guest', may: 'Looks at the team’s tasks and files. Asks for nothing.' },
};

/** What somebody is. */
export const asRole: Readonly<Record<Role, string>> = {
  owner: 'an owner',
  admin: 'an admin',
  billing: 'a billing manager',
  approver: 'an approver',
  member: 'a member',
  guest: 'a guest',
};

/** What was done, said on the page that comes after. */
export const doneWords: Readonly<Record<string, string>> = {
  invited: 'The invitation is on its way.',
  resent: 'The invitation is on its way again. The link in the mail before does not work any more.',
  revoked: 'The invitation was taken back. Its link does not work any more.',
  role: 'The role was changed. It holds from now on.',
  removed: 'They are not in the team any more, and their API keys for it have ended.',
  left: 'You have left the team.',
  renamed: 'The team has its new name.',
  made: 'The team is here, and you are its owner. Invite whoever belongs to it.',
  switched: 'You are in this team now.',
  joined: 'Welcome to the team.',
  'key-revoked': 'The key was revoked. Programs that used it no longer have access.',
  'account-linked': 'The account is linked to your login.',
  'workspace-linked': 'The workspace is linked. This team now pays for requests made there.',
  'account-unlinked': 'The account is not linked any more.',
  'workspace-saved': 'Saved.',
  'workspace-unlinked': 'The workspace is not linked any more. Nobody pays for what is asked there.',
};

export const memberWords = {
  lead: (role: Role) => `You are ${asRole[role]} here. ${roleWords[role].may}`,
  title: 'People',
  never: 'Not here yet',
  remove: (name: string) =>
    `${name} can’t see or ask for anything in this team any more. Their API keys for it end at once, and so do the invitations that only they could send. Their tasks and files stay with the team.`,
  leave:
    'You can’t see or ask for anything in this team any more, and your API keys for it end at once. Your tasks and files stay with the team. To come back, somebody has to invite you.',
  lastOwner: 'You are the last owner, so you can’t leave: make somebody else an owner first.',
  personal: 'This is your personal team. It stays yours.',
} as const;

export const inviteWords = {
  title: 'Invite somebody',
  lead: 'They get a mail with a link that works for seven days, and join with the address that it was sent to.',
  open: 'Open invitations',
  revoke: (email: string) => `The link that ${email} got stops working.`,
  soon: 'Can be sent again at',
} as const;

export const rolesTitle = 'What each role may do';

export const teamWords = {
  name: 'Name of the team',
  yours: 'Your teams',
  yoursLead: 'Each has its own credits, tasks and people.',
  make: 'Make a new team',
  makeHint: 'It begins without credits, and you own it.',
} as const;

export const keyWords = {
  title: 'API keys',
  lead: 'A key lets a program ask for work as you, in this team. It ends when it expires, is revoked, or you leave the team.',
  make: 'Create an API key',
  scopeHint: 'Read-only keys read tasks, files, balance, transactions and events, and change nothing.',
  nameHint: 'What will use it, such as “Nightly report”.',
  shownOnce: 'This is the only time the key is shown. Keep it where you keep passwords.',
  use: 'Send it with each request, as “Authorization: Bearer …”.',
  revoke: 'Programs that use this key stop working immediately. This can’t be undone.',
  none: 'There are no keys',
  noneLead: 'With a key, scripts and other programs can ask for work and read results.',
} as const;

export const auditWords = {
  title: 'Audit log',
  lead: 'Who did what to people, roles, keys, settings and credits. Lines are only ever added.',
  none: 'Nothing of this kind happened',
  noneLead: 'What is done to people, roles, keys, settings and credits is written down here.',
} as const;

export const linkWords = {
  title: 'Chats',
  lead: 'The workspaces where this team can be asked from, and your own accounts there.',
  workspaces: 'The team’s workspaces',
  workspacesLead:
    'Members of these workspaces can spend this team’s credits, within the daily limits below. Guests can’t unless you allow them.',
  noWorkspaces: 'No workspace is linked yet',
  noWorkspacesLead:
    'Add the bot to your Slack workspace or Discord server. It then gives an admin there a link that connects it to this team.',
  capsTitle: 'Edit limits and guests',
  guests: 'Allow guests',
  guestsHint: 'Guests of the workspace and people from other organizations can spend the team’s credits.',
  guestsMay: 'Guests allowed',
  reinstallNeeded: 'Reinstall needed',
  reinstall: 'Reinstall',
  missingScopes: (scopes: readonly string[]) => `The app is missing permissions there: ${scopes.join(', ')}.`,
  save: 'Save changes',
  accounts: 'Your accounts',
  accountsLead: 'So that we know it is you who asks. Only you see this list.',
  noAccounts: 'None of your accounts is linked yet',
  noAccountsLead: 'When you write to the bot for the first time, it gives you a link that only you can see.',
  unlinkWorkspace: (name: string) =>
    `From then on nobody pays for what is asked in ${name}, so the bot takes nothing there. Tasks that are under way are done and answered.`,
  unlinkAccount:
    'From then on we don’t know that it is you who asks there: your limits and rights don’t count, and direct messages to the bot are not paid for by your own team. In a workspace that is linked to a team, that team still pays.',
} as const;

/** What may be spent from a workspace in a day. */
export const capWords = {
  person: 'Credits per person and day',
  personHint: 'What each person in the workspace can spend in a day. Leave empty for no limit.',
  workspace: 'Credits per workspace and day',
  workspaceHint: 'What everyone in the workspace together can spend in a day. Leave empty for no limit.',
  wrong: 'Enter an amount of credits, such as 100 or 2.5, or leave it empty.',
  inShort(person: string | null, workspace: string | null) {
    const limits = [...(person === null ? [] : [`${person} per person`]), ...(workspace === null ? [] : [`${workspace} in total`])];
    return limits.length === 0 ? 'No daily limits' : `Daily limits in credits: ${limits.join(', ')}`;
  },
} as const;

export const confirmWords = {
  identity: 'Link your account',
  workspace: 'Link a workspace',
  identityLead: (platform: string) =>
    `Say yes only if both are you, and only if you asked for this link yourself in ${platform} a moment ago.`,
  workspaceLead: 'Say yes only if you know this workspace, and if the link was asked for there.',
  identityAfter: (platform: string) =>
    `Whoever uses this ${platform} account can then ask for work in your name, with your rights and your credits.`,
  workspaceAfter: (team: string) =>
    `Members of this workspace can then spend credits of ${team}, within the daily limits on this page. Guests can’t unless you allow them.`,
  notYou:
    'If you did not ask for it, somebody else may have sent it to you so that you link their account to yours. Close this page, and nothing happens.',
} as const;

export const invitationWords = {
  title: (team: string) => `Join ${team}`,
  strangers: 'To accept, log in with the address that was invited, or sign up with it.',
  otherAddress: 'It was sent to another address than the one you are logged in with.',
  decline: 'The team sees that you declined. To join later, you have to be invited again.',
  declined: 'You have declined. Nothing else happens.',
} as const;
