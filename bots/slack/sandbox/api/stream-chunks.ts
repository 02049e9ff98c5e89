// The pieces of a stream, and the message that they add up to.

import { kinds, list, oneOf, shape, text, url, type Trouble } from '../checks/check.ts';
import { refusalOf, written } from '../checks/blocks.ts';
import { withIds } from '../checks/contents.ts';
import { SlackNo } from '../no.ts';
import type { Block, Stream } from '../shapes.ts';

const mostMarkdown = 12_000;
const mostBlocks = 50;

const chunk = kinds({
  markdown_text: shape({ text: text(mostMarkdown) }),
  plan_update: shape({ title: text(256) }),
  task_update: shape(
    // Not `completed`, which Slack refuses.
    { id: text(255), title: text(256), status: oneOf('pending', 'in_progress', 'complete', 'error') },
    { details: text(3000), output: text(3000), sources: list(kinds({ url: shape({ url, text: text(256) }) }), 10, 0) },
  ),
  blocks: shape({ blocks: list(() => undefined, mostBlocks) }),
});

type Json = Readonly<Record<string, unknown>>;

/** Throws Slack's words for chunks that it does not take. */
export function chunksIn({ markdown_text: markdown, chunks }: { markdown_text?: string | undefined; chunks?: unknown }): Json[] {
  if (markdown !== undefined && chunks !== undefined) throw new SlackNo('invalid_arguments');
  if ((markdown?.length ?? 0) > mostMarkdown) throw new SlackNo('msg_too_long');
  if (markdown !== undefined) return markdown === '' ? [] : [{ type: 'markdown_text', text: markdown }];
  if (chunks === undefined) return [];
  const troubles: Trouble[] = [];
  list(chunk, 100, 0)(chunks, '/chunks', (trouble) => void troubles.push(trouble));
  if (troubles.length > 0) throw new SlackNo('invalid_chunks', { response_metadata: { messages: troubles.slice(0, 20).map(written) } });
  const given = chunks as Json[];
  for (const each of given.filter(({ type }) => type === 'blocks')) {
    const refusal = refusalOf(each['blocks']);
    if (refusal !== null) throw new SlackNo('invalid_blocks', { response_metadata: { messages: refusal.messages } });
  }
  return given;
}

export function added(stream: Stream, chunks: readonly Json[]): Stream {
  let { markdown, plan, tasks, blocks } = stream;
  for (const each of chunks) {
    if (each['type'] === 'markdown_text') markdown += String(each['text']);
    else if (each['type'] === 'plan_update') plan = String(each['title']);
    else if (each['type'] === 'blocks') blocks = [...blocks, ...withIds(each['blocks'] as object[])];
    else tasks = [...tasks.filter(({ id }) => id !== each['id']), each];
  }
  return { ...stream, markdown, plan, tasks, blocks };
}

/** As everybody sees it. */
export function blocksOf({ markdown, plan, tasks, blocks }: Stream): Block[] {
  const cards = tasks.map(({ id, title, status }) => ({ type: 'task_card', task_id: id, title, status }));
  const progress = plan === null ? cards : [{ type: 'plan', title: plan, tasks: cards }];
  return withIds([...progress, ...(markdown === '' ? [] : [{ type: 'markdown', text: markdown }]), ...blocks]);
}
