// Linking accounts and workspaces of chat platforms. A bot makes a link for the account that asked, which opens once within
// ten minutes; the page behind it shows both sides, and only a person's press there links them. Somebody may send their own
// link to another person, hoping that this one presses: so the page says whose account it is before anything happens, the
// press says what the page showed, and the person hears of it by mail.

import type { Actor } from '#core/domain/actor.ts';
import { micro, MOST_CREDITS, type Amount } from '#core/domain/credits/credits.ts';
import { isId, type IdentityId, type TeamId, type UserId, type WorkspaceId } from '#core/domain/ids.ts';
import { securityNotice } from '#core/domain/mail/mail.ts';
import type { Platform } from '#core/domain/messages/thread-ref.ts';
import { refuse } from '#core/domain/refusals/refusal.ts';
import { may, mustBeAllowed } from '#core/domain/team/permission.ts';
import { teamLimits } from '#core/domain/team/team-limits.ts';
import { cleanText, shorten } from '#core/domain/text/text.ts';
import { defaultCaps, viewCaps, type WorkspaceCapsView } from '#core/domain/workspaces/caps.ts';
import { newBearer } from '#core/store/database/bearer.ts';
import type { CapsWanted } from '#core/store/workspaces/linked-workspaces.ts';
import type { LinkRequest, LookedAtLink, WriteNotice } from '#core/store/workspaces/linking.ts';
import { inZone } from '../credits/in-zone.ts';
import { writeMail } from '../mail/mail.ts';
import type { Core } from '../runtime/core.ts';
import { installationVerbs } from './installations.ts';
import { welcomeVerbs } from './welcome.ts';
import { placeVerbs } from './places.ts';
import { whereToAsk, whereToAskVerbs, type WhereToAsk } from './where-to-ask.ts';

export interface PlatformAccount {
  readonly platform: Platform;
  /** Where accounts are known by their workspace; null where an account is the same everywhere. */
  readonly workspace: string | null;
  readonly externalId: string;
  readonly displayName: string;
  /** For the person to read. */
  readonly workspaceName?: string;
}

export interface PlatformWorkspace {
  readonly platform: Platform;
  readonly externalId: string;
  readonly name: string;
  /** The display name of whoever asked. */
  readonly askedBy?: string;
}

export interface MadeLink {
  readonly url: string;
  readonly expiresAt: string;
}

export interface LinkView {
  readonly kind: 'identity' | 'workspace';
  readonly platform: Platform;
  /** The account's name; of a workspace, that of the account that asked. Chosen there, so it proves nothing. */
  readonly accountName: string | null;
  /** The workspace's name. */
  readonly placeName: string | null;
  /** What the platform knows it by. */
  readonly externalId: string;
  /** The other side: who is logged in, and for which team. */
  readonly you: { readonly userId: UserId; readonly name: string; readonly email: string };
  readonly team: { readonly id: TeamId; readonly name: string };
  /** `free` can be linked, `yours` is so already, `taken` is somebody else's, `forbidden` is for an owner or admin to link. */
  readonly state: 'free' | 'yours' | 'taken' | 'forbidden';
  /** What may be spent there in a day once it is linked, unless whoever links it says otherwise; null for an account. */
  readonly caps: WorkspaceCapsView | null;
}

/** What the page behind a link showed, and what was chosen on it. */
export interface LinkConfirmed {
  readonly userId: string;
  readonly teamId: string;
  /** Of a workspace; those that the page showed when it is left out. */
  readonly caps?: WorkspaceCapsView;
  /** Where the days of the caps begin; UTC when it is left out. */
  readonly timeZone?: string;
}

export interface WorkspaceWanted {
  readonly caps: WorkspaceCapsView;
  /** Of new caps; one that is there keeps its own. */
  readonly timeZone: string;
  /** Whether guests, and people of other companies who are there, may ask. */
  readonly guestsMayAsk: boolean;
}

export interface LinkedAccount {
  readonly id: IdentityId;
  readonly platform: Platform;
  readonly name: string | null;
  readonly externalId: string;
  readonly workspace: string | null;
}

export interface LinkedWorkspace {
  readonly id: WorkspaceId;
  readonly platform: Platform;
  readonly name: string;
  readonly since: string;
  /** False when the bot was removed there. */
  readonly installed: boolean;
  /** What the app needs and was not granted there: it has to be installed again. */
  readonly missingScopes: readonly string[];
  /** How many members of the team have linked their account there. */
  readonly people: number;
  readonly guestsMayAsk: boolean;
  readonly caps: WorkspaceCapsView;
  readonly asking: WhereToAsk;
}

/** Made once: installations are remembered, and heard of when they change. */
export function workspaceVerbs(core: Core) {
  return { ...linkingVerbs(core), ...installationVerbs(core), ...placeVerbs(core), ...whereToAskVerbs(core), ...welcomeVerbs(core) };
}

export function linkingVerbs(core: Core) {
  const { linking, teams, people } = core.store;

  async function make(request: LinkRequest): Promise<MadeLink> {
    const token = newBearer();
    const at = core.clock.now();
    const expiresAt = new Date(at.getTime() + teamLimits.linkMinutes * 60_000);
    await linking.request(request, token, expiresAt, at);
    return { url: `${core.settings.publicUrl}/link/${token}`, expiresAt: expiresAt.toISOString() };
  }

  async function look(token: string): Promise<LookedAtLink> {
    const request = await linking.look(token, core.clock.now());
    if (request === null) throw refuse('link-request.over');
    return request;
  }

  return {
    /** For a bot: an address for the person behind this account, to be shown to nobody else. The link before stops working. */
    makeIdentityLink: ({ platform, workspace, externalId, displayName, workspaceName }: PlatformAccount): Promise<MadeLink> =>
      make({ kind: 'identity', platform, workspace, externalId, accountName: shown(displayName), placeName: shown(workspaceName) }),

    /** For a bot: an address for whoever asked to link this workspace to a team. */
    makeWorkspaceLink: ({ platform, externalId, name, askedBy }: PlatformWorkspace): Promise<MadeLink> =>
      make({ kind: 'workspace', platform, workspace: null, externalId, accountName: shown(askedBy), placeName: shown(name) }),

    /** Both sides of a link. Rejects with `link-request.over`. */
    async lookAtLink(actor: Actor, token: string): Promise<LinkView> {
      const request = await look(token);
      const [team, name] = await Promise.all([teams.find(actor.teamId), people.nameOf(actor.userId)]);
      const { kind, platform, accountName, placeName, externalId } = request;
      return {
        kind,
        platform,
        accountName,
        placeName,
        externalId,
        you: { userId: actor.userId, name: name ?? '', email: actor.email },
        team: { id: actor.teamId, name: team?.name ?? '' },
        state: stateOf(request, actor),
        caps: kind === 'workspace' ? viewCaps(defaultCaps) : null,
      };
    },

    /**
     * Links what the page showed. Rejects with `identity.taken` or `workspace.taken` for what is somebody else's,
     * `link-request.changed` when the actor is another one than the page showed, `not.allowed` for a workspace without the right.
     */
    async confirmLink(actor: Actor, token: string, confirmed: LinkConfirmed): Promise<LinkView['kind']> {
      const { userId, teamId, caps = viewCaps(defaultCaps), timeZone = 'UTC' } = confirmed;
      if (userId !== actor.userId || teamId !== actor.teamId) throw refuse('link-request.changed');
      const at = core.clock.now();
      const { kind } = await look(token);
      if (kind === 'workspace') mustBeAllowed(actor, 'workspaces.manage');
      const answer =
        kind === 'workspace'
          ? await withCaps({ caps, timeZone }, (wanted) => linking.linkWorkspace(token, actor, wanted, at))
          : await linking.linkIdentity(token, actor, noticeTo(core, actor, at), at);
      if (answer.outcome === 'over') throw refuse('link-request.over');
      if (answer.outcome === 'taken') throw refuse(`${kind}.taken`);
      core.log.info({ userId, teamId, kind, platform: answer.request.platform }, 'linked');
      return kind;
    },

    /** The actor's own accounts on chat platforms. */
    linkedAccounts: (actor: Actor): Promise<LinkedAccount[]> => linking.identitiesOf(actor.userId),

    /** The team's workspaces. */
    async linkedWorkspaces(actor: Actor): Promise<LinkedWorkspace[]> {
      mustBeAllowed(actor, 'team.see');
      const [workspaces, places] = await Promise.all([linking.workspacesOf(actor.teamId), core.store.places.ofTeam(actor.teamId)]);
      const mayChange = may(actor.role, 'workspaces.manage');
      return workspaces.map(({ id, platform, name, since, installed, scopes, people, guestsMayAsk, caps }) => {
        const wanted = core.settings.wantedScopes[platform] ?? [];
        const missingScopes = installed && scopes.length > 0 ? wanted.filter((scope) => !scopes.includes(scope)) : [];
        const asking = whereToAsk(platform, places.get(id) ?? [], mayChange);
        return {
          id,
          platform,
          name,
          since: since.toISOString(),
          installed,
          missingScopes,
          people,
          guestsMayAsk,
          caps: viewCaps(caps),
          asking,
        };
      });
    },

    /** Changes what may be spent there in a day, and whether guests may ask. Rejects with `workspace.not-found`. */
    async changeWorkspace(actor: Actor, workspaceId: string, { caps, timeZone, guestsMayAsk }: WorkspaceWanted): Promise<void> {
      mustBeAllowed(actor, 'workspaces.manage');
      const id = workspaceId as WorkspaceId;
      const done =
        isId(workspaceId) &&
        (await withCaps({ caps, timeZone }, (wanted) => linking.changeWorkspace(id, actor, { ...wanted, guestsMayAsk }, core.clock.now())));
      if (!done) throw refuse('workspace.not-found');
      core.log.info({ teamId: actor.teamId, userId: actor.userId, workspaceId }, 'workspace changed');
    },

    async unlinkAccount(actor: Actor, identityId: string): Promise<void> {
      const done = isId(identityId) && (await linking.unlinkIdentity(identityId as IdentityId, actor, core.clock.now()));
      if (!done) throw refuse('identity.not-found');
    },

    /** Nobody pays for what is asked there from then on; tasks under way end as they would have. */
    async unlinkWorkspace(actor: Actor, workspaceId: string): Promise<void> {
      mustBeAllowed(actor, 'workspaces.manage');
      const done = isId(workspaceId) && (await linking.unlinkWorkspace(workspaceId as WorkspaceId, actor, core.clock.now()));
      if (!done) throw refuse('workspace.not-found');
    },
  };
}

/** Rejects with `request.invalid` for what is no amount or no time zone. */
function withCaps<T>(
  { caps, timeZone }: { caps: WorkspaceCapsView; timeZone: string },
  work: (wanted: CapsWanted) => Promise<T>,
): Promise<T> {
  const read = (name: string, amount: Amount | null) => {
    if (amount === null) return null;
    if (!/^\d{1,16}$/.test(amount) || micro(amount) > MOST_CREDITS)
      throw refuse('request.invalid', { fields: [{ name, problem: 'must be an amount of credits, such as 100 or 2.5' }] });
    return micro(amount);
  };
  const wanted = {
    caps: { personPerDay: read('personPerDay', caps.personPerDay), workspacePerDay: read('workspacePerDay', caps.workspacePerDay) },
    timeZone,
  };
  return inZone(timeZone, () => work(wanted));
}

const NAME_CHARACTERS = 80;

function shown(name: string | undefined): string | null {
  const words = shorten(cleanText(name ?? '').replace(/\s+/g, ' '), NAME_CHARACTERS);
  return words === '' ? null : words;
}

function stateOf({ kind, userId, teamId }: LookedAtLink, actor: Actor): LinkView['state'] {
  const [owner, own] = kind === 'identity' ? [userId, actor.userId] : [teamId, actor.teamId];
  if (owner !== null) return owner === own ? 'yours' : 'taken';
  return kind === 'workspace' && !may(actor.role, 'workspaces.manage') ? 'forbidden' : 'free';
}

/** Whoever was made to press hears of it. */
function noticeTo(core: Core, actor: Actor, at: Date): WriteNotice {
  return ({ identityId, name }, on) =>
    writeMail(
      core,
      {
        key: `linked:${identityId}:${at.getTime()}`,
        to: actor.email,
        saying: securityNotice(core.settings.publicUrl, { name, what: 'identity-linked', at }),
      },
      on,
    );
}
