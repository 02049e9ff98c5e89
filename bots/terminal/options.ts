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
  return `Unknown task type “${given}”. ${meant === undefined ? `Types: ${agentTypes.join(', ')}.` : `Did you mean ${meant}?`}`;
}

export const usage = `Sends a request and shows its progress until it ends.

  npm run ask -- "find me 25 leads in Miami"
  npm run ask -- --file customers.csv "write 50 emails to these people"
  echo "research three competitors" | npm run ask
  npm run ask                     an interactive prompt

  --type <type>       ${agentTypes.slice(0, 4).join(', ')},
                      ${agentTypes.slice(4).join(', ')}; read from your words if omitted
  --file <path>       attach a file; can be repeated
  --continue <id>     continue an earlier conversation, or review it and
                      approve what is pending there
  --key <key>         a request with the same key never starts twice
  --yes               start a task that needs approval without asking
  --json              print only the finished task, as one line of JSON

Set IMPACTER_URL and IMPACTER_API_KEY to use a product elsewhere.
Exit codes: 0 done, 1 not done, 2 wrong usage.`;
