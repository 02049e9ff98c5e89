// Files that people attached in Slack. Their addresses need the app's token, which goes to Slack's own host and to no other.

import { z } from 'zod';
import { openRemoteFile } from '#bots/remote-file.ts';
import { FetchError, type Fetcher } from '#core/ports/fetcher.ts';
import { SlackAway, SlackNo, type Call } from '../api/call.ts';
import type { SlackSettings } from '../settings.ts';
import type { TokensOf } from '../tokens-of.ts';

const FILES_HOST = 'files.slack.com';

export function fileRef(team: string, file: string): string {
  return `${team}/${file}`;
}

export function slackFetcher({
  call,
  tokens,
  settings: { apiUrl },
}: {
  readonly call: Call;
  readonly tokens: TokensOf;
  readonly settings: Pick<SlackSettings, 'apiUrl'>;
}): Fetcher {
  const api = apiUrl === null ? null : new URL(apiUrl);
  // A stand-in on this machine has its files where it has everything else.
  const isHere = api?.protocol === 'http:' && api.hostname === '127.0.0.1';
  return {
    platform: 'slack',
    async fetch(ref, signal) {
      const [team = '', id = ''] = ref.split('/');
      const bot = (await tokens.of(team))?.tokens.bot;
      if (bot === undefined) throw new FetchError('never', 'forbidden', 'the app is not installed in this workspace');
      const { file } = infoSchema.parse(await call('files.info', bot, { file: id }, signal).catch(notNow));
      const { name, mimetype, size, mode, is_external: isExternal, url_private_download: download, url_private: shown } = file;
      if (mode === 'tombstone' || mode === 'hidden_by_limit') throw new FetchError('never', 'gone', 'deleted, or too old to be shown');
      const url = download ?? shown;
      if (isExternal === true || !url) throw new FetchError('never', 'forbidden', 'kept outside of Slack');
      return openRemoteFile(
        {
          url,
          hosts: [isHere ? api.host : FILES_HOST],
          headers: { Authorization: `Bearer ${bot}` },
          name: name ?? 'file',
          mime: mimetype ?? 'application/octet-stream',
          sizeBytes: size ?? 0,
          insecure: isHere,
        },
        signal,
      );
    },
  };
}

const gone: ReadonlySet<string> = new Set(['file_not_found', 'file_deleted', 'file_not_visible', 'no_permission']);

function notNow(cause: unknown): never {
  if (cause instanceof SlackNo && cause.retryAfterMs === null) {
    const why = gone.has(cause.error) ? 'gone' : 'forbidden';
    throw new FetchError(cause.error === 'token_expired' ? 'later' : 'never', why, cause.message, { cause });
  }
  if (!(cause instanceof SlackNo) && !(cause instanceof SlackAway)) throw cause;
  const retryAfterMs = cause instanceof SlackNo ? cause.retryAfterMs : null;
  throw new FetchError('later', 'unreachable', cause.message, { ...(retryAfterMs !== null && { retryAfterMs }), cause });
}

const words = z.string().nullish();
const infoSchema = z.object({
  file: z.object({
    name: words,
    mimetype: words,
    size: z.number().nullish(),
    mode: words,
    is_external: z.boolean().nullish(),
    url_private_download: words,
    url_private: words,
  }),
});
