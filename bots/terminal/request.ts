// One request from its words to its end.

import { begin } from './approval.ts';
import type { Created, NewAsk } from './client/client.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { patienceOf, type End, type Session } from './follow.ts';
import { patiently } from './client/patience.ts';

export interface Request extends Pick<NewAsk, 'text' | 'type'> {
  readonly files: readonly string[];
  /** Made before anything is sent, so that a broken connection never asks twice. */
  readonly key: string;
}

export interface Ended {
  readonly end: End;
  readonly taskId: string;
  readonly conversation: Conversation;
}

export async function request(session: Session, asked: Request, conversation: Conversation | null): Promise<Ended> {
  const created = await create(session, asked, conversation);
  const here = conversation ?? conversationOf(created.conversationId, { client: session.target.client, screen: session.screen });
  return { end: await begin(session, here, created), taskId: created.taskId, conversation: here };
}

async function create(session: Session, { text, type, files, key }: Request, conversation: Conversation | null): Promise<Created> {
  const { client } = session.target;
  const patience = patienceOf(session);
  const fileIds: string[] = [];
  for (const file of files) fileIds.push(await patiently(patience, () => client.upload(file)));
  return patiently(patience, () =>
    client.create({ text, fileIds, ...(type !== undefined && { type }), ...(conversation && { conversationId: conversation.id }) }, key),
  );
}
