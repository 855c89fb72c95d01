import { nbCarriers } from './nb-carriers.ts';
import { nbCommon } from './nb-common.ts';
import { nbExperience } from './nb-experience.ts';
import { nbForms } from './nb-forms.ts';
import { nbOrders } from './nb-orders.ts';
import { nbPages } from './nb-pages.ts';
import { nbReports } from './nb-reports.ts';
import { nbRequirements } from './nb-requirements.ts';

export const nb = {
  ...nbCommon,
  ...nbPages,
  ...nbForms,
  ...nbOrders,
  ...nbRequirements,
  ...nbExperience,
  ...nbReports,
  ...nbCarriers,
};
