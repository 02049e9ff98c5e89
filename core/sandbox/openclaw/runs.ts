// The runs of one gateway start: which key they belong to, whose turn it is, how they end. All of this is memory and goes with
// the process, as in the real one; only sessions and the ledger are on disk.

import { randomUUID } from 'node:crypto';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Disk, LedgerRow, Session } from './disk.ts';
import { pause } from './pause.ts';
import { perform, type Performance, type Performed, type Stage } from './performance.ts';
import { costOf, useOnWire } from './use.ts';
import type { Json } from './wire.ts';

export interface RunRequest {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: AgentType;
  readonly message: string;
  readonly instructions: string;
  readonly timeoutSeconds: number | null;
}

export interface Run {
  readonly request: RunRequest;
  readonly owner: { readonly connId: string; readonly deviceId: string | null };
  readonly acceptedAt: number;
  /** Its reason says why: "rpc" for somebody's wish, "timeout", or "died" with the whole gateway. */
  readonly stop: AbortController;
  /** Never resolves when the gateway dies. */
  readonly answered: Promise<Answer>;
  startedAt: number | null;
  end: { readonly at: number; readonly answer: Answer } | null;
}

export interface Answer {
  readonly payload: Json;
  readonly error?: { readonly code: 'UNAVAILABLE'; readonly message: string };
}

export interface Runs {
  /** The run of this key, while this start of the gateway remembers it. */
  find(runId: string): Run | null;
  /** Whether this start of the gateway ever had it. */
  had(runId: string): boolean;
  begin(request: RunRequest, owner: Run['owner']): Run;
  active(sessionKey: string): Run | null;
  /** Everything that goes on is gone without a word, as when the process is killed. Gives what that was. */
  die(): Run[];
}

const CONCURRENT_MOST = 8;
const LEDGER_LAG_MS = 20;
/** Of runs that are forgotten, before the list of those that ended is cut. */
const FORGOTTEN_MOST = 1_000;

export function createRuns(stage: Stage, disk: Disk): Runs {
  const runs = new Map<string, Run>();
  const accepted = new Set<string>();
  const lastInSession = new Map<string, Promise<void>>();
  // What a run costs must not depend on how many there were: these two find what is wanted without a look at all of them.
  const goingOn = new Map<string, Set<Run>>();
  const ended: Run[] = [];
  let forgotten = 0;
  const waiting: (() => void)[] = [];
  let playing = 0;
  let dead = false;

  return {
    find,
    had: (runId) => accepted.has(runId),
    begin,
    active: (sessionKey) => goingOn.get(sessionKey)?.values().next().value ?? null,
    die,
  };

  function find(runId: string): Run | null {
    const run = runs.get(runId) ?? null;
    return run === null || isForgotten(run) ? null : run;
  }

  function isForgotten({ end }: Run): boolean {
    return end !== null && Date.now() - end.at > stage.faults().answersKeptMs;
  }

  function begin(request: RunRequest, owner: Run['owner']): Run {
    const { promise: answered, resolve } = Promise.withResolvers<Answer>();
    const run: Run = { request, owner, acceptedAt: Date.now(), stop: new AbortController(), answered, startedAt: null, end: null };
    forget();
    runs.set(request.runId, run);
    goingOn.set(request.sessionKey, (goingOn.get(request.sessionKey) ?? new Set()).add(run));
    accepted.add(request.runId);
    // The real ledger hears of a run a moment after its client does.
    pause(LEDGER_LAG_MS, run.stop.signal).then(
      () => run.startedAt === null && note(run, 'queued'),
      () => {},
    );
    // One run a session: the next one waits for the end of those before it.
    const before = lastInSession.get(request.sessionKey) ?? Promise.resolve();
    const turn = before.then(async () => {
      const answer = await whenFree(run, () => execute(run)).catch((error: unknown) => fault(run, String(error)));
      if (answer === null) return;
      end(run, answer);
      resolve(answer);
    });
    lastInSession.set(request.sessionKey, turn);
    void turn.finally(() => lastInSession.get(request.sessionKey) === turn && lastInSession.delete(request.sessionKey));
    return run;
  }

  function end(run: Run, answer: Answer) {
    run.end = { at: Date.now(), answer };
    ended.push(run);
    const { sessionKey } = run.request;
    const inSession = goingOn.get(sessionKey);
    inSession?.delete(run);
    if (inSession?.size === 0) goingOn.delete(sessionKey);
  }

  /** They ended in the order of the list, so the first one that is remembered ends the search. */
  function forget() {
    for (let old = ended[forgotten]; old !== undefined && isForgotten(old); old = ended[++forgotten]) {
      const { runId } = old.request;
      if (runs.get(runId) === old) runs.delete(runId);
    }
    if (forgotten < FORGOTTEN_MOST || forgotten * 2 < ended.length) return;
    ended.splice(0, forgotten);
    forgotten = 0;
  }

  function die(): Run[] {
    dead = true;
    const cut = [...runs.values()].filter(({ end }) => end === null);
    for (const run of cut) run.stop.abort('died');
    return cut;
  }

  async function whenFree<T>(run: Run, act: () => Promise<T>): Promise<T> {
    while (playing >= CONCURRENT_MOST && !run.stop.signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      run.stop.signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
    playing += 1;
    try {
      return await act();
    } finally {
      playing -= 1;
      waiting.shift()?.();
    }
  }

  /** Null when the gateway died meanwhile. */
  async function execute(run: Run): Promise<Answer | null> {
    const { request, stop } = run;
    const session = (await disk.session(request.sessionKey)) ?? newSession(request);
    const performance = perform(stage, { ...request, signal: stop.signal }, session);
    let error: string | null = null;
    if (!stop.signal.aborted) {
      run.startedAt = Date.now();
      note(run, 'running');
      disk.runBegan(request.runId);
      const timer = request.timeoutSeconds === null ? null : setTimeout(() => stop.abort('timeout'), request.timeoutSeconds * 1000);
      try {
        await performance.play();
      } catch (thrown) {
        if (!stop.signal.aborted) error = thrown instanceof Error ? thrown.message : String(thrown);
      } finally {
        if (timer !== null) clearTimeout(timer);
      }
    }
    return dead ? null : finish(run, session, performance, error);
  }

  async function finish(run: Run, session: Session, performance: Performance, error: string | null): Promise<Answer> {
    const why = run.stop.signal.aborted ? (run.stop.signal.reason as 'rpc' | 'timeout') : null;
    const performed = performance.performed();
    const after = afterRun(session, run, performed, why, error);
    await disk.keepSession(after);
    note(run, error !== null ? 'failed' : why !== null ? 'cancelled' : 'completed', error);
    const phase = error === null ? 'end' : 'error';
    performance.emit('lifecycle', {
      phase,
      endedAt: Date.now(),
      executionSettled: true,
      ...(why !== null && { aborted: true, stopReason: why }),
      ...(error !== null && { error }),
    });
    stage.audience.ofRun(run.request, 'chat', chatEnd(run.request, performed, why, error));
    return answerOf(run, after, performed, why, error);
  }

  function note({ request, startedAt }: Run, status: LedgerRow['status'], error: string | null = null) {
    const { runId, agentId, sessionKey } = request;
    const before = disk.ledgerRow(runId);
    const now = Date.now();
    const task: LedgerRow = {
      id: before?.id ?? randomUUID(),
      runId,
      agentId,
      sessionKey,
      status,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      ...(startedAt !== null && { startedAt }),
      ...(status !== 'queued' && status !== 'running' && { endedAt: now }),
      ...(error !== null && { error }),
    };
    disk.keepLedgerRow(task);
    stage.audience.ofAll('task', { action: 'upserted', task });
  }
}

function newSession({ sessionKey, agentId, runId }: RunRequest): Session {
  const now = Date.now();
  return {
    key: sessionKey,
    agentId,
    sessionId: randomUUID(),
    createdAt: now,
    updatedAt: now,
    status: 'running',
    lastRunId: runId,
    lastRunError: null,
    rows: [],
    turns: [],
    files: {},
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  };
}

function afterRun(session: Session, { request }: Run, performed: Performed, why: 'rpc' | 'timeout' | null, error: string | null): Session {
  const now = Date.now();
  const ok = why === null && error === null;
  return {
    ...session,
    status: ok ? 'done' : error !== null ? 'failed' : why === 'timeout' ? 'timeout' : 'killed',
    lastRunId: request.runId,
    lastRunError: error,
    updatedAt: now,
    rows: [...session.rows, ...performed.rows].slice(-500),
    turns: ok ? [...session.turns, performed.turn].slice(-20) : session.turns,
    files: { ...session.files, ...Object.fromEntries(performed.written.map((file) => [file, now])) },
    inputTokens: session.inputTokens + performed.use.input,
    outputTokens: session.outputTokens + performed.use.output,
    costUsd: session.costUsd + costOf(performed.use),
  };
}

function chatEnd({ runId, sessionKey, agentId }: RunRequest, { text }: Performed, why: string | null, error: string | null): Json {
  const facts = { runId, sessionKey, agentId, seq: 0 };
  const message = { role: 'assistant', content: [{ type: 'text', text }] };
  if (error !== null) return { ...facts, state: 'error', errorMessage: error, errorKind: 'unknown' };
  return why === null
    ? { ...facts, state: 'final', message }
    : { ...facts, state: 'aborted', stopReason: why, ...(text !== '' && { message }) };
}

function answerOf(run: Run, session: Session, performed: Performed, why: 'rpc' | 'timeout' | null, error: string | null): Answer {
  if (error !== null) return fault(run, error);
  const { runId } = run.request;
  const { text, named, use, tools } = performed;
  const meta = {
    durationMs: Date.now() - (run.startedAt ?? run.acceptedAt),
    agentMeta: {
      sessionId: session.sessionId,
      provider: 'sandbox',
      model: 'sandbox-1',
      usage: useOnWire(use),
      costUsd: costOf(use),
      assistantTurns: tools.length + 1,
    },
    toolSummary: { calls: tools.length, tools: [...new Set(tools)], failures: 0 },
    stopReason: why ?? 'stop',
  };
  if (why === null) {
    const payload = { text, mediaUrl: named[0] ?? null, ...(named.length > 0 && { mediaUrls: named }) };
    return { payload: { runId, status: 'ok', summary: 'completed', result: { payloads: [payload], meta } } };
  }
  const payloads = why === 'timeout' ? [{ text: 'The run ran out of time.', mediaUrl: null, isError: true }] : [];
  return {
    payload: {
      runId,
      status: 'timeout',
      summary: 'aborted',
      stopReason: why,
      ...(why === 'timeout' && { timeoutPhase: 'provider' }),
      result: { payloads, meta: { ...meta, aborted: true } },
    },
  };
}

function fault({ request: { runId } }: Run, message: string): Answer {
  return { error: { code: 'UNAVAILABLE', message }, payload: { runId, status: 'error', summary: message } };
}
