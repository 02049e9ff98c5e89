// `npm run ask`: asks for one piece of work and watches it, or opens a prompt.

import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { isAnswer } from '#core/domain/refusals/refusal.ts';
import { Refused, Unreachable } from './client/client.ts';
import type { Conversation } from './conversation.ts';
import type { Session } from './follow.ts';
import { sayNo } from './no.ts';
import { readOptions, usage, WrongUse, type Options } from './options.ts';
import { pickUp } from './pick-up.ts';
import { request, type Ended } from './request.ts';
import { askLine } from './screen/question.ts';
import { noScreen, screenOn } from './screen/screen.ts';
import { findProduct, NoProduct } from './client/target.ts';
import { talk } from './talk.ts';

const exit = { done: 0, notDone: 1, wrongUse: 2 } as const;

// Whoever reads us may have had enough.
process.stdout.on('error', () => process.exit(exit.notDone));
process.exitCode = await run();

async function run(): Promise<number> {
  try {
    const options = await readAsked();
    if (options.help) console.log(usage);
    return options.help ? exit.done : await ask(options);
  } catch (error) {
    if (error instanceof WrongUse) {
      console.error(`${error.message}\nHow to use it: npm run ask -- --help`);
      return exit.wrongUse;
    }
    if (!(error instanceof NoProduct)) throw error;
    console.error(error.message);
    return exit.notDone;
  }
}

async function ask(options: Options): Promise<number> {
  const screen = options.json ? noScreen : screenOn(process.stdout, process.env);
  const target = await findProduct(process.env, (words) => screen.say(words));
  const { stdin: input, stdout: output } = process;
  const canAsk = !options.json && input.isTTY && output.isTTY;
  const session: Session = {
    target,
    screen,
    input: screen.lives && input.isTTY ? input : null,
    question: canAsk ? (words) => askLine({ input, output, lives: screen.lives }, words) : null,
    yes: options.yes,
  };
  const { text, conversation: id, key = crypto.randomUUID() } = options;
  try {
    const { conversation, waits } =
      id === undefined ? { conversation: null, waits: false } : await pickUp(session, id, { look: text === '' });
    if (text !== '') return await askOnce(session, { ...options, key }, conversation);
    if (!process.stdin.isTTY) return waits ? exit.notDone : exit.done;
    await talk(session, options, conversation);
    return exit.done;
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) throw error;
    if (options.json) console.log(JSON.stringify({ error: errorOf(error), key }));
    sayNo(screen, target.url, error);
    if (error instanceof Unreachable && text !== '')
      screen.say(`To find out whether it was accepted, send it again with --key ${key}. It never starts twice.\n`);
    // A person who says thanks did nothing wrong; a script learns that no task was done.
    return error instanceof Refused && isAnswer(error.code) && !options.json ? exit.done : exit.notDone;
  } finally {
    if (target.startedByUs)
      screen.say('The product was started only for this request. To open links and continue tasks, start it: npm start');
    await target.stop();
  }
}

async function askOnce(
  session: Session,
  { json, ...options }: Options & { key: string },
  conversation: Conversation | null,
): Promise<number> {
  const ended = await request(session, options, conversation);
  if (json) console.log(JSON.stringify(await endOf(session, ended)));
  return ended.end === 'done' ? exit.done : exit.notDone;
}

function endOf({ target }: Session, { end, taskId, conversation }: Ended) {
  return end === 'left' ? { left: { taskId, conversationId: conversation.id } } : target.client.task(taskId);
}

/** What was asked for on the command line, or through a pipe: then all that comes is one request. */
async function readAsked(): Promise<Options> {
  const options = readOptions(process.argv.slice(2));
  // npm runs this in the project's folder; people name files from where they are.
  const files = options.files.map((file) => path.resolve(process.env['INIT_CWD'] ?? '.', file));
  for (const file of files) await access(file, constants.R_OK).catch(() => Promise.reject(new WrongUse(`The file ${file} can’t be read.`)));
  if (options.help || options.text !== '') return { ...options, files };
  if (process.stdin.isTTY) {
    if (options.json) throw new WrongUse('--json goes with a request.');
    return { ...options, files };
  }
  const text = (await readAll(process.stdin)).trim();
  if (text === '' && (options.conversation === undefined || options.json)) throw new WrongUse('Your request is empty.');
  return { ...options, files, text };
}

function errorOf(error: Refused | Unreachable) {
  return error instanceof Refused
    ? { code: error.code, message: error.message, wayForward: error.wayForward }
    : { code: 'unreachable', message: error.message };
}
