import type { Route } from '../http/route.ts';
import { createCarrier, listCarriers } from './carriers.ts';
import {
  changeOrganisation,
  createOrganisation,
  listOrganisations,
  readOrganisation,
} from './organisations.ts';
import { createServiceToken, listServiceTokens, revokeServiceToken } from './service-tokens.ts';
import { changeUser, createUser, listUsers, readUser } from './users.ts';

export const routes: readonly Route[] = [
  listOrganisations,
  readOrganisation,
  createOrganisation,
  changeOrganisation,
  listUsers,
  readUser,
  createUser,
  changeUser,
  listServiceTokens,
  createServiceToken,
  revokeServiceToken,
  listCarriers,
  createCarrier,
];
