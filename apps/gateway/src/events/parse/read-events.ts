import type { IncomingHttpHeaders } from 'node:http';
import { AppError, validationFailed, type CloudEvent, type FieldError } from '@app/contracts';
import { parseJsonBody } from '../../http/json-body.js';
import { problem } from '../../http/problems/problem.js';
import { binaryEvent } from './binary-event.js';
import { jsonEvent, type ParsedEvent } from './json-event.js';

/** Most events of one request. */
export const MOST_EVENTS = 1_000;

/**
 * The events of a request, in whichever of the three modes of the HTTP binding it is: all of them, or none.
 *
 * The official SDK is not used for this: it takes a batch without validating it, no media type with parameters, and
 * leaves headers percent-encoded. The tests hold what it writes against what we read.
 * @throws AppError VALIDATION_FAILED by attribute, BAD_REQUEST, UNSUPPORTED_MEDIA_TYPE when it is no CloudEvent
 */
export function readEvents(headers: IncomingHttpHeaders, body: Buffer): CloudEvent[] {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/cloudevents+json') return [wanted(jsonEvent(parseJsonBody(body)))];
  if (type === 'application/cloudevents-batch+json') return batch(parseJsonBody(body));
  if (type.startsWith('application/cloudevents')) throw problem('UNSUPPORTED_MEDIA_TYPE');
  if (headers['ce-specversion'] !== undefined) return [wanted(binaryEvent(headers, body))];
  const message =
    'This is no CloudEvent: send application/cloudevents+json, application/cloudevents-batch+json, or the headers ' +
    'ce-specversion, ce-id, ce-source and ce-type.';
  throw new AppError({ code: 'UNSUPPORTED_MEDIA_TYPE', kind: 'user', message });
}

function batch(value: unknown): CloudEvent[] {
  if (!Array.isArray(value)) throw validationFailed([{ field: '', message: 'must be a list of events' }]);
  if (value.length > MOST_EVENTS) {
    throw validationFailed([{ field: '', message: `must hold at most ${MOST_EVENTS} events` }]);
  }
  const parsed = value.map(jsonEvent);
  const errors = parsed.flatMap((one, i) => ('errors' in one ? at(`[${i}]`, one.errors) : []));
  if (errors.length > 0) throw validationFailed(errors.slice(0, 100));
  return parsed.flatMap((one) => ('event' in one ? [one.event] : []));
}

function wanted(parsed: ParsedEvent): CloudEvent {
  if ('errors' in parsed) throw validationFailed(parsed.errors);
  return parsed.event;
}

function at(place: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map(({ field, message }) => ({ field: field === '' ? place : `${place}.${field}`, message }));
}
