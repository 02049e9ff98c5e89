// Addresses of a conversation: where one task stands in it, which a browser shows by itself, also without JavaScript; and where
// the words of a task are to be changed.

export function turnAddress({ conversationId, taskId }: { conversationId: string; taskId: string }): string {
  return `/conversations/${conversationId}#${turnAnchor(taskId)}`;
}

export function turnAnchor(taskId: string): string {
  return `task-${taskId}`;
}

/** The conversation of a task that was taken back, with its words and files in the composer. */
export function changeAddress(conversationId: string, taskId: string): string {
  return `/conversations/${conversationId}?${new URLSearchParams({ [CHANGE]: taskId }).toString()}`;
}

/** The task whose words are in the composer. */
export function changedIn(params: URLSearchParams): string | null {
  return params.get(CHANGE);
}

const CHANGE = 'change';
