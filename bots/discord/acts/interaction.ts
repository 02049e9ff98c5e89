// Everything that people do with what Discord calls interactions, whether it is told over HTTP or by the gateway: the same handlers, and
// the same keys. Discord tells none of them again.

import type { z } from 'zod';
import type { Log } from '#core/ports/log.ts';
import type { Reply } from '#core/domain/messages/reply.ts';
import type { Asked, Doing, InteractionDoor } from './answer.ts';
import { discordAnswering } from './answering.ts';
import { changes } from './forms/change.ts';
import { ON_MESSAGE } from './commands.ts';
import type { ActsDeps, ActsNeeds } from './deps.ts';
import { tellDirectly } from './directly.ts';
import { given } from './given.ts';
import { goesOn } from './forms/more.ts';
import { hereOf, type Here } from './place.ts';
import { mayOpenForm, pressed } from './pressed.ts';
import { alone, MESSAGE, NO_SUGGESTIONS, PONG } from './responses.ts';
import { runsOn } from './forms/run-on.ts';
import { commandSchema, componentSchema, formSchema, headSchema, type Made } from './shapes.ts';
import { sayUnknown } from './words.ts';
import { renderDiscord } from '../draw/render.ts';

/** Kinds of interactions (docs, Receiving and Responding, Interaction Type). */
const [PING, COMMAND, COMPONENT, AUTOCOMPLETE, FORM_SENT] = [1, 2, 3, 4, 5] as const;

export interface Acts {
  /** False for what cannot be answered, because it is no interaction. Resolves when it has been answered. Never rejects. */
  take(interaction: unknown, way: Way): Promise<boolean>;
  /** Resolves when all that was begun has ended. */
  ended(): Promise<void>;
}

/** How the first answer reaches Discord. `cameMs`: by performance.now(). */
export interface Way {
  readonly cameMs: number;
  respond(to: { readonly id: string; readonly token: string }, body: object): Promise<void>;
}

/** What is told again by a gateway that was asked to go on, or twice at once, comes soon after the first. */
const KEPT_MOST = 5_000;

export function discordActs(needs: ActsNeeds): Acts {
  const { call, settings, log } = needs;
  const deps: ActsDeps = {
    ...needs,
    answering: discordAnswering({ call, applicationId: settings.applicationId, log }),
  };
  const lately = new Map<string, Promise<void>>();
  const underWay = new Set<Promise<void>>();

  return {
    async take(interaction, { cameMs, respond }) {
      const { data: head } = headSchema.safeParse(interaction);
      if (head === undefined) {
        log.warn({}, 'interaction of a shape that we do not know');
        return false;
      }
      const { id, token, type } = head;
      const door: InteractionDoor = {
        id,
        token,
        cameMs,
        respond: (body) => respond({ id, token }, body),
      };
      const known = lately.get(id);
      if (known !== undefined) {
        await known;
        return true;
      }
      const answering = answered(deps, type, interaction, door);
      lately.set(id, answering);
      if (lately.size > KEPT_MOST) lately.delete(lately.keys().next().value!);
      underWay.add(answering);
      await answering.finally(() => underWay.delete(answering));
      return true;
    },
    async ended() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function answered(deps: ActsDeps, type: number, interaction: unknown, door: InteractionDoor): Promise<void> {
  const { answering, log } = deps;
  if (type === PING) return plainly(log, door, PONG);
  if (type === AUTOCOMPLETE) return plainly(log, door, NO_SUGGESTIONS);
  const read = reads[type]?.(deps, interaction, door);
  if (read === undefined || 'problem' in read) {
    log.warn({ interactionId: door.id, type, paths: read?.problem }, 'interaction that we do not know');
    return plainly(log, door, {
      type: MESSAGE,
      data: alone(renderDiscord(sayUnknown)[0]!.components),
    });
  }
  const { made, asked, doing } = read;
  await answering.answer(door, {
    asked,
    async begin() {
      const here = await hereOf(deps, made);
      return here === null ? unknown : doing(here);
    },
    otherwise: (reply) => otherwise(deps, made, reply),
  });
}

const unknown: Doing = { does: async () => ({ kind: 'private', reply: sayUnknown }) };

interface Read {
  readonly made: Made;
  readonly asked: Asked;
  doing(here: Here): Doing;
}

const reads: Readonly<
  Record<number, (deps: ActsDeps, given: unknown, door: InteractionDoor) => Read | { readonly problem: readonly string[] }>
> = {
  [COMMAND]: (deps, told, door) =>
    parsed(commandSchema, told, (made) => ({
      made,
      asked: made.data.type === ON_MESSAGE ? 'form' : 'command',
      doing: (here) => given(deps, here, made, door),
    })),
  [COMPONENT]: (deps, told, door) =>
    parsed(componentSchema, told, (made) => ({
      made,
      asked: mayOpenForm(made.data.custom_id) ? 'form' : 'component',
      doing: (here) => pressed(deps, here, made, door),
    })),
  [FORM_SENT]: (deps, told, door) =>
    parsed(formSchema, told, (made) => ({
      made,
      // A form that a command opened stands below no message.
      asked: made.message === undefined ? 'command' : 'component',
      doing: (here) => runsOn(deps, here, made, door) ?? goesOn(deps, here, made, door) ?? changes(deps, here, made, door),
    })),
};

function parsed<Schema extends z.ZodType>(schema: Schema, told: unknown, then: (made: z.output<Schema>) => Read) {
  const { data, error } = schema.safeParse(told);
  if (error !== undefined) return { problem: error.issues.slice(0, 5).map(({ path }) => path.join('.')) };
  return then(data);
}

async function plainly(log: Log, door: InteractionDoor, body: object): Promise<void> {
  await door.respond(body).catch(() => log.warn({ interactionId: door.id }, 'interaction not answered'));
}

function otherwise(deps: ActsDeps, { id, member, user }: Made, reply: Reply): void {
  const person = member?.user.id ?? user?.id;
  if (person !== undefined) deps.forOne.attempt(tellDirectly(deps, id, person, reply));
}
