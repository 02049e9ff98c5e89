// Who hears of what. Without the capability "session-scoped-events" a client hears the runs of everybody; with it, only those of
// sessions it subscribed to. The calls of tools go only to those who asked for them and follow the run.

import type { Client, Json } from './wire.ts';

export interface Audience {
  readonly clients: Set<Client>;
  /** Events of a run. */
  ofRun(run: { runId: string; sessionKey: string }, event: 'agent' | 'chat', payload: Json): void;
  ofSession(sessionKey: string, payload: Json): void;
  ofAll(event: 'task' | 'tick' | 'shutdown', payload: Json): void;
}

export function createAudience(twice: () => boolean): Audience {
  const clients = new Set<Client>();
  return {
    clients,
    ofRun(run, event, payload) {
      const isToolCall = event === 'agent' && payload['stream'] === 'tool';
      for (const client of clients) {
        const follows = client.subscriptions.has(run.sessionKey) || client.dispatched.has(run.runId);
        if (isToolCall ? !(client.caps.includes('tool-events') && follows) : !hears(client, run.sessionKey)) continue;
        client.event(event, payload);
        if (twice()) client.event(event, payload);
      }
    },
    ofSession(sessionKey, payload) {
      for (const client of clients) if (client.subscriptions.has(sessionKey)) client.event('session.message', payload);
    },
    ofAll(event, payload) {
      for (const client of clients) client.event(event, payload);
    },
  };
}

function hears(client: Client, sessionKey: string): boolean {
  return client.caps.includes('session-scoped-events') ? client.subscriptions.has(sessionKey) : true;
}
