import { enCarriers } from './en-carriers.ts';
import { enCommon } from './en-common.ts';
import { enExperience } from './en-experience.ts';
import { enForms } from './en-forms.ts';
import { enOrders } from './en-orders.ts';
import { enPages } from './en-pages.ts';
import { enReports } from './en-reports.ts';
import { enRequirements } from './en-requirements.ts';

export const en = {
  ...enCommon,
  ...enPages,
  ...enForms,
  ...enOrders,
  ...enRequirements,
  ...enExperience,
  ...enReports,
  ...enCarriers,
};
