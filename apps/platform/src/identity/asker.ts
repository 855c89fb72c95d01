// Who asks: found by the server from a session cookie, a service token or a machine's proof.
import type { Grant, Role, Verb } from '@rmh/contract/api';

export type Asker =
  | { readonly kind: 'nobody' }
  | {
      readonly kind: 'user';
      readonly userId: number;
      readonly name: string;
      readonly grants: readonly Grant[];
    }
  | {
      readonly kind: 'service';
      readonly tokenId: number;
      readonly name: string;
      readonly organisationId: number;
      /** Verbs that the token was given, on its organisation. */
      readonly verbs: readonly Verb[];
    }
  | {
      readonly kind: 'unit';
      readonly unitId: number;
      readonly vehicleId: number | null;
      readonly organisationId: number;
    }
  | { readonly kind: 'gateway'; readonly gatewayId: number };

export type { Role };
