// Where one task stands in its conversation: a browser shows that place by itself, also without JavaScript.

export function turnAddress({ conversationId, taskId }: { conversationId: string; taskId: string }): string {
  return `/conversations/${conversationId}#${turnAnchor(taskId)}`;
}

export function turnAnchor(taskId: string): string {
  return `task-${taskId}`;
}
