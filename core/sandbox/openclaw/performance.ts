// One run of a sandbox agent as others see it: its steps as events, its transcript, what it used, and its answer.

import { readBrief } from '#core/domain/tasks/agent-brief.ts';
import type { AgentType } from '#core/domain/tasks/agent-type.ts';
import type { Turn, Work } from './agents/agent.ts';
import { sandboxAgents } from './agents/agents.ts';
import { seeded } from './agents/seeded.ts';
import { quantityOf, splitMessage } from './agents/understand.ts';
import type { Audience } from './audience.ts';
import type { Session } from './disk.ts';
import type { Faults } from './faults.ts';
import { misbehave } from './hostile.ts';
import { pause } from './pause.ts';
import type { Shelf } from './shelf.ts';
import { addUse, noUse, useOf, useOnWire, type Use } from './use.ts';
import type { Json } from './wire.ts';

/** Of a step that is held. */
const LOOK_AGAIN_MS = 20;

export interface Stage {
  readonly audience: Audience;
  readonly shelf: Shelf;
  readonly faults: () => Faults;
  readonly loopbackPages: readonly string[];
  /** The whole process dies. */
  readonly crash: () => void;
}

export interface Part {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: AgentType;
  readonly message: string;
  readonly instructions: string;
  readonly signal: AbortSignal;
}

/** What there is of a run, whether it came to its end or not. */
export interface Performed {
  readonly text: string;
  /** Files it names, as agents write them. */
  readonly named: readonly string[];
  readonly written: readonly string[];
  readonly rows: readonly Json[];
  readonly turn: Turn;
  readonly use: Use;
  readonly tools: readonly string[];
}

export interface Performance {
  play(): Promise<void>;
  performed(): Performed;
  emit(stream: string, data: Json): void;
}

export function perform(stage: Stage, part: Part, session: Session): Performance {
  const { audience, shelf, faults } = stage;
  const brief = readBrief(part.instructions);
  const { request, told, attached } = splitMessage(part.message);
  const random = seeded(`${part.agentId}\n${part.message}\n${brief.quantity}`);
  const pace = seeded(part.runId);
  const written: string[] = [];
  const rows: Json[] = [];
  const tools: string[] = [];
  const folder = brief.folder ?? 'results';
  let claimed: string[] = [];
  let use = noUse;
  let text = '';
  let seq = 0;

  const work: Work = {
    type: part.agentId,
    request,
    earlier: [...told, ...session.turns],
    brief,
    attached,
    random,
    signal: part.signal,
    loopbackPages: stage.loopbackPages,
    step,
    async write(name, content) {
      const file = `${folder}/${name}`;
      await shelf.write(part.agentId, file, content);
      written.push(file);
    },
  };

  return {
    emit,
    async play() {
      emit('lifecycle', { phase: 'start', startedAt: Date.now() });
      addRow({ role: 'user', content: [{ type: 'text', text: part.message }] }, `${part.runId}:user`);
      await pause(0, part.signal);
      if (faults().hang) await untilAborted(part.signal);
      const said = await sandboxAgents[part.agentId](work);
      part.signal.throwIfAborted();
      failWithModel();
      const { hostile } = faults();
      if (hostile !== null) claimed = await misbehave(shelf.folderOf(part.agentId), folder, hostile);
      text = said;
      const spent = useOf(part.message, said);
      use = addUse(use, spent);
      emit('assistant', { text: said, delta: said, itemId: `answer-${part.runId}` });
      addRow({
        role: 'assistant',
        content: [{ type: 'text', text: [said, ...named().map((file) => `MEDIA:${file}`)].join('\n') }],
        usage: useOnWire(spent),
        stopReason: 'stop',
      });
    },
    performed: () => ({
      text,
      named: text === '' ? [] : named(),
      written,
      rows,
      turn: { request, quantity: quantityOf(work) },
      use,
      tools,
    }),
  };

  async function step<T>(tool: string, title: string, act: () => T | Promise<T>): Promise<T> {
    part.signal.throwIfAborted();
    if (faults().crash) stage.crash();
    if (tools.length > 0) failWithModel();
    const toolCallId = `call-${tools.length + 1}`;
    tools.push(tool);
    const item = { itemId: `tool:${toolCallId}`, toolCallId, kind: 'tool', name: tool, title };
    emit('item', { ...item, phase: 'start', status: 'running', startedAt: Date.now() });
    emit('tool', { phase: 'start', name: tool, toolCallId, args: {} });
    const spent = useOf(part.message, title);
    use = addUse(use, spent);
    addRow({
      role: 'assistant',
      content: [{ type: 'toolCall', id: toolCallId, name: tool, arguments: {} }],
      usage: useOnWire(spent),
      stopReason: 'toolUse',
    });
    let failed = true;
    try {
      await pause(stepMs(faults().pace), part.signal);
      while (faults().held) await pause(LOOK_AGAIN_MS, part.signal);
      const result = await act();
      part.signal.throwIfAborted();
      failed = false;
      return result;
    } finally {
      if (part.signal.reason !== 'died') {
        addRow({
          role: 'toolResult',
          toolCallId,
          toolName: tool,
          isError: failed,
          content: [{ type: 'text', text: failed ? 'failed' : 'ok' }],
        });
        emit('tool', { phase: 'result', name: tool, toolCallId, isError: failed, result: failed ? 'failed' : 'ok' });
        emit('item', { ...item, phase: 'end', status: failed ? 'failed' : 'completed', endedAt: Date.now() });
      }
    }
  }

  function failWithModel() {
    const { modelError } = faults();
    if (modelError !== null) throw new Error(modelError);
  }

  /** Three or four of them make the one to three seconds that people like to watch. */
  function stepMs(setting: Faults['pace']): number {
    if (setting === 'instant') return 0;
    return setting === 'humane' ? 350 + pace() * 400 : setting.stepMs;
  }

  function emit(stream: string, data: Json) {
    audience.ofRun(part, 'agent', { runId: part.runId, seq: seq++, stream, ts: Date.now(), data });
  }

  function addRow(row: Json, idempotencyKey?: string) {
    const number = session.rows.length + rows.length + 1;
    const facts = {
      id: `${session.sessionId}-${number}`,
      seq: number,
      runId: part.runId,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    const whole = { ...row, timestamp: Date.now(), __openclaw: facts };
    rows.push(whole);
    audience.ofSession(part.sessionKey, { sessionKey: part.sessionKey, message: whole, messageId: facts.id, messageSeq: number });
  }

  function named(): string[] {
    return [...written.map((file) => `./${file}`), ...claimed];
  }
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  throw signal.reason;
}
