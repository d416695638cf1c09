import type { EgressClient } from '@app/egress';
import type { AccountLimits, ProviderPauses } from '@app/providers';
import type { CredentialReader } from '../credentials/credential-reader.js';
import type { SecretReader } from '../secrets/secret-reader.js';

/** What calls over HTTP are made with. */
export interface HttpServices {
  egress: EgressClient;
  pauses: ProviderPauses;
  limits: Pick<AccountLimits, 'take'>;
  secrets: SecretReader;
  credentials: CredentialReader;
}
