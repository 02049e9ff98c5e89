// Follows one run from its dispatch to its end, across lost connections, restarts of the gateway, and earlier processes of ours.
// The rule above all others: work that may have begun is never begun again. What may be done depends on what we know:
//   the request never left                       → send it
//   it may have arrived, the same gateway start  → look for it; where it never began, the same key begins it at most once
//   it was accepted                              → wait for it, then ask for the answer again (a gateway keeps answers for
//                                                  five minutes), or read the transcript
//   the gateway was started anew                 → its memory of keys is gone: look for it on its disk, else it is lost

import { runReplySchema, waitReplySchema, type RunReply } from '#core/contracts/openclaw.ts';
import { runFolder } from '#core/domain/tasks/agent-brief.ts';
import type { AgentJob, AgentUsage, AgentWatch } from '#core/ports/agents.ts';
import type { Clock } from '#core/ports/clock.ts';
import type { Log } from '#core/ports/log.ts';
import type { Gateway, Live } from './connection.ts';
import { GatewayError } from './gateway-error.ts';
import { orAborted } from './or-aborted.ts';
import { read } from './read.ts';
import type { Report } from './report.ts';
import { look, type Sight } from './sight.ts';
import { stepReader } from './steps.ts';
import { recallReport, recallUsage } from './transcript.ts';
import { noUsage } from './usage.ts';

export interface FollowParts {
  readonly gateway: Gateway;
  readonly gatewayName: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The parameters of the `agent` request. They depend on what the gateway takes. */
  readonly paramsFor: (live: Live, signal: AbortSignal) => Promise<object>;
}

export type RunEnd =
  | { readonly kind: 'answered'; readonly reply: RunReply }
  /** The answer is gone, the transcript is not. */
  | { readonly kind: 'remembered'; readonly report: Report }
  | { readonly kind: 'failed'; readonly reason: string; readonly usage: AgentUsage }
  | { readonly kind: 'lost'; readonly reason: string }
  /** Stopped before it began. */
  | { readonly kind: 'never-began' };

export interface Following {
  /** Rejects with the signal's reason. */
  toEnd(signal: AbortSignal): Promise<RunEnd>;
  /** Asks the agent to stop, and waits until it did. */
  stop(signal: AbortSignal): Promise<RunEnd>;
  /** False as long as the gateway cannot have heard of it. */
  mayHaveBegun(): boolean;
  /** The gateway's own time. */
  startedAtMs(): number | null;
}

const acceptTimeoutMs = 15_000;
const waitSliceMs = 30_000;
/** A gateway forgets answers after five minutes, and would take the same key for new work then. */
const answerKeptMs = 4 * 60_000;
const replayPauseMs = 250;
const replayTries = 40;
// A gateway that came back was seen to resume what it had cut short after four to six seconds.
const resumePauseMs = 500;
const resumeTries = 20;

export function follow(parts: FollowParts, job: AgentJob, watch: AgentWatch): Following {
  const { gateway, clock, log } = parts;
  const run = { key: keyOf(job), runId: job.runId };
  let known: 'no' | 'maybe' | 'yes' = job.phase === 'reserved' ? 'no' : 'maybe';
  let bootId = job.bootId;
  let sentHere = false;
  /** It goes on in a later start of the gateway than the one that accepted it, which has no answer to give again. */
  let resumed = false;
  let startedAtMs: number | null = null;
  let aliveAtMs = 0;
  let acceptedTold = false;
  let answer: { readonly live: Live; readonly reply: Promise<RunReply> } | null = null;
  let readStep = newStepReader();

  return { toEnd, stop, mayHaveBegun: () => known !== 'no', startedAtMs: () => startedAtMs };

  function newStepReader() {
    return stepReader(watch.step, runFolder(job));
  }

  async function toEnd(signal: AbortSignal): Promise<RunEnd> {
    while (true) {
      try {
        return await withLive(signal, attend);
      } catch (error) {
        const pauseMs = pauseAfter(error);
        if (signal.aborted || pauseMs === null) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  async function stop(signal: AbortSignal): Promise<RunEnd> {
    if (known === 'no') return { kind: 'never-began' };
    while (true) {
      try {
        return await withLive(signal, stopOn);
      } catch (error) {
        const pauseMs = pauseAfter(error);
        if (signal.aborted || pauseMs === null) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  async function withLive(signal: AbortSignal, act: (live: Live, signal: AbortSignal) => Promise<RunEnd>): Promise<RunEnd> {
    const live = await gateway.live(signal);
    const stopListening = live.listen(run.runId, (event) => {
      aliveAtMs = clock.now().getTime();
      readStep(event);
    });
    try {
      return await orAborted(act(live, signal), signal);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.kind === 'ended' && goingDown.test(error.message)) return { kind: 'lost', reason: 'The gateway stopped it to start anew.' };
      if (error.kind === 'ended') return await orAborted(failed(live, error.message), signal);
      if (error.kind === 'refused') return refused(error);
      if (error.kind !== 'busy') live.drop();
      throw error;
    } finally {
      stopListening();
    }
  }

  async function failed(live: Live, reason: string): Promise<RunEnd> {
    return { kind: 'failed', reason, usage: await recallUsage(live, run) };
  }

  function refused({ message }: GatewayError): RunEnd {
    const reason = `The gateway refused: ${message}`;
    return known === 'no' ? { kind: 'failed', reason, usage: noUsage } : { kind: 'lost', reason };
  }

  /** Null for what no pause mends. */
  function pauseAfter(error: unknown): number | null {
    if (!(error instanceof GatewayError)) return null;
    return error.kind === 'busy' ? Math.min(5_000, Math.max(100, error.retryAfterMs ?? 500)) : 0;
  }

  async function attend(live: Live, signal: AbortSignal): Promise<RunEnd> {
    await subscribe(live);
    if (known === 'no') return send(live, signal);
    if (live.bootId !== bootId) return afterRestart(live, signal);
    return rejoin(live, signal);
  }

  // Without it we would hear nothing until the end; that alone is no reason to give up the work.
  async function subscribe(live: Live) {
    try {
      await live.request('sessions.messages.subscribe', { key: run.key });
    } catch (error) {
      if (!(error instanceof GatewayError) || error.kind !== 'refused') throw error;
      log.warn({ runId: run.runId, reason: error.message }, 'agent steps cannot be followed');
    }
  }

  async function send(live: Live, signal: AbortSignal): Promise<RunEnd> {
    const params = await parts.paramsFor(live, signal);
    signal.throwIfAborted();
    await watch.sending({ gateway: parts.gatewayName, bootId: live.bootId });
    signal.throwIfAborted();
    if (live.bootId !== bootId) readStep = newStepReader();
    bootId = live.bootId;
    const accepted = Promise.withResolvers<null>();
    const reply = live
      .request('agent', params, {
        onSent() {
          known = 'maybe';
          sentHere = true;
        },
        final: {
          onAccepted(payload) {
            startedAtMs = runReplySchema.safeParse(payload).data?.acceptedAt ?? startedAtMs;
            tellAccepted();
            accepted.resolve(null);
          },
        },
      })
      .then((payload) => read(runReplySchema, payload), refusedOrEnded);
    answer = { live, reply };

    const first = await within(acceptTimeoutMs, Promise.race([accepted.promise, reply]));
    if (first === 'late') throw new GatewayError('cut', `the gateway did not accept the work in ${acceptTimeoutMs} ms`);
    if (first?.status === 'in_flight') {
      // It had been accepted before, so its last answer goes elsewhere.
      answer = null;
      tellAccepted();
      return rejoin(live, signal);
    }
    return { kind: 'answered', reply: first ?? (await reply) };
  }

  function refusedOrEnded(error: unknown): never {
    if (!(error instanceof GatewayError) || error.kind === 'cut') throw error;
    // After it was accepted, any error is its end.
    if (known === 'yes') throw new GatewayError('ended', error.message, { cause: error });
    known = 'no';
    throw error;
  }

  async function rejoin(live: Live, signal: AbortSignal): Promise<RunEnd> {
    while (true) {
      signal.throwIfAborted();
      const sight = await look(live, run);
      // What was accepted goes on, even when the gateway lists it nowhere yet.
      if (sight.state === 'unknown' && known === 'maybe') return send(live, signal);
      tellAccepted(sight);
      if (sight.state !== 'running' && sight.state !== 'unknown') return ended(live, sight, signal);
      if (await endsWithin(waitSliceMs, live)) return recall(live, signal);
    }
  }

  async function ended(live: Live, sight: Sight, signal: AbortSignal): Promise<RunEnd> {
    if (sight.state === 'failed') return failed(live, sight.reason);
    if (sight.state === 'cut-short') return failed(live, 'It was stopped at the gateway.');
    return recall(live, signal);
  }

  async function afterRestart(live: Live, signal: AbortSignal): Promise<RunEnd> {
    const sight = await look(live, run);
    switch (sight.state) {
      case 'running':
        tellAccepted(sight);
        bootId = live.bootId;
        resumed = true;
        return rejoin(live, signal);
      case 'done':
        tellAccepted(sight);
        resumed = true;
        return recall(live, signal);
      case 'failed':
        return failed(live, sight.reason);
      case 'unknown':
        // We sent it, heard nothing, and it left no trace: it never arrived.
        if (known === 'maybe' && sentHere) return send(live, signal);
        return { kind: 'lost', reason: 'The gateway was started anew and knows nothing of it.' };
      case 'cut-short':
        if (sight.mayResume) await stopResumed(live, signal);
        return { kind: 'lost', reason: 'The gateway was started anew in the middle of it.' };
    }
  }

  // A gateway takes up by itself what its restart cut short, some seconds later, under another key and without our instructions.
  // Nobody waits for that, and it may act on the outside: it is stopped. No other work of ours is in this session meanwhile.
  async function stopResumed(live: Live, signal: AbortSignal) {
    for (let tries = 0; tries < resumeTries; tries++) {
      const reply = (await live.request('sessions.abort', { key: run.key })) as { status?: unknown };
      if (reply.status === 'aborted') return;
      await clock.sleep(resumePauseMs, signal);
      signal.throwIfAborted();
    }
  }

  /** The answer of a run that ended while nobody listened. */
  async function recall(live: Live, signal: AbortSignal): Promise<RunEnd> {
    const isFresh = !resumed && clock.now().getTime() - aliveAtMs < answerKeptMs;
    if (isFresh && (await endsWithin(0, live))) {
      const reply = await replay(live, signal);
      if (reply !== null) return { kind: 'answered', reply };
    }
    const report = await recallReport(live, run);
    if (report === null) return { kind: 'lost', reason: 'The gateway knows that it ended, but not with what.' };
    return { kind: 'remembered', report };
  }

  // The same key again: for the first moments after its end a run may still be called in flight.
  async function replay(live: Live, signal: AbortSignal): Promise<RunReply | null> {
    const params = await parts.paramsFor(live, signal);
    for (let tries = 0; tries < replayTries; tries++) {
      const reply = read(runReplySchema, await live.request('agent', params));
      if (reply.status === 'accepted') {
        // It was forgotten sooner than we know of, and has just begun again.
        await abort(live);
        return null;
      }
      if (reply.status !== 'in_flight') return reply;
      await clock.sleep(replayPauseMs, signal);
      signal.throwIfAborted();
    }
    return null;
  }

  async function stopOn(live: Live, signal: AbortSignal): Promise<RunEnd> {
    if (live.bootId !== bootId) return stopAfterRestart(live, signal);
    const stopped = await abort(live);
    if (answer?.live === live && !live.gone.aborted) return { kind: 'answered', reply: await answer.reply };
    if (!stopped) {
      const sight = await look(live, run);
      if (sight.state === 'unknown') return { kind: 'never-began' };
      if (sight.state === 'failed') return failed(live, sight.reason);
    }
    while (!(await endsWithin(1_000, live))) signal.throwIfAborted();
    return recall(live, signal);
  }

  async function stopAfterRestart(live: Live, signal: AbortSignal): Promise<RunEnd> {
    const sight = await look(live, run);
    if (sight.state === 'unknown' && known === 'maybe' && sentHere) return { kind: 'never-began' };
    if (sight.state === 'failed') return failed(live, sight.reason);
    resumed = true;
    if (sight.state === 'done') return recall(live, signal);
    if (sight.state === 'running') await abort(live);
    if (sight.state === 'cut-short' && sight.mayResume) await stopResumed(live, signal);
    return { kind: 'lost', reason: 'The gateway was started anew in the middle of it.' };
  }

  async function abort(live: Live): Promise<boolean> {
    const reply = await live.request('sessions.abort', { key: run.key, runId: run.runId });
    return (reply as { status?: unknown }).status === 'aborted';
  }

  async function endsWithin(timeoutMs: number, live: Live): Promise<boolean> {
    const reply = await live.request('agent.wait', { runId: run.runId, timeoutMs }, { timeoutMs: timeoutMs + 10_000 });
    const { status, endedAt, stopReason } = read(waitReplySchema, reply);
    return status === 'ok' || status === 'error' || endedAt !== undefined || stopReason !== undefined;
  }

  function tellAccepted(sight?: Sight) {
    known = 'yes';
    if (sight === undefined || sight.state === 'running') aliveAtMs = clock.now().getTime();
    if (sight && 'startedAtMs' in sight) startedAtMs = sight.startedAtMs ?? startedAtMs;
    if (acceptedTold) return;
    acceptedTold = true;
    watch.accepted().catch((error: unknown) => log.error({ runId: run.runId, reason: String(error) }, 'acceptance not noted'));
  }

  async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | 'late'> {
    const settled = new AbortController();
    try {
      return await Promise.race([promise, clock.sleep(timeoutMs, settled.signal).then(() => 'late' as const)]);
    } finally {
      settled.abort();
    }
  }
}

// A gateway that goes down accepts work to the last moment, and then ends it with these words.
const goingDown = /\bgateway is (draining|restarting)\b/i;

/** A gateway keeps sessions by agent, in lower case. */
export function keyOf({ sessionKey, type }: Pick<AgentJob, 'sessionKey' | 'type'>): string {
  const key = sessionKey.toLowerCase();
  return key.startsWith(`agent:${type}:`) ? key : `agent:${type}:${key}`;
}
