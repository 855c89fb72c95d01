import { enCommon } from './en-common.ts';
import { enForms } from './en-forms.ts';
import { enPages } from './en-pages.ts';

export const en = { ...enCommon, ...enPages, ...enForms };
