// Files that people attached on the board. Their addresses expire, so each is asked for anew, by the message it came with.

import { z } from 'zod';
import { openRemoteFile } from '#bots/remote-file.ts';
import { FetchError, type Fetcher } from '#core/ports/fetcher.ts';
import { PostError } from '#core/ports/poster.ts';
import { boardCalls, type BoardSettings } from './poster.ts';

export function fileRef({ message, file }: { readonly message: string; readonly file: string }): string {
  return `${message}/${file}`;
}

export function boardFetcher(settings: BoardSettings): Fetcher {
  const { host, protocol, hostname } = new URL(settings.url);
  const call = boardCalls(settings);
  return {
    platform: 'board',
    async fetch(ref, signal) {
      const [message = '', id] = ref.split('/');
      const { files } = messageSchema.parse(await call('GET', `messages/${encodeURIComponent(message)}`, signal).catch(notNow));
      const file = files.find((each) => each.id === id);
      if (file === undefined) throw new FetchError('never', 'gone', 'the message has no such file');
      const headers = { Authorization: `Bearer ${settings.token}` };
      const insecure = protocol === 'http:' && hostname === '127.0.0.1';
      return openRemoteFile({ ...file, hosts: [host], headers, insecure }, signal);
    },
  };
}

function notNow(error: unknown): never {
  if (!(error instanceof PostError)) throw error;
  if (error.kind === 'never') throw new FetchError('never', 'gone', 'the message is gone', { cause: error });
  const { retryAfterMs } = error;
  throw new FetchError('later', 'unreachable', 'the board did not answer', {
    ...(retryAfterMs !== null && { retryAfterMs }),
    cause: error,
  });
}

const fileSchema = z.object({ id: z.string(), name: z.string(), mime: z.string(), sizeBytes: z.number(), url: z.string() });
const messageSchema = z.object({ files: z.array(fileSchema) });
