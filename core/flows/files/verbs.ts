// Files that people bring and get.

import { bind } from '../runtime/bind.ts';
import type { Core } from '../runtime/core.ts';
import { keepInput } from './keep-input.ts';
import { fileActVerbs } from './file-acts.ts';
import { openLink } from './links.ts';
import { openFile, openOriginal } from './open-file.ts';

export function fileVerbs(core: Core) {
  return { ...bind(core, { keepInput, openLink, open: openFile, openOriginal }), ...fileActVerbs(core) };
}
