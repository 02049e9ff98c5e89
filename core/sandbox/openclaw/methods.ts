// The methods a client may call, each with the scope it needs and the definition its parameters must fit.

import { agentTypes, isAgentType } from '#core/domain/tasks/agent-type.ts';
import type { Audience } from './audience.ts';
import type { Disk } from './disk.ts';
import type { Faults } from './faults.ts';
import type { Run, RunRequest, Runs } from './runs.ts';
import { mimeOf, type Shelf } from './shelf.ts';
import { invalid, isObject, missingScope, Refused, restarting, type Client, type Json } from './wire.ts';

export interface House {
  readonly disk: Disk;
  readonly shelf: Shelf;
  readonly audience: Audience;
  readonly runs: () => Runs;
  readonly faults: () => Faults;
  /** Takes a fault that strikes once. */
  takeCut(at: NonNullable<Faults['cut']>): boolean;
}

interface Method {
  readonly params: string | null;
  readonly scope: 'operator.read' | 'operator.write';
  readonly result?: string;
  /** `answer` sends a first answer; what is returned is the last one. Undefined: nothing more is said. */
  call(house: House, client: Client, params: Json, answer: (payload: Json) => void): Promise<Json | undefined> | Json | undefined;
}

export const methods: Readonly<Record<string, Method>> = {
  health: { params: null, scope: 'operator.read', call: () => ({ ok: true, ts: Date.now() }) },
  'agents.list': { params: 'AgentsListParams', scope: 'operator.read', result: 'AgentsListResult', call: (house) => listAgents(house) },
  'sessions.messages.subscribe': { params: 'SessionsMessagesSubscribeParams', scope: 'operator.read', call: subscribe },
  agent: { params: 'AgentParams', scope: 'operator.write', call: runAgent },
  'agent.wait': { params: 'AgentWaitParams', scope: 'operator.write', call: waitForRun },
  'sessions.abort': {
    params: 'SessionsAbortParams',
    scope: 'operator.write',
    call: (house, client, params) => abort(house, client, params['runId'], params['key']),
  },
  'chat.abort': {
    params: 'ChatAbortParams',
    scope: 'operator.write',
    call: (house, client, params) => abort(house, client, params['runId'], params['sessionKey']),
  },
  'sessions.describe': { params: 'SessionsDescribeParams', scope: 'operator.read', call: describe },
  'chat.history': { params: 'ChatHistoryParams', scope: 'operator.read', call: history },
  'tasks.list': { params: 'TasksListParams', scope: 'operator.read', result: 'TasksListResult', call: listTasks },
  'sessions.files.list': {
    params: 'SessionsFilesListParams',
    scope: 'operator.read',
    result: 'SessionsFilesListResult',
    call: listSessionFiles,
  },
  'sessions.files.get': {
    params: 'SessionsFilesGetParams',
    scope: 'operator.read',
    result: 'SessionsFilesGetResult',
    call: getSessionFile,
  },
  'agents.workspace.list': {
    params: 'AgentsWorkspaceListParams',
    scope: 'operator.read',
    result: 'AgentsWorkspaceListResult',
    call: listWorkspace,
  },
  'agents.workspace.get': {
    params: 'AgentsWorkspaceGetParams',
    scope: 'operator.read',
    result: 'AgentsWorkspaceGetResult',
    call: getWorkspaceFile,
  },
};

function listAgents({ shelf }: House): Json {
  const agents = agentTypes.map((id) => ({ id, kind: 'agent', name: id, workspace: shelf.folderOf(id) }));
  return { defaultId: 'general', mainKey: 'main', scope: 'per-sender', agents };
}

function subscribe(_house: House, client: Client, params: Json): Json {
  const key = (params['key'] as string).toLowerCase();
  client.subscriptions.add(key);
  return { subscribed: true, key };
}

const justEndedMs = 100;

async function runAgent(house: House, client: Client, params: Json, answer: (payload: Json) => void): Promise<Json | undefined> {
  const runId = params['idempotencyKey'] as string;
  const known = house.runs().find(runId);
  if (known !== null) return repeat(known);
  const request = readRunRequest(client, params);
  if (house.faults().refuse === 'restarting') throw restarting();
  if (house.faults().refuse === 'unavailable') throw new Refused({ code: 'UNAVAILABLE', message: 'no model is configured' });

  const before = house.runs().had(runId) ? null : house.disk.ledgerRow(runId);
  if (before?.status === 'cancelled')
    throw new Refused({ code: 'UNAVAILABLE', message: 'Pending input ownership ended; submit a new turn' });
  client.dispatched.add(runId);
  const accepted = { runId, sessionKey: request.sessionKey, agentId: request.agentId, status: 'accepted', acceptedAt: Date.now() };
  if (before !== null) {
    // A key from before a restart: it is taken, and then fails without any work.
    answer(accepted);
    const message = 'keyed user is outside the current turn';
    const session = await house.disk.session(request.sessionKey);
    if (session !== null) await house.disk.keepSession({ ...session, status: 'failed', lastRunError: message });
    throw new Refused({ code: 'UNAVAILABLE', message }, { runId, status: 'error', summary: message });
  }
  const run = house.runs().begin(request, client);
  if (house.takeCut('before-accepted')) client.terminate();
  answer({ ...accepted, acceptedAt: run.acceptedAt });
  if (house.takeCut('after-accepted')) client.terminate();
  const { payload, error } = await run.answered;
  if (house.takeCut('before-final')) client.terminate();
  if (error !== undefined) throw new Refused(error, payload);
  return payload;
}

function repeat({ request, end }: Run): Json {
  if (end === null || Date.now() - end.at < justEndedMs)
    return { runId: request.runId, sessionKey: request.sessionKey, status: 'in_flight' };
  if (end.answer.error !== undefined) throw new Refused(end.answer.error, end.answer.payload);
  return end.answer.payload;
}

function readRunRequest(client: Client, params: Json): RunRequest {
  const message = (params['message'] as string).trim();
  const sessionKey = ((params['sessionKey'] as string | undefined) ?? '').toLowerCase();
  const ofKey = /^agent:([^:]+):.+/.exec(sessionKey)?.[1];
  const agentId = (params['agentId'] as string | undefined)?.toLowerCase() ?? ofKey ?? 'general';
  if (params['provider'] !== undefined || params['model'] !== undefined)
    throw invalid('provider/model overrides are not authorized for this caller.');
  if (params['cwd'] !== undefined) throw invalid('cwd is reserved for plugin-owned subagent runs');
  if (!isAgentType(agentId)) throw invalid(`invalid agent params: unknown agent id "${agentId}"`, { code: 'UNKNOWN_AGENT_ID', agentId });
  if (ofKey === undefined) throw invalid(`invalid agent params: malformed session key "${sessionKey}"`);
  if (ofKey !== agentId) throw invalid(`invalid agent params: agent "${agentId}" does not match session key agent "${ofKey}"`);
  if (/^\/(new|reset)(\s|$)/i.test(message) && !client.scopes.includes('operator.admin')) throw missingScope('operator.admin');
  for (const attachment of (params['attachments'] as unknown[] | undefined) ?? []) {
    if (!isObject(attachment) || !String(attachment['mimeType']).startsWith('image/'))
      throw invalid('attachment: only image/* is supported here');
  }
  return {
    runId: params['idempotencyKey'] as string,
    sessionKey,
    agentId,
    message,
    instructions: (params['extraSystemPrompt'] as string | undefined) ?? '',
    timeoutSeconds: (params['timeout'] as number | undefined) ?? null,
  };
}

async function waitForRun(house: House, _client: Client, params: Json): Promise<Json> {
  if (house.faults().refuse === 'restarting') throw restarting();
  const runId = params['runId'] as string;
  const timeoutMs = (params['timeoutMs'] as number | undefined) ?? 30_000;
  const run = house.runs().find(runId);
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), timeoutMs).unref();
  // Of a run it does not know it says the same as of one that goes on, and only at the end of the time.
  const answer = await Promise.race([late, ...(run === null ? [] : [run.answered])]);
  clearTimeout(timer);
  if (answer === null || run === null) return { runId, status: 'timeout' };
  const { payload, error } = answer;
  const times = { startedAt: run.startedAt ?? run.acceptedAt, endedAt: run.end!.at };
  if (error !== undefined) return { runId, status: 'error', ...times, error: error.message };
  if (payload['status'] === 'timeout')
    return { runId, status: payload['stopReason'] === 'rpc' ? 'error' : 'timeout', ...times, stopReason: payload['stopReason'] };
  return { runId, status: 'ok', ...times, stopReason: 'stop' };
}

async function abort({ runs }: House, client: Client, runId: unknown, key: unknown): Promise<Json> {
  const run = typeof runId === 'string' ? runs().find(runId) : runs().active(String(key).toLowerCase());
  if (run === null || run.end !== null) return { ok: true, abortedRunId: null, status: 'no-active-run' };
  const { connId, deviceId } = run.owner;
  const mayStop =
    connId === client.connId || (deviceId !== null && deviceId === client.deviceId) || client.scopes.includes('operator.admin');
  if (!mayStop) throw invalid('unauthorized');
  run.stop.abort('rpc');
  return { ok: true, abortedRunId: run.request.runId, status: 'aborted' };
}

async function describe(house: House, _client: Client, params: Json): Promise<Json> {
  const key = (params['key'] as string).toLowerCase();
  const session = await house.disk.session(key);
  if (session === null) return { session: null };
  const { sessionId, agentId, status, lastRunId, lastRunError, createdAt, updatedAt, inputTokens, outputTokens, costUsd } = session;
  const active = house.runs().active(key);
  return {
    session: {
      key,
      sessionId,
      agentId,
      kind: 'direct',
      createdAt,
      updatedAt,
      ...(active === null
        ? { status, lastRunId, ...(lastRunError !== null && { lastRunError }) }
        : { status: 'running', lastRunId: active.request.runId }),
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      estimatedCostUsd: costUsd,
      model: 'sandbox-1',
      modelProvider: 'sandbox',
    },
  };
}

async function history({ disk }: House, _client: Client, params: Json): Promise<Json> {
  const sessionKey = (params['sessionKey'] as string).toLowerCase();
  const session = await disk.session(sessionKey);
  const limit = (params['limit'] as number | undefined) ?? 200;
  return { sessionKey, ...(session !== null && { sessionId: session.sessionId }), messages: session?.rows.slice(-limit) ?? [] };
}

function listTasks({ disk }: House, _client: Client, params: Json): Json {
  const wanted = [params['status']].flat().filter((status) => status !== undefined);
  const sessionKey = (params['sessionKey'] as string | undefined)?.toLowerCase();
  const tasks = (sessionKey === undefined ? disk.ledger() : disk.ledgerOf(sessionKey))
    .filter(
      (row) =>
        (wanted.length === 0 || wanted.includes(row.status)) && (params['agentId'] === undefined || row.agentId === params['agentId']),
    )
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .slice(0, (params['limit'] as number | undefined) ?? 100);
  return { tasks };
}

async function listSessionFiles({ disk, shelf }: House, _client: Client, params: Json): Promise<Json> {
  const sessionKey = (params['sessionKey'] as string).toLowerCase();
  const session = await disk.session(sessionKey);
  if (session === null) return { sessionKey, files: [] };
  const files = Object.keys(session.files).map(async (file) => {
    const facts = await shelf.look(session.agentId, file);
    return { path: file, workspacePath: file, name: file.split('/').at(-1)!, kind: 'modified', missing: facts === null, ...facts };
  });
  return { sessionKey, root: shelf.folderOf(session.agentId), files: await Promise.all(files) };
}

async function getSessionFile({ disk, shelf }: House, _client: Client, params: Json): Promise<Json> {
  const sessionKey = (params['sessionKey'] as string).toLowerCase();
  const session = await disk.session(sessionKey);
  if (session === null) throw invalid('session not found');
  const file = params['path'] as string;
  const { encoding, ...facts } = await shelf.read(session.agentId, file);
  const named = {
    path: file,
    workspacePath: file,
    name: file.split('/').at(-1)!,
    kind: 'modified',
    missing: false,
    mimeType: mimeOf(file),
  };
  return { sessionKey, root: shelf.folderOf(session.agentId), file: { ...named, ...facts, contentEncoding: encoding } };
}

async function listWorkspace({ shelf }: House, _client: Client, params: Json): Promise<Json> {
  const { agentId, path = '', offset = 0, limit = 200 } = params as { agentId: string; path?: string; offset?: number; limit?: number };
  return shelf.list(knownAgent(agentId), path, offset, limit);
}

async function getWorkspaceFile({ shelf }: House, _client: Client, params: Json): Promise<Json> {
  const { agentId, path } = params as { agentId: string; path: string };
  const file = await shelf.read(knownAgent(agentId), path);
  return { agentId, file: { path, name: path.split('/').at(-1)!, mimeType: mimeOf(path), ...file } };
}

function knownAgent(agentId: string): string {
  if (!isAgentType(agentId)) throw invalid('unknown agent id', { code: 'UNKNOWN_AGENT_ID', agentId });
  return agentId;
}
