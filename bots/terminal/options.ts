// What somebody typed behind `npm run ask --`. A wrong use is told before anything is started or spent.

import { parseArgs } from 'node:util';
import { didYouMean } from '#core/contracts/did-you-mean.ts';
import { agentTypes, isAgentType, type AgentType } from '#core/domain/tasks/agent-type.ts';
import { isId } from '#core/domain/ids.ts';

export interface Options {
  /** Empty when nothing was said on the command line. */
  readonly text: string;
  readonly type?: AgentType;
  readonly files: readonly string[];
  readonly json: boolean;
  /** Approves tasks that need approval without asking. */
  readonly yes: boolean;
  /** Makes a repeated command the same ask. */
  readonly key?: string;
  readonly conversation?: string;
  readonly help: boolean;
}

export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const { type, key, file = [], json = false, yes = false, help = false } = values;
  if (type !== undefined && !isAgentType(type)) throw new WrongUse(unknownType(type));
  if (key !== undefined && !/^[\x21-\x7e]{1,128}$/.test(key))
    throw new WrongUse('A --key has 1 to 128 letters, digits or signs, and no spaces.');
  if (values.continue !== undefined && !isId(values.continue))
    throw new WrongUse('--continue takes the id of a conversation, as we printed it.');
  return {
    text: positionals.join(' ').trim(),
    files: file,
    json,
    yes,
    help,
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    ...(values.continue !== undefined && { conversation: values.continue }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        type: { type: 'string' },
        file: { type: 'string', multiple: true },
        json: { type: 'boolean' },
        yes: { type: 'boolean' },
        key: { type: 'string' },
        continue: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

function unknownType(given: string): string {
  const meant = didYouMean(given, agentTypes);
  return `There is no type “${given}”. ${meant === undefined ? `There are: ${agentTypes.join(', ')}.` : `Did you mean ${meant}?`}`;
}

export const usage = `Ask for a piece of work, and watch it being done.

  npm run ask -- "find me 25 leads in Miami"
  npm run ask -- --file customers.csv "write 50 emails to these people"
  echo "research three competitors" | npm run ask
  npm run ask                     a prompt, where one request follows another

  --type <type>       ${agentTypes.slice(0, 4).join(', ')},
                      ${agentTypes.slice(4).join(', ')}; chosen from your words without it
  --file <path>       a file that goes with the request; may come several times
  --continue <id>     go on in an earlier conversation, or look at it and
                      answer what needs approval there
  --key <key>         the same key never asks for the same work twice
  --yes               start a task that needs approval without asking
  --json              print only the task at its end, as one line of JSON

Set IMPACTER_URL and IMPACTER_API_KEY to ask a product elsewhere.
Ends with 0 when it is done, 1 when it is not, 2 when the command was wrong.`;
