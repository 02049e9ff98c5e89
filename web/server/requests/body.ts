// Reads the body of a request that is JSON, when its handler wants it.

import express, { type Request, type Response } from 'express';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { hasBody, usualBody } from './body-limit.ts';

const parse = express.json({ limit: usualBody.mostBytes, inflate: false });

/** Rejects with `request.wrong-type` or `request.malformed`. No body at all is an empty object. */
export async function readJson(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return {};
  if (!request.is('application/json')) throw refuse('request.wrong-type');
  await new Promise<void>((done, failed) => parse(request, response, (error) => (error ? failed(error) : done())));
  return request.body;
}
