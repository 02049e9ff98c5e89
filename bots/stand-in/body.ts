import type { IncomingMessage } from 'node:http';

/** Ten files of three megabytes, written in base64, and the words around them. */
const mostBytes = 42_000_000;

/** null where it is more than anybody sends. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The bytes as they are, or the one file of a form: the SDK sends a form. */
export async function fileIn(request: IncomingMessage): Promise<Buffer | null> {
  const body = await bodyOf(request);
  const type = request.headers['content-type'] ?? '';
  if (body === null || !type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } }).formData();
  const file = [...form.values()].find((value) => typeof value !== 'string');
  return file === undefined ? null : Buffer.from(await file.arrayBuffer());
}

/** undefined for what is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
