// What Slack refuses of a message's blocks, and by which word.

import { isRecord, list, type Trouble } from './check.ts';
import { inMessages } from './block-kinds.ts';
import { charactersIn } from './weight.ts';

export interface Refusal {
  readonly error: 'invalid_blocks' | 'invalid_blocks_format' | 'msg_blocks_too_long';
  /** As Slack writes them into `response_metadata.messages`. */
  readonly messages: readonly string[];
}

const mostBlocks = 50;
/** Seen at about 13,170 (slackapi/bolt-js 2509), far below the 40,000 of the documentation. */
const mostCharacters = 13_000;
const mostMarkdown = 12_000;

/** What the platform would say to these blocks; nothing where it takes them. */
export function checkBlocks(blocks: unknown): string[] {
  return [...(refusalOf(blocks)?.messages ?? [])];
}

/** `before`: block ids of the version that an edit takes the place of. */
export function refusalOf(blocks: unknown, before: readonly string[] = []): Refusal | null {
  if (!Array.isArray(blocks))
    return { error: 'invalid_blocks_format', messages: ['[ERROR] blocks must be an array [json-pointer:/blocks]'] };
  const troubles: Trouble[] = [];
  const note = (trouble: Trouble) => void troubles.push(trouble);
  list(inMessages, mostBlocks, 0)(blocks, '/blocks', note);
  alone(blocks, note);
  uniqueIds(blocks, before, note);
  if (troubles.length > 0) return { error: 'invalid_blocks', messages: troubles.slice(0, 20).map(written) };
  const characters = charactersIn(blocks).length;
  if (characters <= mostCharacters) return null;
  return {
    error: 'msg_blocks_too_long',
    messages: [`[ERROR] blocks have ${characters} characters, at most ${mostCharacters} are allowed`],
  };
}

export function written({ words, at }: Trouble): string {
  return `[ERROR] ${words} [json-pointer:${at}]`;
}

/** What may be there once, or not together. */
function alone(blocks: readonly unknown[], note: (trouble: Trouble) => void): void {
  const of = (type: string) => blocks.filter((block) => isRecord(block) && block['type'] === type);
  if (of('table').length + of('data_table').length > 1) note({ words: 'only one table is allowed', at: '/blocks' });
  if (of('plan').length > 0 && of('task_card').length > 0) note({ words: 'plan and task_card are not allowed together', at: '/blocks' });
  if (charactersIn(of('markdown')).length > mostMarkdown)
    note({ words: `markdown blocks must have less than ${mostMarkdown + 1} characters together`, at: '/blocks' });
}

export function uniqueIds(blocks: readonly unknown[], before: readonly string[], note: (trouble: Trouble) => void): void {
  const ids = new Set<unknown>();
  for (const [i, block] of blocks.entries()) {
    if (!isRecord(block)) continue;
    const { block_id: id } = block;
    if (id !== undefined && ids.has(id)) note({ words: 'block_id must be unique in a message', at: `/blocks/${i}/block_id` });
    // Slack's reference wants another block_id for each iteration of a message.
    if (id !== undefined && before.includes(id as string))
      note({ words: 'block_id is that of the version before', at: `/blocks/${i}/block_id` });
    ids.add(id);
    const actions = new Set<unknown>();
    for (const [k, element] of elementsOf(block).entries()) {
      const action = isRecord(element) ? element['action_id'] : undefined;
      if (action === undefined) continue;
      if (actions.has(action)) note({ words: 'action_id must be unique in its block', at: `/blocks/${i}/elements/${k}/action_id` });
      actions.add(action);
    }
  }
}

function elementsOf({ elements, accessory, element }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [...(Array.isArray(elements) ? (elements as unknown[]) : []), accessory, element];
}
