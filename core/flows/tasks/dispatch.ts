// A worker takes a task, lets an agent do it, keeps the files, and ends it. It may die at any line: everything another
// process needs to go on is in the database before the next thing is sent.

import { agentBrief, isSample } from '#core/domain/tasks/agent-brief.ts';
import { chargeFor } from '#core/domain/credits/charge.ts';
import { NO_CREDITS } from '#core/domain/credits/credits.ts';
import { needsPersonToRepeat, type FailureCode } from '#core/domain/tasks/failure.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { never } from '#core/domain/never.ts';
import { isPassingTrouble } from '#core/domain/tasks/passing-trouble.ts';
import { rateOf } from '#core/domain/credits/rates.ts';
import { shorten } from '#core/domain/text/text.ts';
import type { AgentJob, AgentOutcome, AgentUsage } from '#core/ports/agents.ts';
import { FilesError } from '#core/ports/files.ts';
import type { Job } from '#core/ports/queue.ts';
import { AttemptOver, type Attempt } from '#core/store/tasks/attempts.ts';
import type { Ending } from '#core/store/tasks/finish.ts';
import { isFromDatabase, isUnavailable } from '#core/store/database/outage.ts';
import type { Work } from '#core/store/tasks/work.ts';
import type { Core } from '../runtime/core.ts';
import { keepPatiently, keepSoon, type ResultPlace } from './results/keep-patiently.ts';
import { NOTHING_KEPT, type Kept } from './results/keep-results.ts';
import { messageFor } from './message-for.ts';
import type { Running, Signals } from './running.ts';
import { watchFor } from './watch-for.ts';

/** How often work without effects outside is tried, when its agent was lost or its model in trouble. */
const ATTEMPTS_MOST = 3;

/** What is known of one attempt, handed from step to step. */
interface Trial {
  readonly core: Core;
  readonly work: Work;
  readonly attempt: Attempt;
  readonly signals: Signals;
}

/** Resolves when the task is ended, or is somebody else's to end; rejects when the queue should bring it again. */
export async function dispatch(core: Core, running: Running, job: Job, leave: AbortSignal): Promise<void> {
  const taskId = job.taskId as TaskId;
  // The queue may hand the same task to this process twice; the lease only tells processes apart.
  if (!running.take(taskId)) return;
  try {
    let again = true;
    while (again) again = await attemptOnce(core, running, taskId, leave);
  } catch (error) {
    running.awaits(taskId, (leaveNow) => dispatch(core, running, job, leaveNow));
    throw error;
  } finally {
    running.give(taskId);
  }
}

/** True when the task should be tried again by a new attempt. */
async function attemptOnce(core: Core, running: Running, taskId: TaskId, leave: AbortSignal): Promise<boolean> {
  const started = await core.store.attempts.start(taskId, core.clock.now());
  if (started.verdict !== 'run' && started.verdict !== 'resume') {
    core.log.debug({ taskId, verdict: started.verdict }, 'task not taken');
    return false;
  }
  const { attempt, work } = started;
  core.log.info({ taskId, attempt: attempt.number, verdict: started.verdict }, 'attempt started');
  return running.during(attempt, work.cancelRequested, leave, (signals) => attemptTask({ core, work, attempt, signals }));
}

async function attemptTask(trial: Trial): Promise<boolean> {
  const { core, work, attempt, signals } = trial;
  try {
    const { watch, written } = watchFor(trial);
    const outcome = await core.agents.run(jobFor(trial), watch, signals.stop);
    await written();
    return await conclude(trial, outcome);
  } catch (error) {
    if (error instanceof AttemptOver) {
      core.log.info({ taskId: work.taskId, attempt: attempt.number }, 'attempt was over before it was sent');
      return false;
    }
    if (signals.leave.aborted) {
      await release(trial);
      return false;
    }
    // Whatever the database says, the work is not to blame. At its deadline upkeep ends it.
    if (isFromDatabase(error)) throw error;
    if (isStorageAway(error) && core.clock.now() < work.deadlineAt) throw error;
    core.log.error({ taskId: work.taskId, error }, 'task cannot be done');
    await end(trial, failed(work, error instanceof FilesError ? 'inputs.missing' : 'our.fault', null));
    return false;
  }
}

/** While the inputs are fetched. */
function isStorageAway(error: unknown): boolean {
  return error instanceof FilesError && error.code === 'storage.unavailable';
}

function jobFor({ core, work, attempt }: Trial): AgentJob {
  const unit = rateOf(work.type, work.rateVersion).unit?.plural ?? null;
  return {
    runId: attempt.runId,
    teamId: work.teamId,
    sessionKey: attempt.sessionKey,
    phase: attempt.phase,
    bootId: attempt.bootId,
    type: work.type,
    message: messageFor(work, attempt.sessionKey),
    instructions: agentBrief({ type: work.type, quantity: work.quantity, unit, teamId: work.teamId, runId: attempt.runId }),
    quantity: work.quantity,
    inputs: work.inputs.map((input) => ({ ...input, open: (signal?: AbortSignal) => core.files.open(input.storageKey, signal) })),
    timeoutMs: Math.max(0, work.deadlineAt.getTime() - core.clock.now().getTime()),
  };
}

/** True when the task should be tried again by a new attempt. */
async function conclude(trial: Trial, outcome: AgentOutcome): Promise<boolean> {
  const { core, work, attempt, signals } = trial;
  const stoppedBy = signals.stoppedBy();
  switch (outcome.kind) {
    case 'done':
      await end(trial, await done(trial, outcome));
      return false;
    case 'failed':
      // A gateway has asked its model again for a while before it gives up, so there is no pause of ours.
      if (stoppedBy === null && isPassingTrouble(outcome.reason) && mayTryAgain(trial)) {
        core.log.info({ taskId: work.taskId, attempt: attempt.number }, 'model in passing trouble, task tried again');
        await core.store.attempts.failed(attempt, outcome.usage, core.clock.now());
        return true;
      }
      await end(trial, failed(work, 'agent.failed', outcome.usage, outcome.reason));
      return false;
    case 'stopped':
      if (outcome.by === 'deadline') await end(trial, failed(work, 'agent.timed-out', outcome.usage));
      else if (stoppedBy === 'unreachable') await end(trial, failed(work, 'agent.unreachable', outcome.usage));
      else await end(trial, canceled(trial, outcome, await keepSoon(core, placeOf(trial), outcome.files, signals)));
      return false;
    case 'unreachable':
      await end(trial, stoppedBy === 'cancel' ? canceled(trial, null, null) : failed(work, 'agent.unreachable', null, outcome.reason));
      return false;
    case 'lost': {
      if (stoppedBy === null && mayTryAgain(trial)) {
        await core.store.attempts.lost(attempt, core.clock.now());
        return true;
      }
      await end(trial, stoppedBy === 'cancel' ? canceled(trial, null, null) : failed(work, 'agent.lost', null, outcome.reason));
      return false;
    }
    case 'detached':
      await release(trial);
      return false;
    default:
      return never(outcome);
  }
}

function placeOf({ work: { taskId }, attempt }: Trial): ResultPlace {
  return { taskId, prefix: `tasks/${taskId}/a${attempt.number}` };
}

function mayTryAgain({ core, work, attempt }: Trial): boolean {
  return core.clock.now() < work.deadlineAt && attempt.number < ATTEMPTS_MOST && !needsPersonToRepeat(work.type);
}

type Stopped = Extract<AgentOutcome, { kind: 'stopped' }>;

/** What the end says beside who and where. */
type End = Pick<Ending, 'status' | 'charge' | 'result' | 'failure' | 'usage' | 'outcome' | 'saying' | 'files'>;

async function done(trial: Trial, outcome: Extract<AgentOutcome, { kind: 'done' }>): Promise<End> {
  const { core, work, signals } = trial;
  const kept = await keepPatiently(core, placeOf(trial), outcome.files, signals);
  if (kept === 'canceled') return canceled(trial, outcome, null);
  if (typeof kept === 'string') return failed(work, kept, outcome.usage);
  if (isEmpty(work, outcome.text, kept)) return failed(work, 'result.empty', outcome.usage, outcome.text);
  const units = unitsIn(work, kept);
  const summary = [outcome.text, kept.left ?? ''].filter((words) => words.trim() !== '').join('\n\n');
  return {
    status: 'completed',
    charge: chargeFor({ end: 'completed', type: work.type, units, usage: outcome.usage, held: work.held, rateVersion: work.rateVersion }),
    result: { summary, sample: outcome.sample, units },
    failure: null,
    usage: outcome.usage,
    outcome: 'done',
    saying: {
      kind: 'result',
      taskId: work.taskId,
      type: work.type,
      summary,
      files: kept.sayings,
      sample: outcome.sample,
      ...(units !== null && { units }),
    },
    files: kept.files,
  };
}

/** A countable type is there to bring rows; a file of another kind may hold them, but words alone do not. */
function isEmpty(work: Work, text: string, kept: Kept): boolean {
  if (isCountable(work)) return kept.files.every(({ preview }) => preview?.rowsTotal === 0);
  return text.trim() === '' && kept.files.length === 0;
}

/** null where nothing was counted: such work costs nothing where the type is countable. */
function unitsIn(work: Work, kept: Kept): number | null {
  return isCountable(work) && kept.rows > 0 ? kept.rows : null;
}

function isCountable({ type, rateVersion }: Work): boolean {
  return rateOf(type, rateVersion).unit !== null;
}

/** What was finished before it stopped is delivered and charged; where nothing was, or it could not be kept, nothing is. */
function canceled({ work }: Trial, outcome: Pick<Stopped, 'text' | 'usage'> | null, found: Kept | null): End {
  const kept = found ?? NOTHING_KEPT;
  const units = unitsIn(work, kept);
  const usage = outcome?.usage ?? null;
  const text = outcome?.text ?? '';
  // A run that was cut short may not have said that its data is made up, but its files are named so.
  const sample = isSample(text) || kept.files.some(({ name }) => /sample/i.test(name));
  return {
    status: 'canceled',
    charge:
      usage === null || found === null
        ? NO_CREDITS
        : chargeFor({ end: 'canceled', type: work.type, units, usage, held: work.held, rateVersion: work.rateVersion }),
    result: kept.files.length === 0 ? null : { summary: text, sample, units },
    failure: null,
    usage,
    outcome: 'stopped',
    saying: { kind: 'canceled', taskId: work.taskId, type: work.type, files: kept.sayings, sample },
    files: kept.files,
  };
}

const REASON_CHARACTERS = 500;

function failed(work: Work, code: FailureCode, usage: AgentUsage | null, reason?: string): End {
  return {
    status: 'failed',
    charge: NO_CREDITS,
    result: null,
    failure: { code, ...(reason !== undefined && { reason: shorten(reason, REASON_CHARACTERS) }) },
    usage,
    outcome:
      code === 'agent.lost' ? 'lost' : code === 'agent.unreachable' ? 'unreachable' : code === 'agent.timed-out' ? 'stopped' : 'failed',
    saying: { kind: 'failed', taskId: work.taskId, type: work.type, code },
    files: [],
  };
}

const REFUSED_AGAIN_MOST_MS = 30_000;

/**
 * The outcome is in our hands alone, so it waits for a database that is away, for as long as this process stays. What the
 * database refuses is a fault of ours: that is tried until the deadline, and told loudly.
 */
async function end({ core, work, attempt, signals }: Trial, how: End): Promise<void> {
  const letterId = newId<Ending['letterId']>(core.clock.now().getTime());
  const ending: Ending = {
    taskId: work.taskId,
    teamId: work.teamId,
    attempt: attempt.number,
    letterId,
    readHere: core.settings.readHere.has(work.platform),
    ...how,
  };
  for (let refused = 0; ;) {
    try {
      const ended = await core.store.finish(ending, core.clock.now());
      if (ended.verdict !== 'finished') {
        await core.store.attempts.stopped(attempt, how.usage, core.clock.now());
        core.log.info({ taskId: work.taskId, verdict: ended.verdict }, 'task had ended before');
      } else
        core.log.info(
          { taskId: work.taskId, status: how.status, charged: ended.charged.toString(), returned: ended.returned.toString() },
          'task ended',
        );
      return;
    } catch (error) {
      if (!isFromDatabase(error)) throw error;
      let againMs = core.settings.retryMs;
      if (!isUnavailable(error)) {
        core.log.error({ taskId: work.taskId, error }, 'end of a task refused by the database');
        if (core.clock.now() >= work.deadlineAt) throw error;
        againMs = Math.min(againMs * 2 ** refused++, REFUSED_AGAIN_MOST_MS);
      }
      await core.clock.sleep(againMs, signals.leave);
      if (signals.leave.aborted) throw error;
    }
  }
}

/** What goes on is left as it stands, for another process to take up at once. */
async function release({ core, work, attempt }: Trial): Promise<void> {
  core.log.info({ taskId: work.taskId, attempt: attempt.number }, 'attempt left to another process');
  await core.store.attempts
    .release(attempt, core.clock.now())
    .catch((error: unknown) => core.log.warn({ taskId: work.taskId, error }, 'attempt not released'));
}
