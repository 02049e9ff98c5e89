// For those who run the product: OPERATOR_EMAILS names them, their address must be verified, and they log in with a second
// factor: whoever takes over a mailbox must not run the product with it. What they may do has nothing to do with any role in
// a team. To everybody else these verbs are not there. Whatever they change, and each request that they read, is a line in the
// audit log, as `operator:<user id>`.

import type { PartHealth } from '#core/ports/health.ts';
import type { Actor } from '#core/domain/actor.ts';
import { amountOf, credits, micro, sayCredits, type Amount } from '#core/domain/credits/credits.ts';
import { isId, type TaskId, type TeamId } from '#core/domain/ids.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { isOver } from '#core/domain/tasks/task.ts';
import { cleanText } from '#core/domain/text/text.ts';
import type { LedgerCheck } from '#core/store/credits/ledger-checks.ts';
import type { UndeliveredMail } from '#core/store/mail/mails.ts';
import type { DeadLetter } from '#core/store/messages/dead-letters.ts';
import type {
  ClosedChannels,
  LetterQueue,
  Numbers,
  OpenedRequest,
  TaskLine,
  TaskSight,
  TeamDetails,
  TeamLine,
  WaitingInputs,
  WorkerLine,
} from '#core/store/operator/operate.ts';
import { writeAudit, type AuditLine } from '#core/store/team/audit.ts';
import { raiseAlarm } from '../mail/alarm.ts';
import { sendMailAgain, undeliveredMails } from '../mail/mail.ts';
import { readCursor, viewUndelivered, type Undelivered } from '../messages/undelivered.ts';
import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { stop } from '../tasks/control.ts';
import { gauges, health } from './health.ts';
import { readReason, wrongField } from './operator-reason.ts';

export interface OperatorOverview extends Numbers {
  readonly health: readonly PartHealth[];
  readonly queue: QueueCounts;
  /** The last time all wallets were added up. */
  readonly ledger: LedgerCheck | null;
}

type QueueCounts = { readonly waiting: number; readonly active: number; readonly delayed: number; readonly failed: number };

export interface OperatorQueues {
  readonly queue: QueueCounts;
  readonly outbox: number;
  readonly outboxOldest: Date | null;
  readonly letters: readonly LetterQueue[];
  readonly closedChannels: readonly ClosedChannels[];
  readonly inputs: WaitingInputs;
  /** Who works on tasks now. An empty name: nobody, since their worker went silent. */
  readonly workers: readonly WorkerLine[];
}

/** Without what was asked and what should have been said. */
export interface OperatorUndelivered extends Omit<Undelivered, 'title' | 'words'> {
  readonly teamId: TeamId;
  /** What the platform said. */
  readonly trouble: string | null;
}

export interface GrantedCredits {
  readonly available: Amount;
  /** The same form had been sent before; nothing new happened. */
  readonly repeated: boolean;
}

export function operateVerbs(core: Core) {
  const { operate, deadLetters, ledgerChecks } = core.store;
  const asOperator =
    <Given extends unknown[], Answer>(work: (actor: Actor, ...given: Given) => Promise<Answer>) =>
    async (actor: Actor, ...given: Given): Promise<Answer> => {
      await mustBeOperator(core, actor);
      return work(actor, ...given);
    };
  return {
    ...bind(core, { isOperator, health, gauges }),
    overview: asOperator(async (): Promise<OperatorOverview> => {
      const [numbers, parts, queue, ledger] = await Promise.all([
        operate.numbers(core.clock.now()),
        health(core),
        queueCounts(core),
        ledgerChecks.lastWhole(),
      ]);
      return { ...numbers, health: parts, queue, ledger };
    }),
    /** By name, by the mail address of a member, or by id; newest first. `before` is the last id of the page before. */
    teams: asOperator((_, { search = '', before, limit }: { search?: string; before?: string; limit: number }): Promise<TeamLine[]> =>
      operate.teams(cleanText(search), idOrNothing(before), pageOf(limit)),
    ),
    team: asOperator((_, teamId: string): Promise<TeamDetails> => findTeam(core, teamId)),
    /**
     * `stuck`: nobody has begun it although it is its turn, or who works on it went silent, or its time is over. `failed`:
     * within seven days.
     */
    tasks: asOperator(
      (_, { sight, teamId, before, limit }: { sight: TaskSight; teamId?: string; before?: string; limit: number }): Promise<TaskLine[]> =>
        operate.tasks(sight, idOrNothing(teamId), idOrNothing(before), pageOf(limit), core.clock.now()),
    ),
    /** The words of a request and of its answer. That they were read stands in the team's audit log. */
    openRequest: asOperator((actor, taskId: string): Promise<OpenedRequest> => openRequest(core, actor, taskId)),
    cancel: asOperator((actor, taskId: string): Promise<void> => cancelTask(core, actor, taskId)),
    /** Puts a task that is not over into the queue again; harmless for one that somebody works on. */
    requeue: asOperator((actor, taskId: string): Promise<void> => requeue(core, actor, taskId)),
    queues: asOperator(async (): Promise<OperatorQueues> => {
      const [queue, outbox, letters, closedChannels, inputs, workers] = await Promise.all([
        queueCounts(core),
        operate.outbox(),
        operate.letters(),
        operate.closedChannels(),
        operate.waitingInputs(),
        operate.workers(),
      ]);
      return { queue, outbox: outbox.tasks, outboxOldest: outbox.oldest, letters, closedChannels, inputs, workers };
    }),
    undelivered: asOperator(async (_, { before, limit }: { before?: string; limit: number }): Promise<OperatorUndelivered[]> =>
      (await deadLetters.list(null, readCursor(before), pageOf(limit))).map((letter) => withoutWords(core, letter)),
    ),
    sendAgain: asOperator((actor, teamId: string, letterId: string): Promise<void> => sendAgain(core, actor, teamId, letterId)),
    mails: asOperator((): Promise<UndeliveredMail[]> => undeliveredMails(core)),
    sendMail: asOperator(async (actor, mailId: string): Promise<void> => {
      if (!isId(mailId) || !(await sendMailAgain(core, operatorName(actor), mailId))) throw refuse('mail.gone');
    }),
    /** What checks of the ledger came to, newest first. */
    ledgerChecks: asOperator((): Promise<LedgerCheck[]> => ledgerChecks.list(CHECKS_SHOWN)),
    /** Adds up one wallet, or all, for ten seconds at the most; what is wrong is an alarm. */
    checkLedger: asOperator((actor, teamId: string | null): Promise<LedgerCheck> => checkLedgerFor(core, actor, teamId)),
    /** Once per `key`, which its form made. */
    grantCredits: asOperator((actor, grant: { teamId: string; credits: string; reason: string; key: string }): Promise<GrantedCredits> =>
      grantCredits(core, actor, grant),
    ),
    /** Nothing new begins in a frozen team; what is running goes on. */
    freezeTeam: asOperator((actor, teamId: string, reason: string): Promise<void> => freeze(core, actor, teamId, true, reason)),
    unfreezeTeam: asOperator((actor, teamId: string, reason: string): Promise<void> => freeze(core, actor, teamId, false, reason)),
  };
}

/** A key acts for a program in a team, so it is no operator's, whoever made it. */
export async function isOperator(core: Core, actor: Actor): Promise<boolean> {
  return (await namedPerson(core, actor))?.twoFactor === true;
}

export async function mustBeOperator(core: Core, actor: Actor): Promise<void> {
  const person = await namedPerson(core, actor);
  if (person === null) throw refuse('route.unknown');
  if (!person.twoFactor) throw refuse('operator.two-factor');
}

async function namedPerson(core: Core, actor: Actor): Promise<{ twoFactor: boolean } | null> {
  if (actor.apiKeyId !== undefined || core.settings.operatorEmails.size === 0) return null;
  const person = await core.store.operate.verifiedPerson(actor.userId);
  return person !== null && core.settings.operatorEmails.has(person.email) ? person : null;
}

const PAGE_MOST = 100;
const CHECKS_SHOWN = 30;

function pageOf(limit: number): number {
  return Math.min(Math.max(limit, 1), PAGE_MOST);
}

function idOrNothing(id: string | undefined): string | null {
  return id !== undefined && isId(id) ? id : null;
}

function operatorName({ userId }: Actor): string {
  return `operator:${userId}`;
}

function auditLine(core: Core, actor: Actor, act: string, about: Partial<Pick<AuditLine, 'teamId' | 'subject' | 'facts'>>): AuditLine {
  return { at: core.clock.now(), actor: operatorName(actor), act, teamId: null, subject: null, facts: {}, ...about };
}

/** A queue that is away is one more thing to see on the page, rather than no page. */
async function queueCounts(core: Core): Promise<QueueCounts> {
  try {
    return await core.queue.counts();
  } catch (error) {
    core.log.warn({ error }, 'queue could not be counted');
    return { waiting: 0, active: 0, delayed: 0, failed: 0 };
  }
}

async function findTeam(core: Core, teamId: string): Promise<TeamDetails> {
  const team = isId(teamId) ? await core.store.operate.team(teamId) : null;
  if (team === null) throw refuse('route.unknown');
  return team;
}

async function findAnyTask(core: Core, taskId: string) {
  const task = isId(taskId) ? await core.store.operate.teamOfTask(taskId) : null;
  if (task === null) throw refuse('task.not-found');
  return task;
}

async function openRequest(core: Core, actor: Actor, taskId: string): Promise<OpenedRequest> {
  const { id } = await findAnyTask(core, taskId);
  const opened = await core.store.operate.openRequest(id, auditLine(core, actor, 'request.opened', { subject: id }));
  if (opened === null) throw refuse('task.not-found');
  core.log.warn({ taskId: id, userId: actor.userId }, 'operator read a request');
  return opened;
}

async function cancelTask(core: Core, actor: Actor, taskId: string): Promise<void> {
  const { id, teamId, status } = await findAnyTask(core, taskId);
  if (isOver(status)) throw refuse('task.over', { status });
  // The line comes first: what was done is never without one.
  await writeAudit(core.store.money, auditLine(core, actor, 'task.stopped', { teamId, subject: id }));
  await stop(core, { ...actor, teamId, role: 'owner' }, id, { counts: false });
}

async function requeue(core: Core, actor: Actor, taskId: string): Promise<void> {
  const { id, teamId, status } = await findAnyTask(core, taskId);
  const line = auditLine(core, actor, 'task.requeued', { teamId, subject: id });
  if (isOver(status) || !(await core.store.operate.requeue(id, core.clock.now(), line))) throw await over(core, id);
  core.log.warn({ taskId: id, userId: actor.userId }, 'task requeued by an operator');
}

async function over(core: Core, taskId: TaskId) {
  return refuse('task.over', { status: (await findAnyTask(core, taskId)).status });
}

function withoutWords(core: Core, letter: DeadLetter): OperatorUndelivered {
  const { title: _title, words: _words, ...view } = viewUndelivered(core, letter);
  return { ...view, teamId: letter.teamId, trouble: letter.trouble };
}

async function sendAgain(core: Core, actor: Actor, teamId: string, letterId: string): Promise<void> {
  if (!isId(teamId) || !isId(letterId)) throw refuse('letter.not-found');
  const [team, letter] = [teamId as TeamId, letterId as DeadLetter['id']];
  const line = auditLine(core, actor, 'letter.again', { teamId: team, subject: letter });
  if ((await core.store.deadLetters.again(team, letter, false, core.clock.now(), line)) === 0) throw refuse('letter.under-way');
}

const CHECK_WITHIN_MS = 10_000;
const DAY_MS = 24 * 60 * 60 * 1000;

async function checkLedgerFor(core: Core, actor: Actor, teamId: string | null): Promise<LedgerCheck> {
  const wallet = teamId === null ? null : (await findTeam(core, teamId)).walletId;
  const check = await checkLedger(core, wallet);
  core.log.info({ userId: actor.userId, walletId: wallet, outcome: check.outcome, tookMs: check.tookMs }, 'ledger checked');
  return check;
}

async function checkLedger(core: Core, wallet: LedgerCheck['walletId']): Promise<LedgerCheck> {
  const check = await core.store.ledgerChecks.check(wallet, CHECK_WITHIN_MS, core.clock.now());
  const wrong = check.report?.wrong;
  if (wrong)
    await raiseAlarm(core, 'ledger-wrong', {
      title: 'The ledger does not add up',
      words: `Wallet ${wrong.walletId}${wrong.seq === null ? '' : `, line ${wrong.seq}`}: ${wrong.what}.\nnpm run ledger:verify says more.`,
    });
  return check;
}

/** For upkeep: once a day all wallets are added up, as far as that goes within the time. */
export async function checkLedgerDaily(core: Core): Promise<void> {
  const last = await core.store.ledgerChecks.lastWhole();
  if (last === null || core.clock.now().getTime() - last.at.getTime() >= DAY_MS) await checkLedger(core, null);
}

/** A slip of the hand is caught; more can be granted in several steps, or at the shell. */
const GRANT_MOST = credits(1_000_000);

async function grantCredits(
  core: Core,
  actor: Actor,
  { teamId, credits: typed, reason, key }: { teamId: string; credits: string; reason: string; key: string },
): Promise<GrantedCredits> {
  const amount = readAmount(typed);
  const note = readReason(reason);
  if (!isId(key)) throw wrongField('key', 'is not one that a form made');
  const team = await findTeam(core, teamId);
  if (team.erasedAt !== null) throw refuse('route.unknown');
  const { outcome, available } = await core.store.operate.grant(
    { key: `operator-grant:${key}`, walletId: team.walletId, credits: amount, actor: operatorName(actor) },
    core.clock.now(),
    auditLine(core, actor, 'grant', { teamId: team.id, facts: { credits: amount.toString(), note } }),
  );
  if (outcome === 'conflict' || outcome === 'unknown') throw wrongField('key', 'was used for another grant: open the page again');
  core.log.warn({ teamId: team.id, userId: actor.userId, credits: sayCredits(amount), outcome }, 'credits granted by an operator');
  return { available: amountOf(available), repeated: outcome === 'repeated' };
}

async function freeze(core: Core, actor: Actor, teamId: string, frozen: boolean, reason: string): Promise<void> {
  const note = readReason(reason);
  const team = await findTeam(core, teamId);
  const line = auditLine(core, actor, frozen ? 'team.frozen' : 'team.unfrozen', { teamId: team.id, facts: { note } });
  if (await core.store.operate.freeze(team.id, frozen, core.clock.now(), line))
    core.log.warn({ teamId: team.id, userId: actor.userId, frozen }, 'team frozen or unfrozen by an operator');
}

function readAmount(typed: string) {
  const text = typed.trim();
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text) || Number(text) <= 0 || credits(Number(text)) > GRANT_MOST)
    throw wrongField('credits', `must be an amount above 0 and at most ${sayCredits(GRANT_MOST)}`);
  return micro(credits(Number(text)));
}
