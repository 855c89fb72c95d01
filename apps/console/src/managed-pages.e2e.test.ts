// Every page and form where things are changed, looked at by axe and by its width.
import { AxeBuilder } from '@axe-core/playwright';
import { launchBrowser } from '@rmh/tools/browser';
import { lookWith } from './testing/look.ts';
import { FORMS, MANAGED } from './testing/views.ts';

const { lookAtEach, lookAtForms } = lookWith({ launch: launchBrowser, Axe: AxeBuilder });

lookAtEach(MANAGED);
lookAtForms(FORMS);
