// Files that people attached in Discord. Their addresses die within a day, so the message is read again for a fresh one; only Discord's own
// hosts are asked, and without our token.

import { openRemoteFile } from '#bots/remote-file.ts';
import { FetchError, type Fetcher } from '#core/ports/fetcher.ts';
import { messageSchema, refreshedSchema, type SeenAttachment } from '../api/answers.ts';
import { codes, DiscordAway, DiscordNo } from '../api/errors.ts';
import type { OutDeps } from './deps.ts';
import { readFileRef } from './files.ts';

const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];

export function discordFetcher({ call, settings: { apiUrl, cdnHosts } }: Pick<OutDeps, 'call' | 'settings'>): Fetcher {
  const api = apiUrl === null ? null : new URL(apiUrl);
  // A stand-in on this machine has its files where it has everything else.
  const isHere = api?.protocol === 'http:' && api.hostname === '127.0.0.1';
  const hosts = isHere ? [api.host, ...(cdnHosts ?? [])] : HOSTS;
  return {
    platform: 'discord',
    async fetch(ref, signal) {
      const file = readFileRef(ref);
      if (file === null) throw new FetchError('never', 'gone', 'not a file of Discord');
      const {
        url,
        filename,
        title,
        content_type: mime,
        size,
      } = file.kind === 'message' ? await attachmentIn(file, signal) : { url: await refreshed(file.url, signal) };
      if (!url) throw new FetchError('never', 'gone', 'without an address');
      const fetched = await openRemoteFile(
        {
          url,
          hosts,
          name: nameOf(filename, title),
          mime: mime ?? 'application/octet-stream',
          sizeBytes: size ?? 0,
          insecure: isHere,
        },
        signal,
      );
      if (file.kind === 'message') return fetched;
      // Of a form we know only what came with the request.
      return { body: fetched.body, sizeBytes: fetched.sizeBytes };
    },
  };

  async function attachmentIn(
    { channel, message, attachment }: { readonly channel: string; readonly message: string; readonly attachment: string },
    signal: AbortSignal,
  ): Promise<Partial<SeenAttachment>> {
    const read = await call({ method: 'GET', path: `/channels/${channel}/messages/${message}` }, signal).catch(notNow);
    const { attachments, message_snapshots: forwarded } = messageSchema.parse(read);
    const all = [...(attachments ?? []), ...(forwarded ?? []).flatMap((each) => each.message.attachments ?? [])];
    const found = all.find(({ id }) => id === attachment);
    if (found === undefined) throw new FetchError('never', 'gone', 'the message has it no more');
    return found;
  }

  /** Only an address of Discord is refreshed; any other is refused where it is opened. */
  async function refreshed(url: string, signal: AbortSignal): Promise<string> {
    if (!hosts.includes(URL.parse(url)?.host ?? '')) return url;
    const body = { attachment_urls: [url] };
    try {
      const answer = await call({ method: 'POST', path: '/attachments/refresh-urls', body }, signal);
      return refreshedSchema.parse(answer).refreshed_urls[0]?.refreshed ?? url;
    } catch (error) {
      // It works for a day as it is, and Discord does not promise this call to bots.
      if (error instanceof DiscordNo && error.retryAfterMs === null) return url;
      if (error instanceof DiscordNo || error instanceof DiscordAway) return notNow(error);
      return url;
    }
  }
}

/** Discord gives `title` where it had to change the name, and without its ending. */
function nameOf(filename: string | null | undefined, title: string | null | undefined): string {
  const name = filename ?? 'file';
  if (!title) return name;
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? title : `${title}${name.slice(dot)}`;
}

const gone: ReadonlySet<number> = new Set([codes.unknownChannel, codes.unknownMessage]);

function notNow(cause: unknown): never {
  if (cause instanceof DiscordNo && cause.retryAfterMs === null)
    throw new FetchError(cause.status === 401 ? 'later' : 'never', gone.has(cause.code) ? 'gone' : 'forbidden', cause.message, { cause });
  if (!(cause instanceof DiscordNo) && !(cause instanceof DiscordAway)) throw cause;
  const retryAfterMs = cause instanceof DiscordNo ? cause.retryAfterMs : null;
  throw new FetchError('later', 'unreachable', cause.message, { ...(retryAfterMs !== null && { retryAfterMs }), cause });
}
