import { enCommon } from './en-common.ts';
import { enPages } from './en-pages.ts';

export const en = { ...enCommon, ...enPages };
