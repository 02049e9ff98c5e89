// The words of the operator's pages.

export const operatorWords = {
  title: 'Operator',
  lead: 'How the product is doing, across all teams. What you do here stands in the audit log.',
  teams: 'Teams',
  tasks: 'Tasks',
  undelivered: 'Undelivered',
  mails: 'Mails',
  ledger: 'Ledger',
  payments: 'Payments',
  noTeams: 'No team like this',
  noTeamsLead: 'Look for a name, for the mail address of a member, or for an id.',
  noTasks: {
    running: ['Nothing is running', 'Tasks that are not over are shown here.'],
    stuck: ['Nothing is stuck', 'A task that nobody has begun, or whose worker went silent, is shown here.'],
    failed: ['Nothing failed', 'Tasks that failed within the last seven days are shown here.'],
  },
  openLead: 'That you read it is written into the team’s audit log, where its owners see it.',
  stopLead: 'It ends at once. What was used so far is settled, as when its person stops it.',
  noMails: 'All mails arrived, as far as anybody can know',
  noMailsLead: 'A mail that was refused, or whose answer was lost, is shown here.',
  unsureMail: 'It may have arrived: sent again, it may be there twice.',
  noUndelivered: 'Everything arrived',
  noUndeliveredLead: 'Answers that a chat did not take are shown here, without their words.',
  ledgerLead:
    'Adds up what all wallets and journals say, for ten seconds at the most. It runs by itself once a day; npm run ledger:verify has no limit.',
  noChecks: 'Nothing was checked yet',
  noChecksLead: 'The first check comes by itself, or when you ask for it.',
  grant: 'Grant credits',
  grantLead: 'The team sees the amount, and its owners the reason.',
  freeze: 'Put on hold',
  freezeLead: 'Nothing new begins in this team. What is running goes on.',
  unfreeze: 'Take off hold',
  unfreezeLead: 'Work can begin here again.',
} as const;

export const paymentWords = {
  lead: 'Payments that need a person. Details and refunds are in the Stripe dashboard.',
  off: 'Payments are turned off',
  compared: 'Last compared with Stripe:',
  neverCompared: 'Not compared with Stripe yet.',
  fine: 'No payment needs attention',
  fineLead: 'Payments that differ from Stripe, or could not be credited, are shown here.',
  undecided: 'Not credited',
  undecidedLead: 'Stripe reports a payment that does not fit what is sold. Refund it in the Stripe dashboard, or grant the credits.',
  differences: 'Differences from Stripe',
  differencesLead: 'Found by the last comparison, and not repaired by it.',
  rounds: (rounds: number) => (rounds === 1 ? 'found once' : `found ${rounds} times in a row`),
  events: 'Webhook events that fail',
  eventsLead: 'They are tried again until they succeed. Close an event that can never succeed, such as one about a deleted object.',
  tries: (tries: number) => (tries === 1 ? '1 try' : `${tries} tries`),
  inHand: 'being handled',
  close: 'Close event',
  topUps: 'Failed auto top-ups',
  topUpsLead: 'In the last seven days, without declined cards. Nothing was credited.',
} as const;

export const accessWords = {
  title: 'Sessions and API keys',
  lead: 'End access that may have been stolen. Your reason goes into the audit log, and the person gets an email.',
  link: 'Sessions and API keys',
  people: 'People',
  peopleLead: 'Sessions and keys in all of a person’s teams.',
  sessions: (many: number) => (many === 1 ? '1 session' : `${many} sessions`),
  keys: (many: number) => (many === 1 ? '1 API key' : `${many} API keys`),
  endSessions: 'End all sessions',
  endSessionsLead: 'They are logged out on every device at once, and can log in again. API keys keep working.',
  revokeOf: 'Revoke all API keys',
  revokeOfLead: 'Every API key of this person stops working at once, in all of their teams. This can’t be undone.',
  keysLead: 'Active keys of this team.',
  noKeys: 'This team has no active keys.',
  revokeKey: 'Revoke',
  revokeKeyLead: 'Programs that use this key are refused at once. This can’t be undone.',
  revokeAll: 'Revoke all keys of this team',
  revokeAllLead: 'Every API key of this team stops working at once, and each owner gets an email. This can’t be undone.',
} as const;

export const checkOutcomes = { right: 'Adds up', wrong: 'Wrong', 'too-long': 'Not done in time' } as const;

const parts: Readonly<Record<string, string>> = {
  database: 'Database',
  queue: 'Queue',
  workers: 'Workers',
  storage: 'Files',
  agents: 'Agents',
};

/** Platforms bring their names with them. */
export function partName(part: string): string {
  return parts[part] ?? part;
}

export const sights = { running: 'Running', stuck: 'Stuck', failed: 'Failed' } as const;

export const operatorDone: Readonly<Record<string, string>> = {
  granted: 'The credits are there.',
  'granted-before': 'This form had been sent before: nothing was granted twice.',
  frozen: 'The team is on hold.',
  unfrozen: 'The team is off hold.',
  stopped: 'The task is being stopped.',
  requeued: 'The task is in the queue again.',
  again: 'It is on its way again.',
  'sessions-ended': 'The sessions were ended.',
  'keys-revoked': 'The keys were revoked.',
  closed: 'The event is closed.',
  checked: 'The check is done; what came of it stands below.',
};
