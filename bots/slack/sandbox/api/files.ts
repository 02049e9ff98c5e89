// files.*: what people attached, and files of the bot's own in three steps.

import type { FilesInfoResponse } from '@slack/web-api';
import { isRecord } from '../checks/check.ts';
import { contentsOf } from '../checks/contents.ts';
import { invalid, SlackNo } from '../no.ts';
import type { FileInfo } from '../shapes.ts';
import { slackId } from '../state.ts';
import { tellMessage } from '../tell/messages.ts';
import { isRoot, wireFile } from '../wire.ts';
import { ours } from './chat.ts';
import { args, int, method, structured, ts, word } from './method.ts';
import { writable } from './places.ts';

const info = method({
  scopes: ['files:read'],
  tier: 4,
  json: false,
  schema: args({ file: word, count: int.optional(), page: int.optional(), limit: int.optional(), cursor: word.optional() }),
  bind({ world, team, args: { file: id } }) {
    const file = world.state.get('files', id);
    if (file === undefined || file.team !== team.id || file.state === 'waiting') throw new SlackNo('file_not_found');
    if (file.state === 'gone' || world.shelf.next('gone') !== undefined) throw new SlackNo('file_deleted');
    return () => ({ ok: true, file: wireFile(team, file, world.shelf.addressOf(file)), comments: [] }) satisfies FilesInfoResponse;
  },
});

const getUploadURLExternal = method({
  scopes: ['files:write'],
  tier: 4,
  json: false,
  schema: args({ filename: word.min(1), length: int, alt_text: word.optional(), snippet_type: word.optional() }),
  bind({ world, team, args: { filename, length } }) {
    if (length < 1) throw invalid('length must be more than 0');
    return () => {
      const file: FileInfo = {
        id: slackId('F'),
        team: team.id,
        name: filename,
        mime: 'application/octet-stream',
        sizeBytes: length,
        user: team.botUser,
        created: Math.floor(world.clock.now().getTime() / 1000),
        isExternal: false,
        state: 'waiting',
      };
      world.state.put('files', file.id, file);
      return { ok: true, upload_url: `${world.url()}/upload/v1/${file.id}`, file_id: file.id };
    };
  },
});

const completeUploadExternal = method({
  scopes: ['files:write'],
  tier: 4,
  json: true,
  schema: args({
    files: structured,
    channel_id: word.optional(),
    thread_ts: ts.optional(),
    initial_comment: word.optional(),
    blocks: structured.optional(),
  }),
  bind(call) {
    const { world, team, args: given } = call;
    const { state } = world;
    if (!Array.isArray(given.files) || given.files.length === 0) throw invalid('missing required field: files');
    const files = given.files.map((each) => {
      const file = isRecord(each) ? state.get('files', String(each['id'])) : undefined;
      if (file === undefined || file.team !== team.id) throw new SlackNo('file_not_found');
      if (file.state !== 'waiting' || world.shelf.read(file.id) === null) throw new SlackNo('file_upload_not_complete');
      return { ...file, state: 'here' as const };
    });
    const channel = given.channel_id === undefined ? null : writable(call, given.channel_id);
    const thread = given.thread_ts ?? null;
    if (channel !== null && thread !== null && !isRoot(state, channel.id, thread)) throw new SlackNo('thread_not_found');
    // A comment wins over blocks, and a markdown block is more than this method can take.
    const blocks =
      given.initial_comment === undefined && given.blocks !== undefined ? (contentsOf({ blocks: given.blocks }).blocks ?? []) : [];
    if (blocks.some(({ type }) => type === 'markdown')) throw new SlackNo('internal_error');
    return () => {
      for (const file of files) state.put('files', file.id, file);
      if (channel !== null) {
        const said = ours(call, channel, { text: given.initial_comment ?? '', blocks, thread });
        tellMessage(world, state.keep({ ...said, files: files.map(({ id }) => id) }));
      }
      return { ok: true, files: files.map(({ id, name }) => ({ id, title: name })) };
    };
  },
});

export const fileMethods = {
  'files.info': info,
  'files.getUploadURLExternal': getUploadURLExternal,
  'files.completeUploadExternal': completeUploadExternal,
};
