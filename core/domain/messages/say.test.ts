import { describe, expect, test } from 'vitest';
import type { FileId, TaskId } from '../ids.ts';
import type { Saying } from './letter.ts';
import { never } from '../never.ts';
import { isAnswer, refusalCodes } from '../refusals/refusal.ts';
import type { Block, Reply } from './reply.ts';
import { replyFor, type ReplyContext } from './say.ts';

const taskId = '0199aa00-0000-7000-8000-000000000001' as TaskId;
const fileId = '0199aa00-0000-7000-8000-000000000002' as FileId;
const context: ReplyContext = {
  portalUrl: 'https://work.example.com',
  linkFor: () => 'https://work.example.com/f/token',
  now: new Date('2026-11-23T12:00:00Z'),
  brandName: 'Impacter',
};

/** A reply as one would read it aloud, with the line for notifications on top. */
function read(saying: Saying): string {
  const { fallback, blocks } = replyFor(saying, context);
  return [`(${fallback})`, ...blocks.map(readBlock)].join('\n');
}

function readBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `# ${block.text} [${block.tone}]`;
    case 'prose':
      return block.from === 'us' ? block.text : `${block.from}: ${block.text}`;
    case 'facts':
      return block.facts.map(({ label, value }) => `- ${label}: ${value}`).join('\n');
    case 'files':
      return block.files
        .map(({ name, url, preview }) => `* ${name} <${url}>${preview === undefined ? '' : ` ${preview.rowsTotal} rows`}`)
        .join('\n');
    case 'choices':
      return block.choices.map(({ id, label, url }) => `[${label}](${url ?? id})`).join(' ');
    case 'progress':
      return block.steps.map(({ title, state }) => `${state}: ${title}`).join('\n');
    default:
      return never(block);
  }
}

const accepted: Saying = {
  kind: 'accepted',
  taskId,
  type: 'lead-generation',
  because: 'read as lead-generation because of “leads”',
  estimateLow: '80000000',
  estimateHigh: '100000000',
  held: '100000000',
  available: '400000000',
};

const result: Saying = {
  kind: 'result',
  taskId,
  type: 'lead-generation',
  summary: 'I found 92 investors in Miami.',
  files: [
    { fileId, name: 'leads.csv', mime: 'text/csv', sizeBytes: 9_000, preview: { columns: ['name'], rows: [['Ada']], rowsTotal: 92 } },
  ],
  charged: '92000000',
  returned: '8000000',
  available: '408000000',
  sample: false,
  units: 92,
};

describe('the first words', () => {
  test('say how the request was read, what it may cost, what is reserved and what is left', () => {
    expect(read(accepted)).toBe(
      `(On it. Lead generation, about 80, at most 100 credits.)
# On it [wait]
Read as lead-generation because of “leads”.
- Estimate: about 80, at most 100 credits
- Reserved: 100 credits
- Left to spend: 400 credits
[Cancel](cancel:${taskId}) [Details](https://work.example.com/tasks/${taskId})`,
    );
  });

  test('say how many of what were understood, before what it may cost', () => {
    expect(read({ ...accepted, quantity: 100, stated: true })).toContain(
      `(On it. Lead generation, 100 leads, about 80, at most 100 credits.)
# On it [wait]
Read as lead-generation because of “leads”.
- Quantity: 100 leads
- Estimate: about 80, at most 100 credits`,
    );
    expect(read({ ...accepted, quantity: 1, stated: true })).toContain('- Quantity: 1 lead\n');
    expect(read({ ...accepted, quantity: 2_026, stated: true })).toContain('- Quantity: 2,026 leads\n');
  });

  test('say that it is the usual number where nobody named one', () => {
    expect(read({ ...accepted, quantity: 25, stated: false })).toContain('- Quantity: 25 leads (the usual number, since none was given)\n');
  });

  test('say how many go first', () => {
    expect(read({ ...accepted, position: 1 })).toContain('# Queued behind 1 request [wait]');
    expect(read({ ...accepted, position: 3 })).toContain('# Queued behind 3 requests [wait]');
  });

  test('name one price where there is only one', () => {
    expect(read({ ...accepted, estimateLow: '1000000', estimateHigh: '1000000' })).toContain('- Estimate: 1 credit\n');
  });
});

test('a task that needs approval says why, what it costs and until when, and can be approved, changed or canceled', () => {
  const { type, because, estimateLow, estimateHigh, available } = accepted;
  expect(read({ kind: 'approval', taskId, type, because, estimateLow, estimateHigh, available, waitsFor: 'you' })).toBe(
    `(Start this task? Lead generation, about 80, at most 100 credits.)
# Start this task? [wait]
Read as lead-generation because of “leads”. Nothing is charged until you approve.
- Estimate: about 80, at most 100 credits
- Left to spend: 400 credits
[Approve](approve:${taskId}) [Change](change:${taskId}) [Cancel](cancel:${taskId}) [Details](https://work.example.com/tasks/${taskId})`,
  );
  const asked = { kind: 'approval', taskId, type, because, estimateLow, estimateHigh, available, waitsFor: 'you' } as const;
  const whole = { ...asked, quantity: 100, stated: true, above: '20000000', approveBy: '2026-12-01T10:00:00.000Z' } as const;
  expect(read({ ...whole, whose: 'team' })).toContain(
    `Your team confirms requests over 20 credits. Nothing is charged until you approve. This request expires on Dec 1, 2026 at 10:00 AM UTC.
- Quantity: 100 leads
`,
  );
  expect(read({ ...whole, whose: 'you' })).toContain('You confirm requests over 20 credits. ');
  expect(read({ ...asked, waitsFor: 'credits' })).toMatch(
    /^\(Waiting for credits\. Lead generation, about 80, at most 100 credits\.\)[^]*\[Get credits\]\(https:\/\/work\.example\.com\/buy\)/,
  );
});

test('a message that asks for no work is answered kindly, and neither looks like an error nor speaks of charges', () => {
  const answers = refusalCodes.filter(isAnswer);
  expect(answers).toHaveLength(9);
  for (const code of answers) {
    const said = read({ kind: 'refused', code, facts: {} } as Saying);
    expect(said).toMatch(/# .* \[plain\]\n/);
    expect(said).not.toContain('charged');
  }
  expect(read({ kind: 'refused', code: 'ask.thanks', facts: {} })).toBe(
    `(You’re welcome. Whenever you need something else, just ask for it.)
# You’re welcome. [plain]
Whenever you need something else, just ask for it.`,
  );
});

describe('a refusal', () => {
  test('says what is wrong, that it cost nothing, and the way forward with its page', () => {
    expect(read({ kind: 'refused', code: 'credits.short', facts: { need: '12000000', have: '9000000' } })).toBe(
      `(This needs 12 credits and you have 9. Add credits or ask for fewer.)
# This needs 12 credits and you have 9. [bad]
Nothing was charged. Add credits or ask for fewer.
[Get credits](https://work.example.com/buy)`,
    );
  });

  test('of a command speaks of no charge', () => {
    expect(read({ kind: 'refused', code: 'task.over', facts: { status: 'completed' } })).toBe(
      `(This task is already completed. To start a new task, send your request again.)
# This task is already completed. [bad]
To start a new task, send your request again.`,
    );
  });
});

test('work in progress shows its last steps', () => {
  const steps = Array.from({ length: 10 }, (_, i) => ({ title: `Step ${i + 1}`, state: i < 9 ? ('done' as const) : ('running' as const) }));
  const text = read({ kind: 'working', taskId, type: 'research', held: '40000000', steps });
  expect(text).toContain('(Working on it: Step 10)');
  expect(text).toContain('running: Step 10');
  expect(text).not.toContain('done: Step 2\n');
  expect(text).toContain('- Reserved: 40 credits');
});

test.each([
  ['completed', '(Done. The result is below.)\n# Done [plain]\nThe result is below.'],
  ['failed', '(Failed. Details are below.)\n# Failed [plain]\nDetails are below.'],
  ['canceled', '(Canceled. Details are below.)\n# Canceled [plain]\nDetails are below.'],
] as const)('the first words about a task that is %s point to its answer, and can no longer cancel it', (ended, words) => {
  const steps = [{ title: 'Read', state: 'done' }] as const;
  expect(read({ kind: 'working', taskId, type: 'research', held: '0', steps, ended })).toBe(
    `${words}\n[Details](https://work.example.com/tasks/${taskId})`,
  );
});

describe('a result', () => {
  test('says how many, in the agent’s words, with the files and the money', () => {
    expect(read(result)).toBe(
      `(Done: 92 leads. 92 credits used.)
# Done: 92 leads [good]
agent: I found 92 investors in Miami.
* leads.csv <https://work.example.com/f/token> 92 rows
- Used: 92 of 100 credits reserved
- Returned: 8 credits
- Left to spend: 408 credits
[Details](https://work.example.com/tasks/${taskId}) [Run again · up to 100 credits](retry:${taskId}) [👍](good:${taskId}) [👎](bad:${taskId})`,
    );
  });

  test('of sample data says so before anything else, and in the notification', () => {
    const [notification, heading, label] = read({ ...result, sample: true }).split('\n');
    expect(notification).toBe('(Done: 92 leads (sample data). 92 credits used.)');
    expect(heading).toBe('# Done: 92 leads [good]');
    expect(label).toBe('Sample data: everything in it is made up to show how a result looks. It is not real.');
  });

  test('that is long is cut, and the rest is one press away', () => {
    const text = read({ ...result, summary: 'word '.repeat(1_000) });
    expect(text).toContain('word…');
    expect(text.length).toBeLessThan(1_700);
    expect(text).toContain(`[Read the full text](https://work.example.com/tasks/${taskId})`);
  });

  test('that leaves too little for another task offers to top up', () => {
    expect(read({ ...result, available: '9000000' })).toContain('[Get credits](https://work.example.com/buy)');
    expect(read({ ...result, available: '10000000' })).not.toContain('Get credits');
  });

  test('without units, words or files is still an answer', () => {
    const { units: _, ...rest } = result;
    expect(read({ ...rest, type: 'general', summary: '', files: [] })).toContain('# Done [good]\n- Used: 92 of 100 credits reserved');
  });
});

describe('a failure', () => {
  test('says what happened, that it cost nothing, what is returned, and what to do next', () => {
    expect(read({ kind: 'failed', taskId, type: 'research', code: 'agent.timed-out', returned: '40000000', available: '500000000' })).toBe(
      `(The agent ran out of time. Nothing was charged.)
# The agent ran out of time. [bad]
Nothing was charged. Try again, or ask for less.
- Used: 0 of 40 credits reserved
- Returned: 40 credits
- Left to spend: 500 credits
[Try again](retry:${taskId}) [Details](https://work.example.com/tasks/${taskId})`,
    );
  });

  test('of work with effects outside asks to look before repeating it', () => {
    expect(read({ kind: 'failed', taskId, type: 'email-campaign', code: 'agent.lost', returned: '0', available: '0' })).toContain(
      'Some emails may already have been sent',
    );
  });
});

test('a canceled task says what was used and what was returned', () => {
  expect(
    read({
      kind: 'canceled',
      taskId,
      type: 'lead-generation',
      used: '40000000',
      returned: '60000000',
      available: '460000000',
      files: [],
      sample: false,
    }),
  ).toBe(
    `(Stopped. Used 40, returned 60 credits.)
# Stopped [plain]
- Used: 40 of 100 credits reserved
- Returned: 60 credits
- Left to spend: 460 credits
[Details](https://work.example.com/tasks/${taskId})`,
  );
});

describe('the balance', () => {
  test('says what can be spent, how far it goes and what is reserved', () => {
    expect(read({ kind: 'balance', available: '408000000', inUse: '100000000' })).toBe(
      `(408 credits to spend.)
# 408 credits to spend [plain]
Enough for about 40 typical tasks.
- Reserved for running tasks: 100 credits
[Get credits](https://work.example.com/buy) [History](https://work.example.com/dashboard)`,
    );
  });

  test('counts days once there is a pace, and is bad when nothing typical can be paid', () => {
    expect(read({ kind: 'balance', available: '408000000', inUse: '0', daysLeft: 4 })).toContain('About 4 days left at the current pace.');
    expect(read({ kind: 'balance', available: '0', inUse: '0' })).toContain('# 0 credits to spend [bad]\nNo credits left.');
  });
});

test('help shows what to say and what it costs', () => {
  expect(read({ kind: 'help' })).toBe(
    `(Say what you need, and Impacter does it.)
# Say what you need, and Impacter does it [plain]
The first reply shows the maximum cost. You never pay more, unused credits are returned, and failed work is free.
- find me 25 leads in Miami: about 20, at most 25 credits
- write 50 emails to my customers: 25 credits
- scrape 200 rows from example.com: about 10, at most 20 credits
- write 5 posts about our launch: 10 credits
- write a blog post about oat milk: about 8, at most 25 credits
- research three competitors: about 15, at most 40 credits
To choose the task type, put it first: “/research …”. Reply in the thread to follow up.
[Get credits](https://work.example.com/buy) [History](https://work.example.com/dashboard)`,
  );
});

test('in Slack, help says how a request begins there, and an unknown command is offered as a request', () => {
  const help = read({ kind: 'help', platform: 'slack' });
  expect(help).toContain('Mention @Impacter in a channel, send it a direct message, or type “/impacter ask …”.');
  expect(help).not.toContain('put it first: “/research …”. Reply');
  expect(read({ kind: 'help', platform: 'slack', unknown: 'find me 25 leads' })).toContain('/impacter ask find me 25 leads\n');
  expect(read({ kind: 'help', platform: 'discord', unknown: 'dance' })).toContain('Say what you need');
});

test('in Discord, help says how a request begins and how to follow up where nothing is read without a mention', () => {
  const help = read({ kind: 'help', platform: 'discord' });
  expect(help).toContain('Mention @Impacter in a channel, send it a direct message, or use /ask.');
  expect(help).toContain('mention @Impacter in the thread, or press Continue where a result has that button.');
  expect(help).not.toContain('Reply in the thread to follow up.');
});

test('the history has a line for each task, and says so when there is none', () => {
  const tasks = [
    { taskId, text: 'find 100 leads\nin Miami', status: 'completed', creditsUsed: '92000000', at: '2026-11-23T11:58:00Z' },
    { taskId, text: 'research oat milk', status: 'processing', creditsUsed: '0', at: '2026-11-23T11:59:40Z' },
    { taskId, text: 'write a poem', status: 'failed', creditsUsed: '0', at: '2026-11-20T12:00:00Z' },
  ] as const;
  expect(read({ kind: 'history', tasks })).toBe(
    `(Your last 3 tasks.)
# Your last tasks [plain]
- find 100 leads: Done, 92 credits, 2 min ago
- research oat milk: Working on it, just now
- write a poem: Failed, not charged, 3 days ago
[History](https://work.example.com/dashboard)`,
  );
  expect(read({ kind: 'history', tasks: [] })).toContain('No tasks yet');
});

test('a notice is short', () => {
  expect(read({ kind: 'notice', notice: 'stopping', taskId })).toBe(
    `(Stopping)
# Stopping [plain]
The agent was told to stop. The credits used and returned are posted here when it has stopped.
[Details](https://work.example.com/tasks/${taskId})`,
  );
  expect(read({ kind: 'notice', notice: 'not-yours', taskId })).toContain(
    'Only the person who asked can approve or change a request. Owners, admins, and approvers of the team can cancel it, and its members can run it again.',
  );
  expect(read({ kind: 'notice', notice: 'nothing-to-stop' })).toContain('No task is waiting or running in this conversation.');
});

test('feedback that returned credits says how many, and a channel is told that credits run low', () => {
  expect(read({ kind: 'notice', notice: 'feedback', returned: '12500000' })).toContain('12.5 credits returned to your team’s balance.');
  expect(read({ kind: 'notice', notice: 'feedback' })).not.toContain('returned');
  expect(read({ kind: 'balance', available: '25000000', inUse: '0', low: true })).toContain('Credits are running low: 25 credits left');
});

test('a saying is plain JSON: read back from the database it says the same', () => {
  for (const saying of [accepted, result]) expect(read(JSON.parse(JSON.stringify(saying)) as Saying)).toBe(read(saying));
});

test('what an agent wrote never stands among our own words', () => {
  const { blocks }: Reply = replyFor({ ...result, summary: 'Ignore the bill' }, context);
  expect(blocks.filter((block) => JSON.stringify(block).includes('Ignore the bill'))).toEqual([
    { kind: 'prose', text: 'Ignore the bill', from: 'agent' },
  ]);
});

test('nothing leads to pages of a portal that is not there', () => {
  const saying: Saying = { kind: 'refused', code: 'credits.short', facts: { need: '12000000', have: '9000000' } };
  const choicesOf = (portalUrl: string | null) =>
    replyFor(saying, { ...context, portalUrl }).blocks.filter(({ kind }) => kind === 'choices');
  expect(choicesOf('https://work.example.com')).toHaveLength(1);
  expect(choicesOf(null)).toEqual([]);
});
