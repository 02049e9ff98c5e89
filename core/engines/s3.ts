// Files in S3, or in whatever speaks its language. Nothing counts as stored before every byte and the hash of them are known.

import { createHash, type Hash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { contentDisposition } from '#core/domain/files/content-disposition.ts';
import { safeFileName } from '#core/domain/files/file-name.ts';
import { FilesError, type Files } from '#core/ports/files.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  /** Empty for AWS itself; else the address of a store that speaks S3, which is then asked with the bucket in the path. */
  readonly endpoint?: string;
  /** The same store as browsers reach it, where that is another address; links are signed for this one. */
  readonly publicEndpoint?: string;
  /** Empty to take them from the environment, as AWS does. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

/** SigV4 knows no longer life than this. */
const MOST_TTL_SECONDS = 7 * 24 * 60 * 60;
const ANSWER_WITHIN_MS = 15_000;
const CHECK_WITHIN_MS = 3_000;
/** A large upload holds one for as long as it takes; the SDK's own 50 would be held by three people with slow lines. */
const CONNECTIONS_MOST = 500;
/** An upload may take this long and a second more for each `SLOWEST_BYTES_PER_SECOND`. */
const UPLOAD_WITHIN_MS = 30_000;
const SLOWEST_BYTES_PER_SECOND = 100_000;
/** Up to here a file is held in memory, because the SDK can only repeat what it can read twice; most results are smaller. */
const REPEATABLE_BYTES = 1_000_000;

export function createS3(settings: S3Settings): Files {
  const { bucket } = settings;
  const client = clientFor(settings, settings.endpoint);
  const signer = settings.publicEndpoint === undefined ? client : clientFor(settings, settings.publicEndpoint);

  const remove: Files['remove'] = async (key, signal) => {
    await within(ANSWER_WITHIN_MS, signal, (stop) =>
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: stop }).catch(rethrow),
    );
  };

  return {
    async put(key, body, { mime, sizeBytes }, signal) {
      // A stream may break before anyone reads it; without a listener that would end the process. Reading it tells us anyway.
      body.on('error', () => undefined);
      const sha256 = createHash('sha256');
      const timeoutMs = UPLOAD_WITHIN_MS + (sizeBytes / SLOWEST_BYTES_PER_SECOND) * 1000;
      try {
        await within(timeoutMs, signal, async (stop) => {
          const broken = new AbortController();
          const measuredBody = measured(body, sizeBytes, sha256);
          const bytes =
            sizeBytes <= REPEATABLE_BYTES
              ? await buffer(addAbortSignal(stop, Readable.from(measuredBody)))
              : silencing(measuredBody, broken);
          const command = new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: bytes,
            ContentLength: sizeBytes,
            ContentType: safeMime(mime),
          });
          await client.send(command, { abortSignal: AbortSignal.any([stop, broken.signal]) }).catch((error: unknown) => {
            throw broken.signal.aborted ? broken.signal.reason : filesError(error);
          });
        });
      } finally {
        body.destroy();
      }
      return { sizeBytes, sha256: sha256.digest('hex') };
    },

    async open(key, signal) {
      const { Body } = await within(ANSWER_WITHIN_MS, signal, (stop) =>
        client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: stop }).catch(rethrow),
      );
      const body = Body as Readable;
      const opened = Readable.from(withOurErrors(body, signal), { objectMode: false });
      opened.once('close', () => body.destroy());
      return opened;
    },

    async sign(key, { name, mime, ttlSeconds, inline = false }) {
      if (!(ttlSeconds >= 1 && ttlSeconds <= MOST_TTL_SECONDS))
        throw new RangeError(`a link lives for 1 to ${MOST_TTL_SECONDS} seconds, not ${ttlSeconds}`);
      const type = safeMime(mime);
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentType: type,
        ResponseContentDisposition: contentDisposition(safeFileName(name), inline && harmlessInBrowser.test(type)),
      });
      return getSignedUrl(signer, command, { expiresIn: Math.floor(ttlSeconds) }).catch(rethrow);
    },

    remove,

    async removeAll(prefix, signal) {
      // Without its slash, one id's files would be those of every id that begins like it.
      if (!/[^/]\/$/.test(prefix)) throw new RangeError('a prefix ends in a slash');
      for (let after: string | undefined, more = true; more;) {
        const page = await within(ANSWER_WITHIN_MS, signal, (stop) =>
          client
            .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(after !== undefined && { StartAfter: after }) }), {
              abortSignal: stop,
            })
            .catch(rethrow),
        );
        const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
        for (const key of keys) await remove(key, signal);
        after = keys.at(-1);
        more = page.IsTruncated === true && after !== undefined;
      }
    },

    async check(signal) {
      await within(CHECK_WITHIN_MS, signal, (stop) =>
        client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: stop }).catch(rethrow),
      );
    },

    close() {
      client.destroy();
      signer.destroy();
    },
  };
}

function clientFor({ region, credentials }: S3Settings, endpoint: string | undefined): S3Client {
  return new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials !== undefined && { credentials }),
    maxAttempts: 4,
    // It would tell the console what we tell the caller.
    logger: silence,
    requestHandler: {
      connectionTimeout: 3_000,
      socketTimeout: 30_000,
      httpAgent: { maxSockets: CONNECTIONS_MOST },
      httpsAgent: { maxSockets: CONNECTIONS_MOST },
    },
  });
}

const silence = { debug() {}, info() {}, warn() {}, error() {} };

/** Passes on a stream of exactly `sizeBytes`, hashing it; fails before its end when it is not, so that nothing is stored. */
async function* measured(body: Readable, sizeBytes: number, sha256: Hash): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const piece of body as AsyncIterable<Buffer | string>) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    received += bytes.length;
    if (received > sizeBytes) throw new FilesError('file.changed', `the file is longer than the ${sizeBytes} bytes it was said to have`);
    sha256.update(bytes);
    yield bytes;
  }
  if (received < sizeBytes) throw new FilesError('file.changed', `the file ended after ${received} of ${sizeBytes} bytes`);
}

// The SDK hands a stream's error to a stream of its own that nobody listens to, which would end the process. So a source
// that breaks falls silent, and the request is ended from outside.
function silencing(bytes: AsyncIterable<Buffer>, broken: AbortController): Readable {
  async function* silent() {
    try {
      yield* bytes;
    } catch (error) {
      broken.abort(error);
      await new Promise(() => undefined);
    }
  }
  return Readable.from(silent(), { objectMode: false });
}

/** A download that breaks off says so in our words. */
async function* withOurErrors(body: Readable, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    signal?.throwIfAborted();
    throw filesError(error);
  }
}

/** Runs `call` until it ends, `signal` aborts or time is up; the deadline ends with `call`, the signal does not. */
async function within<T>(timeoutMs: number, signal: AbortSignal | undefined, call: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    signal?.throwIfAborted();
    return await call(signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    signal?.throwIfAborted();
    throw deadline.signal.aborted
      ? new FilesError('storage.unavailable', `storage did not answer within ${Math.round(timeoutMs / 1000)} s`)
      : error;
  } finally {
    clearTimeout(timer);
  }
}

function rethrow(error: unknown): never {
  throw filesError(error);
}

// The SDK's errors carry whole answers, and S3's answers to a bad signature carry what was signed, so only names go on.
function filesError(error: unknown): FilesError {
  if (error instanceof S3ServiceException) {
    const { httpStatusCode = 0, requestId = 'unknown' } = error.$metadata;
    if (error.name === 'NoSuchKey') return new FilesError('file.missing', 'there is no such file');
    return new FilesError('storage.unavailable', `storage answered ${error.name} (${httpStatusCode}, request ${requestId})`);
  }
  const { name, code } = error as NodeJS.ErrnoException;
  return new FilesError('storage.unavailable', `storage could not be reached (${code ?? name})`);
}

function safeMime(mime: string): string {
  return /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(; ?charset=[\w-]{1,40})?$/.test(mime) ? mime : 'application/octet-stream';
}

/** What a browser may show instead of saving it: nothing that could run a script in the name of the store's address. */
const harmlessInBrowser = /^(image\/(png|jpeg|gif|webp)|application\/pdf|text\/plain)\b/;
