// S3 for a machine without S3: a small, strict part of it on loopback, with real signatures, so that the real SDK and real
// links behave as they do in production. Wrong, expired and missing signatures are refused as AWS refuses them.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { loseAnswer, nextFault, noFaults, type Faults } from '../aws/faults.ts';
import { listenOnLoopback } from '../aws/loopback.ts';
import { parseTarget, SignatureProblem, verifySignature, type Keys } from '../aws/signature.ts';
import { cutAnswer, firstHalf, type Fault } from './faults.ts';
import { Objects } from './objects.ts';
import { operationFor } from './operations.ts';
import { Problem } from './problem.ts';
import { errorDocument } from './xml.ts';

export interface S3Sandbox {
  readonly url: string;
  /** Trouble to order, for tests. */
  readonly faults: Faults<Fault>;
  stop(): Promise<void>;
}

interface Options extends Keys {
  /** 0, or nothing, for any free one. */
  readonly port?: number;
  readonly dir: string;
  /** Made when it is not there. */
  readonly bucket: string;
  readonly log?: Log;
}

interface Log {
  warn(facts: object, words: string): void;
}

export async function startS3Sandbox({ port = 0, dir, bucket, log, ...keys }: Options): Promise<S3Sandbox> {
  checkBucketName(bucket);
  const objects = await Objects.openIn(dir);
  await objects.createBucket(bucket);
  const faults = noFaults<Fault>();

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => refuse(request, response, error, log));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('x-amz-request-id', randomBytes(8).toString('hex').toUpperCase());
    const fault = await nextFault(faults);
    if (fault === 'internal-error') throw new Problem('InternalError');
    if (fault === 'slow-down') throw new Problem('SlowDown');
    if (fault === 'cut') cutAnswer(response);
    if (fault === 'lose-answer') loseAnswer(response);
    const upload = fault === 'cut' ? firstHalf(request) : (request as AsyncIterable<Buffer>);

    const signed = verifySignature('s3', { method: request.method!, url: request.url!, headers: request.headers }, keys, new Date());
    const target = parseTarget(request.url!);
    const [, bucketName = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(target.path) ?? [];
    checkBucketName(bucketName);
    const query = new Map(target.query.filter(([name]) => !ofPresigning.test(name)));
    await operationFor(request, key, query).run({ request, upload, response, objects, signed, bucket: bucketName, key, query });
  };

  const server = createServer(answer);
  // Nobody's upload is let in before its signature is known to be good: the operation itself says "continue".
  server.on('checkContinue', answer);
  return { ...(await listenOnLoopback(server, port)), faults };
}

/** What a presigned link carries for its signature, and two headers that SDKs put there and that change nothing. */
const ofPresigning =
  /^(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Content-Sha256)|x-amz-(checksum-mode|user-agent))$/;

function checkBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) throw new Problem('InvalidBucketName');
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, log: Log | undefined): void {
  const problem = asProblem(error);
  // A connection that somebody else cut is their trouble; anything else that is no Problem is ours.
  if (problem.code === 'InternalError' && problem !== error && !request.destroyed)
    log?.warn({ err: error, method: request.method }, 'storage sandbox failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const xml = errorDocument({ Code: problem.code, Message: problem.message, RequestId: String(response.getHeader('x-amz-request-id')) });
  const body = request.method === 'HEAD' ? '' : xml;
  // The rest of a refused upload is not wanted, and what comes after it on this connection could not be told apart from it.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(problem.status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) }).end(body);
}

function asProblem(error: unknown): Problem {
  if (error instanceof SignatureProblem) return new Problem(error.code, error.words);
  return error instanceof Problem ? error : new Problem('InternalError');
}
