// Tasks over HTTP: asking for one, looking at it, stopping it, asking for it again.

import type { Request, Response } from 'express';
import { createTask, historyQuery, nothing, parseIdempotencyKey, parseRequest, type CreateTask } from '#core/contracts/api.ts';
import type { AskInput } from '#core/contracts/ask.ts';
import type { Actor } from '#core/domain/actor.ts';
import { isId, newId, type ConversationId, type TaskId } from '#core/domain/ids.ts';
import { takesFollowUps } from '#core/domain/messages/platforms.ts';
import { platformOf, type ThreadRef } from '#core/domain/messages/thread-ref.ts';
import { Refusal, refuse } from '#core/domain/refusals/refusal.ts';
import type { Taken } from '#core/flows/tasks/intake.ts';
import { approvalAnswer, stoppedAnswer, takenAnswer } from '../answers.ts';
import type { PartsFor } from '../parts.ts';
import { readJson } from '../requests/body.ts';
import { untilBack } from '../requests/patience.ts';
import { pathPart, type Route } from '../route.ts';

export function taskRoutes({ app, keys, publicUrl, nowMs }: PartsFor<'tasks' | 'messages' | 'files'>): Route[] {
  return [
    {
      path: '/api/tasks/create',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        const key = askKey(request, actor);
        const { requestText, type, conversationId, from, files } = parseRequest(createTask, await readJson(request, response));
        const threadRef =
          conversationId === undefined ? newThread(from) : await untilBack(response.locals, () => threadOf(actor, conversationId));
        const ask: AskInput = {
          key,
          threadRef,
          newConversation: conversationId === undefined,
          from: { kind: 'user', userId: actor.userId, teamId: actor.teamId },
          text: requestText,
          files: files.map((fileId) => ({ kind: 'stored', fileId })),
          at: new Date(nowMs()),
          ...(type !== undefined && { type }),
        };
        const taken = await app.tasks.ask(ask, response.locals.waitedMs);
        answerTaken(response, taken);
      },
    },
    {
      path: '/api/tasks',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { before, limit } = parseRequest(historyQuery, request.query);
        // One more than wanted tells whether there is another page.
        const tasks = await app.tasks.history(actor, { limit: limit + 1, ...(before !== undefined && { before }) });
        const page = tasks.slice(0, limit);
        response.json({ tasks: page, next: tasks.length > limit ? page.at(-1)!.id : null });
      },
    },
    {
      path: '/api/tasks/:id',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        response.json({ task: await app.tasks.get(actor, taskIn(request, response)) });
      },
    },
    {
      path: '/api/tasks/:id/files/:fileId/original',
      async GET(request, response) {
        const actor = await keys.actorOf(request, response);
        const { url } = await app.files.openOriginal(actor, taskIn(request, response), pathPart(request, 'fileId'));
        response.status(302).set('Location', url).end();
      },
    },
    {
      path: '/api/tasks/:id/approve',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, await readJson(request, response));
        const taken = await app.tasks.approve(actor, taskIn(request, response));
        if (taken.repeated) response.set('Idempotency-Replayed', 'true');
        response.json(takenAnswer(taken, publicUrl));
      },
    },
    {
      path: '/api/tasks/:id/cancel',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        parseRequest(nothing, await readJson(request, response));
        response.json(stoppedAnswer(await app.tasks.cancel(actor, taskIn(request, response))));
      },
    },
    {
      path: '/api/tasks/:id/retry',
      async POST(request, response) {
        const actor = await keys.actorOf(request, response);
        const key = askKey(request, actor);
        parseRequest(nothing, await readJson(request, response));
        answerTaken(response, await app.tasks.retry(actor, taskIn(request, response), key, response.locals.waitedMs));
      },
    },
  ];

  // What was said in Slack or Discord goes on there, where the others of that thread can read it.
  async function threadOf(actor: Actor, conversationId: string): Promise<ThreadRef> {
    const thread = await app.messages.thread(actor, conversationId);
    if (!takesFollowUps(platformOf(thread))) throw refuse('conversation.not-found');
    return thread;
  }

  function answerTaken(response: Response, taken: Taken) {
    if (taken.repeated) response.set('Idempotency-Replayed', 'true');
    if (taken.kind === 'refused') throw new Refusal(taken.refused);
    response.locals.ids = { ...response.locals.ids, taskId: taken.taskId };
    response.set('Location', `${publicUrl}/api/tasks/${taken.taskId}`);
    if (taken.kind === 'approval') response.status(202).json(approvalAnswer(taken, publicUrl));
    else response.status(201).json(takenAnswer(taken, publicUrl));
  }
}

function taskIn(request: Request, response: Response): TaskId {
  const id = pathPart(request, 'id');
  if (!isId(id)) throw refuse('task.not-found');
  response.locals.ids = { ...response.locals.ids, taskId: id };
  return id as TaskId;
}

/**
 * Kept for good as the ask's identity: a program that sends the same key again gets the first answer again. Who works for
 * two teams may use the same keys in both.
 */
function askKey(request: Request, { teamId, userId }: Actor): string {
  return `api:${teamId}:${userId}:${parseIdempotencyKey(request.get('idempotency-key')) ?? newId()}`;
}

function newThread(from: CreateTask['from']): ThreadRef {
  return `${from}:${newId<ConversationId>()}` as ThreadRef;
}
