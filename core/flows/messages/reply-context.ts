import type { ReplyContext } from '#core/domain/messages/say.ts';
import type { Core } from '../runtime/core.ts';
import { linkFor } from '../files/links.ts';

/** What a saying needs to become a reply: where the portal is, and links that work from now on. */
export function replyContext(core: Pick<Core, 'settings' | 'clock'>): ReplyContext {
  return {
    portalUrl: core.settings.hasPortal ? core.settings.publicUrl : null,
    brandName: core.settings.brandName,
    now: core.clock.now(),
    linkFor: (fileId) => linkFor(core, fileId),
  };
}
