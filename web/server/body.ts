// Reads the body of a request that is JSON, when its handler wants it.

import express, { type Request, type Response } from 'express';
import { refuse } from '#core/domain/refusal.ts';

/** The longest text takes six times its size when every character is escaped. */
const MOST_BYTES = 1_000_000;
const parse = express.json({ limit: MOST_BYTES, inflate: false });

/** Rejects with `request.wrong-type`, `request.too-large` or `request.malformed`. No body at all is an empty object. */
export async function readJson(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return {};
  if (!request.is('application/json')) throw refuse('request.wrong-type');
  // The parser would read a flood to its end before it says no.
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw refuse('request.too-large');
  await new Promise<void>((done, failed) => parse(request, response, (error) => (error ? failed(error) : done())));
  return request.body;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
