// Why something was not done, as a letter would look.

import type { Block } from '#core/domain/messages/reply.ts';
import { isAnswer } from '#core/domain/refusals/refusal.ts';
import { Refused, type Unreachable } from './client/client.ts';
import { renderTerminal } from './render.ts';
import type { Screen } from './screen/screen.ts';

export function sayNo(screen: Pick<Screen, 'say' | 'look'>, url: string, no: Refused | Unreachable): void {
  const blocks: Block[] =
    no instanceof Refused
      ? [
          { kind: 'heading', text: no.message, tone: isAnswer(no.code) ? 'plain' : 'bad' },
          { kind: 'prose', text: no.wayForward, from: 'us' },
          ...(no.page === null
            ? []
            : [{ kind: 'choices', choices: [{ id: 'page', label: 'Open', style: 'plain', url: no.page }] } as const]),
        ]
      : [
          { kind: 'heading', text: `Nothing answers at ${url}`, tone: 'bad' },
          {
            kind: 'prose',
            text: 'Start the product with npm start. Accepted tasks then continue, and nothing is lost.',
            from: 'us',
          },
        ];
  screen.say(`${renderTerminal({ fallback: no.message, blocks }, screen.look())}\n`);
}
