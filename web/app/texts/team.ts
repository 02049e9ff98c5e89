// The words of the pages about a team.

import type { Role } from '#core/domain/team/permission.ts';

/** What each role is for, highest first. */
export const roleWords: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  owner: { name: 'Owner', may: 'Full access: can add owners, export all data, and delete the team.' },
  admin: { name: 'Admin', may: 'Manages members, chat workspaces, settings, limits, and credits.' },
  billing: { name: 'Billing', may: 'Buys credits, sets limits, and sees usage. Can send requests.' },
  approver: { name: 'Approver', may: 'Approves pending work, cancels tasks, and sees usage.' },
  member: { name: 'Member', may: 'Sends requests, and sees the team’s tasks and members.' },
  guest: { name: 'Guest', may: 'Can view the team’s tasks and files, but not send requests.' },
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
  invited: 'Invitation sent.',
  resent: 'Invitation resent. The link in the previous email no longer works.',
  revoked: 'Invitation revoked. Its link no longer works.',
  role: 'Role changed.',
  removed: 'Member removed. Their API keys for this team were revoked.',
  left: 'You have left the team.',
  renamed: 'Team renamed.',
  made: 'Team created. You are its owner and can now invite people.',
  switched: 'Team switched.',
  joined: 'Welcome to the team.',
  'key-revoked': 'The key was revoked. Programs that used it no longer have access.',
  'account-linked': 'The account is linked to your login.',
  'workspace-linked': 'The workspace is linked. This team now pays for requests made there.',
  'account-unlinked': 'Account unlinked.',
  'workspace-saved': 'Saved.',
  'workspace-unlinked': 'Workspace unlinked. No team pays for requests there.',
};

export const memberWords = {
  lead: (role: Role) => `You are ${asRole[role]}. ${roleWords[role].may}`,
  title: 'Members',
  never: 'Never',
  remove: (name: string) =>
    `${name} loses access to this team. Their API keys for it and the invitations that only they could send are revoked immediately. Their tasks and files stay with the team.`,
  leave:
    'You lose access to this team, and your API keys for it are revoked immediately. Your tasks and files stay with the team. To come back, you need a new invitation.',
  lastOwner: 'You are the last owner, so you can’t leave. Make someone else an owner first.',
  personal: 'This is your personal team, so you can’t leave it.',
} as const;

export const inviteWords = {
  title: 'Invite a member',
  lead: 'They get an email with a link that works for seven days, and join with that email address.',
  open: 'Open invitations',
  revoke: (email: string) => `The link sent to ${email} stops working.`,
  soon: 'Can be resent at',
} as const;

export const rolesTitle = 'What each role can do';

export const teamWords = {
  name: 'Team name',
  yours: 'Your teams',
  yoursLead: 'Each team has its own credits, tasks, and members.',
  make: 'New team name',
  makeHint: 'The new team has no credits, and you are its owner.',
} as const;

export const keyWords = {
  title: 'API keys',
  lead: 'A key lets a program send requests as you in this team. It stops working when it expires, is revoked, or you leave the team.',
  make: 'Create an API key',
  scopeHint: 'Read-only keys read tasks, files, balance, transactions and events, and change nothing.',
  nameHint: 'What will use it, such as “Nightly report”.',
  shownOnce: 'This is the only time the key is shown. Store it like a password.',
  use: 'Send it with each request, as “Authorization: Bearer …”.',
  revoke: 'Programs that use this key stop working immediately. This can’t be undone.',
  none: 'No keys yet',
  noneLead: 'With a key, scripts and other programs can send requests and read results.',
} as const;

export const auditWords = {
  title: 'Audit log',
  lead: 'Changes to members, roles, keys, settings, and credits. Entries can’t be edited or deleted.',
  none: 'No matching entries',
  noneLead: 'Changes to members, roles, keys, settings, and credits appear here.',
} as const;

export const linkWords = {
  title: 'Chats',
  lead: 'Workspaces where this team pays for requests, and your own chat accounts.',
  workspaces: 'Team workspaces',
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
  accounts: 'Your chat accounts',
  accountsLead: 'Requests from these accounts count as yours. Only you see this list.',
  noAccounts: 'No linked accounts yet',
  noAccountsLead: 'When you message the bot for the first time, it sends you a link that only you can see.',
  unlinkWorkspace: (name: string) =>
    `No team pays for requests in ${name} afterwards, so the bot accepts none there. Running tasks continue.`,
  unlinkAccount:
    'Your role and limits no longer apply to requests from this account, and your personal team no longer pays for direct messages to the bot. In a linked workspace, its team still pays.',
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
    `Confirm only if both accounts are yours, and only if you just requested this link in ${platform} yourself.`,
  workspaceLead: 'Confirm only if you know this workspace and the link was requested there.',
  identityAfter: (platform: string) =>
    `Anyone who uses this ${platform} account can then send requests as you, with your permissions and credits.`,
  workspaceAfter: (team: string) =>
    `Members of this workspace can then spend credits of ${team}, within the daily limits on this page. Guests can’t unless you allow them.`,
  notYou: 'If you did not request this link, someone may be trying to link their account to yours. Close this page, and nothing happens.',
} as const;

export const invitationWords = {
  title: (team: string) => `Join ${team}`,
  strangers: 'To accept, log in or sign up with the invited email address.',
  otherAddress: 'This invitation was sent to a different email address.',
  decline: 'The team sees that you declined. To join later, you need a new invitation.',
  declined: 'Invitation declined.',
} as const;
