// Everything of PostgreSQL that a process holds open, and the nouns over it.

import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#prisma/generated/client.ts';
import type { Hints } from '#core/ports/hints.ts';
import type { Log } from '#core/ports/log.ts';
import { accountsOver, type Accounts } from '../accounts/accounts.ts';
import { alarmsOver, type Alarms } from '../mail/alarms.ts';
import { alertsOver, type Alerts } from '../billing/alerts.ts';
import { apiKeysOver, type ApiKeys } from '../team/api-keys.ts';
import { approvalsOver, type Approvals } from '../tasks/approve.ts';
import { asksOver, type Asks } from '../tasks/asks.ts';
import { attemptsOver, type Attempts } from '../tasks/attempts.ts';
import { auditOver, type Audit } from '../team/audit.ts';
import { chatsOver, type Chats } from '../chats/chats.ts';
import { creditTablesOver, type CreditTables } from '../credits/credits.ts';
import { differencesOver, type Differences } from '../billing/differences.ts';
import { customersOver, type Customers } from '../billing/customers.ts';
import { custodyOver, type Custody } from '../privacy/custody.ts';
import { deadLettersOver, type DeadLetters } from '../messages/dead-letters.ts';
import { eraseOver, type Erase } from '../privacy/erase.ts';
import { eventsOver, type Events } from '../tasks/events.ts';
import { exportsOver, type Exports } from '../privacy/exports.ts';
import { fileActsOver, type FileActs } from '../files/file-acts.ts';
import { filesOver, type FileRows } from '../files/files.ts';
import { finishOver, type Finish } from '../tasks/finish.ts';
import { goodwillOver, type GiveGoodwill } from '../credits/goodwill.ts';
import { guessesOver, type Guesses } from '../accounts/guesses.ts';
import { intakeOver, type Intake } from '../tasks/intake.ts';
import { inboxOver, type Inbox } from '../inbox/inbox.ts';
import { installationsOver, type Installations } from '../workspaces/installations.ts';
import { invitationsOver, type Invitations } from '../team/invitations.ts';
import { leasesOver, type Leases } from '../leases/leases.ts';
import { ledgerOver, type Ledger } from '../credits/ledger.ts';
import { ledgerChecksOver, type LedgerChecks } from '../credits/ledger-checks.ts';
import { lettersOver, type Letters } from '../messages/letters.ts';
import { linkingOver, type Linking } from '../workspaces/linking.ts';
import { loginsOver, type Logins } from '../accounts/logins.ts';
import { connectedLoginsOver, type ConnectedLogins } from '../accounts/connected-logins.ts';
import { mailsOver, type Mails } from '../mail/mails.ts';
import { openMoney, patienceWithServer, type Money } from './money.ts';
import { newsOver, type NewsStore } from '../billing/news.ts';
import { operateOver, type Operate } from '../operator/operate.ts';
import { operateAccessOver, type OperateAccess } from '../operator/operate-access.ts';
import { outboxOver, type Outbox } from '../tasks/outbox.ts';
import { ownKeysOver, type OwnKeys } from '../accounts/own-keys.ts';
import { peopleOver, type People } from '../accounts/people.ts';
import { purchasesOver, type Purchases } from '../billing/purchases.ts';
import { putBackOver, type PutBack } from '../files/put-back.ts';
import { placesOver, type Places } from '../workspaces/places.ts';
import { ratesOver, type DrawRate } from './rates.ts';
import { replyHandlesOver, type ReplyHandles } from '../workspaces/reply-handles.ts';
import { routesOver, type Routes } from '../messages/routes.ts';
import { seenOver, type Seen } from '../accounts/seen.ts';
import { approvalPostsOver, type ApprovalPosts } from '../messages/approval-posts.ts';
import { showingsOver, type Showings } from '../messages/showings.ts';
import { standingsOver, type Standings } from '../billing/standings.ts';
import { startingCreditsOver, type StartingCreditsStore } from '../credits/starting-credits.ts';
import { taskListsOver, type TaskLists } from '../tasks/task-lists.ts';
import { tasksOver, type Tasks } from '../tasks/tasks.ts';
import { teamsOver, type Teams } from '../team/teams.ts';
import { waitingInputsOver, type WaitingInputs } from '../files/waiting-inputs.ts';
import { hintsOver } from './hints.ts';
import { topUpSettingsOver, type TopUpSettingsStore } from '../billing/top-up-settings.ts';
import { topUpsOver, type TopUps } from '../billing/top-ups.ts';
import { listen, type Wakeups } from './wakeups.ts';

export interface Store {
  readonly money: Money;
  readonly prisma: PrismaClient;
  readonly wakeups: Wakeups;
  readonly hints: Hints;
  readonly ledger: Ledger;
  readonly intake: Intake;
  readonly asks: Asks;
  readonly approvals: Approvals;
  readonly chats: Chats;
  readonly inbox: Inbox;
  readonly finish: Finish;
  readonly attempts: Attempts;
  readonly events: Events;
  readonly letters: Letters;
  readonly deadLetters: DeadLetters;
  readonly routes: Routes;
  readonly showings: Showings;
  readonly approvalPosts: ApprovalPosts;
  readonly mails: Mails;
  readonly outbox: Outbox;
  readonly tasks: Tasks;
  readonly taskLists: TaskLists;
  readonly files: FileRows;
  readonly fileActs: FileActs;
  readonly waitingInputs: WaitingInputs;
  readonly putBack: PutBack;
  readonly people: People;
  readonly credits: CreditTables;
  readonly startingCredits: StartingCreditsStore;
  readonly logins: Logins;
  readonly connectedLogins: ConnectedLogins;
  readonly guesses: Guesses;
  readonly ownKeys: OwnKeys;
  readonly custody: Custody;
  readonly exports: Exports;
  readonly erase: Erase;
  readonly alarms: Alarms;
  readonly accounts: Accounts;
  readonly teams: Teams;
  readonly invitations: Invitations;
  readonly apiKeys: ApiKeys;
  readonly linking: Linking;
  readonly installations: Installations;
  readonly places: Places;
  readonly replyHandles: ReplyHandles;
  readonly leases: Leases;
  readonly audit: Audit;
  readonly seen: Seen;
  readonly drawRate: DrawRate;
  /** For readiness. Rejects when the database takes no writes: its disk is full, it only reads, or it is away. */
  writesALittle(): Promise<void>;
  readonly operate: Operate;
  readonly operateAccess: OperateAccess;
  readonly ledgerChecks: LedgerChecks;
  readonly purchases: Purchases;
  readonly standings: Standings;
  readonly differences: Differences;
  readonly customers: Customers;
  readonly news: NewsStore;
  readonly alerts: Alerts;
  readonly giveGoodwill: GiveGoodwill;
  readonly topUps: TopUps;
  readonly topUpSettings: TopUpSettingsStore;
  close(): Promise<void>;
}

const PRISMA_CONNECTIONS = 5;

export interface StoreOptions {
  readonly databaseUrl: string;
  readonly worker: string;
  readonly leaseMs: number;
  /** The first seals what mails say and tokens of platforms, all of them open it. Without one neither can be written. */
  readonly encryptionKeys?: readonly string[];
  readonly log: Log;
}

export async function openStore({ databaseUrl, worker, leaseMs, encryptionKeys = [], log }: StoreOptions): Promise<Store> {
  const money = openMoney(databaseUrl, log);
  const prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: databaseUrl, max: PRISMA_CONNECTIONS, ...patienceWithServer }),
  });
  const close = () => Promise.all([money.close(), prisma.$disconnect()]);
  const wakeups = await listen(databaseUrl, log).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    money,
    prisma,
    wakeups,
    hints: hintsOver(money, wakeups, log),
    ledger: ledgerOver(money),
    intake: intakeOver(money),
    asks: asksOver(money),
    approvals: approvalsOver(money),
    chats: chatsOver(money),
    inbox: inboxOver(money),
    finish: finishOver(money),
    attempts: attemptsOver(money, worker, leaseMs),
    events: eventsOver(money),
    letters: lettersOver(money),
    deadLetters: deadLettersOver(money),
    routes: routesOver(money),
    showings: showingsOver(money),
    approvalPosts: approvalPostsOver(money),
    mails: mailsOver(money, encryptionKeys),
    outbox: outboxOver(money),
    tasks: tasksOver(money),
    taskLists: taskListsOver(money),
    files: filesOver(money),
    fileActs: fileActsOver(money),
    waitingInputs: waitingInputsOver(money, encryptionKeys),
    putBack: putBackOver(money),
    people: peopleOver(prisma, money),
    credits: creditTablesOver(money),
    startingCredits: startingCreditsOver(money),
    logins: loginsOver(money),
    connectedLogins: connectedLoginsOver(money),
    guesses: guessesOver(money),
    ownKeys: ownKeysOver(money),
    custody: custodyOver(money),
    exports: exportsOver(money),
    erase: eraseOver(money),
    alarms: alarmsOver(money),
    accounts: accountsOver(money),
    teams: teamsOver(money),
    invitations: invitationsOver(money),
    apiKeys: apiKeysOver(money),
    linking: linkingOver(money),
    installations: installationsOver(money, encryptionKeys),
    places: placesOver(money),
    replyHandles: replyHandlesOver(money, encryptionKeys),
    leases: leasesOver(money),
    audit: auditOver(money),
    seen: seenOver(money, log),
    drawRate: ratesOver(money),
    async writesALittle() {
      await money.query({ name: 'readiness', text: 'SELECT readiness_write()' }, []);
    },
    operate: operateOver(money),
    operateAccess: operateAccessOver(money),
    ledgerChecks: ledgerChecksOver(money),
    purchases: purchasesOver(money),
    standings: standingsOver(money),
    differences: differencesOver(money),
    customers: customersOver(money),
    news: newsOver(money),
    alerts: alertsOver(money),
    giveGoodwill: goodwillOver(money),
    topUps: topUpsOver(money),
    topUpSettings: topUpSettingsOver(money),
    async close() {
      await wakeups.close();
      await close();
    },
  };
}
