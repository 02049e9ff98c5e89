// What Slack refuses of a modal or a home tab.

import { bool, isRecord, list, shape, text, type Trouble } from './check.ts';
import { inHomes, inModals } from './block-kinds.ts';
import { uniqueIds, written } from './blocks.ts';
import { plain } from './texts.ts';

const mostBlocks = 100;
const shared = { private_metadata: text(3000, 0), callback_id: text(255, 0), external_id: text(255, 0) };
const modal = shape(
  { title: plain(24), blocks: list(inModals, mostBlocks) },
  { ...shared, close: plain(24), submit: plain(24), clear_on_close: bool, notify_on_close: bool, submit_disabled: bool },
);
const home = shape({ blocks: list(inHomes, mostBlocks) }, shared);

/** What is wrong, as Slack writes it; nothing where it takes the view. */
export function checkView(view: unknown, type: 'modal' | 'home'): string[] {
  const troubles: Trouble[] = [];
  const note = (trouble: Trouble) => void troubles.push(trouble);
  if (!isRecord(view)) return [written({ words: 'must be an object', at: '/view' })];
  const { type: given, ...rest } = view;
  if (given !== type) note({ words: `must be one of: ${type}`, at: '/view/type' });
  (type === 'modal' ? modal : home)(rest, '/view', note);
  const { blocks } = rest;
  if (Array.isArray(blocks)) {
    uniqueIds(blocks, [], note);
    const asks = blocks.some((block) => isRecord(block) && block['type'] === 'input');
    if (type === 'modal' && asks && rest['submit'] === undefined) note({ words: 'missing required field: submit', at: '/view' });
  }
  return troubles.slice(0, 20).map(written);
}
