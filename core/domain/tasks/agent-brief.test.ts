import { expect, test } from 'vitest';
import { cpuMs } from '#core/testing/runner/cpu-time.ts';
import { agentBrief, isSample, readBrief, runFolder, sampleMark } from './agent-brief.ts';
import { agentTypes } from './agent-type.ts';

const brief = { type: 'lead-generation', quantity: 100, unit: 'leads', teamId: 'team-1', runId: 'task-1-a1' } as const;

test('an agent is told how many of what, and where to put its files, in words that programs read back', () => {
  expect(readBrief(agentBrief(brief))).toEqual({ quantity: 100, unit: 'leads', folder: 'team-1/task-1-a1' });
});

test.each([0, 1, 1000, 100_000_000])('a quantity of %i survives the way to the agent', (quantity) => {
  expect(readBrief(agentBrief({ ...brief, quantity })).quantity).toBe(quantity);
});

test('a task without a countable result asks for no quantity', () => {
  expect(readBrief(agentBrief({ ...brief, type: 'research', quantity: null, unit: null }))).toEqual({
    quantity: null,
    unit: null,
    folder: 'team-1/task-1-a1',
  });
});

test.each(agentTypes)('every brief forbids made-up data and tells how samples are marked: %s', (type) => {
  const text = agentBrief({ ...brief, type });
  expect(text).toContain('Never make data up.');
  expect(text).toContain(sampleMark);
  expect(text).toContain('MEDIA:./team-1/task-1-a1/');
});

test('no id leads a run’s folder out of the workspace', () => {
  expect(runFolder({ teamId: '..', runId: '../../etc/Passwd\u0000' })).toBe('-/-etc-passwd-');
});

test('the brief itself is not taken for a marked reply, a marked reply is, however it is decorated', () => {
  expect(isSample(agentBrief(brief))).toBe(false);
  expect(isSample(`${sampleMark}\nHere are 3 leads.`)).toBe(true);
  expect(isSample('Hello.\n\n**[Sample Data]** three leads')).toBe(true);
  expect(isSample('We speak about [sample data] in passing.')).toBe(false);
  expect(cpuMs(() => expect(isSample(`${'\n'.repeat(1_000_000)}nothing`)).toBe(false))).toBeLessThan(5_000);
});
