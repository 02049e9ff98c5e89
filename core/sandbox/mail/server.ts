// SES for a machine without SES: a small, strict part of it on loopback, with real signatures, so that the real SDK behaves
// as it does in production. Nothing leaves the machine; what was sent is kept, and shown to whoever knows the secret.

import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { MailFaults } from '#core/contracts/mailbox.ts';
import { loseAnswer, nextFault } from '../aws/faults.ts';
import { listenOnLoopback } from '../aws/loopback.ts';
import { SignatureProblem, verifySignature, type Keys, type SignatureProblemCode } from '../aws/signature.ts';
import { document } from '../aws/xml.ts';
import { actionFor } from './actions.ts';
import { Box } from './box.ts';
import { showMails } from './showing.ts';
import { Problem, type ProblemCode } from './problem.ts';

export interface MailSandbox {
  readonly url: string;
  stop(): Promise<void>;
}

interface Options extends Keys {
  /** 0, or nothing, for any free one. */
  readonly port?: number;
  readonly dir: string;
  readonly region: string;
  /** Addresses and domains that are verified, and may send. */
  readonly identities: readonly string[];
  readonly log?: Log;
}

interface Log {
  warn(facts: object, words: string): void;
}

const NAMESPACE = 'http://ses.amazonaws.com/doc/2010-12-01/';
/** A message of ten megabytes, written in base64. */
const MOST_BODY_BYTES = 16 * 1024 * 1024;

export async function startMailSandbox({ port = 0, dir, region, identities, log, ...keys }: Options): Promise<MailSandbox> {
  const box = await Box.openIn(dir);
  const faults: { current: MailFaults } = { current: { delayMs: 0, next: [] } };
  const show = showMails(box, faults, keys.secretAccessKey);

  const server = createServer((request, response) => {
    const requestId = randomUUID();
    response.setHeader('x-amzn-requestid', requestId);
    answer(request, response, requestId).catch((error: unknown) => refuse(request, response, requestId, error, log));
  });
  return listenOnLoopback(server, port);

  async function answer(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (await show(request, response)) return;
    const fault = await nextFault(faults.current);
    if (fault === 'internal-error') throw new Problem('InternalFailure');
    if (fault === 'unavailable') throw new Problem('ServiceUnavailable');
    if (fault === 'throttle') throw new Problem('Throttling');
    if (fault === 'cut') return void request.destroy();
    if (fault === 'lose-answer') loseAnswer(response);

    const body = await readBody(request);
    const bodySha256 = createHash('sha256').update(body).digest('hex');
    verifySignature('ses', { method: request.method!, url: request.url!, headers: request.headers, bodySha256 }, keys, new Date());
    if (request.method !== 'POST' || request.url !== '/') throw new Problem('InvalidAction', 'The API is spoken by POST to /');
    const parameters = new Map(new URLSearchParams(body.toString('utf8')));
    const [name, action] = actionFor(parameters);
    const result = await action.run({ parameters, box, identities, region });
    send(response, 200, document(`${name}Response`, NAMESPACE, { [`${name}Result`]: result, ResponseMetadata: { RequestId: requestId } }));
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BODY_BYTES) throw new Problem('RequestEntityTooLarge');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function refuse(request: IncomingMessage, response: ServerResponse, requestId: string, error: unknown, log: Log | undefined): void {
  const problem = asProblem(error);
  // A connection that somebody else cut is their trouble; anything else that is no Problem is ours.
  if (problem.code === 'InternalFailure' && problem !== error && !request.destroyed)
    log?.warn({ error, method: request.method }, 'mail sandbox failed');
  if (response.headersSent) return void response.destroy();
  const type = problem.status >= 500 ? 'Receiver' : 'Sender';
  const facts = { Error: { Type: type, Code: problem.code, Message: problem.message }, RequestId: requestId };
  // The rest of a refused request is not wanted, and what comes after it on this connection could not be told apart from it.
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, problem.status, document('ErrorResponse', NAMESPACE, facts));
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(xml) }).end(xml);
}

function asProblem(error: unknown): Problem {
  if (error instanceof SignatureProblem) return new Problem(...sesWords[error.code]);
  return error instanceof Problem ? error : new Problem('InternalFailure');
}

/** SES says the same things otherwise than S3. */
const sesWords: Record<SignatureProblemCode, [ProblemCode, string?]> = {
  AccessDenied: ['MissingAuthenticationToken'],
  AuthorizationHeaderMalformed: ['IncompleteSignature'],
  AuthorizationQueryParametersError: ['IncompleteSignature'],
  InvalidAccessKeyId: ['InvalidClientTokenId'],
  InvalidRequest: ['IncompleteSignature'],
  InvalidURI: ['MalformedInput'],
  RequestTimeTooSkewed: ['SignatureDoesNotMatch', 'Signature expired: the request is not of the last 15 minutes.'],
  SignatureDoesNotMatch: ['SignatureDoesNotMatch'],
};
