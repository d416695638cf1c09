import { AppError, type HookInput } from '@app/contracts';
import { whyNotStorable } from '../../http/validation/storable.js';
import { deliveryBody } from './delivery-body.js';
import { headerOf, type Delivery } from './delivery.js';
import { isPrivateHeader } from './private-headers.js';

/**
 * What the run gets to see of a delivery.
 * @param proofHeader the header that the workflow's rules verify
 * @throws AppError BAD_REQUEST
 */
export function deliveryInput(delivery: Delivery, proofHeader: string | undefined): HookInput {
  const { method, headers, query, body } = delivery;
  if (whyNotStorable(query) !== undefined) {
    throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: 'The query cannot be stored.' });
  }
  const shown = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || isPrivateHeader(name, proofHeader) ? [] : [[name, value] as const],
  );
  return {
    method,
    headers: Object.fromEntries(shown),
    query,
    ...deliveryBody(headerOf(delivery, 'content-type'), body),
  };
}
