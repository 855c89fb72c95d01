import { nbCommon } from './nb-common.ts';
import { nbPages } from './nb-pages.ts';

export const nb = { ...nbCommon, ...nbPages };
