// What the page's forms do. Each comes with the view it was sent from, and leads to the view it leaves behind.

import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { ChatRefusal, type ChatSandbox, type ChatUpload, type ChatView } from './chat.ts';
import { words } from './words.ts';

/** One form of the page: the words that were typed, and the files. */
export interface Sent {
  readonly view: ChatView;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly ChatUpload[];
}

/** Ten files of three megabytes, and the words around them. */
export const mostBodyBytes = 31_000_000;
const mostFiles = 10;

/** Rejects with a ChatRefusal for what no form of the page sends. */
export async function readForm(request: IncomingMessage): Promise<Sent> {
  const body = new Uint8Array(await buffer(request));
  const headers = { 'Content-Type': request.headers['content-type'] ?? '' };
  const form = await new Response(body, { headers }).formData().catch(() => {
    throw new ChatRefusal(words.incomplete);
  });
  const fields = Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, lines(value)]] : [])));
  const view = parse(viewSchema, fields);
  // A browser sends one file without a name where none was chosen.
  const chosen = form.getAll('files').filter((file) => typeof file !== 'string' && (file.name !== '' || file.size > 0)) as File[];
  if (chosen.length > mostFiles) throw new ChatRefusal(words.tooManyFiles(mostFiles));
  const files = await Promise.all(
    chosen.map(async (file) => {
      if (file.size === 0) throw new ChatRefusal(words.emptyFile(file.name));
      return { name: file.name, mime: file.type || 'application/octet-stream', bytes: Buffer.from(await file.arrayBuffer()) };
    }),
  );
  return { view: { ...view, thread: view.thread ?? null }, fields, files };
}

/** By the last word of the form's address. Gives the view to show then. */
export const acts: Readonly<Record<string, (sandbox: ChatSandbox, sent: Sent) => Promise<ChatView>>> = {
  async say(sandbox, { view, fields, files }) {
    const text = (fields['text'] ?? '').trim();
    if (text === '' && files.length === 0) throw new ChatRefusal(words.emptyMessage);
    const command = files.length === 0 || sandbox.commandsTakeFiles === true ? /^\/([a-z0-9-]{1,32})(?:\s+([^]*))?$/.exec(text) : null;
    if (command !== null) {
      await sandbox.command(view, command[1]!, command[2] ?? '', files);
      return view;
    }
    // Where the answer will be.
    return { ...view, ...(await sandbox.say(view, { text, files })) };
  },
  async edit(sandbox, { view, fields }) {
    const { message, text } = parse(editSchema, fields);
    await sandbox.edit(view, message, text);
    return view;
  },
  async delete(sandbox, { view, fields }) {
    await sandbox.delete(view, parse(messageSchema, fields).message);
    return view;
  },
  async press(sandbox, { view, fields }) {
    const { message, choice } = parse(pressSchema, fields);
    await sandbox.press(view, message, choice);
    return view;
  },
  async submit(sandbox, { view, fields, files }) {
    const values = Object.entries(fields).flatMap(([name, value]) => (name.startsWith('field:') ? [[name.slice(6), value]] : []));
    await sandbox.submit(view, parse(formSchema, fields).form, Object.fromEntries(values), files);
    return view;
  },
  async dismiss(sandbox, { view, fields }) {
    await sandbox.dismiss(view, parse(formSchema, fields).form);
    return view;
  },
  async open(sandbox, { view }) {
    await sandbox.open?.(view);
    return view;
  },
  async shortcut(sandbox, { view, fields }) {
    const { message, shortcut } = parse(shortcutSchema, fields);
    await sandbox.shortcut?.(view, message, shortcut);
    return view;
  },
  async stop(sandbox, { view }) {
    await sandbox.stop?.(view);
    return view;
  },
  async flip(sandbox, { view, fields }) {
    await sandbox.flip?.(parse(flipSchema, fields).switch);
    return view;
  },
  async order(sandbox, { view, fields }) {
    await sandbox.order(parse(orderSchema, fields).fault);
    return view;
  },
};

function parse<Value>(schema: z.ZodType<Value>, fields: object): Value {
  const read = schema.safeParse(fields);
  if (!read.success) throw new ChatRefusal(words.incomplete);
  return read.data;
}

/** Browsers send two characters for the end of a line. */
function lines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

const id = z.string().min(1).max(200);
const viewSchema = z.object({ workspace: id, channel: id, thread: id.optional(), as: id });
const messageSchema = z.object({ message: id });
const editSchema = z.object({ message: id, text: z.string().min(1).max(40_000) });
const pressSchema = z.object({ message: id, choice: id });
const formSchema = z.object({ form: id });
const shortcutSchema = z.object({ message: id, shortcut: id });
const flipSchema = z.object({ switch: id });
const orderSchema = z.object({ fault: id });
