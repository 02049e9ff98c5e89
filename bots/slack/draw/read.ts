// What people read of blocks, line by line, with a mark before what is somebody else's.

import type { KnownBlock, RichTextElement, TaskCardBlock } from '@slack/web-api';
import { stepSigns } from '#bots/drawing/signs.ts';

export const QUOTED = '▌ ';
export const CODE = '│ ';

export function linesIn(blocks: readonly KnownBlock[]): string[] {
  return blocks.flatMap(linesOf);
}

function linesOf(block: KnownBlock): string[] {
  switch (block.type) {
    case 'header':
      return [block.text.text];
    case 'section':
      return (block.text?.text ?? '').split('\n');
    case 'rich_text':
      return block.elements.flatMap((part) => {
        const mark = part.type === 'rich_text_quote' ? QUOTED : part.type === 'rich_text_preformatted' ? CODE : '';
        const words = part.elements.map((element) => wordsOf(element as RichTextElement)).join('');
        return words.split('\n').map((line) => mark + line);
      });
    case 'table':
      return block.rows.map((row) => `| ${row.map((cell) => (cell.type === 'raw_text' ? cell.text : '')).join(' | ')} |`);
    case 'actions':
      return block.elements.flatMap((button) => {
        if (button.type !== 'button') return [];
        return [button.url === undefined ? `[${button.text.text}]` : `${button.text.text}: ${button.url}`];
      });
    case 'plan':
      return [block.title, ...(block.tasks ?? []).flatMap((task) => linesOf(task as TaskCardBlock))];
    case 'task_card':
      return [`${taskSigns[block.status ?? 'pending']} ${block.title}`];
    default:
      return [];
  }
}

const taskSigns = {
  pending: stepSigns.waiting,
  in_progress: stepSigns.running,
  complete: stepSigns.done,
  error: stepSigns.failed,
} as const;

function wordsOf(element: RichTextElement): string {
  if (element.type === 'text') return element.text;
  if (element.type !== 'link') return '';
  return element.text === undefined || element.text === element.url ? element.url : `${element.text} ${element.url}`;
}
