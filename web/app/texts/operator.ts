// The words of the operator's pages.

export const operatorWords = {
  title: 'Operator',
  lead: 'How the product is doing, across all teams. What you do here is recorded in the audit log.',
  teams: 'Teams',
  tasks: 'Tasks',
  undelivered: 'Undelivered',
  mails: 'Emails',
  ledger: 'Ledger',
  payments: 'Payments',
  noTeams: 'No teams found',
  noTeamsLead: 'Search by team name, a member’s email address, or an id.',
  noTasks: {
    running: ['Nothing is running', 'Tasks that have not finished appear here.'],
    stuck: ['Nothing is stuck', 'Tasks that no worker has started, or whose worker stopped responding, appear here.'],
    failed: ['Nothing failed', 'Tasks that failed in the last seven days appear here.'],
  },
  openLead: 'Reading it is recorded in the team’s audit log, where its owners see it.',
  stopLead: 'The task ends at once. What was used so far is charged, as when the person who asked cancels it.',
  noMails: 'No emails need attention',
  noMailsLead: 'Emails that were refused, or whose delivery is unknown, appear here.',
  unsureMail: 'This email may have been delivered. If you send it again, it may arrive twice.',
  noUndelivered: 'Everything was delivered',
  noUndeliveredLead: 'Results that could not be delivered appear here, without their text.',
  ledgerLead:
    'Checks that all wallets and journals add up, for at most ten seconds. It also runs once a day; npm run ledger:verify has no time limit.',
  noChecks: 'No checks yet',
  noChecksLead: 'The ledger is checked once a day, or when you start a check.',
  grant: 'Grant credits',
  grantLead: 'The team sees the amount, and its owners the reason.',
  freeze: 'Put on hold',
  freezeLead: 'No new tasks can start in this team. Running tasks continue.',
  unfreeze: 'Take off hold',
  unfreezeLead: 'This team can start tasks again.',
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

export const checkOutcomes = { right: 'Adds up', wrong: 'Wrong', 'too-long': 'Timed out' } as const;

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
  granted: 'Credits granted.',
  'granted-before': 'This form was already sent. Nothing was granted twice.',
  frozen: 'Team put on hold.',
  unfrozen: 'Team taken off hold.',
  stopped: 'The task is being stopped.',
  requeued: 'Task queued again.',
  again: 'Sending again.',
  'sessions-ended': 'Sessions ended.',
  'keys-revoked': 'Keys revoked.',
  closed: 'Event closed.',
  checked: 'Check finished. The result is below.',
};
