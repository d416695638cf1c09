import type { EgressClient } from '@app/egress';
import type { ProviderPauses } from '@app/providers';
import type { SecretReader } from '../secrets/secret-reader.js';

/** What calls over HTTP are made with. */
export interface HttpServices {
  egress: EgressClient;
  pauses: ProviderPauses;
  secrets: SecretReader;
}
