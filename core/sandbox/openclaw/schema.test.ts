import {
  validateAgentParams,
  validateConnectParams,
  validateSessionsFilesListParams,
  validateTasksListParams,
} from '@openclaw/gateway-protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProtocolSchema } from './schema.ts';

const schema = readProtocolSchema();

describe('the check against the shipped schema', () => {
  test('names what is wrong', () => {
    expect(schema.problem('AgentWaitParams', { runId: 'r' })).toBeNull();
    expect(schema.problem('AgentWaitParams', {})).toBe('AgentWaitParams: lacks runId');
    expect(schema.problem('AgentWaitParams', { runId: '' })).toBe('AgentWaitParams.runId: is shorter than 1');
    expect(schema.problem('AgentWaitParams', { runId: 'r', extra: 1 })).toBe('AgentWaitParams: has extra, which is not part of it');
    expect(schema.problem('GatewayFrame', { type: 'event', event: 'tick', seq: -1 })).not.toBeNull();
    expect(() => schema.problem('Nothing', {})).toThrow('no definition');
  });

  // The package's own validators are made from the same source; where ours differed from them, it would be wrong.
  test.each([
    [
      'AgentParams',
      validateAgentParams,
      fc.record(
        {
          message: word(),
          agentId: word(),
          sessionKey: word(),
          idempotencyKey: word(),
          timeout: number(),
          deliver: fc.oneof(fc.boolean(), word()),
          attachments: fc.array(fc.anything()),
          extra: fc.constant(1),
        },
        { requiredKeys: [] },
      ),
    ],
    [
      'TasksListParams',
      validateTasksListParams,
      fc.record(
        {
          status: fc.oneof(fc.constantFrom('queued', 'nothing'), fc.array(fc.constantFrom('queued', 'running', 'x'))),
          limit: number(),
          cursor: word(),
        },
        { requiredKeys: [] },
      ),
    ],
    [
      'SessionsFilesListParams',
      validateSessionsFilesListParams,
      fc.record({ sessionKey: word(), path: word(), search: number() }, { requiredKeys: [] }),
    ],
    [
      'ConnectParams',
      validateConnectParams,
      fc.record(
        {
          minProtocol: number(),
          maxProtocol: number(),
          client: fc.record({ id: fc.constantFrom('cli', 'mine'), version: word(), platform: word(), mode: fc.constantFrom('cli', 'x') }),
          caps: fc.array(word()),
          permissions: fc.dictionary(word(), fc.oneof(fc.boolean(), word())),
        },
        { requiredKeys: [] },
      ),
    ],
  ] as const)('agrees with the package on %s', (name, validate, arbitrary) => {
    fc.assert(fc.property(arbitrary as fc.Arbitrary<unknown>, (value) => validate(value) === (schema.problem(name, value) === null)));
  });
});

function word() {
  return fc.constantFrom('', 'a', 'some words');
}

function number() {
  return fc.constantFrom<unknown>(-1, 0, 1, 4, 1.5, 500, 501, '1');
}
