// The errors of SES that this server can give, with the status and words that AWS gives them.

import { problemsOf, type ProblemTable } from '../aws/problem.ts';

const table = {
  IncompleteSignature: [400, 'The request signature does not conform to AWS standards.'],
  InternalFailure: [500, 'The request processing has failed because of an unknown error, exception or failure.'],
  InvalidAction: [400, 'The action or operation requested is invalid.'],
  InvalidClientTokenId: [403, 'The security token included in the request is invalid.'],
  InvalidParameterValue: [400, 'An invalid or out-of-range value was supplied for the input parameter.'],
  MalformedInput: [400, 'Invalid content'],
  MessageRejected: [400, 'The message was rejected.'],
  MissingAuthenticationToken: [403, 'Request is missing Authentication Token'],
  RequestEntityTooLarge: [413, 'Request Entity Too Large'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  ],
  Throttling: [400, 'Maximum sending rate exceeded.'],
  ValidationError: [400, 'The input fails to satisfy the constraints specified by an AWS service.'],
} as const satisfies ProblemTable;

export type ProblemCode = keyof typeof table;

export class Problem extends problemsOf(table) {}
