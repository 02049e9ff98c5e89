// One call of a platform over HTTP: its answer whole, or why there is none.

/** No answer that says what came of it. */
export class RemoteAway extends Error {
  /** Nothing was sent. Otherwise it may have been done. */
  readonly surelyNotDone: boolean;

  constructor(why: string, { surelyNotDone = false, cause }: { surelyNotDone?: boolean; cause?: unknown } = {}) {
    super(why, { cause });
    this.name = 'RemoteAway';
    this.surelyNotDone = surelyNotDone;
  }
}

export interface RemoteAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface RemoteRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | FormData;
}

/** Rejects with RemoteAway, and nothing else. `most`: bytes of an answer that are read. A redirect is no answer: it would take tokens to another place. */
export async function callRemote(url: URL, request: RemoteRequest, most: number, signal: AbortSignal): Promise<RemoteAnswer> {
  // fetch may have sent something before it looks at the signal.
  if (signal.aborted) throw new RemoteAway('given up before', { surelyNotDone: true, cause: signal.reason });
  const response = await begin(url, request, signal);
  try {
    return { status: response.status, headers: response.headers, body: await read(response, most) };
  } catch (error) {
    throw new RemoteAway('cut off in its answer', { cause: error });
  }
}

async function begin(url: URL, { headers = {}, body, ...request }: RemoteRequest, signal: AbortSignal): Promise<Response> {
  // Given up while it encodes a form, fetch rejects where nobody can catch it (Node 24.21, undici 7.29): it is given bytes.
  const form = body instanceof FormData ? new Response(body) : null;
  const type = form?.headers.get('Content-Type');
  const sent = form === null ? body : new Uint8Array(await form.arrayBuffer());
  try {
    return await fetch(url, {
      ...request,
      headers: { ...headers, ...(typeof type === 'string' && { 'Content-Type': type }) },
      ...(sent !== undefined && { body: sent }),
      signal,
      redirect: 'error',
    });
  } catch (error) {
    throw new RemoteAway('no connection', { surelyNotDone: neverConnected(error), cause: error });
  }
}

async function read(response: Response, most: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > most) throw new Error(`more than ${most} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const unreached: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && unreached.has(cause.code);
}

/** Ms of a Retry-After in seconds, which may have a fraction; `otherwise` where it says none. */
export function retryAfterMs(headers: Headers, otherwise: number): number {
  const seconds = Number(headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : otherwise;
}
