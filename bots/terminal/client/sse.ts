// Server-sent events as the HTML standard describes them, as far as we send them.

export interface SseMessage {
  /** The last one that came, also with an earlier message. */
  readonly id: string;
  readonly data: string;
}

/** The server says something every fifteen seconds; when it does not, the line is dead although nobody closed it. */
const silenceMs = 40_000;

/** Ends when the other side does, when nothing came for long, or when the signal aborts; never rejects. */
export async function* readMessages(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncIterable<SseMessage> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const leave = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', leave);
  let silence: NodeJS.Timeout | undefined;
  try {
    let rest = '';
    let id = '';
    for (;;) {
      clearTimeout(silence);
      silence = setTimeout(leave, silenceMs);
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) return;
      const messages = (rest + value).split(/\r?\n\r?\n/);
      rest = messages.pop()!;
      for (const message of messages) {
        const fields = message.split(/\r?\n/).map((line) => /^(id|data): ?(.*)$/.exec(line));
        id = fields.findLast((field) => field?.[1] === 'id')?.[2] ?? id;
        const data = fields.flatMap((field) => (field?.[1] === 'data' ? [field[2]!] : []));
        if (data.length > 0) yield { id, data: data.join('\n') };
      }
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', leave);
    leave();
  }
}
