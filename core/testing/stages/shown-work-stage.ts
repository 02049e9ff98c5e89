// A running product on the board whose agents do what the test says, step by step, and whose edits of posts are noted.

import { expect, vi } from 'vitest';
import { board } from '#bots/testing/board/adapter.ts';
import type { Message } from '#bots/testing/board/sandbox/state.ts';
import type { TaskId } from '#core/domain/ids.ts';
import type { AgentOutcome, AgentStep } from '#core/ports/agents.ts';
import type { Shower, View } from '#core/ports/shower.ts';
import { clockByHand, type ClockByHand } from '../runner/clock-by-hand.ts';
import { agentsThat, csvOf, done, someUsage } from './agents-that.ts';
import { boardStage, type BoardOptions, type BoardStage } from './board-stage.ts';

/** Half of what the board wants between two edits. */
const STEP_MS = 500;

/** What becomes of an edit. */
export type Change = (show: Shower['show']) => Shower['show'];
export const asItIs: Change = (show) => show;
export type SeenView = View & { readonly beganMs: number; readonly began: number; ended: number; readonly cancels: boolean };

export interface Run {
  step(title: string, state: AgentStep['state']): void;
  end(outcome?: AgentOutcome): void;
}

export interface ShownWorkStage extends BoardStage {
  readonly clock: ClockByHand;
  /** Every edit that was begun, in order. */
  readonly views: SeenView[];
  /** What becomes of edits from now on. */
  change: Change;
  /** Asks for so many leads, and gives the agent that works on it, once the first post is confirmed. */
  begin(leads: number, channel?: string): Promise<{ thread: string; run: Run }>;
  run(leads: number): Promise<Run>;
  firstPost(thread: string): Promise<Message>;
  untilFirstPost(thread: string, beginning: readonly unknown[]): Promise<void>;
  lastShown(thread: string): Promise<string>;
  /** The title of the newest step that was written down. */
  lastStep(): Promise<string>;
  taskOf(leads: number): Promise<TaskId>;
  rows(): Promise<{ closed: boolean }[]>;
  untilClosed(stepMs?: number): Promise<void>;
}

/** Starts product and board, and stops them when the test ends. */
export async function shownWorkStage({ change = asItIs, ...options }: BoardOptions & { change?: Change } = {}): Promise<ShownWorkStage> {
  const clock = clockByHand();
  const runs = new Map<number, Run>();
  const agents = agentsThat((job, watch, signal) => {
    const { promise, resolve } = Promise.withResolvers<AgentOutcome>();
    runs.set(job.quantity!, {
      step: (title, state) => watch.step({ id: title, title, state }),
      end: (outcome = done('Here.', [csvOf('leads.csv', job.quantity!)])) => resolve(outcome),
    });
    signal.addEventListener('abort', () =>
      resolve({ kind: 'stopped', by: 'signal', text: '', files: [], usage: someUsage, sample: false }),
    );
    return promise;
  });
  const views: SeenView[] = [];
  const steered = { change };
  const adapter = watched(
    board,
    (show) =>
      (...call) =>
        steered.change(show)(...call),
    views,
    clock,
  );
  const world = await boardStage({ clock, agents, adapter, ...options });
  const { core, people, goingOn } = world;
  const rows = async () =>
    (await core.store.money.query<{ closed: boolean }>({ text: 'SELECT closed_at IS NOT NULL AS closed FROM showings' }, [])).rows;
  const run = (leads: number) => vi.waitFor(() => thatIsThere(runs.get(leads)));
  const firstPost = (thread: string) =>
    vi.waitFor(async () => thatIsThere((await people.messages()).find((message) => message.thread === thread && message.from === null)));
  return {
    ...world,
    clock,
    views,
    get change() {
      return steered.change;
    },
    set change(next) {
      steered.change = next;
    },
    async begin(leads, channel = 'general') {
      const before = (await rows()).length;
      const thread = await world.say(channel, `find me ${leads} leads in Miami`);
      await vi.waitFor(async () => expect(await rows()).toHaveLength(before + 1));
      return { thread, run: await run(leads) };
    },
    run,
    firstPost,
    async untilFirstPost(thread, beginning) {
      await goingOn(async () => {
        const lines = (await firstPost(thread)).text.split('\n').filter((line) => line !== '');
        expect(lines.slice(0, beginning.length).map((line) => line.replaceAll('**', ''))).toEqual(beginning);
      }, STEP_MS);
    },
    lastShown: async (thread) => (await firstPost(thread)).text,
    async lastStep() {
      const { rows: last } = await core.store.money.query<{ title: string }>(
        { text: `SELECT data ->> 'title' AS title FROM task_events WHERE kind = 'step' ORDER BY id DESC LIMIT 1` },
        [],
      );
      return last[0]!.title;
    },
    async taskOf(leads) {
      const { rows: found } = await core.store.money.query<{ id: TaskId }>({ text: 'SELECT id FROM tasks WHERE quantity = $1' }, [leads]);
      return found[0]!.id;
    },
    rows,
    async untilClosed(stepMs = STEP_MS) {
      await goingOn(async () => expect((await rows()).every(({ closed }) => closed)).toBe(true), stepMs);
    },
  };
}

function thatIsThere<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('not there yet');
  return thing;
}

/** The adapter with everything noted that its shower is asked for. */
export function watched(adapter: typeof board, change: Change, views: SeenView[], clock?: ClockByHand): typeof board {
  let order = 0;
  return {
    ...adapter,
    async start(context) {
      const started = await adapter.start(context);
      const shower = started.shower!;
      const show: Shower['show'] = (view, signal) => shower.show(view, signal);
      return {
        ...started,
        shower: {
          ...shower,
          async show(view, signal) {
            const cancels = view.reply.blocks.some(
              (block) => block.kind === 'choices' && block.choices.some(({ id }) => id.startsWith('cancel:')),
            );
            const seen: SeenView = { ...view, cancels, beganMs: clock?.now().getTime() ?? 0, began: order++, ended: Infinity };
            views.push(seen);
            try {
              return await change(show)(view, signal);
            } finally {
              seen.ended = order++;
            }
          },
        },
      };
    },
  };
}
