// The words of every letter, and the only place where they are. Short, calm, and always with the money: what was held,
// used, given back, and what is left.

import type { AgentType } from '../tasks/agent-type.ts';
import { sayAgo } from '../text/ago.ts';
import { balanceColour } from '../credits/balance-colour.ts';
import { choiceId } from './choice.ts';
import { micro, NO_CREDITS, sayCredits, showCredits, sum, type Amount } from '../credits/credits.ts';
import { estimate } from '../credits/estimate.ts';
import { EXAMPLE } from '../asks/example.ts';
import { sayLostFile } from '../files/lost-input.ts';
import { failureFor } from '../tasks/failure.ts';
import type { FileId, TaskId } from '../ids.ts';
import type {
  Accepted,
  Approval,
  Balance,
  Canceled,
  Failed,
  FileSaying,
  Help,
  History,
  HistoryLine,
  Notice,
  RefusedSaying,
  Result,
  Saying,
  Working,
} from './letter.ts';
import { never } from '../never.ts';
import { quantityIn, quantityOf, sayQuantity } from '../asks/quantity.ts';
import { sayUnits } from '../credits/rates.ts';
import { isAnswer, Refusal } from '../refusals/refusal.ts';
import type { Block, Choice, Facts, Files, Heading, Prose, Reply } from './reply.ts';
import { statusWords, taskPage } from '../tasks/task-view.ts';
import { firstLine, shorten } from '../text/text.ts';
import { sayUtc } from '../text/utc.ts';

export interface ReplyContext {
  /** Without a slash at its end. null where there is no portal: then nothing leads to its pages. */
  readonly portalUrl: string | null;
  readonly linkFor: (fileId: FileId) => string;
  readonly now: Date;
  readonly brandName: string;
}

/** A thread is no place for pages: longer summaries are cut, and the rest is one press away. */
const SUMMARY_CHARACTERS = 1_200;
const STEPS_SHOWN = 8;

export function replyFor(saying: Saying, context: ReplyContext): Reply {
  switch (saying.kind) {
    case 'accepted':
      return sayAccepted(saying, context);
    case 'approval':
      return sayApproval(saying, context);
    case 'refused':
      return sayRefused(saying, context);
    case 'working':
      return sayWorking(saying, context);
    case 'result':
      return sayResult(saying, context);
    case 'failed':
      return sayFailed(saying, context);
    case 'canceled':
      return sayCanceled(saying, context);
    case 'balance':
      return sayBalance(saying, context);
    case 'help':
      return sayHelp(saying, context);
    case 'history':
      return sayHistory(saying, context);
    case 'notice':
      return sayNotice(saying, context);
    default:
      return never(saying);
  }
}

function sayAccepted(saying: Accepted, context: ReplyContext): Reply {
  const ahead = saying.position ?? 0;
  const title = ahead === 0 ? 'On it' : `Queued behind ${ahead === 1 ? '1 request' : `${ahead} requests`}`;
  const count = sayCount(saying);
  return {
    fallback: `${title}. ${[sayType(saying.type), ...count, sayEstimate(saying)].join(', ')}.`,
    blocks: [
      heading(title, 'wait'),
      ...sayRequest(saying),
      ours(sentence(saying.because)),
      facts(
        ...count.map((words) => ['Quantity', words] as const),
        ['Estimate', sayEstimate(saying)],
        ['Reserved', credits(saying.held)],
        ['Left to spend', credits(saying.available)],
      ),
      ...choices(cancel(saying.taskId), ...open(saying.taskId, context)),
    ],
  };
}

function sayRequest({ request }: Pick<Accepted, 'request'>): Prose[] {
  return request === undefined ? [] : [person(`${request.by}: ${request.text}`)];
}

/** Always said where there is one, so that a wrong reading is seen before it costs. */
function sayCount({ type, quantity, stated = true }: Pick<Accepted, 'type' | 'quantity' | 'stated'>): string[] {
  const read = quantity === undefined ? null : quantityOf(type, quantity, stated);
  return read === null ? [] : [sayQuantity(read)];
}

function sayApproval(saying: Approval, context: ReplyContext): Reply {
  const { title, words } = {
    you: { title: 'Start this task?', words: 'Nothing is charged until you approve.' },
    approver: { title: 'Needs approval', words: 'Someone with approval rights has to approve this task. Nothing is charged until then.' },
    credits: { title: 'Waiting for credits', words: 'This task starts when there are enough credits. Nothing is charged until then.' },
  }[saying.waitsFor];
  const count = sayCount(saying);
  const first: Choice[] =
    saying.waitsFor === 'credits'
      ? topUp(context)
      : [
          { id: choiceId('approve', saying.taskId), label: 'Approve', style: 'main' },
          { id: choiceId('change', saying.taskId), label: 'Change', style: 'plain' },
        ];
  return {
    fallback: `${title}${title.endsWith('?') ? '' : '.'} ${[sayType(saying.type), ...count, sayEstimate(saying)].join(', ')}.`,
    blocks: [
      heading(title, 'wait'),
      ...sayRequest(saying),
      ours([sentence(saying.because), ...sayThreshold(saying), words, ...sayExpiry(saying)].join(' ')),
      facts(
        ...count.map((counted) => ['Quantity', counted] as const),
        ['Estimate', sayEstimate(saying)],
        ['Left to spend', credits(saying.available)],
      ),
      ...choices(...first, cancel(saying.taskId), ...open(saying.taskId, context)),
    ],
  };
}

function sayThreshold({ above, whose, edited = false }: Approval): string[] {
  if (edited) return ['You edited your request. If the first one is running or done, this one is charged in addition.'];
  if (above === undefined) return [];
  return [`${whose === 'team' ? 'Your team confirms' : 'You confirm'} requests over ${credits(above)}.`];
}

function sayExpiry({ approveBy }: Approval): string[] {
  return approveBy === undefined ? [] : [`This request expires on ${sayUtc(new Date(approveBy))}.`];
}

function sayRefused(saying: RefusedSaying, context: ReplyContext): Reply {
  const { sentence: title, wayForward, page, code } = new Refusal(saying);
  const cost = aboutAsk.test(code) && !isAnswer(code) && !title.includes('nothing was charged') ? 'Nothing was charged. ' : '';
  return {
    fallback: `${title} ${wayForward}`,
    blocks: [
      heading(title, isAnswer(code) ? 'plain' : 'bad'),
      ours(`${cost}${wayForward}`),
      ...(page === null ? [] : choices(...leadTo(context, page, { id: 'page', label: pageLabels[page] ?? 'Open', style: 'main' }))),
    ],
  };
}

/** Refusals of an ask; the others answer a command, where nobody would think of a charge. */
const aboutAsk = /^(?:ask|quantity|type|files|credits|limit|wallet|conversation)\.|^file\.(?:empty|too-large)$/;
const pageLabels: Readonly<Record<string, string>> = {
  '/buy': 'Get credits',
  '/credits': 'Open credits',
  '/team': 'Team',
  '/dashboard': 'Open dashboard',
  '/tasks': 'History',
  '/settings': 'Settings',
  '/login': 'Log in',
};

function sayWorking(saying: Working, context: ReplyContext): Reply {
  if (saying.ended !== undefined) return sayEnded(saying, saying.ended, context);
  const running = saying.steps.findLast((step) => step.state === 'running');
  return {
    fallback: running === undefined ? 'Working on it.' : `Working on it: ${running.title}`,
    blocks: [
      heading('Working on it', 'wait'),
      ...sayRequest(saying),
      ...(saying.steps.length === 0 ? [] : [{ kind: 'progress', steps: saying.steps.slice(-STEPS_SHOWN) } as const]),
      facts(['Reserved', credits(saying.held)]),
      ...choices(cancel(saying.taskId), ...open(saying.taskId, context)),
    ],
  };
}

/** Short: the answer is a post of its own. */
function sayEnded({ taskId, ...saying }: Working, ended: NonNullable<Working['ended']>, context: ReplyContext): Reply {
  const { title, words } = ends[ended];
  return {
    fallback: `${title}. ${words}`,
    blocks: [heading(title, 'plain'), ...sayRequest(saying), ours(words), ...choices(...open(taskId, context))],
  };
}

const ends = {
  completed: { title: 'Done', words: 'The result is below.' },
  failed: { title: 'Failed', words: 'Details are below.' },
  canceled: { title: 'Canceled', words: 'Details are below.' },
} as const satisfies Record<NonNullable<Working['ended']>, object>;

function sayResult(saying: Result, context: ReplyContext): Reply {
  const title = `Done${saying.units === undefined ? '' : `: ${sayUnits(saying.type, saying.units)}`}`;
  const summary = shorten(saying.summary, SUMMARY_CHARACTERS);
  const cut = summary !== saying.summary;
  return {
    fallback: `${title}${saying.sample ? ' (sample data)' : ''}. ${credits(saying.charged)} used.`,
    blocks: [
      heading(title, 'good'),
      ...sample(saying.sample),
      ...(summary === '' ? [] : [agents(summary)]),
      ...files(saying.files, context),
      money(saying.charged, saying.returned, saying.available),
      ...choices(
        ...open(saying.taskId, context, cut ? 'Read the full text' : 'Details'),
        runAgain(saying),
        { id: choiceId('good', saying.taskId), label: '👍', style: 'plain' },
        { id: choiceId('bad', saying.taskId), label: '👎', style: 'plain' },
        ...whenLow(saying.available, context),
      ),
    ],
  };
}

function sayFailed(saying: Failed, context: ReplyContext): Reply {
  const failure = failureFor(saying.code, saying.type);
  return {
    fallback: `${failure.sentence} ${failure.cost}`,
    blocks: [
      heading(failure.sentence, 'bad'),
      ours(`${failure.cost} ${failure.wayForward}`),
      ...(saying.lost ?? []).map((lost) => person(sayLostFile(lost))),
      spent('0', saying.returned, saying.available),
      ...choices(
        // Without its files it would be another request.
        ...(saying.code === 'inputs.missing' ? [] : [{ id: choiceId('retry', saying.taskId), label: 'Try again', style: 'main' as const }]),
        ...open(saying.taskId, context),
      ),
    ],
  };
}

function sayCanceled(saying: Canceled, context: ReplyContext): Reply {
  const wasHeld = sum(micro(saying.used), micro(saying.returned)) > NO_CREDITS;
  if (saying.replaced === true)
    return {
      fallback: 'Replaced by your changed request. Nothing was charged.',
      blocks: [heading('Replaced by your changed request', 'plain'), ours('Nothing was charged.')],
    };
  return {
    fallback: wasHeld
      ? `Stopped. Used ${showCredits(micro(saying.used))}, returned ${credits(saying.returned)}.`
      : 'Canceled. Nothing was charged.',
    blocks: [
      heading(wasHeld ? 'Stopped' : 'Canceled', 'plain'),
      ...(wasHeld ? [] : [ours('Nothing was charged.')]),
      ...sample(saying.sample),
      ...(saying.files.length === 0 ? [] : [ours('Files finished before that are yours to keep.')]),
      ...files(saying.files, context),
      spent(saying.used, saying.returned, saying.available),
      ...choices(...open(saying.taskId, context)),
    ],
  };
}

function sayBalance(saying: Balance, context: ReplyContext): Reply {
  const { colour, words } = balanceColour({ available: micro(saying.available), daysLeft: saying.daysLeft });
  const title =
    saying.low === true ? `Credits are running low: ${credits(saying.available)} left` : `${credits(saying.available)} to spend`;
  return {
    fallback: `${title}.`,
    blocks: [
      heading(title, colour === 'red' ? 'bad' : 'plain'),
      ours(sentence(words)),
      facts(['Reserved for running tasks', credits(saying.inUse)]),
      ...choices(...topUp(context), ...history(context)),
    ],
  };
}

/** Characters of an unknown command that are shown again, so that its person can copy them. */
const UNKNOWN_CHARACTERS = 1_000;

function sayHelp({ platform, unknown }: Help, context: ReplyContext): Reply {
  if (unknown !== undefined && platform === 'slack') {
    const title = 'To send a request, type “/impacter ask” first';
    return {
      fallback: `${title}.`,
      blocks: [
        heading(title, 'plain'),
        ours('Nothing was started. Copy this to send it:'),
        { kind: 'prose', text: `/impacter ask ${shorten(unknown, UNKNOWN_CHARACTERS)}`, from: 'person' },
        ours('To see all commands, type “/impacter help”.'),
      ],
    };
  }
  return {
    fallback: `Say what you need, and ${context.brandName} does it.`,
    blocks: [
      heading(`Say what you need, and ${context.brandName} does it`, 'plain'),
      ours('The first reply shows the maximum cost. You never pay more, unused credits are returned, and failed work is free.'),
      facts(...examples.map(({ text, type }): [string, string] => [text, sayPrice(text, type)])),
      ...(platform === 'slack' ? slackWays(context) : platform === 'discord' ? discordWays(context) : [ours(anyWay)]),
      ...choices(...topUp(context), ...history(context)),
    ],
  };
}

const anyWay = 'To choose the task type, put it first: “/research …”. Reply in the thread to follow up.';

/** Slack takes a message that begins with a slash for one of its own commands. */
function slackWays({ brandName }: ReplyContext): Prose[] {
  return [
    ours(`Mention @${brandName} in a channel, send it a direct message, or type “/impacter ask …”. Reply in the thread to follow up.`),
    ours(`To choose the task type, put it first: “@${brandName} /research …” or “/impacter ask /research …”.`),
    ours('Other commands: /impacter balance, buy, history, cancel, link, settings, privacy.'),
  ];
}

/** Where messages are not read unless they mention the bot, an answer in the thread alone starts nothing. */
function discordWays({ brandName }: ReplyContext): Prose[] {
  return [
    ours(`Mention @${brandName} in a channel, send it a direct message, or use /ask.`),
    ours(`To follow up, mention @${brandName} in the thread, or press Continue where a result has that button.`),
    ours(`To choose the task type, put it first: “@${brandName} /research …”, or fill in “type” in /ask.`),
  ];
}

const examples: readonly { readonly text: string; readonly type: AgentType }[] = [
  { text: EXAMPLE, type: 'lead-generation' },
  { text: 'write 50 emails to my customers', type: 'email-campaign' },
  { text: 'scrape 200 rows from example.com', type: 'web-scraping' },
  { text: 'write 5 posts about our launch', type: 'social-media' },
  { text: 'write a blog post about oat milk', type: 'content-creation' },
  { text: 'research three competitors', type: 'research' },
];

function sayPrice(text: string, type: AgentType): string {
  const { low, high } = estimate(type, quantityIn(text, type)?.count ?? null);
  return sayEstimate({ estimateLow: low.toString(), estimateHigh: high.toString() });
}

function sayHistory(saying: History, context: ReplyContext): Reply {
  if (saying.tasks.length === 0) {
    return {
      fallback: 'No tasks yet.',
      blocks: [heading('No tasks yet', 'plain'), ours(`Say what you need, for example: ${EXAMPLE}.`)],
    };
  }
  const lines = saying.tasks.map((task) => taskLine(task, context.now));
  return {
    fallback: saying.tasks.length === 1 ? 'Your last task.' : `Your last ${saying.tasks.length} tasks.`,
    blocks: [heading('Your last tasks', 'plain'), facts(...lines), ...choices(...history(context))],
  };
}

/** One of somebody's tasks: what was asked, and how it stands. */
export function taskLine({ text, status, creditsUsed, at }: HistoryLine, now: Date): [string, string] {
  const cost = status === 'completed' ? [credits(creditsUsed)] : [];
  return [firstLine(text, 60), [statusWords[status], ...cost, sayAgo(new Date(at), now)].join(', ')];
}

function sayNotice(saying: Notice, context: ReplyContext): Reply {
  const { title, words } = notices[saying.notice];
  const offered = saying.notice === 'request-removed' && saying.taskId !== undefined ? [cancel(saying.taskId)] : [];
  const link = saying.taskId === undefined ? [] : choices(...offered, ...open(saying.taskId, context));
  const returned = saying.returned === undefined ? [] : [ours(`${credits(saying.returned)} returned to your team’s balance.`)];
  return { fallback: title, blocks: [heading(title, 'plain'), ...returned, ours(words), ...link] };
}

const notices = {
  stopping: { title: 'Stopping', words: 'The agent was told to stop. The credits used and returned are posted here when it has stopped.' },
  'nothing-to-stop': { title: 'Nothing to stop', words: 'No task is waiting or running in this conversation.' },
  'passed-on': { title: 'Message passed on', words: 'The running agent received your message.' },
  'request-removed': {
    title: 'The message with this request was deleted',
    words: 'The task is still running. Cancel it if you no longer need it. Our copy of the request is deleted when the task ends.',
  },
  'edited-refused': { title: 'This request was not accepted', words: 'Send it again as a new message.' },
  'not-yours': {
    title: 'This is somebody else’s request',
    words:
      'Only the person who asked can approve or change a request. Owners, admins, and approvers of the team can cancel it, and its members can run it again.',
  },
  'too-often': { title: 'Too many requests', words: 'Wait a minute and try again. Running tasks continue.' },
  canceled: { title: 'Canceled', words: 'The task was canceled.' },
  feedback: { title: 'Thanks for your feedback', words: 'It helps us improve results.' },
} as const satisfies Record<Notice['notice'], object>;

// --- Pieces.

/** "about 80, at most 100 credits"; one number where there is only one. */
export function sayEstimate({ estimateLow, estimateHigh }: { readonly estimateLow: Amount; readonly estimateHigh: Amount }): string {
  return estimateLow === estimateHigh
    ? credits(estimateHigh)
    : `about ${showCredits(micro(estimateLow))}, at most ${credits(estimateHigh)}`;
}

function sayType(type: AgentType): string {
  return capital(type.replace('-', ' '));
}

function credits(amount: Amount): string {
  return sayCredits(micro(amount));
}

function money(used: Amount, returned: Amount, available: Amount): Facts {
  const held = sum(micro(used), micro(returned));
  return facts(
    ['Used', `${showCredits(micro(used))} of ${sayCredits(held)} reserved`],
    ['Returned', credits(returned)],
    ['Left to spend', credits(available)],
  );
}

/** Where nothing had been held, as before an approval, there is nothing to tell of it. */
function spent(used: Amount, returned: Amount, available: Amount): Facts {
  const wasHeld = sum(micro(used), micro(returned)) > NO_CREDITS;
  return wasHeld ? money(used, returned, available) : facts(['Left to spend', credits(available)]);
}

function sample(isSample: boolean): Prose[] {
  return isSample ? [ours('Sample data: everything in it is made up to show how a result looks. It is not real.')] : [];
}

function files(sayings: readonly FileSaying[], { linkFor }: ReplyContext): Files[] {
  if (sayings.length === 0) return [];
  return [
    {
      kind: 'files',
      files: sayings.map(({ fileId, name, mime, sizeBytes, preview }) => ({
        name,
        mime,
        sizeBytes,
        url: linkFor(fileId),
        ...(preview && { preview }),
      })),
    },
  ];
}

function heading(text: string, tone: Heading['tone']): Heading {
  return { kind: 'heading', text, tone };
}

function ours(text: string): Prose {
  return { kind: 'prose', text, from: 'us' };
}

function person(text: string): Prose {
  return { kind: 'prose', text, from: 'person' };
}

function agents(text: string): Prose {
  return { kind: 'prose', text, from: 'agent' };
}

function facts(...lines: readonly (readonly [label: string, value: string])[]): Facts {
  return { kind: 'facts', facts: lines.map(([label, value]) => ({ label, value })) };
}

function choices(...list: readonly Choice[]): Block[] {
  return list.length === 0 ? [] : [{ kind: 'choices', choices: list }];
}

function cancel(taskId: TaskId): Choice {
  return { id: choiceId('cancel', taskId), label: 'Cancel', style: 'danger' };
}

function open(taskId: TaskId, context: ReplyContext, label = 'Details'): Choice[] {
  return leadTo(context, taskPage('', taskId), { id: 'task', label, style: 'plain' });
}

/** It may cost what was reserved for it the first time. */
function runAgain({ taskId, charged, returned }: Result): Choice {
  const most = sayCredits(sum(micro(charged), micro(returned)));
  return { id: choiceId('retry', taskId), label: `Run again · up to ${most}`, style: 'plain' };
}

function topUp(context: ReplyContext): Choice[] {
  return leadTo(context, '/buy', { id: 'top-up', label: 'Get credits', style: 'main' });
}

function history(context: ReplyContext): Choice[] {
  return leadTo(context, '/dashboard', { id: 'history', label: 'History', style: 'plain' });
}

function whenLow(available: Amount, context: ReplyContext): Choice[] {
  return balanceColour({ available: micro(available) }).colour === 'red' ? topUp(context) : [];
}

/** A link that leads nowhere is worse than none. */
function leadTo({ portalUrl }: ReplyContext, page: string, choice: Choice): Choice[] {
  return portalUrl === null ? [] : [{ ...choice, url: portalUrl + page }];
}

/** "read as …" becomes "Read as …." */
function sentence(words: string): string {
  return `${capital(words)}.`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
