// The identity of everything that people do in Slack, all in one file: a key that differs by one shape of an event is a second
// task, and a second charge.

/** A message, by its coordinates, in whichever event it is told. */
export function messageKey(team: string, channel: string, ts: string): string {
  return `slack:${team}:${channel}:${ts}`;
}

/** One edit of a message. */
export function editKey(team: string, channel: string, ts: string, editedTs: string): string {
  return `slack:edit:${team}:${channel}:${ts}:${editedTs}`;
}

/** What Slack's own apps give a message before it has coordinates: one gesture may arrive under two of them. */
export function twinKey(clientMsgId: string): string {
  return `slack:cm:${clientMsgId}`;
}

export function pressKey(team: string, channel: string, actionTs: string, user: string): string {
  return `slack:press:${team}:${channel}:${actionTs}:${user}`;
}

/** A form is the same gesture as long as the same is in it. */
export function viewKey(team: string, viewId: string, digest: string): string {
  return `slack:view:${team}:${viewId}:${digest}`;
}

export function commandKey(team: string, triggerId: string): string {
  return `slack:command:${team}:${triggerId}`;
}

export function stopKey(team: string, channel: string, eventTs: string): string {
  return `slack:stop:${team}:${channel}:${eventTs}`;
}

/** One try to welcome somebody. */
export function welcomeKey(team: string, user: string, at: Date): string {
  return `slack:welcome:${team}:${user}:${at.getTime()}`;
}

/** As limits know a channel. */
export function channelOf(team: string, channel: string): string {
  return `slack:${team}:${channel}`;
}

/** The time in a `ts` or `event_ts`, by Slack's clock. */
export function atOf(ts: string): Date {
  const [seconds, parts = ''] = ts.split('.');
  return new Date(Number(seconds) * 1000 + Number(parts.slice(0, 3).padEnd(3, '0')));
}
