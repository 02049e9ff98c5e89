// What a loader or an action of a guarded page is given.

import type { ActionFunctionArgs, LoaderFunctionArgs } from 'react-router';
import type { Visit } from './visit.ts';

export type Args = LoaderFunctionArgs | ActionFunctionArgs;

export type Visited<More = object> = Visit & More & Pick<Args, 'request' | 'params'> & { readonly url: URL };
