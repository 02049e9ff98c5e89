// The identity of everything that people do in Discord, all in one file: a key that differs by the way in which something was told is
// a second task, and a second charge.

/** A message: its id is unique on the whole platform, while its channel is told differently by REST, gateway and interactions. */
export function messageKey(id: string): string {
  return `discord:m:${id}`;
}

/** One edit of a message. */
export function editKey(id: string, at: Date): string {
  return `discord:edit:${id}:${at.getTime()}`;
}

/** A command, a press or a form that was sent. */
export function interactionKey(id: string): string {
  return `discord:i:${id}`;
}

/** The reply handle of a conversation that lives on an interaction. */
export function handleKey(id: string): string {
  return `discord:u:${id}`;
}

/** As limits know a channel; null for the guild of a direct message. */
export function channelOf(guild: string | null, channel: string): string {
  return `discord:${guild ?? '@me'}:${channel}`;
}

/** The budget of a channel's history. */
export function historyKey(channel: string): string {
  return `discord:history/${channel}`;
}

/** A post of ours. Where its thread could not be begun it lies in the channel, so the channel is part of it. */
export function messageRef(channel: string, id: string): string {
  return `${channel}/${id}`;
}

/** A post of ours that answers an interaction: nothing but its token reaches it. */
export function answerRef(interaction: string, id: string): string {
  return `@${interaction}/${id}`;
}

export function readAnswerRef(ref: string): { readonly interaction: string; readonly id: string } | null {
  const found = /^@(\d{17,20})\/(\d{17,20})$/.exec(ref);
  return found && { interaction: found[1]!, id: found[2]! };
}

export function readMessageRef(ref: string): { readonly channel: string; readonly id: string } | null {
  const found = /^(\d{17,20})\/(\d{17,20})$/.exec(ref);
  return found && { channel: found[1]!, id: found[2]! };
}
