// A worker takes a task, lets an agent do it, keeps the files, and ends it. It may die at any line: everything another
// process needs to go on is in the database before the next thing is sent.

import { agentBrief, isSample } from '#core/domain/agent-brief.ts';
import { NO_CREDITS } from '#core/domain/credits.ts';
import { needsPersonToRepeat, type FailureCode } from '#core/domain/failure.ts';
import { newId, type TaskId } from '#core/domain/ids.ts';
import { never } from '#core/domain/never.ts';
import { rateOf } from '#core/domain/rates.ts';
import { chargeFor } from '#core/domain/charge.ts';
import type { AgentOutcome, AgentStep, AgentUsage, AgentWatch } from '#core/ports/agents.ts';
import type { Job } from '#core/ports/queue.ts';
import type { Attempt } from '#core/store/attempts.ts';
import type { Ending } from '#core/store/finish.ts';
import type { Work } from '#core/store/work.ts';
import type { Core } from './core.ts';
import { keepResults, type Kept } from './keep-results.ts';
import { messageFor } from './message-for.ts';
import type { Running, Signals } from './running.ts';

/** How often work without effects outside is tried, when its agent was lost. */
const ATTEMPTS_MOST = 3;

/** Resolves when the task is ended, or is somebody else's to end. `detached` work is left as it stands for another process. */
export async function dispatch(core: Core, running: Running, job: Job, leave: AbortSignal): Promise<void> {
  const taskId = job.taskId as TaskId;
  // The queue may hand the same task to this process twice; the lease only tells processes apart.
  if (!running.take(taskId)) return;
  try {
    let again = true;
    while (again) again = await attemptOnce(core, running, taskId, leave);
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
  return running.during(attempt, leave, (signals) => attemptTask(core, attempt, work, signals));
}

async function attemptTask(core: Core, attempt: Attempt, work: Work, signals: Signals): Promise<boolean> {
  if (work.cancelRequested && attempt.phase === 'reserved' && attempt.number === 1) {
    await end(core, work, attempt, await canceled(core, work, attempt, null, signals.leave));
    return false;
  }

  const outcome = await core.agents.run(
    {
      runId: attempt.runId,
      sessionKey: attempt.sessionKey,
      phase: attempt.phase,
      bootId: attempt.bootId,
      type: work.type,
      message: messageFor(work, attempt.sessionKey),
      instructions: agentBrief({ type: work.type, quantity: work.quantity, unit: rateOf(work.type, work.rateVersion).unit?.plural ?? null, runId: attempt.runId }),
      quantity: work.quantity,
      inputs: work.inputs.map((input) => ({ ...input, open: () => core.files.open(input.storageKey) })),
      timeoutMs: Math.max(0, work.deadlineAt.getTime() - core.clock.now().getTime()),
    },
    watchFor(core, work, attempt, signals),
    signals.stop,
  );

  switch (outcome.kind) {
    case 'done':
      await end(core, work, attempt, await done(core, work, attempt, outcome, signals.leave));
      return false;
    case 'failed':
      await end(core, work, attempt, failed(work, 'agent.failed', outcome.usage, outcome.reason));
      return false;
    case 'stopped':
      if (outcome.by === 'deadline') await end(core, work, attempt, failed(work, 'agent.timed-out', outcome.usage));
      else if (signals.stoppedBy() === 'unreachable') await end(core, work, attempt, failed(work, 'agent.unreachable', outcome.usage));
      else await end(core, work, attempt, await canceled(core, work, attempt, outcome, signals.leave));
      return false;
    case 'unreachable':
      await end(core, work, attempt, signals.stoppedBy() === 'cancel' ? await canceled(core, work, attempt, null, signals.leave) : failed(work, 'agent.unreachable', null, outcome.reason));
      return false;
    case 'lost': {
      const late = core.clock.now() >= work.deadlineAt;
      if (signals.stoppedBy() === 'cancel') await end(core, work, attempt, await canceled(core, work, attempt, null, signals.leave));
      else if (late || attempt.number >= ATTEMPTS_MOST || needsPersonToRepeat(work.type)) await end(core, work, attempt, failed(work, 'agent.lost', null, outcome.reason));
      else {
        await core.store.attempts.lost(attempt, core.clock.now());
        return true;
      }
      return false;
    }
    case 'detached':
      return false;
    default:
      return never(outcome);
  }
}

const WORTH_TELLING_MS = 1_000;

function watchFor(core: Core, work: Work, attempt: Attempt, signals: Signals): AgentWatch {
  const begunMs = core.clock.now().getTime();
  const tell = (kind: string, data: object) => {
    core.store.events
      .write({ taskId: work.taskId, teamId: work.teamId, kind, data, at: core.clock.now() })
      .catch((error: unknown) => core.log.warn({ taskId: work.taskId, error }, 'event not written'));
  };
  return {
    sending: (to) => core.store.attempts.dispatched(attempt, to),
    async accepted() {
      signals.accepted();
      // Only worth a line when somebody had to wait for it.
      if (core.clock.now().getTime() - begunMs > WORTH_TELLING_MS) tell('agent-accepted', { attempt: attempt.number });
    },
    step: (step: AgentStep) => tell('step', step),
  };
}

/** What the end says beside who and where. */
type End = Pick<Ending, 'status' | 'charge' | 'result' | 'failure' | 'usage' | 'outcome' | 'saying' | 'files'>;

async function done(core: Core, work: Work, attempt: Attempt, outcome: Extract<AgentOutcome, { kind: 'done' }>, leave: AbortSignal): Promise<End> {
  const kept = await keepFor(core, work, attempt, outcome.files, leave);
  if (kept === null) return failed(work, 'result.not-kept', outcome.usage);
  const units = rateOf(work.type, work.rateVersion).unit === null ? null : kept.rows;
  if (outcome.text.trim() === '' && kept.files.length === 0) return failed(work, 'result.empty', outcome.usage);
  if (units === 0) return failed(work, 'result.empty', outcome.usage, outcome.text);
  return {
    status: 'completed',
    charge: chargeFor({ end: 'completed', type: work.type, units, usage: outcome.usage, held: work.held, rateVersion: work.rateVersion }),
    result: { summary: outcome.text, sample: outcome.sample, units },
    failure: null,
    usage: outcome.usage,
    outcome: 'done',
    saying: {
      kind: 'result',
      taskId: work.taskId,
      type: work.type,
      summary: outcome.text,
      files: kept.sayings,
      sample: outcome.sample,
      ...(units !== null && { units }),
    },
    files: kept.files,
  };
}

/** What was finished before it stopped is delivered and charged; where nothing was, nothing is. */
async function canceled(core: Core, work: Work, attempt: Attempt, outcome: Extract<AgentOutcome, { kind: 'stopped' }> | null, leave: AbortSignal): Promise<End> {
  const kept = outcome === null ? NOTHING_KEPT : ((await keepFor(core, work, attempt, outcome.files, leave)) ?? NOTHING_KEPT);
  const units = rateOf(work.type, work.rateVersion).unit === null ? null : kept.rows;
  const usage = outcome?.usage ?? null;
  // A run that was cut short may not have said that its data is made up, but its files are named so.
  const sample = isSample(outcome?.text ?? '') || kept.files.some(({ name }) => /sample/i.test(name));
  return {
    status: 'canceled',
    charge: usage === null ? NO_CREDITS : chargeFor({ end: 'canceled', type: work.type, units, usage, held: work.held, rateVersion: work.rateVersion }),
    result: kept.files.length === 0 ? null : { summary: outcome!.text, sample, units },
    failure: null,
    usage,
    outcome: 'stopped',
    saying: { kind: 'canceled', taskId: work.taskId, type: work.type, files: kept.sayings, sample },
    files: kept.files,
  };
}

function failed(work: Work, code: FailureCode, usage: AgentUsage | null, reason?: string): End {
  return {
    status: 'failed',
    charge: NO_CREDITS,
    result: null,
    failure: { code, ...(reason !== undefined && { reason: reason.slice(0, 500) }) },
    usage,
    outcome: code === 'agent.lost' ? 'lost' : code === 'agent.unreachable' ? 'unreachable' : code === 'agent.timed-out' ? 'stopped' : 'failed',
    saying: { kind: 'failed', taskId: work.taskId, type: work.type, code },
    files: [],
  };
}

const NOTHING_KEPT: Kept = { files: [], sayings: [], rows: 0 };

/** The work is done and paid for by us, so storage gets this long to come back before it is given up. */
const STORE_WITHIN_MS = 5 * 60_000;
const STORE_AGAIN_MS = 5_000;

/** null when storage would not take the files: the person then has nothing, and pays nothing. */
async function keepFor(core: Core, work: Work, attempt: Attempt, files: Parameters<typeof keepResults>[2], leave: AbortSignal): Promise<Kept | null> {
  const until = core.clock.now().getTime() + STORE_WITHIN_MS;
  for (;;) {
    try {
      return await keepResults(core, `tasks/${work.taskId}/a${attempt.number}`, files);
    } catch (error) {
      core.log.error({ taskId: work.taskId, error }, 'result files not stored');
      // Whoever has the attempt next finds the run ended, and stores its files then.
      leave.throwIfAborted();
      if (core.clock.now().getTime() >= until) return null;
      await core.clock.sleep(STORE_AGAIN_MS, leave);
    }
  }
}

async function end(core: Core, work: Work, attempt: Attempt, how: End): Promise<void> {
  const ended = await core.store.finish(
    { taskId: work.taskId, attempt: attempt.number, letterId: newId(core.clock.now().getTime()), readHere: core.settings.readHere.has(work.platform), ...how },
    core.clock.now(),
  );
  if (ended.verdict !== 'finished') {
    await core.store.attempts.stopped(attempt, how.usage, core.clock.now());
    core.log.info({ taskId: work.taskId, verdict: ended.verdict }, 'task had ended before');
    return;
  }
  core.log.info({ taskId: work.taskId, status: how.status, charged: ended.charged.toString(), returned: ended.returned.toString() }, 'task ended');
}
