import type { CloudEvent, FieldError } from '@app/contracts';
import { attributeErrors } from './attributes.js';

export type ParsedEvent = { event: CloudEvent } | { errors: FieldError[] };

/**
 * Reads one event of the JSON format (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
 * @param value parsed JSON
 */
export function jsonEvent(value: unknown): ParsedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { errors: [{ field: '', message: 'must be an object: one event' }] };
  }
  const members: Record<string, unknown> = { ...value };
  const { data, data_base64: base64, ...rest } = members;
  const attributes = Object.fromEntries(Object.entries(rest).filter(([, member]) => member !== null));
  const errors = attributeErrors(attributes);
  const hasData = data !== undefined && data !== null;
  const hasBase64 = base64 !== undefined && base64 !== null;
  if (hasData && hasBase64)
    errors.push({ field: 'data_base64', message: 'cannot stand beside data: send one of them' });
  if (hasBase64 && !isBase64(base64)) errors.push({ field: 'data_base64', message: 'must be base64 (RFC 4648)' });
  if (errors.length > 0) return { errors };
  const event = { ...attributes, ...(data !== undefined && { data }), ...(hasBase64 && { data_base64: base64 }) };
  return { event: event as CloudEvent };
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}
