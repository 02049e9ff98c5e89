// What Bolt hands on, one listener a kind. What people say is no business of Bolt's (events.ts).

import type { App, Context } from '@slack/bolt';
import type { z } from 'zod';
import type { Installation } from '#core/domain/workspaces/installation.ts';
import { slashCommand } from '../acts/command.ts';
import { CHANGE, submitted } from '../acts/form.ts';
import { appInvited, appOpened } from '../acts/home.ts';
import { pressed } from '../acts/pressed.ts';
import { askWhatToDo, runOnMessage } from '../acts/shortcut.ts';
import { removed, revoked } from '../install/gone.ts';
import type { SaidDeps } from '../said/deps.ts';
import { RUN } from '../manifest/manifest.ts';
import type { TokensOf } from '../tokens-of.ts';
import type { Listen } from './bolt.ts';
import {
  commandSchema,
  joinedSchema,
  openedSchema,
  pressedSchema,
  removedSchema,
  revokedSchema,
  shortcutSchema,
  submittedSchema,
} from './shapes.ts';
import { waitOf } from './wait.ts';

export interface ListenDeps extends SaidDeps {
  readonly tokens: TokensOf;
}

export function slackListeners(deps: ListenDeps): Listen {
  /** A shape that we do not know is nothing that somebody did; a workspace that is gone has nobody to answer. */
  async function read<Schema extends z.ZodType>(
    schema: Schema,
    given: unknown,
    context: Context,
  ): Promise<{ here: Installation; it: z.output<Schema> } | null> {
    const { data: it, error } = schema.safeParse(given);
    const here = context.teamId === undefined ? null : await deps.tokens.of(context.teamId);
    if (it !== undefined && here !== null) return { here, it };
    deps.log.warn(
      { team: context.teamId ?? null, paths: error?.issues.slice(0, 5).map(({ path }) => path.join('.')) },
      'nothing that we know',
    );
    return null;
  }

  return (app: App) => {
    app.event('user_change', async ({ event, context }) => {
      if (context.teamId !== undefined) deps.directory.changed(context.teamId, event.user.id);
    });
    app.event('app_home_opened', async ({ event, context }) => {
      const opened = await read(openedSchema, event, context);
      if (opened !== null) appOpened(deps, opened.here, opened.it);
    });
    app.event('member_joined_channel', async ({ event, context }) => {
      const joined = await read(joinedSchema, event, context);
      if (joined !== null) appInvited(deps, joined.here, joined.it);
    });
    app.event('app_uninstalled', async ({ body, context }) => {
      const news = await read(removedSchema, body, context);
      if (news !== null) await removed(deps, news.here, news.it);
    });
    app.event('tokens_revoked', async ({ body, context }) => {
      const news = await read(revokedSchema, body, context);
      if (news !== null) await revoked(deps, news.here, news.it);
    });
    // Also one that we did not make, so that whoever pressed it is told.
    app.action(/^/, async ({ body, context, ack }) => {
      const press = await read(pressedSchema, body, context);
      if (press !== null) await pressed(deps, press.here, press.it, waitOf(context));
      await ack();
    });
    app.view(CHANGE, async ({ body, context, ack }) => {
      const form = await read(submittedSchema, body, context);
      const errors = form === null ? null : await submitted(deps, form.here, form.it, waitOf(context));
      await (errors === null ? ack() : ack({ response_action: 'errors', errors }));
    });
    app.shortcut(RUN, async ({ body, context, ack }) => {
      const shortcut = await read(shortcutSchema, body, context);
      if (shortcut !== null) askWhatToDo(deps, shortcut.here, shortcut.it);
      await ack();
    });
    app.view(RUN, async ({ body, context, ack }) => {
      const form = await read(submittedSchema, body, context);
      const sent = form === null ? null : await runOnMessage(deps, form.here, form.it, waitOf(context));
      if (sent === null) await ack();
      else
        await ack('errors' in sent ? { response_action: 'errors', errors: sent.errors } : { response_action: 'update', view: sent.view });
    });
    app.command(/^\/[\w-]+$/, async ({ command, context, ack }) => {
      const given = await read(commandSchema, command, context);
      await ack(given === null ? '' : ({ ...(await slashCommand(deps, given.here, given.it, waitOf(context))) } as never));
    });
  };
}
