// What the platform's problems are called here. The API speaks English to machines; what people
// run into while they fill in a form is said in their own words.
import type { Word } from '../words/words.ts';

export const STATUS_WORDS: Readonly<Record<number, Word>> = {
  400: 'problem.refused',
  401: 'problem.signedOut',
  403: 'problem.forbidden',
  404: 'problem.notFound',
  409: 'problem.conflict',
  412: 'problem.changed',
  429: 'problem.tooMany',
};

/** By `detail`, the rules of the database among them; one that is not here is shown as it came. */
export const DETAIL_WORDS: Readonly<Record<string, Word>> = {
  'refused by vehicle_organisation_id_call_sign_key': 'problem.callSign',
  'refused by unit_serial_key': 'problem.serial',
  'this serial number is known already': 'problem.serial',
  'the serial number of an enrolled unit stays; replace the unit': 'problem.serialStays',
  'refused by unit_of_vehicle': 'problem.unitOfVehicle',
  'the vehicle has another unit by now': 'problem.unitOfVehicle',
  'refused by subscription_iccid_key': 'problem.iccid',
  'refused by organisation_org_number_key': 'problem.orgNumber',
  'refused by gateway_name_key': 'problem.name',
  'there is a gateway of this name': 'problem.name',
  'refused by carrier_key_key': 'problem.name',
  'there is such a layer already': 'configuration.isThere',
  'a layer above has locked this': 'problem.locked',
  'the baseline and locks are for the national operator': 'problem.lock',
  'every unit runs what the layers say': 'problem.nothingToDo',
  'that organisation is not yours': 'problem.notYours',
  'it belongs to an organisation above yours': 'problem.notYours',
  'the order does not stand where this can be done': 'problem.orderState',
  'refused by installation_of_vehicle': 'problem.kitThere',
  'every point of the checklist comes first': 'problem.pointsFirst',
  'the last measured drive has to pass first': 'problem.driveFirst',
  'accept the vehicle first': 'problem.acceptFirst',
  'refused by vehicle_accepted_first': 'problem.acceptFirst',
  'the vehicle has no subscription of this carrier yet': 'problem.noCard',
  'the pool is no network': 'problem.pool',
  'target: this is no address': 'problem.address',
  'target: https only': 'problem.https',
  'target: https or mailto only': 'problem.https',
  'target: no name and password in the address': 'problem.address',
  'target: mailto: and one address, nothing else': 'problem.address',
  'target: not an address that may be reached': 'problem.reach',
  'target: this platform has no mail server': 'problem.noMail',
};

/** Fields as a form calls them; one that is not here stays as the API calls it. */
export const FIELD_WORDS: Readonly<Record<string, Word>> = {
  callSign: 'column.callSign',
  registration: 'column.registration',
  vehicleId: 'column.vehicle',
  organisationId: 'column.organisation',
  orgNumber: 'column.orgNumber',
  serial: 'column.serial',
  model: 'column.model',
  name: 'column.name',
  reason: 'word.reason',
  target: 'recipient.address',
  pool: 'network.pool',
  rotateKeysHours: 'network.rotate',
};
